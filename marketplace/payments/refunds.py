"""Give money back that is owed to a buyer: never more than that, whoever asks at the same time."""

import datetime as dt

from sqlalchemy import func, select, update

from ..areas import queries as areas
from ..extensions import db
from ..ledger import holdings
from ..ledger import rules as ledger_rules
from ..ledger.models import Account, EntryKind
from ..orders import service as orders
from ..orders.models import Order
from ..shared import audit, clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.money import format_rupiah
from ..shared.transaction import command
from ..shared.turn import turn
from . import reserved, service
from .labels import BY_HAND
from .models import Payment, PaymentState, Refund, RefundMethod, RefundState

MONEY_FROM: dict[RefundMethod, Account] = {
    RefundMethod.CASH: Account.CASH,
    RefundMethod.TENT: Account.TENT_CASH,
    RefundMethod.QRIS: Account.QRIS,
    RefundMethod.TRANSFER: Account.BANK,
    RefundMethod.ONLINE: Account.STRIPE,
}


@command
def record_refund(
    order_id: int, amount: int, method: RefundMethod, reference: str, reason: str, actor_id: int | None
) -> Refund:
    """Write down money that was given back to a buyer; `reference` is the bank's, or who signed for the cash.

    He reads all of it on his order's page. Raises InvalidInput for more than is owed back or than the books hold,
    without reference or reason, and for a bank reference that was used before.
    """
    order = orders.locked(order_id)
    owed = reserved.free_to_give(order_id)
    if not 1 <= amount <= owed:
        raise InvalidInput(_("At most %(most)s is owed back.", most=format_rupiah(owed)), field="amount")
    for field, text in (("reference", reference), ("reason", reason)):
        if not text:
            raise InvalidInput(_("Please fill this in."), field=field)
    holdings.secure(order.regency_code, MONEY_FROM[method], amount, "amount")
    if method is RefundMethod.TRANSFER:
        _refuse_used(order.regency_code, reference)
    refund = Refund(order_id=order_id, amount=amount, method=method, reference=reference, reason=reason)
    refund.made_by_id = actor_id
    db.session.add(refund)
    db.session.flush()  # its id is the entry's reference
    postings = ledger_rules.refund(MONEY_FROM[method], amount)
    orders.post(order, EntryKind.REFUND, f"refund:{refund.id}", postings, actor_id)
    if amount == owed:
        end_reviews(order_id)
    service.wait_again(order, actor_id)
    audit.record(actor_id, "payment.refund", ("order", order_id), amount=amount, method=method.value)
    return refund


@command
def came_back(refund_id: int, reference: str, on: dt.date, actor_id: int) -> Refund:
    """Write down that money given back by hand came back to the office: it is in its account, and owed again.

    `reference` is the bank's, or who brought the cash. Raises StateConflict for a refund that was not by hand, or that
    came back before; InvalidInput without a reference, or for a day before it was given or after today.
    """
    order = orders.locked(db.session.get_one(Refund, refund_id).order_id)
    refund = db.session.get_one(Refund, refund_id, populate_existing=True)
    if refund.method not in BY_HAND or refund.state is not RefundState.SUCCEEDED:
        raise StateConflict
    if not reference:
        raise InvalidInput(_("Please fill this in."), field="reference")
    zone = areas.time_zone(order.regency_code)
    if not clock.local_date(refund.at, zone) <= on <= clock.today(zone):
        raise InvalidInput(_("This is not between the day it was given and today."), field="on")
    turn(refund, RefundState.FAILED, problem=f"{reference}, {on:%d-%m-%Y}")
    postings = ledger_rules.refund_return(MONEY_FROM[refund.method], refund.amount)
    orders.post(order, EntryKind.REFUND_RETURN, f"refund:{refund.id}", postings, actor_id)
    told = {"amount": refund.amount, "reference": reference, "day": on.isoformat()}
    audit.record(actor_id, "payment.refund_return", ("refund", refund.id), reason="", **told)
    return refund


def _refuse_used(area_code: str, reference: str) -> None:
    """Refuse a bank reference by which other money was given back; whoever gives some back there waits meanwhile."""
    by_transfer = (Order.regency_code == area_code) & (Refund.method == RefundMethod.TRANSFER)
    same = func.upper(Refund.reference) == ledger_rules.as_reference(reference)
    number = db.session.scalar(select(Order.number).join(Refund).where(by_transfer, same).limit(1))
    if number is not None:
        raise InvalidInput(_("This reference was used before, for order %(number)s.", number=number), field="reference")


def end_reviews(order_id: int) -> None:
    """Nothing of the order's money is left to decide about."""
    db.session.execute(
        update(Payment)
        .where(Payment.order_id == order_id, Payment.state == PaymentState.CONFIRMED)
        .values(needs_review=False)
        .execution_options(synchronize_session=False)
    )
