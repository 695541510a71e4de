"""Gather what documents of an order say."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import case, func, select

from ..accounts.models import User
from ..areas import pickup
from ..areas import queries as areas
from ..areas.models import FigureKey
from ..extensions import db
from ..ledger.models import MONEY, Account, EntryKind, JournalEntry, JournalLine
from ..offices.purchases import Purchase, is_offices, purchase_of
from ..orders import billing, bought
from ..orders.bought import Back, Line, Pieces
from ..orders.models import DeliveryMethod, Order, OrderState
from ..orders.screens import address_of, names_of
from ..payments import accounts
from ..payments.models import CollectionAccount
from ..payments.providers.transfer import Transfer
from ..payments.queries import kept_of
from ..payments.service import open_payment
from ..shared import clock
from . import queries, rules
from .models import DocumentKind

BY_BANK = (Transfer.code, billing.INVOICE)
BEING_PREPARED = (OrderState.PROCESSING, OrderState.READY, OrderState.SHIPPED)
MONEY_IN = (
    EntryKind.PAYMENT,
    EntryKind.INVOICE_PAYMENT,
    EntryKind.STRAY_PAYMENT,
    EntryKind.PAYMENT_RETURN,
    EntryKind.RECEIPT_RETURN,
)
"""Entries of what came for an order; the last two undo one that was booked by mistake: it never came for this one."""
COUNTS: Mapping[DocumentKind, Callable[[Order], Pieces]] = {
    DocumentKind.PURCHASE_ORDER: bought.ordered,
    DocumentKind.DELIVERY_NOTE: bought.sent,
    DocumentKind.HANDOVER: bought.handed_over,
}
"""Which pieces a kind is about: what is ordered, sent or handed over stays so when something comes back later. All
others are about what is left."""


@dataclass(frozen=True)
class Money:
    """What an order's buyer paid, rupiah."""

    received: int
    """All money that came for it, without what was booked for it by mistake."""
    given_back: int
    """What of it went back, also by his bank."""
    owed_back: int
    """What of it is still to go back; not what is kept for an order until the rest of its price comes."""
    code: int = 0
    """The unique code that comes off what is still to be paid."""

    @property
    def kept(self) -> int:
        """Return what of the money stays: without what was or is to be given back."""
        return self.received - self.given_back - self.owed_back


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
    """What the pieces and bringing them cost."""
    is_paid: bool
    received: int
    """All money that came for it."""
    account: CollectionAccount | None
    """The office's bank account; None where the money comes in another way."""
    stamp_from: int
    tax_from: int
    handed_on: dt.date | None = None
    """The day on which the buyer got it."""
    purchase: Purchase | None = None
    """How an office bought it, with the number of its invoice that holds; None where a person bought."""
    given_back: int = 0
    """What of the money went back."""
    owed_back: int = 0
    """What of it is still to go back."""
    code: int = 0
    """The unique code that comes off what is still to be paid."""
    came_back: tuple[Back, ...] = ()
    """What came back after it was handed over."""

    @property
    def kept(self) -> int:
        """Return what of the money stays: without what was or is to be given back."""
        return self.received - self.given_back - self.owed_back

    @property
    def goods(self) -> int:
        """Return what the goods cost."""
        return sum(line.amount for line in self.lines)

    @property
    def open(self) -> int:
        """Return what is still to be paid, the unique code off."""
        return 0 if self.is_paid else left_to_pay(self.total, self.kept, self.code)

    @property
    def discount(self) -> int:
        """Return what of the total the unique code takes off."""
        return self.total - self.kept - self.open

    @property
    def delivery(self) -> int:
        """Return what bringing them costs."""
        return self.total - self.goods


def left_to_pay(total: int, kept: int, code: int) -> int:
    """Return what of a total is still to be paid; who forgot the unique code owes nothing more."""
    return max(total - kept - code, 0)


def basis_of(order: Order, kind: DocumentKind) -> str:
    """Return what of an order a document hangs on: when it is another, it does not fit the order any more."""
    if kind not in COUNTS:
        return _basis(order.due_amount, {line.id: line.left for line in order.lines})
    pieces = COUNTS[kind](order)
    return _basis(_total(order, pieces), pieces)


def _basis(amount: int, pieces: Pieces) -> str:
    return f"{amount}:{','.join(f'{line_id}x{count}' for line_id, count in pieces.items())}"


def _total(order: Order, pieces: Pieces) -> int:
    prices = {line.id: line.unit_price for line in order.lines}
    return sum(count * prices[line_id] for line_id, count in pieces.items()) + order.delivery_fee


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


def gathered(order: Order, officer_id: int | None, kind: DocumentKind) -> OrderFacts:
    """Return what a document of an order would say now."""
    issuer = issuer_in(order.regency_code, officer_id)
    purchase, money = _cited(purchase_of(order), order.id, kind), money_of(order)
    pieces = COUNTS.get(kind, bought.left)(order)
    return OrderFacts(
        issuer=issuer,
        basis=basis_of(order, kind),
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
        lines=bought.lines_of(order, pieces),
        total=_total(order, pieces) if kind in COUNTS else order.due_amount,
        is_paid=order.paid_at is not None,
        received=money.received,
        given_back=money.given_back,
        owed_back=money.owed_back,
        code=money.code,
        account=accounts.for_transfers(order.regency_code) if order.payment_method in BY_BANK else None,
        stamp_from=areas.figure(FigureKey.DUTY_STAMP_FROM, order.regency_code, issuer.day),
        tax_from=areas.figure(FigureKey.INCOME_TAX_FROM, order.regency_code, issuer.day),
        handed_on=_handed_on(order),
        purchase=purchase,
        came_back=bought.came_back(order),
    )


def _cited(purchase: Purchase | None, order_id: int, kind: DocumentKind) -> Purchase | None:
    """Return how an office bought, with the number of its invoice's paper that holds now: it may be a corrected one.

    The paper of the invoice itself takes its next number from the first one.
    """
    if purchase is None or not purchase.invoice_number or kind is DocumentKind.OFFICE_INVOICE:
        return purchase
    paper = queries.valid_of(order_id, DocumentKind.OFFICE_INVOICE)
    return replace(purchase, invoice_number=paper.number) if paper else purchase


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


def money_of(order: Order) -> Money:
    """Return what an order's buyer paid, what went back to him, what is still to go back, and what comes off his bill.

    What is kept of a payment that fell short stands in the books as owed back: on paper it is paid, for that is what
    its buyer is asked to complete.
    """
    booked = _booked(order.id)
    if order.is_covered or order.closed_at is not None:
        return booked
    kept = kept_of(order)
    if kept.payments:
        return replace(booked, owed_back=booked.owed_back - kept.of_use, code=order.due_amount - kept.asked)
    bill = open_payment(order.id)
    return replace(booked, code=bill.unique_code) if bill else booked


def _booked(order_id: int) -> Money:
    is_money = JournalLine.account.in_(MONEY)
    came = case((is_money & JournalEntry.kind.in_(MONEY_IN), JournalLine.amount), else_=0)
    went = case((is_money & JournalEntry.kind.not_in(MONEY_IN), -JournalLine.amount), else_=0)
    owed = case((JournalLine.account == Account.REFUNDS_PAYABLE, -JournalLine.amount), else_=0)
    sums = (func.coalesce(func.sum(each), 0) for each in (came, went, owed))
    found = select(*sums).join_from(JournalLine, JournalEntry).where(JournalEntry.order_id == order_id)
    return Money(*(int(amount) for amount in db.session.execute(found).one()))
