"""What waits for an officer about the tents of a market day: to be counted, and to be confirmed."""

from typing import Any

from sqlalchemy import Select

from ..catalog.access import Worker
from ..groups.queries import today
from ..shared.i18n import _l
from ..shared.policy import Role
from ..tent_market.closing import CONFIRMERS
from ..tent_market.models import MarketDay, Site, Stall, StallState
from ..tent_market.stalls import MANAGERS
from .job import Job, number_of, within


def _stalls(state: StallState, actor: Worker, roles: frozenset[Role], since: Any = None) -> Select[Any]:
    counted = number_of(Stall.id, Stall.id, since).join_from(Stall, MarketDay, MarketDay.id == Stall.day_id)
    return counted.join(Site, Site.id == MarketDay.site_id).where(
        Stall.state == state, within(Site.area_code, actor, roles)
    )


def _to_count(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count the tents whose day is over and that nobody counted back."""
    return _stalls(StallState.OPEN, actor, roles).where(MarketDay.held_on < today())


def _to_confirm(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count the tents that others counted and no second person confirmed."""
    waiting = _stalls(StallState.COUNTED, actor, roles, Stall.counted_at)
    return waiting.where(Stall.counted_by_id.is_distinct_from(actor.id))


JOBS: tuple[Job, ...] = (
    Job(_l("Tents to count back"), "clipboard-check", "/dinas/pasar/tenda/{first}/tutup", MANAGERS, _to_count, True),
    Job(_l("Tents to confirm"), "shield-check", "/dinas/pasar/tenda/{first}/tutup", CONFIRMERS, _to_confirm),
)
