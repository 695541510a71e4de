"""Photos of a form that could not be taken: kept for a day, so that nobody has to take them once more.

They are stored as all photos are, but belong to nothing yet. The form that is shown again names each under a signed
reference; whoever sends it uses them up. What nobody sent again is forgotten by a job.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import IO, Any

from flask import after_this_request, current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ForeignKey, Index, delete, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model, db
from . import clock, images, photo_store
from .errors import InvalidInput
from .i18n import _, _l
from .images import Image, Photo, Stored
from .transaction import after_commit, command

FIELD = "kept_photos"
"""Name of the fields that carry the references."""
DAYS = 1
MOST = 40
"""So many are kept for one person at a time, and for all together of whom it is not known who they are."""
HEADER = "X-Kept"
"""Tells a script the references, so that it need not send the photos a second time."""


class KeptPhoto(Model):
    """A stored photo that waits for its form to be sent again."""

    __tablename__ = "kept_photo"
    __table_args__ = (Index(None, "user_id"), Index(None, "kept_at"))

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None when his session was over: then the reference alone says that it is his."""
    kept_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


def reference(image_id: int) -> str:
    """Return the text under which a form names a kept photo."""
    return str(_seal().dumps(image_id))


def named(text: str) -> int | None:
    """Return the id of the photo that a reference names; None when it is none of ours."""
    try:
        return int(_seal().loads(text))
    except BadSignature:
        return None


def _seal() -> URLSafeSerializer:
    # Signed, or anybody's picture could be named.
    return URLSafeSerializer(current_app.secret_key or "", salt="kept-photo")


def readable(files: Sequence[IO[bytes]]) -> list[images.Prepared]:
    """Prepare those of some files that are photos; the others are left out."""
    found = []
    for file in files:
        file.seek(0)
        try:
            found.append(images.prepare(file))
        except InvalidInput:
            continue
    return found


@command
def keep(stored: Sequence[Stored], user_id: int | None) -> list[int]:
    """Keep stored photos for a form and return their ids; none when too many of his are kept already."""
    his = select(func.count()).select_from(KeptPhoto).where(KeptPhoto.user_id == user_id)
    if user_id is None:
        his = select(func.count()).select_from(KeptPhoto).where(KeptPhoto.user_id.is_(None))
    if (db.session.scalar(his) or 0) + len(stored) > MOST:
        return []
    ids = [image.id for image in images.add_rows(stored, user_id)]
    db.session.add_all(KeptPhoto(image_id=image_id, user_id=user_id) for image_id in ids)
    return ids


def tell(image_ids: Sequence[int]) -> None:
    """Tell a script under which references all the photos of this request are kept."""
    value = " ".join(map(reference, image_ids))

    @after_this_request
    def _add(response: Any) -> Any:
        response.headers[HEADER] = value
        return response


def _his(image_ids: Collection[int], user_id: int) -> Any:
    mine = or_(KeptPhoto.user_id == user_id, KeptPhoto.user_id.is_(None))
    return KeptPhoto.image_id.in_(image_ids) & mine


def shown(image_ids: Sequence[int], user_id: int) -> list[tuple[str, Photo]]:
    """Return reference and picture of those photos that are still kept for somebody."""
    statement = select(Image).join(KeptPhoto, KeptPhoto.image_id == Image.id).where(_his(image_ids, user_id))
    rows = {image.id: image for image in db.session.scalars(statement)}
    pictures = [
        (key, images.view(rows.get(key), _("Photo %(number)s", number=at))) for at, key in enumerate(image_ids, 1)
    ]
    return [(reference(key), picture) for key, picture in pictures if picture is not None]


@command
def use_up(image_ids: Sequence[int], user_id: int) -> None:
    """Let kept photos belong to what is made of them now.

    Raises InvalidInput when one is kept no longer, or was used up by a form that was faster.
    """
    if not image_ids:
        return
    found = db.session.scalars(delete(KeptPhoto).where(_his(image_ids, user_id)).returning(KeptPhoto.image_id)).all()
    if len(found) != len(image_ids):
        raise InvalidInput(_l("A photo is not kept any longer. Choose it again."), field="photos")


@command
def forget_old(now: dt.datetime) -> int:
    """Forget the photos whose form was not sent again within a day, and return how many there were."""
    late = delete(KeptPhoto).where(KeptPhoto.kept_at < now - dt.timedelta(days=DAYS)).returning(KeptPhoto.image_id)
    ids = db.session.scalars(late).all()
    tokens = db.session.scalars(delete(Image).where(Image.id.in_(ids)).returning(Image.token)).all()
    # Once the rows are gone: a row never names a file that is not there.
    after_commit(lambda: photo_store.remove(name for token in tokens for name in images.files_of(token)))
    return len(tokens)
