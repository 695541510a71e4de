"""Gather what documents of an order say."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from ..accounts.models import User
from ..areas import pickup
from ..areas import queries as areas
from ..areas.models import FigureKey
from ..extensions import db
from ..ledger.models import MONEY, Account, JournalEntry, JournalLine
from ..offices.purchases import Purchase, is_offices, purchase_of
from ..orders import billing
from ..orders.bought import Line, lines_of
from ..orders.models import DeliveryMethod, Order, OrderState
from ..orders.screens import address_of, names_of
from ..payments import accounts
from ..payments.models import CollectionAccount
from ..payments.providers.transfer import Transfer
from ..shared import clock
from . import rules

BY_BANK = (Transfer.code, billing.INVOICE)
BEING_PREPARED = (OrderState.PROCESSING, OrderState.READY, OrderState.SHIPPED)


@dataclass(frozen=True)
class Issuer:
    """The office that issues, the day in its time zone, and who acts for it."""

    name: str
    regency: str
    address: str
    day: dt.date
    officer: str


@dataclass(frozen=True)
class OrderFacts:
    """What an order's documents are made of; amounts in rupiah."""

    issuer: Issuer
    basis: str
    """See `basis_of`."""
    number: str
    placed_on: dt.date
    ready_on: dt.date
    due_on: dt.date | None
    """Until when the money is waited for."""
    due_at: dt.datetime | None
    """The same to the minute, in the regency's time, where the order ends by itself then."""
    pay_by: str
    """The way to pay that the buyer chose."""
    buyer: str
    phone: str
    office: str
    is_sent: bool
    address: tuple[str, ...]
    landmark: str
    lines: tuple[Line, ...]
    total: int
    """What the buyer pays in the end."""
    is_paid: bool
    received: int
    """What of his money stays: without what was or is to be given back."""
    account: CollectionAccount | None
    """The office's bank account; None where the money comes in another way."""
    stamp_from: int
    tax_from: int
    handed_on: dt.date | None = None
    """The day on which the buyer got it."""
    purchase: Purchase | None = None
    """How an office bought it; None where a person did, of whatever office."""

    @property
    def goods(self) -> int:
        """Return what the goods cost."""
        return sum(line.amount for line in self.lines)

    @property
    def discount(self) -> int:
        """Return what of the total a paid order's unique code took off."""
        return self.total - self.received if self.is_paid else 0

    @property
    def delivery(self) -> int:
        """Return what bringing them costs."""
        return self.total - self.goods


def basis_of(order: Order) -> str:
    """Return what of an order its documents hang on: when it is another, they do not fit the order any more."""
    left = ",".join(f"{line.id}x{line.left}" for line in order.lines)
    return f"{order.due_amount}:{left}"


def standing_of(order: Order) -> rules.Standing:
    """Return what of an order decides which documents it may have."""
    return rules.Standing(
        closed=order.closed_at is not None,
        paid=order.paid_at is not None,
        packed=order.packed_at is not None,
        prepared=order.state in BEING_PREPARED,
        sent=order.delivery_method is not DeliveryMethod.PICKUP,
        of_office=bool(order.buyer_office),
        on_invoice=order.billed_at is not None,
        # Asked where it decides anything: what is paid is consented to no more.
        bought_by_office=order.billed_at is not None or (order.paid_at is None and is_offices(order)),
    )


def issuer_in(regency_code: str, officer_id: int | None) -> Issuer:
    """Return who issues documents in a regency today; no officer is named where the buyer asked for himself."""
    regency = areas.get_area(regency_code).name
    officer = db.session.get(User, officer_id) if officer_id else None
    return Issuer(
        name=f"Dinas Sosial {regency}",
        regency=regency,
        address=pickup.place_of(regency_code).address,
        day=clock.today(areas.time_zone(regency_code)),
        officer=officer.name if officer else "",
    )


def gathered(order: Order, officer_id: int | None) -> OrderFacts:
    """Return what the documents of an order would say now."""
    issuer = issuer_in(order.regency_code, officer_id)
    purchase = purchase_of(order)
    return OrderFacts(
        issuer=issuer,
        basis=basis_of(order),
        number=order.number,
        placed_on=clock.local_date(order.placed_at, areas.time_zone(order.regency_code)),
        ready_on=order.ready_on,
        due_on=_due_on(order, purchase),
        due_at=_due_at(order),
        pay_by=order.payment_method,
        buyer=order.buyer_name,
        phone=order.buyer_phone,
        office=order.buyer_office,
        is_sent=order.delivery_method is not DeliveryMethod.PICKUP,
        address=_address(order, issuer.regency),
        landmark=order.landmark,
        lines=lines_of(order),
        total=order.due_amount,
        is_paid=order.paid_at is not None,
        received=received(order.id),
        account=accounts.for_transfers(order.regency_code) if order.payment_method in BY_BANK else None,
        stamp_from=areas.figure(FigureKey.DUTY_STAMP_FROM, order.regency_code, issuer.day),
        tax_from=areas.figure(FigureKey.INCOME_TAX_FROM, order.regency_code, issuer.day),
        handed_on=_handed_on(order),
        purchase=purchase,
    )


def _handed_on(order: Order) -> dt.date | None:
    return clock.local_date(order.completed_at, areas.time_zone(order.regency_code)) if order.completed_at else None


def _due_on(order: Order, purchase: Purchase | None) -> dt.date | None:
    if purchase is not None and purchase.due_on is not None:
        return purchase.due_on
    ends = _due_at(order)
    return ends.date() if ends else None


def _due_at(order: Order) -> dt.datetime | None:
    if order.expires_at is None or order.paid_at is not None or order.billed_at is not None:
        return None
    return order.expires_at.astimezone(clock.zone(areas.time_zone(order.regency_code)))


def _address(order: Order, regency: str) -> tuple[str, ...]:
    """Return where an order goes as a letter is addressed; the landmark stands apart. Nothing when it is fetched."""
    if order.village_code is None:
        return ()
    parts = [part for part in address_of(order, names_of(order, ())) if part != order.landmark]
    return (*parts, f"{regency} {areas.get_area(order.village_code).postcode or ''}".strip())


def received(order_id: int) -> int:
    """Return what an order's buyer has paid for it: all money that came, less what went back or is to go back."""
    kept = (*MONEY, Account.REFUNDS_PAYABLE)
    statement = select(func.coalesce(func.sum(JournalLine.amount), 0)).join(JournalEntry)
    return int(
        db.session.scalar(statement.where(JournalEntry.order_id == order_id, JournalLine.account.in_(kept))) or 0
    )
