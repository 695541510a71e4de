"""The same things twice, here and away: for the test that asks every route for its own, another's and a missing one."""

import datetime as dt
import io
import itertools
from dataclasses import dataclass
from typing import Any

from marketplace.accounts.models import User
from marketplace.catalog.models import Product, ProductPhoto, ProductState, Revision
from marketplace.documents import service as documents
from marketplace.documents.models import DocumentKind
from marketplace.extensions import db
from marketplace.graduation.models import IncomeNote, NoteKind
from marketplace.groups.models import AssistanceEnrolment, Group, Household, Programme
from marketplace.ledger import payouts
from marketplace.ledger.models import PayoutMethod
from marketplace.ledger.payouts import Choice
from marketplace.offices.models import OfficeRole
from marketplace.offices.service import set_role
from marketplace.orders import adjustments, proposals
from marketplace.orders import service as orders
from marketplace.orders.models import DeliveryMethod, Order
from marketplace.orders.substitutes import Proposal, propose
from marketplace.orders.wanted import Buyer, Delivery, LineRequest, PlaceOrder
from marketplace.parcels import service as parcels
from marketplace.parcels.models import Occasion
from marketplace.parcels.rules import ParcelContent
from marketplace.payments import refunds
from marketplace.payments import service as payments
from marketplace.payments.models import Dispute, Payment, RefundMethod
from marketplace.shared import clock, images
from marketplace.shared.images import Image
from marketplace.shared.policy import AREA_ROLES, GROUP_ROLES, Role
from marketplace.shared.transaction import unit_of_work
from marketplace.storefront import short
from tests import make
from tests.catalog.words import image_id
from tests.ledger.earning import earn
from tests.offices.purchasing import Bureau, invoice_of, order_of
from tests.payments import billing, paying
from tests.shared import (
    crowd_of_aid,
    crowd_of_cases,
    crowd_of_mentoring,
    crowd_of_money,
    crowd_of_privacy,
    crowd_of_registry,
    crowd_of_tills,
)
from tests.shared.pictures import picture
from tests.tent_market import markets, tents_in_town
from tests.training import trained_in_town

HERE, AWAY = "63.06.05.1001", "63.07.01"
"""The village here; away only districts are loaded, and one of them stands for its village."""
_numbers = itertools.count(1)


@dataclass
class Side:
    """What is on one side: one user of each role, and for each name in an address its value.

    A key `endpoint.name` says what one page needs instead of what `name` means elsewhere, `endpoint?` its query.
    """

    users: dict[Role, User]
    values: dict[str, Any]


def build(village: str) -> Side:
    """Make a group with everything that hangs on it. Call inside `app`."""
    regency = village[:5]
    group = make.group(village_code=village)
    family = make.household(group)
    users = _users(regency, group, family)
    values = {
        "code": regency,
        "key": "hold_minutes",
        "kind": "svg",
        "step": "jeda",
        "number": 1,
        "accounts.switch_language.code": "id",
        "site_files.icon.name": "512.png",
    }
    values |= _people(group, family) | _goods(group, family, users)
    values |= _parcel(regency, group, values["product_id"])
    values |= _orders(regency, users[Role.BUYER], values["product_id"])
    values |= _money(regency, family, values["product_id"])
    values |= _office(regency, users[Role.BUYER], values["product_id"])
    values |= markets.add_market(regency, village, 1, users[Role.PACKER])
    values |= tents_in_town.add_tents(regency, village, 1)
    values |= crowd_of_tills.told(regency, 1)
    values |= crowd_of_cases.add_cases(group, 1)
    values |= crowd_of_mentoring.add_mentoring(group, [family], users, 1)
    values |= trained_in_town.add_trainings(regency, village, 1)
    values |= crowd_of_aid.given(regency, 2, group)
    values |= crowd_of_privacy.add_forgetting(village, 1)
    values |= crowd_of_registry.add_lists(regency, village, 1)
    return Side(users, values)


