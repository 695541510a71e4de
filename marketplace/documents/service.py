"""Issue documents, put corrected ones in their place, cancel them.

A document's number and what it says are committed together; the file is drawn from that afterwards, outside of any
transaction (see `drawing`). So a number is never without its document, and no writer waits for a drawing.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select

from ..areas import queries as areas
from ..extensions import db
from ..orders import service as orders
from ..orders.models import Order
from ..payments.providers.transfer import Transfer
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _l
from ..shared.money import format_rupiah
from ..shared.series import next_number
from ..shared.transaction import command
from ..shared.turn import turn
from . import facts, papers, queries, rules, words
from .models import Document, DocumentKind
from .papers import Draft, Person
from .rules import Action


@command
def issue(order_id: int, kind: DocumentKind, actor_id: int | None, *, by_office: bool) -> Document:
    """Return the valid document of an order; issue one where there is none, or where the order was changed since.

    Raises StateConflict with what is in the way when the order cannot have one now.
    """
    order = orders.locked(order_id)
    standing = queries.valid_of(order_id, kind)
    if standing is not None and fits(standing, order):
        return standing
    _check_possible(kind, order)
    draft = papers.of_order(kind, facts.gathered(order, actor_id if by_office else None, kind))
    return _add(kind, order, draft, actor_id, standing)


@command
def correct(document_id: int, reason: str, actor_id: int) -> Document:
    """Issue a document of an order anew under another number, in the place of one that is wrong.

    Raises StateConflict when it is not valid any more, or the order cannot have one now.
    """
    old = _locked(document_id)
    if old.order_id is None:
        raise StateConflict
    order = orders.locked(old.order_id)
    _check_possible(old.kind, order)
    draft = papers.of_order(old.kind, facts.gathered(order, actor_id, old.kind))
    new = _add(old.kind, order, draft, actor_id, old, reason)
    audit.record(actor_id, "document.correct", ("document", new.id), reason=reason, instead_of=old.number)
    return new


@command
def cancel(document_id: int, reason: str, actor_id: int) -> None:
    """Let a document be worth nothing; it stays, and its page says so. Raises StateConflict when it is so already."""
    document = _locked(document_id)
    turn(document, rules.transition(document.state, Action.CANCEL), reason=reason)
    audit.record(actor_id, "document.cancel", ("document", document_id), reason=reason)


@command
def issue_recap(
    regency_code: str, office: str, period: tuple[dt.date, dt.date], people: Sequence[Person], actor_id: int
) -> Document:
    """Issue the list of what the people of an office ordered from one day to another. Raises InvalidInput for none."""
    if not people:
        raise InvalidInput(_l("Nobody of this office ordered in these days."))
    first, last = (words.long_day(day) for day in period)
    draft = papers.of_people(facts.issuer_in(regency_code, actor_id), office, (first, last), people)
    return _insert(DocumentKind.RECAP, regency_code, None, draft, actor_id)


@command
def record_drawn(document_id: int, sha256: str) -> Document:
    """Write down the fingerprint of a document's file; of two that drew it at once, the first one's counts."""
    document = _locked(document_id)
    if document.sha256 is None:
        document.sha256, document.drawn_at = sha256, clock.now()
    return document


def fits(document: Document, order: Order) -> bool:
    """Tell whether an order is still as it was when a document of it was issued.

    One that says what is still to go back fits until that is another sum, a receipt until another sum is left of the
    money that came. An invoice that is to be paid tells how, and how much: those issued before that was kept named the
    bank's account to everybody.
    """
    said = document.content
    if said["basis"] != facts.basis_of(order, document.kind):
        return False
    if (said.get("owed_back") or document.kind is DocumentKind.RECEIPT) and not _fits_money(document, order):
        return False
    asks = document.kind is DocumentKind.INVOICE and order.paid_at is None and order.closed_at is None
    return not asks or _fits_open(document, order)


def _fits_money(document: Document, order: Order) -> bool:
    money, owed_back = facts.money_of(order), document.content.get("owed_back")
    if owed_back and owed_back != format_rupiah(money.owed_back):
        return False
    return document.kind is not DocumentKind.RECEIPT or document.amount == money.received - money.given_back


def _fits_open(document: Document, order: Order) -> bool:
    """Tell whether an invoice that is to be paid still says how, and how much."""
    said, money = document.content, facts.money_of(order)
    still = format_rupiah(facts.left_to_pay(order.due_amount, money.kept, money.code))
    return bool(said.get("pay_by", Transfer.code) == order.payment_method and said["open"] == still)


def _check_possible(kind: DocumentKind, order: Order) -> None:
    obstacle = rules.obstacle(kind, facts.standing_of(order))
    if obstacle is not None:
        raise StateConflict(obstacle)


def _locked(document_id: int) -> Document:
    document = db.session.get(Document, document_id, with_for_update=True, populate_existing=True)
    if document is None:
        raise NotFound
    return document


def _add(
    kind: DocumentKind, order: Order, draft: Draft, actor_id: int | None, old: Document | None, reason: str = ""
) -> Document:
    """Issue a document of an order, in the place of an old one if there is one: that is replaced before."""
    if old is not None:
        turn(old, rules.transition(old.state, Action.REPLACE))
    new = _insert(kind, order.regency_code, order.id, draft, actor_id, old)
    new.reason = reason
    return new


def _insert(
    kind: DocumentKind,
    regency_code: str,
    order_id: int | None,
    draft: Draft,
    actor_id: int | None,
    old: Document | None = None,
) -> Document:
    day, code = clock.today(areas.time_zone(regency_code)), rules.new_code()
    own_number = rules.corrected(draft.number, _issued_before(order_id, kind)) if draft.number else ""
    sequence = next_number(kind, regency_code, day.year)
    number = own_number or rules.number(kind, regency_code, day.year, sequence)
    document = Document(
        kind=kind,
        regency_code=regency_code,
        year=day.year,
        sequence=sequence,
        number=number,
        code=code,
        order_id=order_id,
        subject=draft.subject,
        amount=draft.amount,
        issued_on=day,
        issued_by_id=actor_id,
        replaces=old,
        content=draft.content | {"number": number, "code": rules.grouped(code), "replaces": old.number if old else ""},
    )
    db.session.add(document)
    db.session.flush()  # those who open it go by its id
    return document


def _issued_before(order_id: int | None, kind: DocumentKind) -> int:
    """Return how many documents of a kind an order had; its row is locked, so nobody issues one meanwhile."""
    one = (Document.order_id == order_id, Document.kind == kind)
    return db.session.scalar(select(func.count()).select_from(Document).where(*one)) or 0
