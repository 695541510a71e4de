"""What happened to an order: its steps, what was left out of it, and the money that went back for that."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from ..extensions import db
from ..ledger.models import Account, EntryKind, JournalEntry, JournalLine
from ..shared.i18n import Text, _, _l
from ..shared.money import format_rupiah
from . import labels
from .models import AdjustmentKind, Order, OrderAdjustment, OrderEvent, OrderState
from .proposals import replaced
from .rules import Action, read_sums


@dataclass(frozen=True)
class Owed:
    """What is owed back to the buyer of an order."""

    by_reference: dict[str, int]
    """What an entry of the journal belongs to → rupiah that it owes back."""
    is_settled: bool
    """All of it was given back by now."""

    def say(self, reference: str) -> str:
        """Say what happens to the money of an entry; empty where it owes nothing back."""
        return self._say(self.by_reference.get(reference, 0))

    def say_several(self, references: Iterable[str]) -> str:
        """Say what happens to the money of several entries together."""
        return self._say(sum(self.by_reference.get(reference, 0) for reference in references))

    def say_all(self) -> str:
        """Say what happens to the money of all that was not bought after all; empty where nothing of it was paid."""
        return self._say(sum(self.by_reference.values()))

    def _say(self, rupiah: int) -> str:
        if not rupiah:
            return ""
        amount = format_rupiah(rupiah)
        if self.is_settled:
            return _("%(amount)s was given back.", amount=amount)
        return _("%(amount)s will be given back.", amount=amount)


NOTHING = Owed({}, is_settled=True)


@dataclass(frozen=True)
class Happened:
    """One thing that happened: what, with which money, why, and who did it."""

    at: dt.datetime
    title: Text
    money: str
    note: str
    actor_id: int | None
    is_step: bool = True
    """A step of the order's life, not something left out of it."""


def history_of(order: Order, adjustments: list[OrderAdjustment]) -> list[Happened]:
    """Return what happened to an order, newest first."""
    owed, instead = owed_back(order), replaced(order)
    came_back = owed.say_several(f"adjustment:{row.id}" for row in adjustments if row.kind is AdjustmentKind.RETURNED)
    happened = [_of_event(order, event, owed, came_back) for event in order.events]
    happened += [_of_pieces(order, row, owed, instead.get(row.id, 0)) for row in adjustments if row.kind in PIECES]
    return in_turn(happened)[::-1]


def with_refunds(order: Order, happened: list[Happened]) -> list[Happened]:
    """Return the history, newest first, with the money that went back to the buyer."""
    return in_turn([*happened[::-1], *_refunds(order)])[::-1]


def in_turn(happened: list[Happened]) -> list[Happened]:
    """Put things in order by their moment; those of one kind stay in the order in which they were written down.

    The order's row is locked while anything happens to it: where two machines' clocks differ, this order is right.
    """
    latest: dict[bool, dt.datetime] = {}
    keyed = []
    for each in happened:
        latest[each.is_step] = max(each.at, latest.get(each.is_step, each.at))
        keyed.append((latest[each.is_step], each))
    return [each for _at, each in sorted(keyed, key=lambda pair: pair[0])]


def owed_back(order: Order) -> Owed:
    """Return what is owed back for what of an order was not bought after all; mostly nothing, and no query."""
    if not order.reduced_amount and not order.closed_at:
        return NOTHING
    statement = (
        select(JournalEntry.kind, JournalEntry.reference, -func.sum(JournalLine.amount))
        .join(JournalLine)
        .where(JournalEntry.order_id == order.id, JournalLine.account == Account.REFUNDS_PAYABLE)
        .group_by(JournalEntry.kind, JournalEntry.reference)
        .order_by(func.min(JournalEntry.id))
    )
    rows = [(kind, reference, int(amount)) for kind, reference, amount in db.session.execute(statement)]
    kinds = (EntryKind.REDUCTION, EntryKind.RETURN)
    parts = {reference: amount for kind, reference, amount in rows if kind in kinds}
    others = sum(amount for kind, _reference, amount in rows if kind not in (*kinds, EntryKind.REFUND))
    return Owed(_less(parts, max(-others, 0)), is_settled=sum(amount for _kind, _reference, amount in rows) == 0)


