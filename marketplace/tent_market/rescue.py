"""What tills told and a person has to look at: booked after all, settled in words, or only seen."""

import datetime as dt
from collections.abc import Collection
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import contains_eager, joinedload

from ..extensions import db
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.policy import Actor, may
from ..shared.transaction import command
from ..shared.turn import turn
from . import booking, devices, stalls
from .models import MarketDay, Site, Stall, StallState
from .stalls import SEERS
from .sync_bodies import content_of
from .till_models import Problem, TillConflict, TillDevice, TillEvent, TillEventState, TillRemark

REASON_LENGTH = 300


class Tab(StrEnum):
    """The lists."""

    EVENTS = "events"
    CONFLICTS = "conflicts"
    REMARKS = "remarks"
    DONE = "done"


WAITS = TillEvent.state == TillEventState.RESCUE
DONE = TillEvent.problem.is_not(None) & (TillEvent.state != TillEventState.RESCUE)


def events(area_code: str, tab: Tab, problem: Problem | None = None, day: dt.date | None = None) -> Select[Any]:
    """Select the events that wait, the oldest first, or those that a person looked at, newest first."""
    newest = (TillEvent.id.desc(),)
    order = newest if tab is Tab.DONE else (TillEvent.received_at, TillEvent.id)
    statement = _of_area(select(TillEvent), area_code, day).where(DONE if tab is Tab.DONE else WAITS)
    if problem is not None:
        statement = statement.where(TillEvent.problem == problem)
    whole = contains_eager(TillEvent.device)
    return statement.options(whole.contains_eager(TillDevice.day), *_around(TillEvent.stall, whole)).order_by(*order)


def conflicts(area_code: str, day: dt.date | None = None) -> Select[Any]:
    """Select what came under known names with other content and nobody has seen yet, the oldest first."""
    statement = _of_area(select(TillConflict).join(TillConflict.event), area_code, day)
    event = contains_eager(TillConflict.event)
    device = event.contains_eager(TillEvent.device)
    return (
        statement.where(TillConflict.seen_at.is_(None))
        .options(device.contains_eager(TillDevice.day), device.joinedload(TillDevice.cashier))
        .options(event.joinedload(TillEvent.stall).joinedload(Stall.tent), event.joinedload(TillEvent.order))
        .order_by(TillConflict.id)
    )


def remarks(area_code: str, day: dt.date | None = None) -> Select[Any]:
    """Select what is odd about sales and nobody has seen yet, the oldest first."""
    statement = _of_area(select(TillRemark).join(TillRemark.event), area_code, day)
    event = contains_eager(TillRemark.event)
    device = event.contains_eager(TillEvent.device)
    return (
        statement.where(TillRemark.seen_at.is_(None))
        .options(device.contains_eager(TillDevice.day), device.joinedload(TillDevice.cashier))
        .options(event.joinedload(TillEvent.stall).joinedload(Stall.tent), event.joinedload(TillEvent.order))
        .options(joinedload(TillRemark.product))
        .order_by(TillRemark.id)
    )


def _around(stall: Any, device: Any) -> list[Any]:
    return [
        joinedload(stall).joinedload(Stall.tent),
        device.joinedload(TillDevice.cashier),
        joinedload(TillEvent.order),
    ]


def _of_area(statement: Select[Any], area_code: str, day: dt.date | None) -> Select[Any]:
    """Narrow a SELECT that knows the event to a regency, and to a market day."""
    statement = statement.join(TillDevice, TillDevice.id == TillEvent.device_id)
    statement = statement.join(MarketDay, MarketDay.id == TillDevice.day_id).join(Site, Site.id == MarketDay.site_id)
    statement = statement.where(Site.area_code == area_code)
    return statement if day is None else statement.where(MarketDay.held_on == day)


def counts(area_code: str) -> dict[Tab, int]:
    """Return how many wait on each list."""
    queries = {
        Tab.EVENTS: events(area_code, Tab.EVENTS),
        Tab.CONFLICTS: conflicts(area_code),
        Tab.REMARKS: remarks(area_code),
    }
    parts = [
        select(func.count()).select_from(each.order_by(None).with_only_columns(1).subquery()).scalar_subquery()
        for each in queries.values()
    ]
    row = db.session.execute(select(*parts)).one()
    return dict(zip(queries, map(int, row), strict=True))


