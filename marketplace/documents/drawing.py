"""The files of documents: drawn when somebody opens one first, kept for good, and found by their fingerprint."""

import hashlib

from flask import current_app

from ..shared import documents, photo_store
from ..shared.errors import StateConflict
from ..shared.i18n import _l
from . import service
from .models import Document


def name_of(sha256: str) -> str:
    """Return the name of a file in the store: what has other content has another name."""
    return f"documents/{sha256}.pdf"


def link_of(document: Document) -> str:
    """Return the address of the page that verifies a document."""
    base: str = current_app.extensions["config"].base_url
    return f"{base}/d/{document.code}"


def file_of(document: Document) -> bytes:
    """Return the PDF of a document, the same bytes each time.

    Draws and stores it when it was never opened; call it before any command, for that takes a while. Raises
    StateConflict when the stored file is not the one that was drawn.
    """
    sha256 = document.sha256 or _draw(document)
    _length, parts = photo_store.read(name_of(sha256))
    content = b"".join(parts)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise StateConflict(_l("The file of this document was damaged. Tell the administrator."))
    return content


def _draw(document: Document) -> str:
    """Draw a document from what was frozen with its number; return the fingerprint of the file that counts."""
    content = documents.draw(document.kind, document.content, link_of(document), document.issued_at)
    sha256 = hashlib.sha256(content).hexdigest()
    photo_store.write(name_of(sha256), content)
    return service.record_drawn(document.id, sha256).sha256 or sha256
