"""What tills told: every event has its effect once, and every effect its event."""

from typing import Any

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.orm import aliased

from ...orders.models import Channel, Order
from ...payments.models import Refund
from ...shared.once import OnceKey
from ...tent_market.till_models import TillDevice, TillEvent, TillEventKind, TillEventState
from ..check import amounts, at_least, beside, check, joined, row

IS_BOOKED = TillEvent.state == TillEventState.BOOKED
IS_SALE = TillEvent.kind == TillEventKind.SALE


@check("An order came of a till by one sale that it told", "order/till/event")
def sales() -> Select[Any]:
    made = amounts(joined(OnceKey.result_id, OnceKey.key), literal(1)).where(OnceKey.key.startswith("till:"))
    name = joined(literal("till:") + joined(TillEvent.device_id), TillEvent.key)
    told = amounts(joined(TillEvent.order_id, func.replace(name, "/", ":")), literal(1)).where(IS_SALE, IS_BOOKED)
    return beside(made, told)


@check("What a till sold is an order at a tent, of that sum", "till_event")
def sums() -> Select[Any]:
    # Only what was booked is known to hold a number there; CASE keeps databases from looking before that is asked.
    told = case((IS_SALE & IS_BOOKED, TillEvent.body["total"].as_integer()), else_=None)
    statement = row(TillEvent.id, told, case((Order.channel == Channel.TENT, Order.total), else_=None))
    return statement.outerjoin_from(TillEvent, Order).where(IS_SALE, IS_BOOKED)


@check("What a till took back was given back once, of what a till sold", "order")
def returns() -> Select[Any]:
    sale = aliased(TillEvent)
    sold = select(sale.order_id).where(sale.kind == TillEventKind.SALE, sale.order_id.is_not(None))
    told = amounts(TillEvent.order_id, literal(1)).where(~IS_SALE, IS_BOOKED)
    given = amounts(Refund.order_id, literal(1)).where(Refund.reference.like("till:%"), Refund.order_id.in_(sold))
    return beside(told, given)


@check("A phone's last number is that of its last event", "till_device", at_least)
def numbers() -> Select[Any]:
    last = func.coalesce(func.max(TillEvent.sequence), 0)
    statement = row(TillDevice.id, last, TillDevice.last_sequence)
    return statement.outerjoin_from(TillDevice, TillEvent).group_by(TillDevice.id)


CHECKS = (sales, sums, returns, numbers)
