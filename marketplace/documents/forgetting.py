"""Papers of what a family bought: number and sums stay, whom they were for goes, and they are drawn anew without it."""

from typing import Any

from sqlalchemy import ColumnElement, select

from ..extensions import db
from ..orders.forgetting import bought
from ..orders.models import Order
from ..shared import photo_store
from ..shared.forgetting import MARK, Forgetter, Whom, Words
from ..shared.transaction import after_commit
from .drawing import name_of
from .models import Document

BUYER = ("name", "office", "phone", "landmark")


def _of_buyer(whom: Whom) -> ColumnElement[bool]:
    return Document.order_id.in_(select(Order.id).where(bought(whom)))


def _recaps(whom: Whom) -> ColumnElement[bool]:
    return (Document.regency_code == whom.regency_code) & Document.order_id.is_(None)


def _draw_anew(whom: Whom) -> None:
    """Take the family off its papers, and let the files go that still name it."""
    numbers = set(db.session.scalars(select(Order.number).where(bought(whom))))
    if not numbers:
        return
    old: list[str] = []
    tied = _of_buyer(whom) | _recaps(whom)
    for document in db.session.scalars(select(Document).where(tied).order_by(Document.id)):
        if document.order_id is not None:
            content = whom.cleaned(_without_buyer(document.content))
        else:
            content = _without_rows(document.content, numbers)
        if content == document.content:
            continue
        if document.sha256 is not None:
            old.append(document.sha256)
        document.content, document.sha256, document.drawn_at = content, None, None
    db.session.flush()
    after_commit(lambda: photo_store.remove(name_of(each) for each in old))


def _without_rows(content: dict[str, Any], numbers: set[str]) -> dict[str, Any]:
    """Return a recap in which nobody is named whose orders these are; others may bear the same name."""
    rows = [
        row | {"name": MARK, "nip": ""} if numbers & set(row["orders"].split(", ")) else row
        for row in content.get("people", [])
    ]
    return content | {"people": rows} if rows else content


def _without_buyer(content: dict[str, Any]) -> dict[str, Any]:
    buyer = content.get("buyer")
    if not buyer:
        return content
    return content | {"buyer": buyer | {key: MARK for key in BUYER if buyer.get(key)} | {"address": []}}


FORGETTER = Forgetter(
    words=(
        Words((Document.subject,), _of_buyer, is_own=True),
        Words((Document.reason,), _of_buyer),
    ),
    also=_draw_anew,
    seen_to=(Document.content, Document.sha256),
)
