"""Rules of goods: packed, brought, left out, replaced, taken back."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.orders import adjustments, proposals, returns, substitutes
from marketplace.orders import service as orders
from marketplace.orders.models import Substitute
from marketplace.payments import service
from marketplace.shared import clock
from tests.histories.model import HELD, Bought, Line
from tests.histories.stage import LATER, PIECES, UNPAID, WHICH, S, Stage, step, there_is, where


class Goods(Stage):
    """What packers do, and what buyers change their minds about."""

    @step(when=where(*UNPAID, S.PROCESSING, S.READY, S.SHIPPED), which=WHICH)
    def go_all_the_way(self, which: int) -> None:
        """Lead an order to its buyer, as most go."""
        order = self.pick(which, HELD | {S.READY, S.SHIPPED})
        if order is None:
            return
        bill = service.open_payment(order.id)
        if bill is not None and bill.provider == "transfer":
            self.confirmed(bill, order, bill.amount)
        self.do("pack", orders.pack, order.id, None)
        self.collect(order)
        self.bring(order)

    @step(when=where(S.PROCESSING), which=WHICH)
    def pack(self, which: int) -> None:
        order = self.pick(which, frozenset({S.PROCESSING}))
        if order is not None and self.do("pack", orders.pack, order.id, None):
            self.look(order)

    @step(when=where(S.READY, S.SHIPPED), which=WHICH)
    def deliver(self, which: int) -> None:
        order = self.pick(which, frozenset({S.READY, S.SHIPPED}))
        if order is not None:
            self.bring(order)

    def bring(self, order: Bought) -> None:
        if order.fee:
            self.do("ship", orders.ship, order.id, None)
        self.do("hand over", orders.hand_over, order.id, None)
        self.look(order)

    @step(when=where(S.READY), which=WHICH)
    def collect_cash(self, which: int) -> None:
        order = self.pick(which, frozenset({S.READY}))
        if order is not None:
            self.collect(order)

    def collect(self, order: Bought) -> None:
        bill, due = service.open_payment(order.id), order.due
        if bill is not None and self.do("cash", service.collect_cash, bill.id, due + 5_000, None) is not None:
            self.books.receive(order, Account.CASH, due)
        self.look(order, due)

    def line_of(self, order: Bought, which: int) -> tuple[int, Line]:
        """Return one of an order's lines, by preference of what is left."""
        lines = [(key, line) for key, line in order.lines.items() if line.left] or list(order.lines.items())
        return lines[which % len(lines)]

    @step(when=where(S.PROCESSING, S.READY, S.SHIPPED), which=WHICH, at=WHICH, count=PIECES, by_buyer=(False, True))
    def leave_out(self, which: int, at: int, count: int, by_buyer: bool) -> None:
        order = self.pick(which, frozenset({S.PROCESSING, S.READY, S.SHIPPED}))
        if order is None:
            return
        key, line = self.line_of(order, at)
        act = adjustments.drop if by_buyer else adjustments.short_ship
        if self.do("leave out", act, order.id, key, count, "Pecah", None):
            line.left -= count
            order.cuts += 1
        self.look(order)

    @step(which=WHICH, by_buyer=(False, True))
    def cancel(self, which: int, by_buyer: bool) -> None:
        order = self.pick(which)
        if order is not None:
            self.do("cancel", adjustments.cancel, order.id, by_buyer=by_buyer, reason="Batal", actor_id=None)
            self.look(order)

    @step(when=where(S.COMPLETED), which=WHICH, at=WHICH, count=PIECES, destroyed=range(4))
    def take_back(self, which: int, at: int, count: int, destroyed: int) -> None:
        order = self.pick(which, frozenset({S.COMPLETED}))
        if order is None:
            return
        key, line = self.line_of(order, at)
        how = {"destroyed": destroyed, "reason": "Basi", "actor_id": None}
        if self.do("back", returns.take_some, order.id, key, count, **how):
            line.left -= count
            line.destroyed += destroyed
            order.cuts += 1
        self.look(order)

    @step(when=where(S.COMPLETED), which=WHICH, restock=(False, True))
    def take_all_back(self, which: int, restock: bool) -> None:
        order = self.pick(which, frozenset({S.COMPLETED}))
        if order is not None and self.do(
            "all back", returns.take_return, order.id, restock=restock, reason="Basi", actor_id=None
        ):
            for line in order.lines.values():
                line.destroyed += 0 if restock else line.left
                line.left = 0
            order.cuts += 1
            self.look(order)

    @step(when=where(S.PROCESSING), often=2, which=WHICH, at=WHICH, count=PIECES, other=range(3))
    def propose(self, which: int, at: int, count: int, other: int) -> None:
        asking = [each for each in self.books.orders.values() if each.state is S.PROCESSING and not each.on_invoice]
        if not asking:
            return
        key, line = self.line_of(asking[which % len(asking)], at)
        until = clock.now() + dt.timedelta(hours=3)
        fitting = [each for each in self.shop.goods if each.price < line.sold.price] or self.shop.goods
        proposal = substitutes.Proposal(key, count, fitting[other % len(fitting)].id, "Habis", until)
        self.do("propose", substitutes.propose, self.reference(), asking[which % len(asking)].id, proposal, None)

    @step(
        when=there_is(Substitute.state == "asked"),
        often=5,
        which=WHICH,
        how=("agree", "agree", "refuse", "withdraw", "expire"),
    )
    def answer(self, which: int, how: str) -> None:
        row = self.one(which, select(Substitute).where(Substitute.state == "asked"))
        if row is None:
            return
        order = self.books.orders[row.order_id]
        acts: dict[str, Callable[[], Any]] = {
            "agree": lambda: substitutes.agree(row.order_id, row.id, None),
            "refuse": lambda: substitutes.refuse(row.order_id, row.id, None),
            "withdraw": lambda: substitutes.withdraw(row.order_id, row.id),
            "expire": lambda: substitutes.expire_due(clock.now() + LATER),
        }
        asked = proposals.open_of(row.order_id) if how != "expire" else self.all_asked()
        if self.do(how, acts[how]) is None:
            return
        for each in asked if how == "expire" else [row]:
            self.answered(each, how)
        self.look(order)

    def all_asked(self) -> list[Substitute]:
        return list(db.session.scalars(select(Substitute).where(Substitute.state == "asked")))

    def answered(self, row: Substitute, how: str) -> None:
        """Take over what a proposal came to: other pieces, fewer, or the same."""
        order = self.books.orders[row.order_id]
        db.session.refresh(row)
        self.look(order)
        if how == "withdraw" or order.state is S.CANCELLED:
            return
        order.lines[row.line_id].left -= row.quantity
        order.cuts += 1
        if row.new_line_id is not None:
            order.lines[row.new_line_id] = Line(self.shop.sold_as(row.product_id), row.quantity)
