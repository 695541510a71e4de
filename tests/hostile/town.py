"""The town that the blows fall on: things in every state, so that every form is shown somewhere."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.catalog.models import Product, ProductPhoto, ProductState
from marketplace.extensions import db
from marketplace.graduation.case_models import Case
from marketplace.graduation.models import IncomeNote, NoteKind
from marketplace.groups.models import Household, RegistrySource, Relation
from marketplace.groups.rules import BankAccount, HouseholdContent, PersonContent
from marketplace.groups.service import register_household, set_bank, set_trust
from marketplace.ledger import batches, payouts
from marketplace.ledger.models import HouseholdBalance, PayoutMethod
from marketplace.mentoring import standings
from marketplace.mentoring.report_models import GroupReport
from marketplace.mentoring.rules import periods_over
from marketplace.mentoring.standing_rules import StandingStep
from marketplace.offices import ordering, service
from marketplace.offices.models import OfficeRole
from marketplace.orders import service as orders
from marketplace.orders.models import DeliveryMethod, Order
from marketplace.orders.substitutes import Proposal, propose
from marketplace.orders.wanted import Buyer, Delivery, LineRequest, PlaceOrder
from marketplace.parcels import service as parcels
from marketplace.payments import service as payments
from marketplace.payments.models import CollectionAccount, Payment
from marketplace.payments.models import PaymentState as Paid
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury import fees
from marketplace.treasury import service as treasury
from tests import make
from tests.catalog.words import image_id
from tests.offices.purchasing import Bureau
from tests.parcels.build import draft, set_recipe
from tests.payments import billing
from tests.registry import listing
from tests.shared import crowd, crowd_of_cases
from tests.treasury.taking import line

SIZE = 2
KK = "6306051203990002"
"""Of a family that is in no group."""
INVITATION = "UNDANGAN22"
"""Of an office that the town's buyer does not belong to."""


def build() -> crowd.Town:
    """Make a small crowd and what it has not: goods and bills in the other states, a closed account, a note."""
    town = crowd.build(SIZE)
    group = db.session.get_one(Household, town.arguments["household_id"]).memberships[0].group
    makers = {town.arguments["household_id"]: 10_000}
    with unit_of_work():  # else those of new goods without a name could be the same
        for product in db.session.scalars(select(Product)):
            product.slug = f"uji-{product.id}"
    images = [image_id() for _ in range(2)]
    for state in (ProductState.DRAFT, ProductState.NEEDS_WORK, ProductState.PAUSED):
        make.product(group, makers=makers, state=state, name=f"Barang {state}", slug=f"uji-{state}")
    _photos(make.product(group, makers=makers, name="Berfoto", slug="uji-foto", state=ProductState.DRAFT).id, images)
    _close_one(town.arguments["household_id"])
    _parcels([make.product(make.group(), stock=9, price=10_000, slug=f"uji-isi-{i}") for i in range(2)])
    note = IncomeNote(
        household_id=town.arguments["household_id"],
        month=clock.month_of(clock.now().date()),
        kind=NoteKind.OTHER_INCOME,
        amount=5_000,
        description="Upah",
    )
    make.add(note)
    own = {"recorded_by_id": town.users[Role.MENTOR].id, "amount": 6_000, "description": "Ongkos"}
    make.add(IncomeNote(household_id=note.household_id, month=note.month, kind=NoteKind.COST, **own))
    _strays(), _unjoined()
    on_their_way = set(db.session.scalars(select(Case.household_id)))
    owed = {row.household_id for row in db.session.scalars(select(HouseholdBalance))} - on_their_way
    _banked(group.id, max(owed))
    address = Delivery(DeliveryMethod.ADDRESS, "Jalan 1", "1/2", make.VILLAGE)
    for delivery in (Delivery(DeliveryMethod.PICKUP), address):
        _paid(town, delivery, True)
    _paid(town, address, False)
    _questions(town)
    with unit_of_work():
        _paying(town, Delivery(DeliveryMethod.PICKUP), "short", 7)
        for buyer_id in (town.users[Role.BUYER].id, None):
            _online(town, buyer_id)
    _offices(town)
    crowd_of_cases.add_each(group, town.users[Role.VERIFIER])
    _statements()
    listing.applied(listing.xlsx([listing.row(801), listing.row(802)]))
    _silent()
    return town


def _silent() -> None:
    """Let one group be silent for so long that it may be called inactive, and another be dissolved."""
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    silent, gone = make.group(created_at=long_ago), make.group(created_at=long_ago)
    today = clock.today("Asia/Makassar")
    starts = periods_over(today, 2)
    make.add(*(GroupReport(group_id=silent.id, starts_on=day, due_on=today - dt.timedelta(days=9)) for day in starts))
    officer = make.user(Role.HEAD).id
    with unit_of_work():
        standings.decide(gone.id, StandingStep.DISSOLVE, "Anggota pindah", officer)
        standings.refresh(clock.now())


def _statements() -> None:
    """Let lines of the bank fit a bill, be set aside, and an account be closed."""
    bank = db.session.scalars(select(CollectionAccount).where(CollectionAccount.provider == "transfer")).first()
    assert bank is not None
    bill = db.session.scalars(
        select(Payment).where(Payment.state == Paid.PENDING, Payment.account_id == bank.id)
    ).first()
    assert bill is not None
    line(bank, bill.amount)
    aside = line(bank, 777)
    fee = line(bank, -1_500, "BIAYA ADMIN")
    line(bank, -2_000, "BIAYA KARTU")
    with unit_of_work():
        treasury.set_aside(aside.id, "Bunga bank", None)
        fees.book(fee.id, None)
    closed = billing.bank()
    with unit_of_work():
        db.session.get_one(CollectionAccount, closed.id).is_active = False


