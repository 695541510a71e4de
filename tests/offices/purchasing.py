"""Make offices, what they want and their invoices in tests."""

import itertools
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.offices import invoices, ordering, service
from marketplace.offices.models import Invoice, Office, OfficeKind, OfficeOrder
from marketplace.offices.ordering import Wish
from marketplace.offices.service import OfficeContent
from marketplace.orders import service as orders
from marketplace.orders.billing import INVOICE
from marketplace.orders.models import DeliveryMethod, Order
from marketplace.orders.wanted import Delivery, LineRequest
from marketplace.payments.kept import Rest
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make

PICKUP = Delivery(DeliveryMethod.PICKUP)
_numbers = itertools.count(1)


def do(action: Any, *args: Any, **values: Any) -> Any:
    """Run one command and commit."""
    with unit_of_work():
        return action(*args, **values)


def content(regency: str = make.REGENCY, **values: Any) -> OfficeContent:
    """Return what is written of an office."""
    number = next(_numbers)
    known = {"name": f"SDN {number} Contoh", "street": "Jalan Contoh 5", "village_code": None}
    people = {"treasurer_name": "Bendahara Contoh", "phone": "+6281200000077"}
    return OfficeContent(regency_code=regency, kind=OfficeKind.SCHOOL, **{**known, **people, **values})


class Bureau:
    """An office with somebody who asks and somebody who approves; with credit up to a sum unless that is 0."""

    def __init__(self, credit: int = 0, regency: str = make.REGENCY, asker: User | None = None, **written: Any) -> None:
        self.approver = make.user(Role.BUYER)
        self.asker = asker or make.user(Role.BUYER)
        office = do(service.register, content(regency, **written), self.approver.id)
        self.id: int = office.id
        self.regency = regency
        do(service.join, office.invitation_code, self.asker.id)
        if credit:
            do(service.verify, self.id, self.approver.id)
            do(service.set_credit, self.id, allowed=True, limit=credit, actor_id=self.approver.id)

    @property
    def office(self) -> Office:
        """Return the office as it stands in the database."""
        db.session.expire_all()
        return db.session.get_one(Office, self.id)

    def offered(self, *lines: LineRequest, delivery: Delivery = PICKUP) -> int:
        """Let the asker make an offer; return its id."""
        row: OfficeOrder = do(ordering.offer, Wish(self.id, self.regency, lines, delivery), self.asker.id)
        return row.id

    def approved(self, *lines: LineRequest, delivery: Delivery = PICKUP) -> int:
        """Lead an offer to its approval; return its id."""
        key = self.offered(*lines, delivery=delivery)
        do(ordering.ask, key, self.asker.id)
        do(ordering.approve, key, self.approver.id)
        return key

    def ordered(self, *lines: LineRequest, method: str = INVOICE, delivery: Delivery = PICKUP) -> Order:
        """Lead an offer to its order."""
        key = self.approved(*lines, delivery=delivery)
        order: Order = do(ordering.order, key, f"SP-{next(_numbers)}", method, self.asker.id)
        return order


def goods(price: int = 50_000, stock: int = 50) -> Product:
    """Make a product whose money two households share unevenly."""
    group = make.group()
    makers = {make.household(group).id: 6_667, make.household(group).id: 3_333}
    return make.product(group, makers=makers, price=price, approved_price=price, stock=stock)


def row(office_order_id: int) -> OfficeOrder:
    """Return what an office wants as it stands in the database."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(OfficeOrder, office_order_id)


def invoice_of(order: Order) -> Invoice:
    """Return the invoice of an order as it stands in the database."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Invoice).where(Invoice.order_id == order.id)).one()


def order_of(order: Order) -> OfficeOrder:
    """Return what an office wanted that became an order."""
    return db.session.scalars(select(OfficeOrder).where(OfficeOrder.order_id == order.id)).one()


def pay(invoice: Invoice, amount: int, reference: str | None = None, provider: str = "transfer") -> None:
    """Write down money for an invoice."""
    do(invoices.receive, invoice.id, Rest(provider, amount, reference or f"INV-{next(_numbers)}"), None)


def delivered(order: Order) -> None:
    """Pack an order and hand it over."""
    do(orders.pack, order.id, None)
    if order.delivery_method is not DeliveryMethod.PICKUP:
        do(orders.ship, order.id, None)
    do(orders.hand_over, order.id, None)
