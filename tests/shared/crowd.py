"""A town in which there are so many of everything: for tests that look whether pages ask more for more rows."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select

from marketplace.accounts.models import RoleAssignment, User
from marketplace.areas.models import Figure, FigureKey, LineKind, PovertyLine
from marketplace.catalog.models import (
    WHOLE,
    Permit,
    PermitKind,
    Product,
    ProductPhoto,
    ProductState,
    Revision,
)
from marketplace.documents import drawing
from marketplace.documents import service as documents
from marketplace.documents.models import Document, DocumentKind
from marketplace.extensions import db
from marketplace.graduation import service as graduation
from marketplace.graduation.models import IncomeNote, NoteKind
from marketplace.groups.models import AssistanceEnrolment, Group, Household, Programme
from marketplace.ledger import batches, payouts
from marketplace.ledger.models import PayoutMethod
from marketplace.ledger.payouts import Choice
from marketplace.offices.models import Invoice, OfficeOrder, OfficeRole
from marketplace.offices.service import set_role
from marketplace.orders import adjustments
from marketplace.orders import service as orders
from marketplace.orders.models import DeliveryFee, DeliveryMethod, Order
from marketplace.orders.wanted import Buyer, Delivery, LineRequest, PlaceOrder
from marketplace.parcels.rules import MAX_ITEMS
from marketplace.payments import refunds
from marketplace.payments import service as payments
from marketplace.payments.models import Dispute, Payment, RefundMethod
from marketplace.shared import clock
from marketplace.shared.images import Image
from marketplace.shared.policy import AREA_ROLES, Role
from marketplace.shared.transaction import unit_of_work
from marketplace.storefront import short
from marketplace.storefront.models import Basket, BasketItem
from tests import make
from tests.ledger.earning import earn, money_in
from tests.offices.purchasing import Bureau, invoice_of, pay
from tests.parcels.build import offered
from tests.payments import billing, paying
from tests.shared import (
    crowd_of_aid,
    crowd_of_cases,
    crowd_of_mentoring,
    crowd_of_privacy,
    crowd_of_registry,
    crowd_of_tills,
)
from tests.shared.crowd_of_money import add_notices, add_statements
from tests.tent_market import markets, tents_in_town
from tests.training import trained_in_town

GUEST_BASKET = "guest-basket"
PHOTOS = 8
STAGES = ("placed", "claimed", "paid", "packed", "done", "cancelled")


OFFICE = "Kantor Contoh"
"""Where the buyer works."""


@dataclass
class Town:
    """The things that pages are opened for, by their id, and who opens them."""

    size: int
    users: dict[Role, User] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    """Of addresses, by their name; `endpoint.name` where one page needs another thing."""


def build(size: int) -> Town:
    """Make a town with so many rows behind every list. Call inside `app`, on a fresh database."""
    town = Town(size)
    group = make.group()
    families = [make.household(group) for _ in range(2 * size)]
    product = _goods(town, group, families[:size])
    _people(town, group, families[0])
    _parcels(town, product)
    _orders(town, product)
    _documents(town)
    _file(town, families[0])
    _money(town, families)
    _settings(town)
    _offices(town)
    town.arguments |= markets.add_market(make.REGENCY, make.VILLAGE, size, town.users[Role.PACKER])
    town.arguments |= tents_in_town.add_tents(make.REGENCY, make.VILLAGE, size)
    town.arguments |= crowd_of_tills.told(make.REGENCY, size)
    town.arguments |= crowd_of_cases.add_cases(group, size)
    town.arguments |= crowd_of_mentoring.add_mentoring(group, families[:size], town.users, size)
    town.arguments |= trained_in_town.add_trainings(make.REGENCY, make.VILLAGE, size)
    town.arguments |= crowd_of_aid.given(make.REGENCY, size, group)
    town.arguments |= crowd_of_privacy.add_forgetting(make.VILLAGE, size)
    town.arguments |= crowd_of_registry.add_lists(make.REGENCY, make.VILLAGE, size)
    return town


def _goods(town: Town, group: Group, families: list[Household]) -> Product:
    part = WHOLE // len(families)
    makers = {family.id: part for family in families[1:]} | {families[0].id: WHOLE - part * (len(families) - 1)}
    product = make.product(group, makers=makers, stock=9_000)
    others = [make.product(make.group(), stock=5) for _ in range(town.size)]
    others += [make.product(group, makers={families[0].id: WHOLE}, stock=5) for _ in range(town.size)]
    waiting = [
        make.product(group, makers={families[0].id: WHOLE}, state=ProductState.SUBMITTED) for _ in range(town.size)
    ]
    for row in (product, *others, *waiting):
        make.add(*(Permit(product_id=row.id, kind=kind, number="123") for kind in PermitKind))
        _photos(row, PHOTOS if row is product else 1)
    revisions = [make.add(Revision(product_id=row.id, number=1, changes={})) for row in waiting]
    town.arguments |= {"product_id": product.id, "shop.product.slug": product.slug, "shop.group.slug": group.slug}
    town.arguments |= {"short_name": short.name_of(Product, product.id), "number": 1, "site_files.icon.name": "512.png"}
    town.arguments |= {"group_id": group.id, "revision_id": revisions[0].id}
    for number in range(town.size):  # its stock moved often
        make.put(product, number + 1)
    make.store()
    return product


def _photos(product: Product, count: int) -> None:
    for position in range(count):
        image = make.add(Image(token=f"{product.id:08d}{position:08d}", width=800, height=600))
        make.add(ProductPhoto(product_id=product.id, image_id=image.id, position=position))


def _people(town: Town, group: Group, family: Household) -> None:
    town.users = {role: make.user(role) for role in sorted(AREA_ROLES)}
    town.users[Role.BUYER] = make.user(Role.BUYER)
    town.users[Role.SELLER] = make.user(Role.SELLER, household_id=family.id)
    for role in (Role.GROUP_OFFICER, Role.MENTOR):
        town.users[role] = make.user(role, group_id=group.id)
    many = [make.user(Role.BUYER, name=f"Orang Banyak {number}") for number in range(town.size)]
    groups = [make.group() for _ in range(town.size)]
    make.add(
        *(RoleAssignment(user_id=many[0].id, role=Role.MENTOR, group_id=g.id, starts_on=make.LONG_AGO) for g in groups)
    )
    # A mentor and an officer who looks after many of them asks no more than one of a single group.
    mentor = town.users[Role.MENTOR]
    make.add(
        *(RoleAssignment(user_id=mentor.id, role=Role.MENTOR, group_id=g.id, starts_on=make.LONG_AGO) for g in groups)
    )
    town.arguments["user_id"] = many[0].id


def _parcels(town: Town, product: Product) -> None:
    others = [make.product(make.group(), stock=9_000, price=5_000) for _ in range(town.size)]
    parcels = [offered({product: 1, other: 1}, name=f"Parsel {other.id}") for other in others]
    large = offered({product: 1, **dict.fromkeys(others[: MAX_ITEMS - 1], 1)}, price=900_000, name="Parsel Besar")
    town.arguments |= {"parcel_id": large.id, "shop.parcel.slug": large.slug}
    for user_id, token in ((town.users[Role.BUYER].id, "buyer-basket"), (None, GUEST_BASKET)):
        basket = make.add(Basket(token=token, user_id=user_id, checkout_key=f"key-{token}"))
        make.add(*(BasketItem(basket_id=basket.id, product_id=other.id, quantity=1) for other in others))
        make.add(*(BasketItem(basket_id=basket.id, parcel_id=parcel.id, quantity=1) for parcel in parcels))
    town.arguments["_lines"] = tuple(LineRequest(1, product_id=other.id) for other in others)


def _orders(town: Town, product: Product) -> None:
    account = billing.bank()
    billing.qris()
    town.arguments |= add_statements(account, town.size)
    lines: tuple[LineRequest, ...] = town.arguments.pop("_lines")
    for stage in STAGES:
        with unit_of_work():
            for number in range(town.size):
                _order(town, stage, "cash" if stage == "packed" else "transfer", (LineRequest(1, product.id),), number)
    with unit_of_work():
        large, bill = _order(town, "placed", "qris", lines, "large")
        _, cash = _order(town, "packed", "cash", lines, "large")
        gone, _ = _order(town, "cancelled", "transfer", lines, "large")
    town.arguments |= _online(town, bill)
    town.arguments |= add_notices(large.id, make.REGENCY, town.size)
    town.arguments |= {
        "order_id": large.id,
        "token": large.token,
        "payment_id": bill.id,
        "kind": "svg",
        "counter.collect.payment_id": cash.id,
        "payment_desk.refund.order_id": gone.id,
        "payment_desk.came_back.order_id": gone.id,
        "payment_desk.came_back.refund_id": _given_back(gone),
    }


def _given_back(order: Order) -> int:
    """Give some of what is owed back by hand; return the refund's id."""
    given = (order.id, 1_000, RefundMethod.TRANSFER, "FT-KERAMAIAN", "Dibatalkan", None)
    with unit_of_work():
        return refunds.record_refund(*given).id


