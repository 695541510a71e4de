"""A small world in which everything that the check looks at has happened once, through the services."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Category, Product, ProductKind, ProductPhoto
from marketplace.catalog.rules import ProductContent, Share
from marketplace.documents import drawing
from marketplace.documents import service as documents
from marketplace.documents.models import Document, DocumentKind
from marketplace.extensions import db
from marketplace.graduation import following
from marketplace.graduation import service as graduation
from marketplace.graduation.models import NoteKind
from marketplace.graduation.service import NoteContent
from marketplace.groups import forgetting
from marketplace.groups import service as groups
from marketplace.groups.models import Group, Household, MemberRole
from marketplace.groups.rules import BankAccount
from marketplace.ledger import batches, closing, differences, payouts, transfers
from marketplace.ledger.closing import Counted
from marketplace.ledger.models import Account, PayoutMethod
from marketplace.ledger.payouts import Choice
from marketplace.mentoring import reporting, standings, visits
from marketplace.mentoring.models import VisitKind
from marketplace.mentoring.report_models import GroupReport
from marketplace.mentoring.rules import Told, VisitContent
from marketplace.notices import service as notices
from marketplace.orders import adjustments, proposals, returns, substitutes
from marketplace.orders import service as orders
from marketplace.orders.models import DeliveryFee, DeliveryMethod, Order
from marketplace.orders.queries import refund_due
from marketplace.orders.wanted import Delivery, LineRequest
from marketplace.payments import refunds
from marketplace.payments import service as payments
from marketplace.payments.models import CollectionAccount, Payment, RefundMethod
from marketplace.shared import audit, clock, personal
from marketplace.shared.kept_photos import KeptPhoto
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market import sync
from marketplace.tent_market.closing import Cash
from marketplace.tent_market.stall_rules import Tally
from marketplace.treasury import fees, undoing
from marketplace.treasury import service as statements
from tests import make
from tests.catalog.words import image_id
from tests.graduation import casework
from tests.graduation.casework import Team
from tests.offices.purchasing import Bureau, delivered, invoice_of, pay
from tests.orders.asking import placed
from tests.parcels import build
from tests.payments import billing
from tests.shared import crowd_of_aid
from tests.tent_market import counting_back, making, markets
from tests.tent_market.telling import Till, of
from tests.treasury.taking import line

MARCH = dt.datetime(2026, 3, 10, 3, tzinfo=dt.UTC)
"""A month that is closed: what is sold in it is held against the line."""
APRIL = dt.datetime(2026, 4, 20, 3, tzinfo=dt.UTC)
"""When March is closed, and when goods come back."""
HOME = Delivery(DeliveryMethod.ADDRESS, "Jl. Singakarsa 4", "002/001", make.VILLAGE)
KK, NIK = "6306050101900001", "6306054502880002"
_statements = itertools.count(1)


def do(action: Callable[..., Any], *args: Any, **values: Any) -> Any:
    """Run one command and commit."""
    with unit_of_work():
        return action(*args, **values)


class World:
    """Makers, goods and the orders that were made of them."""

    def __init__(self) -> None:
        self.group = make.group()
        self.first, self.second = self._family(), make.household(self.group)
        self.alone = make.household(make.group())
        self.mat = make.product(
            self.group, makers={self.first.id: 6_667, self.second.id: 3_333}, stock=200, price=10_001
        )
        self.honey = make.product(_group_of(self.alone), makers={self.alone.id: 10_000}, stock=200, price=30_000)
        self.massage = make.product(
            self.group, makers={self.first.id: 10_000}, kind=ProductKind.SERVICE, category=Category.SERVICE
        )
        self.parcel = build.offered({self.mat: 2, self.honey: 1}, price=80_000)
        make.add(DeliveryFee(district_code="63.06.05", amount=7_500, effective_from=make.LONG_AGO, source="SK"))
        billing.bank()
        billing.qris()

    def _family(self) -> Household:
        """Make a family whose numbers are known to the tests, and whose head chairs the group."""
        encrypted = {"kk_encrypted": personal.encrypt(KK, purpose="kk"), "kk_last4": KK[-4:]}
        family = make.household(self.group, kk_hash=personal.lookup_hash(KK, purpose="kk"), **encrypted)
        with unit_of_work():
            person = family.people[0]
            person.nik_encrypted, person.nik_last4 = personal.encrypt(NIK, purpose="nik"), NIK[-4:]
            person.nik_hash = personal.lookup_hash(NIK, purpose="nik")
            family.memberships[0].role = MemberRole.CHAIR
        return family

    def order(self, mats: int = 2, parcels: int = 0, delivery: Delivery | None = None) -> Order:
        """Place an order of mats, parcels of them, and a massage."""
        lines = [LineRequest(mats, product_id=self.mat.id), LineRequest(1, product_id=self.massage.id)]
        if parcels:
            lines.append(LineRequest(parcels, parcel_id=self.parcel.id))
        return placed(*lines, delivery=delivery)

    def paid(self, **values: Any) -> Order:
        """Place an order and pay it by transfer."""
        order = self.order(**values)
        payment = do(payments.start, order.id, "transfer")
        do(payments.confirm, payment.id, payment.amount, f"MUT{next(_statements)}", None)
        return order

    def delivered(self, **values: Any) -> Order:
        """Place an order, pay it and bring it to its buyer."""
        order = self.paid(**values)
        do(orders.pack, order.id, None)
        if order.delivery_method is not DeliveryMethod.PICKUP:
            do(orders.ship, order.id, None)
        do(orders.hand_over, order.id, None)
        return order


def _group_of(family: Household) -> Group:
    return family.memberships[0].group


def built() -> World:
    """Make the world."""
    with clock.at(MARCH):
        world = World()
        _sold_in_march(world)
    with clock.at(APRIL):
        _in_april(world)
    mentored(world)
    _today(world)
    _forgotten()
    return world


def _forgotten() -> None:
    """Let a family that left long ago be made anonymous by two people."""
    family = make.household()
    row = do(forgetting.propose, family.id, "Diminta keluarga", make.user(Role.ADMINISTRATOR).id)
    do(forgetting.confirm, row.id, (), make.user(Role.ADMINISTRATOR).id)


def mentored(world: World) -> None:
    """Let a mentor visit a family at home, and a report of the group that sold in March go through three hands."""
    mentor, verifier = make.user(Role.MENTOR, group_id=world.group.id), make.user(Role.VERIFIER)
    head = make.user(Role.HEAD)
    told = Told(1_000, 0, 0, "Lancar")
    with clock.at(APRIL):
        do(standings.refresh, clock.now())
    with clock.at(APRIL + dt.timedelta(days=15)):
        do(reporting.make_due, clock.now())
        owed = select(GroupReport.id).where(GroupReport.group_id == world.group.id)
        key = db.session.scalars(owed).one()
        do(reporting.send, key, told, mentor.id, mentor)
        do(reporting.give_back, key, "Kurang", verifier.id, verifier)
        do(reporting.send, key, told, mentor.id, mentor)
        do(reporting.check, key, verifier.id, verifier)
        do(reporting.accept, key, head.id, head)
        day = clock.today("Asia/Makassar")
        visit = VisitContent(VisitKind.HOME, world.group.id, day, "Baik", (world.first.id,), ())
        do(visits.record, "kunjungan-1", visit, [], mentor.id)
    do(standings.refresh, clock.now())


def _sold_in_march(world: World) -> None:
    world.delivered(mats=3, parcels=2, delivery=HOME)
    world.delivered()
    expiring = world.order()
    do(payments.start, expiring.id, "qris")
    with clock.at(MARCH + dt.timedelta(days=2)):
        do(payments.expire_due, clock.now())
    _noted(world)


def _noted(world: World) -> None:
    mentor, verifier = make.user(Role.MENTOR, group_id=world.group.id), make.user(Role.VERIFIER)
    month = clock.month_of(MARCH.date())
    do(graduation.add_note, world.first.id, NoteContent(month, NoteKind.COST, 2_000, "Bambu"), mentor.id)
    wage = NoteContent(month, NoteKind.OTHER_INCOME, 300_000, "Upah")
    note = do(graduation.add_note, world.first.id, wage, mentor.id)
    do(graduation.verify_note, note.id, verifier.id)
    mistake = do(graduation.add_note, world.first.id, NoteContent(month, NoteKind.COST, 9_000, "Keliru"), mentor.id)
    do(graduation.take_back_note, mistake.id, mentor.id)


def _in_april(world: World) -> None:
    do(graduation.close_month, make.REGENCY, clock.month_of(MARCH.date()))
    cancelled = world.paid(parcels=1)
    do(adjustments.cancel, cancelled.id, by_buyer=True, reason="Acara batal", actor_id=None)
    _give_back(cancelled, RefundMethod.TRANSFER)
    returned = world.delivered(mats=4)
    do(returns.take_return, returned.id, restock=True, reason="Basi", actor_id=None)
    do(transfers.move_money, make.REGENCY, Account.BANK, Account.CASH, 200_000, "Diambil", "april", None)
    _give_back(returned, RefundMethod.CASH)
    _pay_out(world)
    partly = world.delivered(parcels=2)
    do(returns.take_some, partly.id, partly.lines[-1].id, 1, destroyed=1, reason="Pecah", actor_id=None)
    world.delivered(parcels=1, delivery=HOME)
    _closed()


def _closed() -> None:
    """Count the money of April with a rupiah too much in the drawer; somebody else looks at it."""
    day = APRIL.date()
    books = closing.books(make.REGENCY, day)
    counted = {book.account: Counted(book.expected) for book in books}
    counted[Account.CASH] = Counted(counted[Account.CASH].amount + 1, "Pembulatan")
    close = do(closing.close, make.REGENCY, day, counted, make.user(Role.TREASURER).id)
    do(differences.mark_seen, close.id, make.user(Role.HEAD).id)


def _give_back(order: Order, method: RefundMethod) -> None:
    do(refunds.record_refund, order.id, refund_due(order.id), method, "KEMBALI", "Batal", None)


def _pay_out(world: World) -> None:
    treasurer = make.user(Role.TREASURER)
    chosen = [Choice(family.id, PayoutMethod.CASH) for family in (world.first, world.second)]
    batch = do(payouts.prepare_batch, make.REGENCY, chosen, treasurer.id)
    do(batches.release, batch.id, make.user(Role.HEAD).id)
    paid, dropped = [payout.id for payout in batch.payouts]
    do(payouts.pay, paid, "Siti", treasurer.id)
    do(payouts.cancel_payout, dropped, treasurer.id)
    do(batches.close, batch.id, treasurer.id)
    undone = do(payouts.prepare_batch, make.REGENCY, [Choice(world.second.id, PayoutMethod.CASH)], treasurer.id)
    do(batches.release, undone.id, make.user(Role.HEAD).id)
    do(payouts.pay, undone.payouts[0].id, "Siti", treasurer.id)
    do(payouts.return_payout, undone.payouts[0].id, "Salah baris", treasurer.id)
    _sent_back(world, treasurer.id)
    do(payouts.prepare_batch, make.REGENCY, [Choice(world.alone.id, PayoutMethod.CASH)], treasurer.id)


def _sent_back(world: World, treasurer_id: int) -> None:
    """Send a family its money by bank, which sends it back."""
    do(groups.set_bank, world.alone.id, BankAccount("Bank Contoh", "0011223344", "Siti"), None)
    sent = do(payouts.prepare_batch, make.REGENCY, [Choice(world.alone.id, PayoutMethod.BANK)], treasurer_id)
    do(batches.release, sent.id, make.user(Role.HEAD).id)
    do(payouts.pay, sent.payouts[0].id, "FT-1", treasurer_id)
    do(payouts.bounce, sent.payouts[0].id, "Rekening tutup", treasurer_id)


def _paid_by_line(order: Order) -> Order:
    """Let a line of the bank's statement pay an order, beside one that nobody knows."""
    bill = do(payments.start, order.id, "transfer")
    account = db.session.get_one(CollectionAccount, bill.account_id)
    do(statements.match, line(account, bill.amount).id, order.id, None)
    line(account, 5_000, "?")
    for undone in (False, True):
        fee = do(fees.book, line(account, -1_500, "BIAYA ADMIN").id, None)
        if undone:
            do(fees.undo, fee.id, "Bukan biaya", None)
    return order


