"""Photos: checked before they are decoded, cleaned, and stored in the sizes that pages use.

`prepare` is slow and needs no database; `store` writes the files first and the row after them, so that a row
never names a file that is not there. Files without a row are harmless.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import IO

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model, db
from . import clock, photo_store
from .errors import InvalidInput
from .photo_files import EXTENSIONS, WIDTHS, Prepared, prepare
from .transaction import after_commit, command

__all__ = [
    "WIDTHS",
    "Image",
    "Photo",
    "Prepared",
    "Stored",
    "add_rows",
    "drop",
    "files_of",
    "fingerprint",
    "photo_of",
    "prepare",
    "prepare_for",
    "store",
    "store_all",
    "url",
    "view",
    "write_all",
]


class Image(Model):
    """One stored picture; its files are named by the token, and never change."""

    __tablename__ = "image"
    __table_args__ = (UniqueConstraint("token"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43))
    width: Mapped[int]
    height: Mapped[int]
    is_private: Mapped[bool] = mapped_column(default=False)
    """Payment proofs: served only to those who may see the payment."""
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


def prepare_for(field: str, stream: IO[bytes]) -> Prepared:
    """Prepare the photo of a form's field. Raises InvalidInput beside that field."""
    try:
        return prepare(stream)
    except InvalidInput as error:
        raise InvalidInput(error.message, field=field) from None


def fingerprint(stream: IO[bytes]) -> str:
    """Return a short text that is the same for the same file, and wind the file back."""
    digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    stream.seek(0)
    return digest


def store(prepared: Prepared, uploaded_by_id: int | None, *, private: bool = False) -> Image:
    """Store one picture and return its row. Call it in the view, before the command that uses it."""
    return store_all([prepared], uploaded_by_id, private=private)[0]


def store_all(prepared: Sequence[Prepared], uploaded_by_id: int | None, *, private: bool = False) -> list[Image]:
    """Store several pictures: all files before the first row, for the store may be behind a network."""
    return add_rows(write_all(prepared, private=private), uploaded_by_id, private=private)


@dataclass(frozen=True)
class Stored:
    """A picture whose files are in the store, and that has no row yet."""

    token: str
    width: int
    height: int


def write_all(prepared: Sequence[Prepared], *, private: bool = False) -> list[Stored]:
    """Write the files of several pictures. Without rows they are harmless."""
    return [Stored(_write_files(one.files, private=private), one.width, one.height) for one in prepared]


def files_of(token: str, *, private: bool = False) -> list[str]:
    """Return the names of the files of a picture."""
    return [photo_store.name_of(token, *kind, private=private) for kind in product(WIDTHS, EXTENSIONS)]


def drop(image_ids: Collection[int]) -> None:
    """Delete pictures that nothing names any more; their files go once the commit is through."""
    gone = delete(Image).where(Image.id.in_(image_ids)).returning(Image.token, Image.is_private)
    rows = db.session.execute(gone.execution_options(synchronize_session=False)).all()
    names = [name for token, private in rows for name in files_of(token, private=private)]
    after_commit(lambda: photo_store.remove(names))


def _write_files(files: Mapping[tuple[int, str], bytes], *, private: bool) -> str:
    token = secrets.token_urlsafe(16)
    for (width, extension), content in files.items():
        photo_store.write(photo_store.name_of(token, width, extension, private=private), content)
    return token


@command
def add_rows(stored: Sequence[Stored], uploaded_by_id: int | None, *, private: bool = False) -> list[Image]:
    """Write the rows of pictures whose files are in the store."""
    rows = [
        Image(token=one.token, width=one.width, height=one.height, is_private=private, uploaded_by_id=uploaded_by_id)
        for one in stored
    ]
    db.session.add_all(rows)
    return rows


@dataclass(frozen=True)
class Photo:
    """A picture as pages show it: addresses in several widths, its size in pixels, and words for it."""

    src: str
    srcset: str
    webp_srcset: str
    width: int
    height: int
    alt: str

    @property
    def largest(self) -> str:
        """Return the address of the widest file, as every program can read it."""
        return self.srcset.rpartition(", ")[2].partition(" ")[0]


def url(image: Image, width: int, extension: str = "jpg") -> str:
    """Return the address of a public picture in one of WIDTHS, as `jpg` or `webp`."""
    return _url(image.token, width, extension)


def view(image: Image | None, alt: str) -> Photo | None:
    """Return what the photo macro shows for a row; None for none."""
    return photo_of(image.token, image.width, image.height, alt) if image else None


def photo_of(token: str, width: int, height: int, alt: str) -> Photo:
    """Return what the photo macro shows, from bare columns: lists of many cards load no rows."""
    # A picture is never enlarged, so of the sizes beyond its own only the first says something new.
    sizes = [size for index, size in enumerate(WIDTHS) if index == 0 or WIDTHS[index - 1] < width]
    shown = min(width, sizes[-1])
    return Photo(
        src=_url(token, sizes[min(1, len(sizes) - 1)], "jpg"),
        srcset=_srcset(token, sizes, width, "jpg"),
        webp_srcset=_srcset(token, sizes, width, "webp"),
        width=shown,
        height=max(1, height * shown // width),
        alt=alt,
    )


def _srcset(token: str, sizes: Sequence[int], width: int, extension: str) -> str:
    return ", ".join(f"{_url(token, size, extension)} {min(size, width)}w" for size in sizes)


def _url(token: str, width: int, extension: str) -> str:
    # Written by hand: a page of 24 cards asks for this over a hundred times.
    return f"/foto/{token}-{width}.{extension}"
