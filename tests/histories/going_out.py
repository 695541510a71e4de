"""Rules of money that goes back to buyers, is fought over, or goes to the families."""

from sqlalchemy import select

from marketplace.extensions import db
from marketplace.ledger import batches, payouts, transfers
from marketplace.ledger.models import Account, HouseholdBalance, Payout, PayoutMethod, PayoutState
from marketplace.ledger.payouts import Choice
from marketplace.payments import messages, online_refunds, refunds
from marketplace.payments.models import (
    Dispute,
    DisputeState,
    Payment,
    Refund,
    RefundMethod,
    RefundState,
)
from marketplace.payments.provider import DisputeStanding, Money, RefundStanding
from marketplace.shared import clock
from tests import make
from tests.histories.stage import METHOD, MONEY, PAID_BY, WHICH, S, Stage, owes, step, there_is, where
from tests.payments.paying import STRIPE


class GoingOut(Stage):
    """What treasurers, banks and Stripe do."""

    @step(
        when=owes,
        which=WHICH,
        part=range(1, 4),
        method=(RefundMethod.CASH, RefundMethod.TRANSFER),
    )
    def refund(self, which: int, part: int, method: RefundMethod) -> None:
        owed = [each for each in self.books.orders.values() if each.owed_back > 0]
        if not owed:
            return
        order = owed[which % len(owed)]
        amount = -(-order.owed_back // part)
        given = (amount, method, self.reference(), "Batal")
        if self.do("refund", refunds.record_refund, order.id, *given, None) is not None:
            self.books.give_back(order, METHOD[method], amount)
            self.look(order)

    @step(when=owes, often=2, which=WHICH, part=range(1, 4))
    def ask_refund_online(self, which: int, part: int) -> None:
        orders = [each for each in self.books.orders.values() if each.owed_back > 0]
        online = [(each, left) for each in orders for left in online_refunds.left_online(each.id).values()]
        if online:
            order, left = online[which % len(online)]
            amount = -(-min(order.owed_back, left) // part)
            self.do("ask online", online_refunds.request, order.id, amount, "Batal", None)

    @step(
        when=there_is(Refund.method == RefundMethod.ONLINE),
        which=WHICH,
        comes=(RefundState.SUCCEEDED, RefundState.SUCCEEDED, RefundState.FAILED),
    )
    def hear_of_refund(self, which: int, comes: RefundState) -> None:
        """Stripe tells how a refund stands: sent, not sent, or come back after it was sent."""
        refund: Refund | None = self.one(which, select(Refund).where(Refund.method == RefundMethod.ONLINE))
        if refund is None or refund.payment is None or refund.payment.charge_reference is None:
            return
        before, order = refund.state, self.books.orders[refund.order_id]
        money = Money(refund.amount, True, "IDR")
        fact = RefundStanding(f"re_{refund.id}", refund.payment.charge_reference, comes, money, refund.id)
        self.do("told", messages.note, STRIPE, fact)
        db.session.refresh(refund)
        if refund.state is not before and refund.state is RefundState.SUCCEEDED:
            self.books.give_back(order, Account.STRIPE, refund.amount)
        elif refund.state is not before and before is RefundState.SUCCEEDED:
            self.books.give_back(order, Account.STRIPE, -refund.amount)
        self.look(order)

    @step(when=there_is(Payment.charge_reference.is_not(None)), which=WHICH, state=tuple(DisputeState))
    def dispute(self, which: int, state: DisputeState) -> None:
        """A buyer's bank takes money back; it is won, lost, or still open."""
        charged = select(Payment).where(Payment.charge_reference.is_not(None))
        payment = self.one(which, charged)
        if payment is None:
            return
        reference = f"dp_{payment.id}"
        known = select(Dispute.state).where(Dispute.provider_reference == reference)
        before = db.session.scalar(known)
        money = Money(payment.received_amount, True, "IDR")
        fact = DisputeStanding(
            reference, str(payment.charge_reference), state, money, True, "fraudulent", None, clock.now()
        )
        self.do("dispute", messages.note, STRIPE, fact)
        after, amount = db.session.scalar(known), payment.received_amount
        if before is None:
            self.books.money.update({Account.STRIPE: -amount, Account.DISPUTED: amount})
        if before is not after and after in (DisputeState.WON, DisputeState.CLOSED):
            self.books.money.update({Account.STRIPE: amount, Account.DISPUTED: -amount})
        if before is not after and after is DisputeState.LOST:
            self.books.money.update({Account.DISPUTE_LOSSES: amount, Account.DISPUTED: -amount})

    @step(when=where(S.COMPLETED), method=tuple(PayoutMethod))
    def prepare_payout(self, method: PayoutMethod) -> None:
        owed = select(HouseholdBalance.household_id).where(HouseholdBalance.balance > 0)
        choices = [Choice(family, method) for family in db.session.scalars(owed)]
        batch = self.do("prepare", payouts.prepare_batch, make.REGENCY, choices, None)
        if batch is not None:
            self.do("release", batches.release, batch.id, None)

    @step(
        when=there_is(Payout.state == PayoutState.PENDING),
        often=3,
        which=WHICH,
        act=("pay", "pay", "cancel"),
    )
    def decide_payout(self, which: int, act: str) -> None:
        payout = self.one(which, select(Payout).where(Payout.state == PayoutState.PENDING))
        if act == "cancel":
            self.do(act, payouts.cancel_payout, payout.id, None)
        elif self.do(act, payouts.pay, payout.id, self.reference(), None) is not None:
            self.books.pay_out(payout.household_id, PAID_BY[payout.method], payout.amount)

    @step(when=there_is(Payout.state == PayoutState.PAID), which=WHICH, bounced=(False, True))
    def undo_payout(self, which: int, bounced: bool) -> None:
        """A transfer comes back, or somebody marked a payout by mistake."""
        payout = self.one(which, select(Payout).where(Payout.state == PayoutState.PAID))
        act = payouts.bounce if bounced else payouts.return_payout
        if self.do("bounce" if bounced else "undo", act, payout.id, "Rekening tutup", None) is not None:
            self.books.pay_out(payout.household_id, PAID_BY[payout.method], -payout.amount)

    @step(source=MONEY, to=MONEY, fee=(0, 2_900))
    def move_money(self, source: Account, to: Account, fee: int) -> None:
        """Half of what lies in one account is brought to another."""
        amount = self.books.money[source] // 2
        if amount > fee and source is not to:
            moved = (make.REGENCY, source, to, amount - fee, "Pindah", self.reference(), None)
            if self.do("move", transfers.move_money, *moved, fee=fee) is not None:
                self.books.money.update({source: -amount, to: amount - fee, Account.PROVIDER_FEES: fee})
