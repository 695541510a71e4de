"""The files behind the rows."""

import hashlib

from sqlalchemy import select

from ...documents.drawing import name_of
from ...documents.models import Document
from ...extensions import db
from ...shared import photo_store
from ...shared.errors import NotFound
from ...shared.images import WIDTHS, Image
from ...shared.photo_files import EXTENSIONS
from ..check import SHOWN, Check, Fault, Result


def _photos() -> Result:
    images = db.session.execute(select(Image.id, Image.token, Image.is_private).order_by(Image.id)).all()
    files = [
        (identifier, photo_store.name_of(token, width, extension, private=private))
        for identifier, token, private in images
        for width in WIDTHS
        for extension in EXTENSIONS
    ]
    missing = [
        Fault(f"image {identifier}", "a file", f"no {name}") for identifier, name in files if not _is_there(name)
    ]
    return Result(len(files), len(missing), tuple(missing[:SHOWN]))


def _is_there(name: str) -> bool:
    try:
        photo_store.read(name)
    except NotFound:
        return False
    return True


photos = Check("Every photo has its files", _photos)


def _documents() -> Result:
    drawn = select(Document.id, Document.sha256).where(Document.sha256.is_not(None)).order_by(Document.id)
    rows = [(key, sha256 or "") for key, sha256 in db.session.execute(drawn)]
    wrong = [(key, sha256, found) for key, sha256 in rows if (found := _fingerprint(name_of(sha256))) != sha256]
    faults = [Fault(f"document {key}", f"a file {sha256}", found) for key, sha256, found in wrong]
    return Result(len(rows), len(faults), tuple(faults[:SHOWN]))


def _fingerprint(name: str) -> str:
    try:
        _length, parts = photo_store.read(name)
    except NotFound:
        return f"no {name}"
    return hashlib.sha256(b"".join(parts)).hexdigest()


documents = Check("Every document that was drawn has its file, as it was drawn", _documents)

CHECKS = (photos, documents)