def _booked_by_mistake(world: World) -> None:
    """Let a line pay an order that it was not for, and an order that had ended."""
    treasurer = make.user(Role.TREASURER)
    for has_ended in (False, True):
        order = world.order()
        bill = do(payments.start, order.id, "transfer")
        if has_ended:
            do(adjustments.cancel, order.id, by_buyer=False, reason="Batal", actor_id=None)
        account = db.session.get_one(CollectionAccount, bill.account_id)
        paid = do(statements.match, line(account, bill.amount).id, order.id, None)
        do(undoing.take_back, paid.payment_id, "Salah pesanan", treasurer.id)


def _today(world: World) -> None:
    short = _paid_by_line(world.order(mats=5))
    _booked_by_mistake(world)
    _papers(short)
    do(adjustments.short_ship, short.id, short.lines[0].id, 2, "Pecah", None)
    _papers(short)
    _replaced(world)
    for _number in range(2):
        do(payments.start, world.order().id, "transfer")
    claimed = do(payments.start, world.order().id, "transfer")
    do(payments.claim, claimed.id, None, "Sudah")
    cash = world.order()
    do(payments.start, cash.id, "cash")
    do(orders.pack, cash.id, None)
    odd: Payment = do(payments.start, world.order().id, "qris")
    do(payments.confirm, odd.id, odd.amount - 1_000, "MUT-odd", None)
    _hand_in(world)
    _at_tent()
    _on_the_way()
    markets.plan_market(make.REGENCY, 1)
    crowd_of_aid.given(make.REGENCY, 2)
    do(transfers.move_money, make.REGENCY, Account.BANK, Account.CASH, 10_000, "Diambil", "pagi", None)
    with unit_of_work():
        audit.record(None, "household.reveal", ("household", world.first.id), reason="Dicek untuk bantuan 2026")


