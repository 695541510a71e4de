"""Payments on a provider's page: what went back, what is disputed, and what was told about them."""

from typing import Any

from sqlalchemy import Select, case, func, select

from ...ledger.models import Account, EntryKind, JournalEntry, JournalLine
from ...payments.models import Dispute, DisputeState, Payment, PaymentState, Refund, RefundState
from ...payments.providers import ONLINE
from ..check import amounts, at_most, beside, check, joined, reference, row

HELD = {
    DisputeState.OPEN: Account.DISPUTED,
    DisputeState.LOST: Account.DISPUTE_LOSSES,
}
"""Where the money of a dispute is that a provider holds back; of one that was won it is where it was before."""
DISPUTING = (EntryKind.DISPUTE, EntryKind.DISPUTE_WON, EntryKind.DISPUTE_LOST)


@check("What a provider sends back is owed to the buyer", "orders", at_most)
def asked_is_owed() -> Select[Any]:
    owed = (
        select(JournalEntry.order_id, (-func.sum(JournalLine.amount)).label("amount"))
        .join_from(JournalLine, JournalEntry)
        .where(JournalLine.account == Account.REFUNDS_PAYABLE)
        .group_by(JournalEntry.order_id)
        .subquery()
    )
    statement = row(Refund.order_id, func.coalesce(func.max(owed.c.amount), 0), func.sum(Refund.amount))
    joined_to = statement.outerjoin_from(Refund, owed, owed.c.order_id == Refund.order_id)
    return joined_to.where(Refund.state == RefundState.REQUESTED).group_by(Refund.order_id)


@check("No payment gives back more than it brought", "payment", at_most)
def given_was_received() -> Select[Any]:
    sent = Refund.state.in_((RefundState.REQUESTED, RefundState.SUCCEEDED))
    statement = row(Payment.id, Payment.received_amount, func.sum(Refund.amount)).join_from(Payment, Refund)
    return statement.where(sent).group_by(Payment.id, Payment.received_amount)


@check("A refund by a provider is of a payment of its order", "refund")
def refund_orders() -> Select[Any]:
    return row(Refund.id, Refund.order_id, Payment.order_id).join_from(Refund, Payment)


@check("A payment that came online carries the provider's names for it", "payment")
def names() -> Select[Any]:
    found = case((Payment.provider_reference.is_not(None), "page"), else_="") + case(
        (Payment.charge_reference.is_not(None), " charge"), else_=""
    )
    paid = Payment.provider.in_(ONLINE) & (Payment.state == PaymentState.CONFIRMED)
    return row(Payment.id, "page charge", found).where(paid)


@check("Disputes and their entries are the same money, on the account of their state", "dispute/account")
def disputes() -> Select[Any]:
    account = case(*((Dispute.state == state, each.value) for state, each in HELD.items()), else_="")
    held = amounts(joined(reference("dispute", Dispute.id), account), Dispute.amount)
    entered = (
        amounts(joined(JournalEntry.reference, JournalLine.account), JournalLine.amount)
        .join_from(JournalLine, JournalEntry)
        .where(JournalEntry.kind.in_(DISPUTING), JournalLine.account.in_(tuple(HELD.values())))
    )
    return beside(held.where(Dispute.is_held_back, Dispute.state.in_(tuple(HELD))), entered)


CHECKS = (asked_is_owed, given_was_received, refund_orders, names, disputes)
