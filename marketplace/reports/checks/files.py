"""The files behind the rows."""

from sqlalchemy import select

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

CHECKS = (photos,)
