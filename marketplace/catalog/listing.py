"""What the pages share on which a product is listed: for which group, made by whom, and once only."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import request
from flask_login import current_user

from ..extensions import db
from ..groups.models import Group, Household
from ..shared import images, kept_photos, once, transaction
from ..shared.policy import MAKERS, households_of
from ..shared.web import fitting_ids
from . import queries
from .forms import PhotoForm, ProductForm, check_count, no_shares, uploads
from .models import ProductKind
from .rules import MAX_PHOTOS


def group_to_list_in() -> Group | None:
    """Return the group of the product: the one asked for, or the only one; None when it has to be chosen."""
    for asked in fitting_ids([request.args.get("kelompok", 0, type=int)]):
        return queries.get_group_to_list_in(current_user, asked)
    few = db.session.scalars(queries.groups_to_list_in(current_user).limit(2)).all()
    return few[0] if len(few) == 1 else None


def _own_household(members: Sequence[Household]) -> str | None:
    own = households_of(current_user, MAKERS)
    return next((str(member.id) for member in members if member.id in own), None)


def first_values(members: Sequence[Household]) -> dict[str, Any]:
    """Return what the form of a new product holds at first: the reader's family as its maker."""
    return {"shares": no_shares(members), "maker": _own_household(members)}


def suggestion(group: Group, members: Sequence[Household]) -> dict[str, Any]:
    """Return what a new product of a group most likely is, by field: like the newest that the reader's family made.

    Of what buyers hold it to (weight, permits, how long it keeps) nothing is guessed.
    """
    values = first_values(members)
    own = values["maker"]
    last = queries.newest_product(group.id, int(own) if own else None)
    if last is not None and last.kind is ProductKind.GOODS:
        values |= {"category": last.category.value, "unit": last.unit}
    makers = [str(share.household_id) for share in last.shares] if last is not None else []
    if own is None and len(makers) == 1:
        values["maker"] = makers[0]
    return values


def once_with_photos(form: PhotoForm | ProductForm, sent: list[object], act: Callable[[tuple[int, ...]], int]) -> int:
    """Do with the photos of a form what it asks for, once however often it is sent; return the product's id."""
    check_count(form)
    files = uploads(form.photos)
    kept = form.kept_photos.data
    body = [current_user.id, *sent, *kept, *(images.fingerprint(file.stream) for file in files)]
    made = once.known("product", form.key.data, body)
    if made is not None:
        return made
    # Checked, scaled and written before the command, for it is slow.
    prepared = [images.prepare_for("photos", file.stream) for file in files]
    stored = images.write_all(prepared)

    def whole() -> int:
        kept_photos.use_up(kept, current_user.id)
        return act((*kept, *(image.id for image in images.add_rows(stored, current_user.id))))

    return once.only("product", form.key.data, body, whole)


def keep_photos(form: PhotoForm | ProductForm) -> None:
    """Keep the photos of a form that is shown again, so that they need not be chosen again, and show them on it."""
    if not form.is_submitted():
        return
    files, field = uploads(form.photos), form.kept_photos
    room = MAX_PHOTOS - len(field.data)
    prepared = kept_photos.readable([file.stream for file in files]) if len(files) <= room else []
    new = kept_photos.keep(images.write_all(prepared), current_user.id) if prepared else []
    if new:
        transaction.keep_writes()
        field.data += new
        if len(new) == len(files):
            kept_photos.tell(new)
    field.shown = kept_photos.shown(field.data, current_user.id)
    field.are_lost = bool(files) and not new