def _at_tent() -> None:
    """Sell at a tent what a family of its own makes, in cash and by QRIS; another tent is closed."""
    stall = making.stall(making.day(making.site(is_active=False)))
    cashier, product = make.user(Role.PACKER), make.product(stock=9)
    making.load(stall, product, 20)
    for method in ("tent_cash", "qris"):
        line = LineRequest(2, product.id, offered_price=product.price - 500)
        making.sell(stall, line, cashier_id=cashier.id, method=method)
    _told(Till(stall, cashier=cashier), product.id)
    _closed_tent(cashier.id)


def _closed_tent(cashier_id: int) -> None:
    """Close a tent: something is left, spoiled, given away, missing and found, and there is too little cash."""
    stall, one, other = making.stall(), make.product(stock=20), make.product(stock=20)
    counting_back.signed(counting_back.listed(stall, {one.id: 12, other.id: 3}))
    making.sell(stall, LineRequest(2, one.id), cashier_id=cashier_id)
    goods = {one.id: Tally(5, 1, 2, "Dicicipi"), other.id: Tally(4, note="Lebih satu")}
    counting_back.closed(stall, goods, Cash(2 * one.price - 1_000, "Salah kembalian"), to_group=frozenset({one.id}))


def _told(till: Till, product_id: int) -> None:
    """Let a phone sell, undo a mistake, take something back, sell what nobody knows, and tell one sale in two ways."""
    kept, mistake, odd = (till.sale(of(key, 2)) for key in (product_id, product_id, 999_999))
    other = {**kept, "paid": "qris"}
    do(sync.take, till.id, till.batch(mistake, till.void(mistake), kept, till.refund(kept, 1), odd, other))


