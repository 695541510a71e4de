"""Tents put up on a market day: their place in the stock, and the lock under which all of theirs happens."""

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.policy import Actor, Role, may
from ..shared.transaction import command
from ..stock import tents as stock
from .models import DayState, MarketDay, Site, Stall, StallState, Tent

MANAGERS = frozenset({Role.CURATOR, Role.PACKER, Role.ADMINISTRATOR})
"""Who plans the market and puts up its tents."""
SEERS = MANAGERS | {Role.TREASURER, Role.HEAD}
"""Who looks at a market day."""


def get_day_for(actor: Actor, day_id: int, roles: frozenset[Role] = SEERS) -> MarketDay:
    """Return a market day. Raises NotFound, also for officers of elsewhere."""
    day = db.session.get(MarketDay, day_id)
    if day is None or not may(actor, roles, area_code=day.site.area_code):
        raise NotFound
    return day


def get_stall_for(actor: Actor, stall_id: int, roles: frozenset[Role] = SEERS) -> Stall:
    """Return a tent of a market day. Raises NotFound, also for officers of elsewhere."""
    stall = db.session.get(Stall, stall_id)
    if stall is None or not may(actor, roles, area_code=stall.day.site.area_code):
        raise NotFound
    return stall


@command
def put_up(day_id: int, tent_id: int) -> Stall:
    """Put a tent up on a market day; its place in the stock is called “Tent 3, Monday 7 July”.

    Raises StateConflict on a day that was called off, InvalidInput for a tent that stands there already or is not of
    that regency.
    """
    day, tent = db.session.get(MarketDay, day_id), db.session.get(Tent, tent_id)
    if day is None or tent is None or tent.area_code != day.site.area_code:
        raise NotFound
    if day.state is not DayState.PLANNED:
        raise StateConflict
    date = format_date(day.held_on, "full", locale="id")  # like all names it stands in one language
    place = stock.make_place(day.site.area_code, f"Tenda {tent.number}, {date}")
    stall = Stall(day_id=day_id, tent_id=tent_id, location_id=place.id)
    try:
        with db.session.begin_nested():
            db.session.add(stall)
    except IntegrityError as error:
        raise InvalidInput(_("This tent stands there already."), field="tent_id") from error
    return stall


def locked(stall_id: int) -> Stall:
    """Return a tent of a market day with its row locked until the end of the transaction. Raises NotFound.

    Whatever moves its goods or its money holds this lock, so that a count sees all sales or none.
    """
    statement = select(Stall).where(Stall.id == stall_id).with_for_update().execution_options(populate_existing=True)
    stall = db.session.scalar(statement)
    if stall is None:
        raise NotFound
    return stall


def locked_open(stall_id: int) -> Stall:
    """Return a tent that sells, locked. Raises StateConflict once it was counted."""
    stall = locked(stall_id)
    if stall.state is not StallState.OPEN:
        raise StateConflict
    return stall


def area_of(stall: Stall) -> str:
    """Return the code of the regency whose market a tent stands on."""
    return db.session.scalars(
        select(Site.area_code).join(MarketDay, MarketDay.site_id == Site.id).where(MarketDay.id == stall.day_id)
    ).one()