def _users(regency: str, group: Group, family: Household) -> dict[Role, User]:
    scopes: dict[Role, dict[str, Any]] = {role: {"area_code": regency} for role in AREA_ROLES}
    scopes |= {role: {"group_id": group.id} for role in GROUP_ROLES}
    scopes |= {Role.SELLER: {"household_id": family.id}, Role.BUYER: {}}
    return {role: make.user(role, **scopes[role]) for role in Role}


def _people(group: Group, family: Household) -> dict[str, Any]:
    enrolment = AssistanceEnrolment(household_id=family.id, programme=Programme.PKH, starts_on=make.LONG_AGO)
    note = IncomeNote(
        household_id=family.id,
        month=clock.month_of(clock.now().date()),
        kind=NoteKind.OTHER_INCOME,
        amount=1_000,
        description="Upah",
    )
    make.add(enrolment, note)
    person = make.user(Role.SELLER, household_id=family.id)
    return {
        "group_id": group.id,
        "shop.group.slug": group.slug,
        "household_id": family.id,
        "person_id": family.people[1].id,
        "membership_id": family.memberships[0].id,
        "enrolment_id": enrolment.id,
        "note_id": note.id,
        "user_id": person.id,
        "assignment_id": person.assignments[0].id,
    }


def _goods(group: Group, family: Household, users: dict[Role, User]) -> dict[str, Any]:
    makers = {family.id: 10_000}
    product = make.product(group, makers=makers, stock=50)
    waiting = make.product(group, makers=makers, state=ProductState.SUBMITTED)
    revision = make.add(Revision(product_id=waiting.id, number=1, changes={}, submitted_by_id=users[Role.SELLER].id))
    photo = image_id()
    make.add(ProductPhoto(product_id=product.id, image_id=photo, position=0))
    return {
        "product_id": product.id,
        "shop.product.slug": product.slug,
        "short_name": short.name_of(Product, product.id),
        "revision_id": revision.id,
        "image_id": photo,
        "name": images.url(db.session.get_one(Image, photo), images.WIDTHS[0], "webp").rpartition("/")[2],
    }


def _parcel(regency: str, group: Group, product_id: int) -> dict[str, Any]:
    other = make.product(make.group(village_code=group.village_code), stock=50)
    content = ParcelContent(
        name=f"Parsel {regency}", occasion=Occasion.LEBARAN, description="", notice_days=1, cut_off_hour=14
    )
    with unit_of_work():
        parcel = parcels.create_parcel(regency, content, None)
        parcels.new_recipe(parcel.id, {product_id: 1, other.id: 1}, 90_000, 5_000, None)
        parcels.offer(parcel.id, None)
    return {"parcel_id": parcel.id, "shop.parcel.slug": parcel.slug}


def _orders(regency: str, buyer: User, product_id: int) -> dict[str, Any]:
    account = billing.bank(regency)
    order, claimed = _order(regency, buyer, product_id, "transfer")
    _, cash = _order(regency, buyer, product_id, "cash")
    gone, paid = _order(regency, buyer, product_id, "transfer")
    billing.qris(regency)
    qris_order, qris = _order(regency, buyer, product_id, "qris")
    prepared = images.prepare(io.BytesIO(picture((96, 64))))
    with unit_of_work():
        proof = images.store(prepared, buyer.id, private=True).id
        payments.claim(claimed.id, proof, "")
        orders.pack(cash.order_id, None)
        payments.confirm(paid.id, paid.amount, f"STM-{regency}", None)
        adjustments.cancel(gone.id, by_buyer=False, reason="", actor_id=None)
        given = refunds.record_refund(gone.id, 1_000, RefundMethod.TRANSFER, f"FT-{regency}", "Batal", None)
    event_id, dispute_id = _online(regency, paid)
    asked, question_id = _question(regency, buyer, product_id)
    with unit_of_work():
        document = documents.issue(order.id, DocumentKind.INVOICE, None, by_office=False)
    return {
        **crowd_of_money.add_notices(order.id, regency, 1),
        "event_id": event_id,
        "dispute_id": dispute_id,
        "document_id": document.id,
        "verify.show.code": document.code,
        "recap.people?": "?office=Kantor",
        "substitute_id": question_id,
        "order_changes.take_question_back.order_id": asked.id,
        "buying.answer_own.order_id": asked.id,
        "buying.answer_linked.token": asked.token,
        "order_id": order.id,
        "token": order.token,
        "payment_id": claimed.id,
        "account_id": account.id,
        "counter.collect.payment_id": cash.id,
        "payment_desk.refund.order_id": gone.id,
        "payment_desk.came_back.order_id": gone.id,
        "refund_id": given.id,
        "payments.qris.payment_id": qris.id,
        "payments.qris?": f"?token={qris_order.token}",
    }


