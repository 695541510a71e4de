"""Documents as answers to browsers."""

from flask import Response

from . import drawing, rules
from .models import Document


def pdf(document: Document) -> Response:
    """Return a document's file, shown by the browser and saved under its number."""
    response = Response(drawing.file_of(document), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{rules.file_name(document.number)}"'
    response.headers["Cache-Control"] = "private, no-store"  # names and sums: no shared machine keeps it
    response.headers["X-Robots-Tag"] = "noindex"
    return response