def _online(town: Town, bill: Payment) -> dict[str, int]:
    """Make messages that fit nothing, and disputes."""
    events = [paying.strange_message(f"evt_{number}") for number in range(town.size)]
    names = [f"dp_{number}" for number in range(town.size)]
    disputes = [Dispute(payment_id=bill.id, provider_reference=name, amount=1_000) for name in names]
    return {"event_id": events[0].id, "dispute_id": make.add(*disputes).id}


def _order(
    town: Town, stage: str, method: str, lines: tuple[LineRequest, ...], number: object
) -> tuple[Order, Payment]:
    """Place an order of the town's buyer and lead it to a stage."""
    user = town.users[Role.BUYER]
    buyer = Buyer(user.id, user.name, "+6281200000001", OFFICE)
    key, delivery = f"{stage}-{method}-{number}", Delivery(DeliveryMethod.PICKUP)
    order = orders.place(PlaceOrder(make.REGENCY, key, buyer, delivery, lines, method))
    payment = payments.start(order.id, method)
    if stage == "claimed":
        payments.claim(payment.id, None, "")
    if stage in ("paid", "done", "cancelled"):
        payments.confirm(payment.id, payment.amount, key, None)
    if stage in ("packed", "done"):
        orders.pack(order.id, None)
    if stage == "done":
        orders.hand_over(order.id, None)
    if stage == "cancelled":
        adjustments.cancel(order.id, by_buyer=False, reason="", actor_id=None)
    return order, payment