def _question(regency: str, buyer: User, product_id: int) -> tuple[Order, int]:
    """Make an order of which something is missing, and ask its buyer whether another product may come."""
    order, _ = _order(regency, buyer, product_id, "cash")
    missing = db.session.get_one(Product, product_id)
    other = make.product(missing.group, stock=5, price=missing.price)
    until = clock.now() + dt.timedelta(days=1)
    with unit_of_work():
        propose(f"{regency}-question", order.id, Proposal(order.lines[0].id, 1, other.id, "Habis", until), None)
    return order, proposals.open_of(order.id)[0].id


def _online(regency: str, payment: Payment) -> tuple[int, int]:
    """Make a message that fits nothing, and a dispute."""
    event = paying.strange_message(f"evt-{regency}", regency)
    dispute = Dispute(payment_id=payment.id, provider_reference=f"dp_{regency}", amount=1_000)
    return event.id, make.add(dispute).id


def _order(regency: str, buyer: User, product_id: int, method: str) -> tuple[Order, Payment]:
    wanted = PlaceOrder(
        regency_code=regency,
        key=f"{regency}-{method}-{next(_numbers)}",
        buyer=Buyer(buyer.id, buyer.name, "+6281200000001"),
        delivery=Delivery(DeliveryMethod.PICKUP),
        lines=(LineRequest(1, product_id=product_id),),
        payment_method=method,
    )
    with unit_of_work():
        order = orders.place(wanted)
        return order, payments.start(order.id, method)


def _office(regency: str, buyer: User, product_id: int) -> dict[str, Any]:
    bureau = Bureau(credit=10_000_000, regency=regency, asker=buyer)
    order = bureau.ordered(LineRequest(1, product_id=product_id))
    members = {member.user_id: member.id for member in bureau.office.members}
    with unit_of_work():
        set_role(bureau.id, members[buyer.id], OfficeRole.APPROVER, bureau.approver.id)
        paper = documents.issue(order.id, DocumentKind.OFFICE_INVOICE, None, by_office=False)
    ordered = order_of(order).id
    return {
        "office_papers.of_order.office_order_id": ordered,
        "office_papers.file.office_order_id": ordered,
        "office_papers.file.document_id": paper.id,
        "office_id": bureau.id,
        "member_id": members[bureau.approver.id],
        "office_order_id": bureau.offered(LineRequest(1, product_id=product_id)),
        "office_orders.take_step.step": "ask",
        "office_orders.cancel_order.office_order_id": ordered,
        "office_orders.take_out.office_order_id": ordered,
        "invoice_id": invoice_of(order).id,
    }


def _money(regency: str, family: Household, product_id: int) -> dict[str, Any]:
    earn(family.id, product_id, 20_000)
    with unit_of_work():
        batch = payouts.prepare_batch(regency, [Choice(family.id, PayoutMethod.CASH)], None)
    return {"batch_id": batch.id, "payout_id": batch.payouts[0].id, **_treasury(regency)}


def _treasury(regency: str) -> dict[str, Any]:
    return crowd_of_money.add_statements(billing.bank(regency), 1)
