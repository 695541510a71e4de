"""The papers of what an office bought: one number for its invoice, its own numbers on all, for its members alone."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.documents import service
from marketplace.documents.models import Document, DocumentState
from marketplace.documents.models import DocumentKind as Kind
from marketplace.extensions import db
from marketplace.orders import adjustments
from marketplace.orders.models import Order
from marketplace.orders.wanted import LineRequest
from marketplace.reports import checks
from marketplace.shared import documents
from marketplace.shared.errors import StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.documents.reading import LINK, MOMENT, PURCHASE, content, drawn, fresh, issued, opened, text_of
from tests.offices.purchasing import Bureau, do, goods, invoice_of, order_of, pay
from tests.payments import billing

NPWP, OTHER_NUMBERS = "01.234.567.8-901.000", "/TGH/"


def bought(bureau: Bureau | None = None) -> tuple[Bureau, Order]:
    """Let an office order three pieces on an invoice."""
    billing.bank()
    office = bureau or Bureau(credit=1_000_000, npwp="012345678901000", rt_rw="003/001", treasurer_name="Noor Aida")
    return office, office.ordered(LineRequest(3, goods(price=50_000).id))


def papers() -> list[Document]:
    rollback()
    return list(db.session.scalars(select(Document).order_by(Document.id)))


def test_the_paper_of_an_invoice_bears_its_number_and_no_other(app: Any) -> None:
    bureau, order = bought()
    invoice = invoice_of(order)
    pay(invoice, 60_000)
    paper = issued(fresh_order(order), Kind.OFFICE_INVOICE)
    assert (paper.number, paper.amount) == (invoice.number, 150_000)
    said = text_of(opened(paper))
    expected = (f"Nomor {invoice.number}", bureau.office.name, "Noor Aida", "RT/RW 003/001", f"NPWP {NPWP}")
    money = ("Rp150.000", "Rp60.000", "Masih harus dibayar Rp90.000", f"Berita transfer {invoice.number}")
    assert [words for words in (*expected, *money) if words not in said] == []
    assert order_of(order).purchase_number in said
    assert OTHER_NUMBERS not in said
    with pytest.raises(StateConflict):
        issued(fresh_order(order), Kind.INVOICE)
    assert [document.number for document in papers()] == [invoice.number]


def fresh_order(order: Order) -> Order:
    rollback()
    db.session.expire_all()
    return db.session.get_one(Order, order.id)


def test_money_changes_no_paper_and_what_falls_away_makes_a_correction(app: Any) -> None:
    _bureau, order = bought()
    number = invoice_of(order).number
    first = issued(order, Kind.OFFICE_INVOICE)
    before = opened(first)
    pay(invoice_of(order), 60_000)
    assert issued(fresh_order(order), Kind.OFFICE_INVOICE).id == first.id
    do(adjustments.short_ship, order.id, fresh_order(order).lines[0].id, 1, "Pecah", None)
    second = issued(fresh_order(order), Kind.OFFICE_INVOICE)
    with unit_of_work():
        third = service.correct(second.id, "Nama salah", make.user(Role.TREASURER).id).id
    states = [(paper.number, paper.state, paper.amount) for paper in papers()]
    replaced, valid = DocumentState.REPLACED, DocumentState.VALID
    assert states == [
        (number, replaced, 150_000),
        (f"{number}-P1", replaced, 100_000),
        (f"{number}-P2", valid, 100_000),
    ]
    assert opened(fresh(first.id)) == before
    assert f"menggantikan nomor {number}-P1" in text_of(opened(fresh(third)))
    assert {check.name: found.faults for check in checks.ALL if (found := check.run()).broken} == {}


def test_a_number_that_was_cancelled_is_not_given_again(app: Any) -> None:
    _bureau, order = bought()
    first = issued(order, Kind.OFFICE_INVOICE)
    with unit_of_work():
        service.cancel(first.id, "Salah", make.user(Role.TREASURER).id)
    assert issued(fresh_order(order), Kind.OFFICE_INVOICE).number == f"{first.number}-P1"


def test_what_an_office_pays_before_has_a_number_of_the_series_and_its_own_of_the_order(app: Any) -> None:
    billing.bank()
    order = Bureau().ordered(LineRequest(1, goods().id), method="transfer")
    invoice = issued(order, Kind.INVOICE)
    assert OTHER_NUMBERS in invoice.number
    assert order_of(order).purchase_number in text_of(opened(invoice))
    with pytest.raises(StateConflict):
        issued(fresh_order(order), Kind.OFFICE_INVOICE)


CARRY = (Kind.OFFICE_INVOICE, Kind.RECEIPT, Kind.PURCHASE_ORDER, Kind.HANDOVER, Kind.DELIVERY_NOTE)


@pytest.mark.parametrize("kind", CARRY)
def test_a_paper_names_what_the_office_files_it_under(kind: Kind) -> None:
    said = text_of(drawn(kind, purchase=PURCHASE, due_on=PURCHASE.due_on))
    assert PURCHASE.number in said
    if kind is not Kind.PURCHASE_ORDER:
        assert PURCHASE.invoice_number in said
    if kind is not Kind.DELIVERY_NOTE:
        assert f"NPWP {'pembayar ' if kind is Kind.RECEIPT else ''}{NPWP}" in said


def test_an_office_files_its_purchase_order_under_its_own_number_and_day() -> None:
    said = text_of(drawn(Kind.PURCHASE_ORDER, purchase=PURCHASE))
    assert f"Nomor {PURCHASE.number}" in said
    assert "Tanggal 8 November 2026" in said
    assert "22 November 2026" not in said


@pytest.mark.parametrize("kind", CARRY)
def test_a_paper_that_was_issued_before_offices_were_known_is_still_drawn(kind: Kind) -> None:
    old = {name: part for name, part in content(kind).items() if name not in ("purchase", "reference")}
    assert documents.draw(kind, old, LINK, MOMENT).startswith(b"%PDF")


def test_members_make_and_open_what_they_file(client: FlaskClient) -> None:
    bureau, order = bought()
    here = f"/instansi/pesanan/{order_of(order).id}"
    make.sign_in(client, bureau.approver)  # not the one who ordered
    assert f"{here}/dokumen" in client.get(here).text
    assert client.post(f"{here}/dokumen", data={"kind": Kind.OFFICE_INVOICE}).status_code == 302
    (paper,) = papers()
    page = client.get(f"{here}/dokumen").text
    assert f"{here}/dokumen/{paper.id}.pdf" in page
    assert "Tagihan" in text_of(client.get(f"{here}/dokumen/{paper.id}.pdf").data)
    for kind in (Kind.HANDOVER, Kind.CONSENT, Kind.INVOICE, "x"):
        assert client.post(f"{here}/dokumen", data={"kind": kind}).status_code == 422
    assert len(papers()) == 1
    make.sign_in(client, make.user(Role.TREASURER))
    assert client.post(f"/dinas/pesanan/{order.id}/dokumen", data={"kind": Kind.PURCHASE_ORDER}).status_code == 302


def test_others_find_no_papers_of_an_office(client: FlaskClient) -> None:
    (bureau, order), (_other, foreign) = bought(), bought(Bureau(credit=1_000_000))
    here, paper = f"/instansi/pesanan/{order_of(order).id}", issued(order, Kind.OFFICE_INVOICE)
    strange, label = issued(foreign, Kind.OFFICE_INVOICE), issued(order, Kind.LABEL)
    offered = f"/instansi/pesanan/{bureau.offered(LineRequest(1, goods().id))}/dokumen"
    make.sign_in(client, bureau.asker)
    assert client.get(f"{here}/dokumen/{paper.id}.pdf").status_code == 200
    for path in (f"{here}/dokumen/{strange.id}.pdf", f"{here}/dokumen/{label.id}.pdf", offered):
        assert client.get(path).status_code == 404, path
    make.sign_in(client, make.user(Role.BUYER))
    for path in (f"{here}/dokumen", f"{here}/dokumen/{paper.id}.pdf"):
        assert client.get(path).status_code == 404, path
    assert client.post(f"{here}/dokumen", data={"kind": Kind.RECEIPT}).status_code == 404


@pytest.mark.parametrize("method", ["invoice", "transfer"])
def test_who_only_has_the_link_of_an_offices_order_gets_none_of_its_papers(client: FlaskClient, method: str) -> None:
    billing.bank()
    bureau = Bureau(credit=1_000_000)
    order = bureau.ordered(LineRequest(2, goods().id), method=method)
    base = f"/p/{order.token}"
    make.sign_in(client, bureau.asker)
    assert client.post(f"{base}/dokumen", data={"kind": Kind.PURCHASE_ORDER}).location == f"{base}#dokumen"
    (document,) = db.session.scalars(select(Document)).all()
    link = f"{base}/dokumen/{document.id}.pdf"
    for reader, opens in ((bureau.approver, True), (make.user(Role.BUYER), False), (Bureau().approver, False)):
        make.sign_in(client, reader)
        assert (link in client.get(base).text, client.get(link).status_code == 200) == (opens, opens)
    stranger = client.application.test_client()
    page = stranger.get(base)
    assert (page.status_code, "/dokumen" in page.text) == (200, False)
    assert stranger.get(link).status_code == 404
    assert stranger.post(f"{base}/dokumen", data={"kind": Kind.INVOICE}).status_code == 404
    assert len(db.session.scalars(select(Document)).all()) == 1
