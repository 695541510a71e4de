"""What the papers of an order say after some of it fell away, came back, or something else came in its place."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient

from marketplace.documents import facts, queries, service
from marketplace.documents.models import DocumentKind as Kind
from marketplace.extensions import db
from marketplace.orders import adjustments, proposals, returns, substitutes
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.orders.queries import refund_due
from marketplace.orders.substitutes import Proposal
from marketplace.orders.wanted import LineRequest
from marketplace.payments import refunds
from marketplace.payments.models import RefundMethod
from marketplace.shared import clock
from marketplace.shared.money import format_rupiah as rupiah
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.documents.reading import HOME, fresh, issued, opened, packed, paid, text_of
from tests.offices.purchasing import Bureau, do, goods, invoice_of, pay
from tests.payments import billing

OUTDATED = "the order was changed since"
PAPERS = (Kind.INVOICE, Kind.RECEIPT, Kind.PURCHASE_ORDER, Kind.HANDOVER, Kind.DELIVERY_NOTE)
MANY, WHOLE = 3, 157_000
"""Pieces at 50,000, and what they and bringing them cost."""


def untouched() -> Order:
    return packed(delivery=HOME, many=MANY)


def dropped() -> Order:
    of = _before(paid(delivery=HOME, many=MANY))
    do(adjustments.drop, of.id, of.lines[0].id, 1, "", None)
    billing.packed(of)
    return _now(of)


def left_out() -> Order:
    of = _before(packed(delivery=HOME, many=MANY))
    do(adjustments.short_ship, of.id, of.lines[0].id, 1, "Pecah", None)
    do(orders.ship, of.id, None)
    return _now(of)


def lost_on_the_way() -> Order:
    of = _before(packed(delivery=HOME, many=MANY))
    do(orders.ship, of.id, None)
    do(adjustments.short_ship, of.id, of.lines[0].id, 1, "Pecah di jalan", None)
    do(orders.hand_over, of.id, None)
    return _now(of)


def replaced() -> Order:
    of = _before(paid(delivery=HOME, many=MANY))
    other = make.product(name="Gula Aren", price=40_000, stock=1)
    until = clock.now() + dt.timedelta(hours=3)
    do(substitutes.propose, "k", of.id, Proposal(of.lines[0].id, 1, other.id, "Habis", until), None)
    do(substitutes.agree, of.id, proposals.open_of(of.id)[0].id, None)
    billing.packed(of)
    return _now(of)


def returned() -> Order:
    of = packed(delivery=HOME, many=MANY)
    do(orders.ship, of.id, None)
    do(orders.hand_over, of.id, None)
    _before(_now(of))
    do(returns.take_some, of.id, of.lines[0].id, 1, destroyed=1, reason="Basi", actor_id=None)
    return _now(of)


def given_back() -> Order:
    of = returned()
    do(refunds.record_refund, of.id, refund_due(of.id), RefundMethod.TRANSFER, "KEMBALI-1", "Basi", None)
    return _now(of)


def _before(of: Order) -> Order:
    """Issue the papers that an order can have by now."""
    for kind in PAPERS if of.packed_at else PAPERS[:3]:
        issued(of, kind)
    return _now(of)


def _now(of: Order) -> Order:
    rollback()
    db.session.expire_all()
    return db.session.get_one(Order, of.id)


@dataclass(frozen=True)
class Says:
    """What papers say that are made after a change: the pieces of each line, and what they and bringing them cost."""

    left: tuple[list[int], int]
    ordered: tuple[list[int], int] = ([MANY], WHOLE)
    handed: tuple[list[int], int] = ([MANY], WHOLE)
    sent: list[int] = field(default_factory=lambda: [MANY])
    owed: int = 0
    gone: int = 0


CHANGES: dict[Callable[[], Order], Says] = {
    untouched: Says(left=([3], WHOLE)),
    dropped: Says(left=([2], 107_000), ordered=([2], 107_000), handed=([2], 107_000), sent=[2], owed=50_000),
    left_out: Says(left=([2], 107_000), handed=([2], 107_000), sent=[2], owed=50_000),
    lost_on_the_way: Says(left=([2], 107_000), handed=([2], 107_000), owed=50_000),
    replaced: Says(left=([2, 1], 147_000), handed=([2, 1], 147_000), sent=[2, 1], owed=10_000),
    returned: Says(left=([2], 107_000), owed=50_000),
    given_back: Says(left=([2], 107_000), gone=50_000),
}


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("change", CHANGES)
def test_papers_of_a_changed_order_are_true(change: Callable[[], Order]) -> None:
    of, says = change(), CHANGES[change]
    price = WHOLE - _code(of)
    expected = {
        Kind.INVOICE: says.left,
        Kind.RECEIPT: (says.left[0], price - says.gone),
        Kind.PURCHASE_ORDER: says.ordered,
        Kind.HANDOVER: says.handed,
        Kind.DELIVERY_NOTE: (says.sent, None),
    }
    papers = {kind: issued(of, kind) for kind in PAPERS}
    found = {kind: (_pieces(paper.content), paper.amount) for kind, paper in papers.items()}
    assert found == expected
    said = {kind: text_of(opened(paper)) for kind, paper in papers.items()}
    for kind, (pieces, amount) in expected.items():
        for line, count in zip(papers[kind].content["lines"], pieces, strict=True):
            assert line["quantity"].startswith(f"{count} ")
            assert line["quantity"] in said[kind]
        assert amount is None or rupiah(amount) in said[kind]
    assert (f"Masih akan dikembalikan {rupiah(says.owed)}" in said[Kind.RECEIPT]) is bool(says.owed)
    assert (f"Masih akan dikembalikan {rupiah(says.owed)}" in said[Kind.INVOICE]) is bool(says.owed)
    assert (f"Sudah dibayar {rupiah(price)}") in said[Kind.INVOICE]
    assert (f"Diterima semula {rupiah(price)}. Sudah dikembalikan" in said[Kind.RECEIPT]) is bool(says.gone)


def _code(of: Order) -> int:
    """Return the unique code that was taken off the transfer."""
    return WHOLE - facts.money_of(of).received


def _pieces(content: dict[str, list[dict[str, str]]]) -> list[int]:
    return [int(line["quantity"].split()[0]) for line in content["lines"]]


KEPT: dict[Callable[[], Order], set[Kind]] = {
    dropped: set(),
    left_out: {Kind.PURCHASE_ORDER},
    lost_on_the_way: {Kind.PURCHASE_ORDER, Kind.DELIVERY_NOTE},
    replaced: {Kind.PURCHASE_ORDER},
    returned: {Kind.PURCHASE_ORDER, Kind.HANDOVER, Kind.DELIVERY_NOTE},
}
"""Papers from before a change that are as true as they were."""


@pytest.mark.parametrize("change", KEPT)
def test_only_papers_that_are_not_true_any_more_say_so_and_are_issued_anew(
    client: FlaskClient, change: Callable[[], Order]
) -> None:
    of = change()
    old = {kind: paper for kind in PAPERS if (paper := queries.valid_of(of.id, kind))}
    pages = {kind: client.get(f"/d/{paper.code}").text for kind, paper in old.items()}
    assert {kind for kind, page in pages.items() if OUTDATED not in page} == KEPT[change] & set(old)
    for kind, paper in old.items():
        new = issued(of, kind)
        assert (new.id == paper.id) is (kind in KEPT[change])
        assert new.replaces_id == (None if kind in KEPT[change] else paper.id)
        page = client.get(f"/d/{new.code}").text
        assert OUTDATED not in page
        assert "is valid" in page


@pytest.mark.usefixtures("app")
def test_a_receipt_that_says_what_is_owed_back_is_issued_anew_when_it_went_back() -> None:
    of = returned()
    invoice, before = issued(of, Kind.INVOICE), issued(of, Kind.RECEIPT)
    do(refunds.record_refund, of.id, 20_000, RefundMethod.TRANSFER, "KEMBALI-1", "Basi", None)
    after = issued(_now(of), Kind.RECEIPT)
    assert (after.replaces_id, after.amount) == (before.id, (before.amount or 0) - 20_000)
    said = text_of(opened(after))
    assert "Sudah dikembalikan kepada pembeli Rp20.000" in said
    assert "Masih akan dikembalikan Rp30.000" in said
    assert issued(_now(of), Kind.INVOICE).replaces_id == invoice.id
    assert issued(_now(of), Kind.RECEIPT).id == after.id


@pytest.mark.usefixtures("app")
def test_a_handover_made_after_a_return_names_what_came_back() -> None:
    of = packed(delivery=HOME, many=MANY)
    do(orders.ship, of.id, None)
    do(orders.hand_over, of.id, None)
    do(returns.take_some, of.id, of.lines[0].id, 1, destroyed=0, reason="Basi", actor_id=None)
    said = text_of(opened(issued(_now(of), Kind.HANDOVER)))
    line = of.lines[0]
    assert f"3 {line.unit}" in said
    assert f"dikembalikan kepada pihak pertama: • {line.name}: 1 {line.unit}" in said


@pytest.mark.usefixtures("app")
def test_papers_made_after_a_corrected_invoice_cite_its_number() -> None:
    billing.bank()
    order = Bureau(credit=1_000_000).ordered(LineRequest(3, goods(price=50_000).id))
    number = invoice_of(order).number
    issued(order, Kind.OFFICE_INVOICE)
    do(adjustments.short_ship, order.id, _now(order).lines[0].id, 1, "Pecah", None)
    do(orders.pack, order.id, None)
    pay(invoice_of(order), 100_000)
    assert issued(_now(order), Kind.OFFICE_INVOICE).number == f"{number}-P1"
    for kind in (Kind.RECEIPT, Kind.HANDOVER):
        paper = issued(_now(order), kind)
        assert paper.content["purchase"]["invoice"] == f"{number}-P1"
        assert f"agihan nomor {number}-P1" in text_of(opened(paper))
    with unit_of_work():
        again = service.correct(issued(_now(order), Kind.OFFICE_INVOICE).id, "Salah", make.user(Role.TREASURER).id).id
    assert fresh(again).number == f"{number}-P2"
