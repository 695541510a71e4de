"""What waits for an officer of what tills at the tents told, counted as in `work.py`."""

from typing import Any

from sqlalchemy import Select

from ..catalog.access import Worker
from ..groups.queries import today
from ..shared import clock
from ..shared.i18n import _l
from ..shared.policy import Role
from ..tent_market.board import SILENT_AFTER
from ..tent_market.devices import DECIDERS
from ..tent_market.models import MarketDay, Site, Stall, StallState
from ..tent_market.till_models import TillConflict, TillDevice, TillEvent, TillEventState, TillRemark, TillStall
from .job import Counting, Job, number_of, within

LIST = "/dinas/pasar/perlu-dilihat"
WORKERS = DECIDERS - {Role.ADMINISTRATOR}
"""Administrators may decide too, but it is not their daily work."""


def _of_area(counted: Select[Any], actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Narrow a SELECT that knows the phone to the officer's regencies."""
    joined = counted.join(MarketDay, MarketDay.id == TillDevice.day_id).join(Site, Site.id == MarketDay.site_id)
    return joined.where(within(Site.area_code, actor, roles))


def _events(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    counted = number_of(TillEvent.id, since=TillEvent.received_at).join_from(TillEvent, TillDevice)
    return _of_area(counted.where(TillEvent.state == TillEventState.RESCUE), actor, roles)


def _unseen(kind: type[TillConflict] | type[TillRemark], since: Any) -> Counting:
    def count(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
        counted = number_of(kind.id, since=since).join_from(kind, TillEvent, TillEvent.id == kind.event_id)
        counted = counted.join(TillDevice, TillDevice.id == TillEvent.device_id)
        return _of_area(counted.where(kind.seen_at.is_(None)), actor, roles)

    return count


def _silent(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count the phones of today's open tents that were not heard of for long."""
    open_ones = TillDevice.stalls.any(TillStall.stall.has(Stall.state == StallState.OPEN))
    counted = number_of(TillDevice.id, TillDevice.day_id, TillDevice.seen_at).where(
        open_ones, TillDevice.revoked_at.is_(None), TillDevice.seen_at < clock.now() - SILENT_AFTER
    )
    return _of_area(counted.select_from(TillDevice), actor, roles).where(MarketDay.held_on == today())


JOBS = (
    Job(_l("Sales at tents to look at"), "tent", LIST, WORKERS, _events, True),
    Job(
        _l("Sales at tents told in two ways"),
        "circle-alert",
        f"{LIST}?tab=conflicts",
        WORKERS,
        _unseen(TillConflict, TillConflict.received_at),
    ),
    Job(_l("Odd sales at tents"), "search", f"{LIST}?tab=remarks", WORKERS, _unseen(TillRemark, TillEvent.received_at)),
    Job(_l("Phones at tents not heard of"), "cloud-off", "/dinas/pasar/{first}/papan", WORKERS, _silent, True),
)
