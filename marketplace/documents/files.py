"""Documents as answers to browsers."""

from flask import Response

from . import drawing, rules
from .models import Document


def pdf(document: Document) -> Response:
    """Return a document's file, shown by the browser and saved under its number."""
    return as_pdf(drawing.file_of(document), rules.file_name(document.number))


def as_pdf(content: bytes, name: str) -> Response:
    """Return a PDF, shown by the browser and saved under a name."""
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"  # names and sums: no shared machine keeps it
    response.headers["X-Robots-Tag"] = "noindex"
    return response