def _offices(town: crowd.Town) -> None:
    """Let the buyer approve for one office, where something is in each state, and be invited to another."""
    approver, product = town.users[Role.BUYER], LineRequest(1, town.arguments["product_id"])
    bureau = Bureau(credit=9_000_000)
    with unit_of_work():
        service.join(bureau.office.invitation_code, approver.id)
    member = next(each.id for each in bureau.office.members if each.user_id == approver.id)
    with unit_of_work():
        service.set_role(bureau.id, member, OfficeRole.APPROVER, bureau.approver.id)
    bureau.offered(product)
    bureau.approved(product)
    asked = bureau.offered(product)
    with unit_of_work():
        ordering.ask(asked, bureau.asker.id)
    bureau.ordered(LineRequest(2, town.arguments["product_id"]))
    other = Bureau()
    with unit_of_work():
        other.office.invitation_code = INVITATION


def _photos(product_id: int, image_ids: list[int]) -> None:
    make.add(*(ProductPhoto(product_id=product_id, image_id=key, position=at) for at, key in enumerate(image_ids)))


def _close_one(household_id: int) -> None:
    person = make.user(Role.SELLER, name="Orang Tutup", household_id=household_id)
    with unit_of_work():
        db.session.get_one(User, person.id).is_active = False


def _parcels(goods: list[Any]) -> None:
    draft(name="Parsel Kosong")
    for name, paused in (("Parsel Jadi", False), ("Parsel Jeda", True)):
        parcel = draft(name=name)
        set_recipe(parcel, dict.fromkeys(goods, 1), 50_000)
        if paused:
            with unit_of_work():
                parcels.offer(parcel.id, None)
                parcels.pause(parcel.id, None)


def _strays() -> None:
    """Let a payment bring more than was asked: it waits for a person."""
    waiting = select(Payment.id).where(Payment.state == Paid.CLAIMED).order_by(Payment.id).limit(1)
    key = db.session.scalars(waiting).one()
    with unit_of_work():
        payments.confirm(key, db.session.get_one(Payment, key).amount + 7, "STM-LEBIH", None)


def _unjoined() -> None:
    """Register a family that is in no group."""
    content = HouseholdContent("Keluarga Baru", KK, make.VILLAGE, "Jalan Contoh 9", RegistrySource.DTSEN, 1)
    head = PersonContent("Siti Baru", Relation.HEAD, make.LONG_AGO, "6306055203990002")
    with unit_of_work():
        register_household(content, head, None)


def _banked(group_id: int, household_id: int) -> None:
    """Trust the group, and let a payout by bank be made."""
    with unit_of_work():
        set_trust(group_id, True, None)
        set_bank(household_id, BankAccount("Bank Contoh", "0011223344", "Siti Contoh"), None)
        batch = payouts.prepare_batch(make.REGENCY, [payouts.Choice(household_id, PayoutMethod.BANK)], None)
        batches.release(batch.id, None)


def _paid(town: crowd.Town, delivery: Delivery, is_packed: bool) -> None:
    """Lead an order to where something can be left out of it, or it can be handed over, or sent."""
    with unit_of_work():
        order = _paying(town, delivery, f"paid {delivery.method} {is_packed}", 0)
        if is_packed:
            orders.pack(order.id, None)


def _questions(town: crowd.Town) -> None:
    """Ask the buyer, and a guest, whether something cheaper may come in the place of what is missing."""
    price = db.session.get_one(Product, town.arguments["product_id"]).price
    cheap = make.product(make.group(), stock=90, price=price - 1, slug="uji-pengganti", name="Pengganti").id
    for buyer_id in (town.users[Role.BUYER].id, None):
        with unit_of_work():
            order = _paying(town, Delivery(DeliveryMethod.PICKUP), f"asked {buyer_id}", 0)
            order.buyer_id = buyer_id
            until = clock.now() + dt.timedelta(days=2)
            asked = Proposal(order.lines[0].id, 1, cheap, "Habis", until)
            propose(f"tanya {buyer_id}", order.id, asked, None)


def _online(town: crowd.Town, buyer_id: int | None) -> None:
    """Place an order that is to be paid on Stripe's page."""
    buyer, lines = Buyer(buyer_id, "Siti", "+6281200000001"), (LineRequest(2, town.arguments["product_id"]),)
    wanted = PlaceOrder(make.REGENCY, f"online {buyer_id}", buyer, Delivery(DeliveryMethod.PICKUP), lines, "stripe")
    payments.start(orders.place(wanted).id, "stripe")


def _paying(town: crowd.Town, delivery: Delivery, key: str, missing: int) -> Order:
    """Place an order and let its money come, all of it or less."""
    user, lines = town.users[Role.BUYER], (LineRequest(2, town.arguments["product_id"]),)
    buyer = Buyer(user.id, user.name, "+6281200000001", crowd.OFFICE)
    order = orders.place(PlaceOrder(make.REGENCY, key, buyer, delivery, lines, "transfer"))
    bill = payments.start(order.id, "transfer")
    payments.confirm(bill.id, bill.amount - missing, key, None)
    return order
