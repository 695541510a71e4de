"""What bringing an order to a district costs: dated rows with their source."""

import datetime as dt
from collections import defaultdict

from sqlalchemy import ColumnElement, false, or_, select

from ..areas.models import Area, Level
from ..extensions import db
from ..shared import audit
from ..shared.errors import NotFound
from ..shared.policy import Actor, Role, areas_of, may
from ..shared.transaction import command
from .models import DeliveryFee

SETTERS = frozenset({Role.ADMINISTRATOR})


@command
def set_fee(district_code: str, amount: int, effective_from: dt.date, source: str, actor_id: int | None) -> DeliveryFee:
    """Set what a district costs from a day on, rupiah; the same day again replaces the value.

    Orders keep the fee they were placed with.
    """
    found = db.session.scalar(
        select(DeliveryFee)
        .where(DeliveryFee.district_code == district_code, DeliveryFee.effective_from == effective_from)
        .with_for_update()
    )
    fee = found or DeliveryFee(district_code=district_code, effective_from=effective_from)
    fee.amount, fee.source = amount, source
    db.session.add(fee)
    audit.record(actor_id, "delivery_fee.set", ("area", None), district=district_code, amount=amount)
    return fee


def districts_of(actor: Actor) -> list[Area]:
    """Return the districts whose fees the administrator sets, by name."""
    codes = areas_of(actor, SETTERS)
    within: ColumnElement[bool] = or_(
        false(), *(or_(Area.code == code, Area.code.startswith(code + ".")) for code in codes)
    )
    return list(db.session.scalars(select(Area).where(Area.level == Level.DISTRICT, within).order_by(Area.name)))


def check_may_set(actor: Actor, district_code: str) -> None:
    """Raise NotFound when the district is not the administrator's."""
    if not may(actor, SETTERS, area_code=district_code):
        raise NotFound


def history_of(district_codes: list[str]) -> dict[str, list[DeliveryFee]]:
    """Return district → its fees, the newest first."""
    statement = (
        select(DeliveryFee)
        .where(DeliveryFee.district_code.in_(district_codes))
        .order_by(DeliveryFee.effective_from.desc())
    )
    found: dict[str, list[DeliveryFee]] = defaultdict(list)
    for fee in db.session.scalars(statement):
        found[fee.district_code].append(fee)
    return found


def in_force(fees: list[DeliveryFee], day: dt.date) -> DeliveryFee | None:
    """Return the fee of a day among a district's fees, newest first."""
    return next((fee for fee in fees if fee.effective_from <= day), None)