def _documents(town: Town) -> None:
    """Issue an invoice for many orders and draw it, so that opening it only reads."""
    open_ones = select(Order.id).where(Order.closed_at.is_(None)).order_by(Order.id).limit(town.size)
    for order_id in (*db.session.scalars(open_ones), town.arguments["order_id"]):
        with unit_of_work():
            key = documents.issue(order_id, DocumentKind.INVOICE, None, by_office=False).id
        with unit_of_work():
            drawing.file_of(db.session.get_one(Document, key))
    code = db.session.get_one(Document, key).code
    town.arguments |= {"document_id": key, "verify.show.code": code}


def _file(town: Town, family: Household) -> None:
    """Fill the file of one family, and reckon its months."""
    programmes = [
        AssistanceEnrolment(household_id=family.id, programme=Programme.PKH, starts_on=make.LONG_AGO)
        for _ in range(town.size)
    ]
    make.add(*programmes)
    month = clock.month_of(clock.now().date())
    kinds = (NoteKind.COST, NoteKind.OTHER_INCOME)
    notes = [
        IncomeNote(household_id=family.id, month=month, kind=kind, amount=1_000, description="Bahan")
        for kind in kinds
        for _ in range(town.size)
    ]
    make.add(*notes)
    with unit_of_work():
        for each in clock.months_back(month, 6):
            graduation.build_month(make.REGENCY, each)
    town.arguments |= {"household_id": family.id, "enrolment_id": programmes[0].id, "note_id": notes[0].id}
    town.arguments |= {"person_id": family.people[1].id, "membership_id": family.memberships[0].id}


def _money(town: Town, families: list[Household]) -> None:
    for family in families:
        earn(family.id, town.arguments["product_id"], 20_000)
        money_in(20_000)
    with unit_of_work():
        chosen = [Choice(family.id, PayoutMethod.CASH) for family in families[: town.size]]
        batch = payouts.prepare_batch(make.REGENCY, chosen, None)
    for family in families[town.size :]:
        with unit_of_work():
            single = payouts.prepare_batch(make.REGENCY, [Choice(family.id, PayoutMethod.CASH)], None)
            batches.release(single.id, None)
            payouts.pay(single.payouts[0].id, "Siti Contoh", None)
    for family in families[town.size :]:
        earn(family.id, town.arguments["product_id"], 30_000)
    town.arguments |= {"batch_id": batch.id, "payout_id": batch.payouts[0].id}


def _offices(town: Town) -> None:
    """Let the town's buyer belong to many offices, and one of them order much."""
    buyer, product = town.users[Role.BUYER], LineRequest(1, town.arguments["product_id"])
    bureaus = [Bureau(credit=100_000_000, asker=buyer) for _ in range(town.size)]
    large = bureaus[0]
    for _ in range(town.size):
        pay(invoice_of(large.ordered(product)), 1_000)
        large.ordered(product)
        large.offered(product)
    invoice = invoice_of(large.ordered(*(product, LineRequest(1, parcel_id=town.arguments["parcel_id"]))))
    for _ in range(town.size):
        pay(invoice, 1_000)
    members = {member.user_id: member.id for member in large.office.members}
    with unit_of_work():
        set_role(large.id, members[buyer.id], OfficeRole.APPROVER, large.approver.id)
    town.arguments |= {"office_id": large.id, "member_id": members[buyer.id], "invoice_id": invoice.id}
    town.arguments |= {"office_order_id": _order_of(invoice), "office_orders.take_step.step": "ask"}


def _order_of(invoice: Invoice) -> int:
    key = db.session.scalar(select(OfficeOrder.id).where(OfficeOrder.order_id == invoice.order_id))
    assert key is not None
    return key


def _settings(town: Town) -> None:
    first = dt.date(2022, 1, 1)
    days = [first + dt.timedelta(days=number) for number in range(town.size)]
    district = make.VILLAGE[:8]
    make.add(*(DeliveryFee(district_code=district, amount=5_000, effective_from=day, source="-") for day in days))
    figure = {"key": FigureKey.PACKING_DAYS, "area_code": make.REGENCY, "value": 1, "source": "-"}
    make.add(*(Figure(effective_from=day, **figure) for day in days))
    line = {"area_code": make.REGENCY, "kind": LineKind.ALL, "amount": 500_000, "source": "-"}
    make.add(*(PovertyLine(effective_from=day, **line) for day in days))
    town.arguments |= {"code": make.REGENCY, "key": FigureKey.PACKING_DAYS.value}


def take_down() -> None:
    """Take away the rows that `reset` keeps: what every test begins with must not grow."""
    with unit_of_work():
        for model in (Figure, PovertyLine):
            db.session.execute(delete(model).where(model.area_code == make.REGENCY))