def get_for(actor: Actor, event_id: int, roles: frozenset[Any] = SEERS) -> TillEvent:
    """Return an event that needed a person, of the officer's area. Raises NotFound."""
    event = db.session.get(TillEvent, event_id)
    if event is None or event.problem is None or not may(actor, roles, area_code=event.device.day.site.area_code):
        raise NotFound
    return event


@command
def book(event_id: int, actor_id: int) -> TillEvent:
    """Book an event that a person looked at, as if it had come in time. Its cash stands in the tents' drawers.

    Raises InvalidInput when it still cannot be booked, StateConflict when it was decided about before.
    """
    event = _locked(event_id)
    content = content_of(event.kind, event.body)
    if content is None or event.stall_id is None:
        raise InvalidInput(_("Nothing can be booked of this. Settle it in words."))
    stall = stalls.locked(event.stall_id)
    if stall.state is StallState.COUNTED:
        raise InvalidInput(_("Its tent is being counted. Confirm the count, or take it back, before you book this."))
    told = booking.Told(event.device, event.key, event.sequence, content, stall)
    try:
        booked = booking.book(told, event.device.cashier_id)
    except booking.SaleOnItsWay as reason:
        raise InvalidInput(_("What it takes back has not arrived yet.")) from reason
    except booking.NotBooked as reason:
        raise InvalidInput(WHY_NOT[reason.problem]()) from reason
    turn(event, TillEventState.BOOKED, order_id=booked.order_id, settled_by_id=actor_id)
    booking.note(event, booked.remarks)
    audit.record(actor_id, "till_event.book", ("till_event", event_id), order=booked.order_id)
    return event


WHY_NOT = {
    Problem.UNKNOWN_GOODS: lambda: _("It names goods that are not ours. Settle it in words."),
    Problem.NO_SUCH_SALE: lambda: _("The sale that it takes back is not in the books, or was taken back already."),
    Problem.NO_MONEY: lambda: _("The drawers of the tents hold less than was given back."),
    Problem.UNREADABLE: lambda: _("The books do not take it as it is. Settle it in words."),
}


@command
def settle(event_id: int, answer: str, actor_id: int) -> None:
    """Write down what was done about an event that is not booked. Raises StateConflict when it was decided before."""
    event = _locked(event_id)
    turn(event, TillEventState.SETTLED, settled_by_id=actor_id, settled_at=clock.now(), answer=answer)
    audit.record(actor_id, "till_event.settle", ("till_event", event_id), reason=answer)


def _locked(event_id: int) -> TillEvent:
    """Return an event that waits, with its phone locked before its tent, as phones themselves do it."""
    event = db.session.get_one(TillEvent, event_id)
    devices.locked(event.device_id)
    db.session.refresh(event)
    if event.state is not TillEventState.RESCUE:
        raise StateConflict
    return event


@command
def mark_seen(actor: Actor, actor_id: int, conflict_ids: Collection[int], remark_ids: Collection[int]) -> int:
    """Write down that somebody looked at conflicts and remarks; return how many. Those of elsewhere are left alone."""
    count = 0
    for kind, ids in ((TillConflict, conflict_ids), (TillRemark, remark_ids)):
        rows = select(kind.id, Site.area_code).join(kind.event).join(TillEvent.device).join(TillDevice.day)
        found = db.session.execute(rows.join(MarketDay.site).where(kind.id.in_(ids))) if ids else ()
        own = [key for key, area_code in found if may(actor, devices.DECIDERS, area_code=area_code)]
        values = {"seen_at": clock.now(), "seen_by_id": actor_id}
        unseen = update(kind).where(kind.id.in_(own), kind.seen_at.is_(None)).values(values).returning(kind.id)
        count += len(db.session.execute(unseen).all()) if own else 0
    return count
