"""What each kind of document says, as it is printed: pure, from facts to texts.

The words around these texts stand in templates/documents.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..offices.purchases import Purchase
from ..orders.bought import Line
from ..payments.models import CollectionAccount
from ..shared.formats import phone
from ..shared.money import format_rupiah
from . import words
from .facts import Issuer, OrderFacts
from .models import DocumentKind

Content: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """A document before it has a number: whom it is for, its sum in rupiah if it states one, what it says."""

    subject: str
    amount: int | None
    content: Content
    number: str = ""
    """The one that what it is about has already; empty for one of its own series."""


@dataclass(frozen=True)
class Person:
    """What one person of an office ordered in a period."""

    name: str
    nip: str
    orders: tuple[str, ...]
    amount: int


@dataclass(frozen=True)
class Signer:
    """A family that gets cash, and who signed for it if that is written down already."""

    name: str
    village: str
    amount: int
    signed_by: str


def of_order(kind: DocumentKind, order: OrderFacts) -> Draft:
    """Write down what a document of an order says."""
    amount, own = WRITERS[kind](order)
    content = {**_issued(order.issuer), **_ordered(order), "basis": order.basis}
    if amount is not None:
        content |= {"total": format_rupiah(amount), "words": words.sum_in_words(amount)}
    content |= own
    bears = order.purchase.invoice_number if kind is DocumentKind.OFFICE_INVOICE and order.purchase else ""
    return Draft(order.office or order.buyer, amount, content, bears)


def of_people(issuer: Issuer, office: str, period: tuple[str, str], people: Sequence[Person]) -> Draft:
    """Write down what the people of an office ordered in a period (its first and last day in words)."""
    amount = sum(person.amount for person in people)
    rows = [
        {"name": one.name, "nip": one.nip, "orders": ", ".join(one.orders), "amount": format_rupiah(one.amount)}
        for one in people
    ]
    own = {"of": office, "first": period[0], "last": period[1], "people": rows}
    total = {"total": format_rupiah(amount), "words": words.sum_in_words(amount)}
    return Draft(office, amount, {**_issued(issuer), **own, **total})


def cash_list(issuer: Issuer, number: str, approval: Content, signers: Sequence[Signer]) -> Content:
    """Write down the families that sign for cash; a working list without a number of a series, and without a code."""
    amount = sum(each.amount for each in signers)
    rows = [
        {"name": one.name, "village": one.village, "amount": format_rupiah(one.amount), "signed_by": one.signed_by}
        for one in signers
    ]
    sums = {"total": format_rupiah(amount), "words": words.sum_in_words(amount)}
    return working(issuer, number, {"signers": rows, **approval, **sums})


def working(issuer: Issuer, number: str, own: Content) -> Content:
    """Add to what a working paper says its letterhead; it has no number of a series, and no code to verify it by."""
    return {**_issued(issuer), "number": number, "code": "", "replaces": "", **own}


@dataclass(frozen=True)
class Offer:
    """What an office is offered, at prices that hold until a day; amounts in rupiah."""

    issuer: Issuer
    number: str
    office: str
    address: tuple[str, ...]
    npwp: str
    asked_by: str
    lines: tuple[Line, ...]
    delivery: int
    valid_until: dt.date
    handing: str
    """Where the goods are brought to or fetched."""
    tax_from: int


def offer(offered: Offer) -> Content:
    """Write down an offer; a working paper without a number of a series, and without a code."""
    goods = sum(line.amount for line in offered.lines)
    total = goods + offered.delivery
    to = {"name": offered.office, "asked_by": offered.asked_by, "address": list(offered.address)}
    own = {"number": offered.number, "code": "", "replaces": "", "of": {**to, "npwp": words.npwp(offered.npwp)}}
    prices = {"goods": format_rupiah(goods), "delivery": _some(offered.delivery), "total": format_rupiah(total)}
    until = {"valid_until": words.long_day(offered.valid_until), "handing": offered.handing}
    lines = {"lines": [_line(line) for line in offered.lines], "tax_from": format_rupiah(offered.tax_from)}
    return {**_issued(offered.issuer), **own, **prices, **until, **lines, "words": words.sum_in_words(total)}


def _issued(issuer: Issuer) -> Content:
    return {
        "date": words.long_day(issuer.day),
        "date_words": words.day_in_words(issuer.day),
        "place": words.place_of(issuer.regency),
        "issuer": {"name": issuer.name, "address": issuer.address, "officer": issuer.officer},
    }


def _ordered(order: OrderFacts) -> Content:
    return {
        "order": {
            "number": order.number,
            "placed_on": words.long_day(order.placed_on),
            "ready_on": words.long_day(order.ready_on),
        },
        "buyer": {
            "name": order.buyer,
            "office": order.office,
            "phone": phone(order.phone),
            "address": list(order.address),
            "landmark": order.landmark,
            "is_sent": order.is_sent,
        },
        "purchase": _purchase(order.purchase),
    }


def _purchase(purchase: Purchase | None) -> Content:
    """Return what an office's treasurer needs on every paper; nothing where a person bought."""
    if purchase is None:
        return {}
    return {
        "office": purchase.office,
        "address": list(purchase.address),
        "npwp": words.npwp(purchase.npwp),
        "treasurer": purchase.treasurer,
        "number": purchase.number,
        "ordered_on": words.long_day(purchase.ordered_on),
        "invoice": purchase.invoice_number,
    }


