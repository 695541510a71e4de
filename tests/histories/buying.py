"""Rules of orders, and of the money that comes for them: right, wrong, late, twice."""

from sqlalchemy import select

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.offices import invoices
from marketplace.offices.models import Invoice
from marketplace.orders.models import Order
from marketplace.payments import kept, messages, service
from marketplace.payments.kept import Rest
from marketplace.payments.models import (
    Payment,
    PaymentState,
)
from marketplace.payments.provider import Money, Standing
from marketplace.shared import clock
from tests.histories.shop import PICKUP, TO_DOOR
from tests.histories.stage import (
    ACCOUNT,
    CHOICES,
    LATER,
    MOST_ORDERS,
    OFF,
    UNPAID,
    WHICH,
    Stage,
    has_room,
    step,
    there_is,
    where,
)
from tests.payments.paying import STRIPE


class Buying(Stage):
    """What buyers and offices do, and what the treasurer finds."""

    @step(
        when=has_room,
        choices=CHOICES,
        method=("transfer", "transfer", "cash", "stripe"),
        away=(False, True),
    )
    def order(self, choices: dict[int, int], method: str, away: bool) -> None:
        self.place("order", self.shop.ordered, choices, method, TO_DOOR if away and method != "cash" else PICKUP)

    @step(when=has_room, choices=CHOICES)
    def order_on_invoice(self, choices: dict[int, int]) -> None:
        self.place("invoice", self.shop.on_invoice, choices)

    @step(which=WHICH, off=OFF)
    def pay_bill(self, which: int, off: int) -> None:
        """The treasurer finds money of a transfer in the statement: for an open bill, or for one that has ended."""
        decided = (PaymentState.CONFIRMED, PaymentState.REJECTED)
        payment = self.one(which, select(Payment).where(Payment.provider == "transfer", Payment.state.not_in(decided)))
        if payment is None or payment.amount + off < 1:
            return
        order, amount = self.books.orders[payment.order_id], payment.amount + off
        in_time = order.state in UNPAID and payment.state in (PaymentState.PENDING, PaymentState.CLAIMED)
        was_empty = order.kept == 0
        if self.confirmed(payment, order, amount):
            assert order.is_covered or not (in_time and off == 0 and was_empty), "the right sum in time pays"

    @step(which=WHICH, off=OFF, times=range(1, 3))
    def pay_online(self, which: int, off: int, times: int) -> None:
        """Stripe tells that a bill is paid, maybe twice, maybe when it is too late."""
        payment = self.one(which, select(Payment).where(Payment.provider == "stripe"))
        if payment is None:
            return
        before, amount = payment.state, payment.amount + off
        order = self.books.orders[payment.order_id]
        number = db.session.get_one(Order, order.id).number
        money = Money(amount, True, "IDR")
        fact = Standing(f"cs_{payment.id}", PaymentState.CONFIRMED, money, number, payment.id, f"pi_{payment.id}")
        for _time in range(times):
            self.do("online", messages.note, STRIPE, fact)
        if before is not PaymentState.CONFIRMED:
            self.books.receive(order, Account.STRIPE, amount)
        self.look(order, amount)

    @step(which=WHICH)
    def claim(self, which: int) -> None:
        not_said = (Payment.provider == "transfer") & (Payment.state != PaymentState.CLAIMED)
        payment = self.one(which, select(Payment).where(not_said))
        if payment is not None and self.do("claim", service.claim, payment.id, None, "Sudah", None):
            self.look(self.books.orders[payment.order_id])

    @step(when=there_is(Payment.state == PaymentState.CLAIMED), which=WHICH)
    def reject(self, which: int) -> None:
        payment = self.one(which, select(Payment).where(Payment.state == PaymentState.CLAIMED))
        if payment is not None and self.do("reject", service.reject, payment.id, "Tidak ada", None):
            self.look(self.books.orders[payment.order_id])

    @step(when=where(*UNPAID), which=WHICH, method=("transfer", "cash", "stripe"))
    def change_method(self, which: int, method: str) -> None:
        order = self.pick(which, UNPAID)
        if order is not None and self.do("change", service.change_method, order.id, method):
            self.look(order)

    @step(when=there_is(Payment.needs_review), which=WHICH, off=OFF, method=("transfer", "cash"))
    def take_rest(self, which: int, off: int, method: str) -> None:
        """More money comes for an order whose payment fell short."""
        payment = self.one(which, select(Payment).where(Payment.needs_review))
        order = self.books.orders[payment.order_id]
        amount = max(order.due - order.kept + off, 1)
        rest = Rest(method, amount, self.reference())
        if self.do("rest", kept.take_rest, payment.id, rest, None):
            self.books.receive(order, ACCOUNT[method], amount)
            self.look(order)

    @step(which=WHICH, amount=range(1, 90_001), method=("transfer", "cash"))
    def take_more(self, which: int, amount: int, method: str) -> None:
        """Money comes that nobody asked for."""
        order = self.pick(which)
        if order is None or order.on_invoice:
            return
        if self.do("more", kept.take_more, order.id, Rest(method, amount, self.reference()), None):
            self.books.receive(order, ACCOUNT[method], amount)
            self.look(order)

    @step(when=there_is(Payment.needs_review), which=WHICH)
    def use_kept(self, which: int) -> None:
        payment = self.one(which, select(Payment).where(Payment.needs_review))
        if payment is not None and self.do("use", kept.use_for_order, payment.id, None):
            self.look(self.books.orders[payment.order_id])

    @step(which=WHICH, amount=range(1_000, 150_001))
    def pay_invoice(self, which: int, amount: int) -> None:
        invoice = self.one(which, select(Invoice))
        rest = Rest("transfer", amount, self.reference())
        if invoice is not None and self.do("receive", invoices.receive, invoice.id, rest, None):
            self.books.receive(self.books.orders[invoice.order_id], Account.BANK, amount)

    @step(when=lambda self: not self.is_late and len(self.books.orders) >= MOST_ORDERS)
    def time_runs_out(self) -> None:
        """All that waits for money waits no longer; once in a history."""
        self.is_late = True
        self.do("expire", service.expire_due, clock.now() + LATER)
        for order in self.books.orders.values():
            self.look(order)