def _less(parts: dict[str, int], never_his: int) -> dict[str, int]:
    """Return what is owed back without money that was booked by mistake, rupiah; off what was owed last, first."""
    left = {}
    for reference, amount in reversed(parts.items()):
        off = min(amount, never_his)
        left[reference], never_his = amount - off, never_his - off
    return left


def _of_event(order: Order, event: OrderEvent, owed: Owed, came_back: str) -> Happened:
    if event.action in (Action.DIFFER, Action.EXCEED):
        return Happened(event.at, labels.EVENTS[event.action], _other_sum(event), "", event.actor_id)
    return Happened(
        event.at,
        labels.EVENTS.get(event.action, event.action),
        _money_of(order, event, owed, came_back),
        event.note,
        event.actor_id,
    )


def _money_of(order: Order, event: OrderEvent, owed: Owed, came_back: str) -> str:
    """Say what an order's end means for its money; with what came back last, all that came back is told of."""
    if event.action == Action.RETURN:
        return came_back
    return owed.say(order.reference) if event.action in (Action.CANCEL, Action.WITHDRAW) else ""


def _other_sum(event: OrderEvent) -> str:
    """Say what arrived, and how much too little or too much that was."""
    received, differs_by = read_sums(event.note)
    sums = {"received": format_rupiah(received), "sum": format_rupiah(differs_by)}
    if not differs_by:
        return _("%(received)s arrived.", received=sums["received"])
    if event.action == Action.DIFFER:
        return _("%(received)s arrived, %(sum)s is missing.", **sums)
    return _("%(received)s arrived, %(sum)s too much.", **sums)


def _refunds(order: Order) -> list[Happened]:
    statement = (
        select(JournalEntry.at, JournalLine.amount, JournalEntry.actor_id)
        .join(JournalLine)
        .where(JournalEntry.order_id == order.id, JournalEntry.kind == EntryKind.REFUND)
        .where(JournalLine.account == Account.REFUNDS_PAYABLE)
        .order_by(JournalEntry.id)
    )
    title = _l("Money given back to the buyer")
    return [
        Happened(at, title, format_rupiah(amount), "", actor_id, is_step=False)
        for at, amount, actor_id in db.session.execute(statement)
    ]


PIECES: dict[AdjustmentKind, Text] = {
    AdjustmentKind.SHORT_SHIPPED: _l("Left out: %(count)s × %(name)s"),
    AdjustmentKind.DROPPED: _l("Cancelled by the buyer: %(count)s × %(name)s"),
    AdjustmentKind.TAKEN_OUT: _l("Taken out after packing: %(count)s × %(name)s"),
    AdjustmentKind.SUBSTITUTED: _l("Replaced: %(count)s × %(name)s"),
    AdjustmentKind.RETURNED: _l("Came back: %(count)s × %(name)s"),
}
"""What is told of pieces of a line; those of a cancelled order are told with it."""


def _of_pieces(order: Order, row: OrderAdjustment, owed: Owed, instead: int) -> Happened:
    name = next(line.name for line in order.lines if line.id == row.line_id)
    money = owed.say(f"adjustment:{row.id}")
    if money and row.kind is AdjustmentKind.RETURNED and order.state is OrderState.RETURNED:
        money = ""  # its last step tells of all that came back
    else:
        money = money or _less_to_pay(order, row, row.amount - instead)
    title = str(PIECES[row.kind]) % {"count": row.quantity, "name": name}
    note = row.reason
    if row.destroyed_quantity:
        thrown = _("%(count)s of them cannot be sold again.", count=row.destroyed_quantity)
        note = f"{note.rstrip('. ')}. {thrown}".removeprefix(". ")
    return Happened(row.at, title, money, note, row.actor_id, is_step=False)


def _less_to_pay(order: Order, row: OrderAdjustment, rupiah: int) -> str:
    """Say what a buyer who has not paid saves; of an order that came back whole at once, its last step tells it."""
    if not rupiah or (row.kind is AdjustmentKind.RETURNED and order.billed_at is None):
        return ""
    return _("%(amount)s less to pay.", amount=format_rupiah(rupiah))
