"""What happened to an order: its steps, what was left out of it, and the money that went back for that."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from ..extensions import db
from ..ledger.models import Account, EntryKind, JournalEntry, JournalLine
from ..shared.i18n import Text, _
from ..shared.money import format_rupiah
from . import labels
from .models import AdjustmentKind, Order, OrderAdjustment, OrderEvent

Owed = dict[str, int]
"""What an entry of the journal belongs to → rupiah that it owes back to the buyer."""


@dataclass(frozen=True)
class Happened:
    """One thing that happened: what, with which money, why, and who did it."""

    at: dt.datetime
    title: Text
    money: str
    note: str
    actor_id: int | None


def history_of(order: Order, adjustments: list[OrderAdjustment]) -> list[Happened]:
    """Return what happened to an order, newest first."""
    owed = _owed_back(order) if order.reduced_amount or order.closed_at else {}
    left_out = [row for row in adjustments if row.kind is AdjustmentKind.SHORT_SHIPPED]
    happened = [_of_event(order, event, owed) for event in order.events]
    happened += [_of_left_out(order, row, owed) for row in left_out]
    return sorted(happened, key=lambda each: each.at)[::-1]


def _owed_back(order: Order) -> Owed:
    kinds = (EntryKind.REDUCTION, EntryKind.RETURN)
    statement = (
        select(JournalEntry.reference, -func.sum(JournalLine.amount))
        .join(JournalLine)
        .where(JournalEntry.order_id == order.id, JournalEntry.kind.in_(kinds))
        .where(JournalLine.account == Account.REFUNDS_PAYABLE)
        .group_by(JournalEntry.reference)
    )
    return {reference: int(amount) for reference, amount in db.session.execute(statement)}


def _of_event(order: Order, event: OrderEvent, owed: Owed) -> Happened:
    ends = event.action in ("cancel", "withdraw", "return")
    money = _given_back(owed[order.reference]) if ends and order.reference in owed else ""
    return Happened(event.at, labels.EVENTS.get(event.action, event.action), money, event.note, event.actor_id)


def _of_left_out(order: Order, row: OrderAdjustment, owed: Owed) -> Happened:
    name = next(line.name for line in order.lines if line.id == row.line_id)
    amount = owed.get(f"adjustment:{row.id}")
    money = _("%(amount)s less to pay.", amount=format_rupiah(row.amount)) if amount is None else _given_back(amount)
    title = _("Left out: %(count)s × %(name)s", count=row.quantity, name=name)
    return Happened(row.at, title, money, row.reason, row.actor_id)


def _given_back(amount: int) -> str:
    return _("%(amount)s goes back to the buyer.", amount=format_rupiah(amount))