def _replaced(world: World) -> None:
    """Let mats come in the place of dearer honey, and ask another buyer about the same."""
    for agrees in (True, False):
        order = placed(LineRequest(3, product_id=world.honey.id))
        payment = do(payments.start, order.id, "transfer")
        do(payments.confirm, payment.id, payment.amount, f"MUT{next(_statements)}", None)
        until = clock.now() + dt.timedelta(hours=3)
        asked = substitutes.Proposal(order.lines[0].id, 2, world.mat.id, "Habis", until)
        do(substitutes.propose, f"tanya-{agrees}", order.id, asked, None)
        if agrees:
            do(substitutes.agree, order.id, proposals.open_of(order.id)[0].id, None)


def _papers(order: Order) -> None:
    """Issue and open the papers of a paid order; after a change they are issued anew."""
    for kind in (DocumentKind.INVOICE, DocumentKind.RECEIPT):
        paper: Document = do(documents.issue, order.id, kind, None, by_office=False)
        do(drawing.file_of, db.session.get_one(Document, paper.id))


def add_offices(world: World) -> None:
    """Let an office order on invoices: one is paid in parts, one is owed, one comes back, and one is paid before."""
    bureau = Bureau(credit=10_000_000)
    mats = LineRequest(2, product_id=world.mat.id)
    first = bureau.ordered(mats, LineRequest(1, parcel_id=world.parcel.id))
    pay(invoice_of(first), 20_000)
    do(documents.issue, first.id, DocumentKind.OFFICE_INVOICE, None, by_office=False)
    do(notices.write_new, dt.datetime.combine(invoice_of(first).due_on, dt.time(3), dt.UTC))
    handed = bureau.ordered(mats, LineRequest(1, product_id=world.massage.id))
    delivered(handed)
    settled = bureau.ordered(mats)
    pay(invoice_of(settled), settled.total + 1_000)
    cancelled = bureau.ordered(mats)
    do(adjustments.cancel, cancelled.id, by_buyer=True, reason="Acara batal", actor_id=None)
    bureau.ordered(mats, method="qris")
    bureau.offered(mats)


def _on_the_way() -> None:
    """Let one family be mentored, and another one graduate and be visited."""
    casework.only_school(make.user(Role.ADMINISTRATOR))
    casework.mentored(Team(months=0))
    team = Team(months=0)
    case = casework.monitored(team)
    seen = casework.visit(team.family, team.mentor, casework.today())
    do(following.link_visit, case.id, 1, seen.id, team.mentor.id)


def _hand_in(world: World) -> None:
    actor = make.user(Role.GROUP_OFFICER, group_id=world.group.id)
    content = ProductContent(
        name="Tikar Purun",
        category=Category.CRAFT,
        unit="lembar",
        price=40_000,
        shares=(Share(world.first.id, 10_000),),
    )
    product: Product = do(catalog.create_product, world.group.id, content, actor)
    make.add(ProductPhoto(product_id=product.id, image_id=image_id()), KeptPhoto(image_id=image_id()))
    do(catalog.submit, product.id, actor)
