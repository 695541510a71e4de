"""Notice when something changes that kept pages show, so that nobody is shown the old.

The version is in the cache: where that is shared all processes follow at once, else each notices its own changes.
"""

from secrets import token_hex

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from ..catalog.models import Permit, Product, ProductPhoto
from ..extensions import cache, db
from ..groups.models import Group
from ..orders.models import DeliveryFee
from ..parcels.models import Parcel, Recipe
from ..shared.transaction import after_commit

KEY = "catalogue-version"
WATCHED = (Product, ProductPhoto, Permit, Parcel, Recipe, Group, DeliveryFee)


def version() -> str:
    """Return a text that is another one after every change."""
    return cache.get(KEY) or ""


def _change() -> None:
    cache.set(KEY, token_hex(8), timeout=0)


def _after_flush(session_: Session, _context: object) -> None:
    if any(isinstance(row, WATCHED) for row in (*session_.new, *session_.dirty, *session_.deleted)):
        after_commit(_change)


def _on_statement(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    if issubclass(state.bind_mapper.class_, WATCHED):
        after_commit(_change)


event.listen(db.session, "after_flush", _after_flush)
event.listen(db.session, "do_orm_execute", _on_statement)