def _line(line: Line) -> dict[str, str]:
    quantity = f"{line.quantity} {line.unit}".strip()
    prices = {"price": format_rupiah(line.unit_price), "amount": format_rupiah(line.amount)}
    return {"name": line.name, "contents": line.contents, "quantity": quantity, **prices}


def _goods(order: OrderFacts) -> Content:
    """Return the lines with their prices, and what they and bringing them cost."""
    return {
        "lines": [_line(line) for line in order.lines],
        "goods": format_rupiah(order.goods),
        "delivery": _some(order.delivery),
        "tax_from": format_rupiah(order.tax_from),
    }


def _pieces(order: OrderFacts) -> tuple[None, Content]:
    """Return the lines without prices: what goes with the goods is read by whoever carries them."""
    own = ("name", "contents", "quantity")
    return None, {"lines": [{name: text for name, text in _line(line).items() if name in own} for line in order.lines]}


def _some(amount: int) -> str:
    """Write an amount; nothing for none."""
    return format_rupiah(amount) if amount else ""


def _back(order: OrderFacts) -> Content:
    """Return what of the money went back, and what is still to."""
    return {"given_back": _some(order.given_back), "owed_back": _some(order.owed_back)}


def _account(account: CollectionAccount | None) -> Content:
    return {"bank": account.bank_name, "number": account.number, "holder": account.holder} if account else {}


def _due(order: OrderFacts) -> str:
    if order.due_at is not None:
        return words.long_moment(order.due_at)
    return words.long_day(order.due_on) if order.due_on else ""


def _invoice(order: OrderFacts) -> tuple[int, Content]:
    """Return what an invoice says; in words stands what is to be paid now, as it is written on a transfer."""
    spelled, of = (order.open, "masih harus dibayar") if order.open else (order.total, "jumlah tagihan")
    own = {
        "words": words.sum_in_words(spelled),
        "words_of": of,
        "is_paid": order.is_paid,
        "discount": _some(order.discount),
        "paid": _some(order.received),
        **_back(order),
        "open": format_rupiah(order.open),
        "due_on": _due(order),
        "pay_by": order.pay_by,
        "account": _account(order.account),
        "reference": (order.purchase and order.purchase.invoice_number) or order.number,
    }
    return order.total, _goods(order) | own


def _priced(order: OrderFacts) -> tuple[int, Content]:
    return order.total, _goods(order)


def _handover(order: OrderFacts) -> tuple[int, Content]:
    """Return what is on the paper of the handing over, with its day where that has passed."""
    before = order.handed_on if order.handed_on != order.issuer.day else None
    own = {"handed_words": words.day_in_words(before) if before else "", "came_back": _came_back(order)}
    return order.total, _goods(order) | own


def _came_back(order: OrderFacts) -> list[dict[str, str]]:
    return [
        {"name": each.line.name, "quantity": _line(each.line)["quantity"], "on": words.long_day(each.on)}
        for each in order.came_back
    ]


def _receipt(order: OrderFacts) -> tuple[int, Content]:
    """Return what a receipt says: the money that came and did not go back, with what of it is still to go back.

    A treasurer holds it against his own book, where the whole transfer stands until the rest comes back: a receipt for
    the price of what is left would fit neither side until then.
    """
    amount = order.received - order.given_back
    own = {"discount": _some(order.discount), "has_stamp": amount > order.stamp_from, "came": _some(order.received)}
    return amount, _goods(order) | own | _back(order)


Writer: TypeAlias = Callable[[OrderFacts], tuple[int | None, Content]]
WRITERS: dict[DocumentKind, Writer] = {
    DocumentKind.INVOICE: _invoice,
    DocumentKind.OFFICE_INVOICE: _invoice,
    DocumentKind.PURCHASE_ORDER: _priced,
    DocumentKind.RECEIPT: _receipt,
    DocumentKind.HANDOVER: _handover,
    DocumentKind.DELIVERY_NOTE: _pieces,
    DocumentKind.LABEL: _pieces,
    DocumentKind.CONSENT: _priced,
}
