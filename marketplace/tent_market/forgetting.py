"""Names of a family on the lists of tents where its groups sold, and in notes of market days."""

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from ..extensions import db
from ..orders.forgetting import bought
from ..orders.models import Order
from ..shared.forgetting import MARK, Forgetter, Whom, Words
from .goods_models import Load, StallCount
from .models import MarketDay, Site, Stall, StallCashier, StallGroup
from .till_models import TillConflict, TillDevice, TillEvent


def _stalls(whom: Whom) -> Select[Any]:
    """Select the tents where its groups sold, or somebody of it sat at the till."""
    groups = select(StallGroup.stall_id).where(StallGroup.group_id.in_(whom.group_ids))
    till = select(StallCashier.stall_id).where(StallCashier.user_id.in_(whom.user_ids))
    return select(Stall.id).where(or_(Stall.id.in_(groups), Stall.id.in_(till)))


def _days(whom: Whom) -> ColumnElement[bool]:
    sites = select(Site.id).where(Site.area_code.startswith(whom.regency_code))
    return MarketDay.site_id.in_(sites)


def _devices(whom: Whom) -> ColumnElement[bool]:
    days = select(MarketDay.id).where(_days(whom))
    return or_(TillDevice.cashier_id.in_(whom.user_ids), TillDevice.day_id.in_(days))


def _told(whom: Whom) -> ColumnElement[bool]:
    own = select(Order.id).where(bought(whom))
    return or_(TillEvent.stall_id.in_(_stalls(whom)), TillEvent.order_id.in_(own))


def _drop_signatures(whom: Whom) -> None:
    """Let go what the family's hand drew; call it before its name is taken off the lists."""
    for load in db.session.scalars(select(Load).where(Load.stall_id.in_(_stalls(whom)))):
        if whom.cleaned(load.signed_name) != load.signed_name:
            load.signed_name, load.signature = MARK, ""


def _events(whom: Whom) -> Select[Any]:
    return select(TillEvent.id).where(_told(whom))


FORGETTER = Forgetter(
    words=(
        Words((Stall.cash_reason,), lambda whom: Stall.id.in_(_stalls(whom))),
        Words((StallCount.note,), lambda whom: StallCount.stall_id.in_(_stalls(whom))),
        Words((MarketDay.note,), _days),
        Words((TillDevice.name, TillDevice.revoked_reason), _devices),
        Words((TillEvent.body, TillEvent.answer), _told),
        Words((TillConflict.body,), lambda whom: TillConflict.event_id.in_(_events(whom))),
    ),
    also=_drop_signatures,
    seen_to=(Load.signed_name, Load.signature),
)
