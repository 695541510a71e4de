"""Who makes, opens and verifies documents on screen, and what each of them is shown."""

import io
import re

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from marketplace.documents import queries
from marketplace.documents.models import Document
from marketplace.documents.models import DocumentKind as Kind
from marketplace.extensions import db
from marketplace.orders import adjustments
from marketplace.orders.models import Order
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.documents.reading import HOME, OFFICE, fresh, issued, order, packed, paid, scanned, text_of

FOR_BUYERS = {Kind.INVOICE, Kind.RECEIPT, Kind.PURCHASE_ORDER, Kind.CONSENT}
GOODS = {Kind.HANDOVER, Kind.DELIVERY_NOTE, Kind.LABEL}


def papers() -> list[Document]:
    rollback()
    return list(db.session.scalars(select(Document).order_by(Document.id)))


def offered(page: str) -> set[str]:
    return set(re.findall(r'name="kind"\s+value="(\w+)"', page))


ISSUERS = {
    Role.TREASURER: set(Kind) - {Kind.RECAP, Kind.CONSENT, Kind.OFFICE_INVOICE},
    Role.PACKER: set(Kind) - {Kind.RECAP, Kind.CONSENT, Kind.OFFICE_INVOICE},
    Role.CURATOR: GOODS,
    Role.HEAD: set(),
}


@pytest.mark.parametrize("role", ISSUERS)
def test_an_officer_makes_what_his_role_gives_out(client: FlaskClient, role: Role) -> None:
    of = packed(delivery=HOME)
    address = f"/dinas/pesanan/{of.id}/dokumen"
    make.sign_in(client, make.user(role))
    assert offered(client.get(address).text) == ISSUERS[role]
    statuses = {kind: client.post(address, data={"kind": kind}).status_code for kind in ISSUERS[Role.TREASURER]}
    assert {kind for kind, status in statuses.items() if status == 302} == ISSUERS[role]
    assert {document.kind for document in papers()} == ISSUERS[role]


def test_a_document_is_made_opened_and_opened_again(client: FlaskClient) -> None:
    of = packed(delivery=HOME)
    make.sign_in(client, make.user(Role.PACKER, name="Jamhari Noor"))
    page = client.post(f"/dinas/pesanan/{of.id}/dokumen", data={"kind": Kind.HANDOVER}, follow_redirects=True)
    assert "0001/BAST/63.06/" in page.text
    (document,) = papers()
    link = f"/dinas/dokumen/{document.id}.pdf"
    assert link in page.text
    first = client.get(link)
    assert (first.mimetype, first.headers["Cache-Control"]) == ("application/pdf", "private, no-store")
    assert "Jamhari Noor" in text_of(first.data)
    assert client.get(link).data == first.data


def test_the_order_page_leads_to_its_documents(client: FlaskClient) -> None:
    of = order()
    make.sign_in(client, make.user(Role.PACKER))
    assert f'href="/dinas/pesanan/{of.id}/dokumen"' in client.get(f"/dinas/pesanan/{of.id}").text


def test_what_cannot_be_made_says_why(client: FlaskClient) -> None:
    of = order()
    make.sign_in(client, make.user(Role.TREASURER))
    address = f"/dinas/pesanan/{of.id}/dokumen"
    assert "The order is not paid yet." in client.get(address).text
    refused = client.post(address, data={"kind": Kind.RECEIPT})
    assert refused.status_code == 422
    assert "The order is not paid yet." in refused.text
    assert client.post(address, data={"kind": "surat cinta"}).status_code == 422
    assert papers() == []


def test_officers_of_elsewhere_find_nothing(client: FlaskClient) -> None:
    document = issued(order())
    make.sign_in(client, make.user(Role.TREASURER, area_code=make.OTHER_REGENCY))
    for address in (f"/dinas/dokumen/{document.id}", f"/dinas/dokumen/{document.id}.pdf"):
        assert client.get(address).status_code == 404
    for step in ("batal", "betulkan"):
        assert client.post(f"/dinas/dokumen/{document.id}/{step}", data={"cancel-reason": "x"}).status_code == 404
    assert document.number not in client.get("/dinas/dokumen").text


@pytest.mark.parametrize("as_guest", [True, False])
def test_a_buyer_makes_his_own_papers(client: FlaskClient, as_guest: bool) -> None:
    buyer = make.user(Role.BUYER)
    of = paid(buyer_id=None if as_guest else buyer.id)
    base = f"/p/{of.token}" if as_guest else f"/pesanan/{of.id}"
    if not as_guest:
        make.sign_in(client, buyer)
    assert offered(client.get(base).text) == FOR_BUYERS - {Kind.CONSENT}
    page = client.post(f"{base}/dokumen", data={"kind": Kind.RECEIPT}, follow_redirects=True).text
    (receipt,) = papers()
    assert f'href="{base}/dokumen/{receipt.id}.pdf"' in page
    assert "Kwitansi" in text_of(client.get(f"{base}/dokumen/{receipt.id}.pdf").data)
    client.post(f"{base}/dokumen", data={"kind": Kind.HANDOVER})
    assert len(papers()) == 1


def test_a_buyer_opens_no_other_ones(client: FlaskClient) -> None:
    buyer, other = make.user(Role.BUYER), make.user(Role.BUYER)
    mine, another = packed(buyer_id=buyer.id), order(buyer_id=other.id)
    goods, foreign = issued(mine, Kind.HANDOVER), issued(another)
    make.sign_in(client, buyer)
    for path in (
        f"/pesanan/{another.id}/dokumen/{foreign.id}.pdf",
        f"/pesanan/{mine.id}/dokumen/{foreign.id}.pdf",
        f"/pesanan/{mine.id}/dokumen/{goods.id}.pdf",
        f"/p/{mine.token}/dokumen/{foreign.id}.pdf",
        f"/p/{'x' * 43}/dokumen/{foreign.id}.pdf",
    ):
        assert client.get(path).status_code == 404, path
    assert client.post(f"/pesanan/{another.id}/dokumen", data={"kind": Kind.INVOICE}).status_code == 404


def test_anybody_verifies_a_document_and_reads_nothing_personal(client: FlaskClient) -> None:
    document = issued(paid(office=OFFICE), Kind.RECEIPT)
    answer = client.get(f"/d/{document.code}")
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex"
    shown = answer.text
    assert document.number in shown
    assert f"{document.amount:,}".replace(",", ".") in shown
    assert "is valid" in shown
    assert "Dinas Sosial Kabupaten Hulu Sungai Selatan" in shown
    personal = ("Siti", "0812", OFFICE, fresh(document.id).order.number, fresh(document.id).order.token)  # type: ignore[union-attr]
    assert [word for word in personal if word in shown] == []


def test_the_code_on_the_paper_leads_to_its_page(client: FlaskClient) -> None:
    document = issued(order())
    make.sign_in(client, make.user(Role.TREASURER))
    said = text_of(client.get(f"/dinas/dokumen/{document.id}.pdf").data)
    typed = re.search(r"dan ketik ([0-9A-Z ]{19})", said)
    assert typed is not None
    answer = client.get("/d", query_string={"kode": typed[1].lower()})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/d/{document.code}")
    base = client.application.extensions["config"].base_url
    assert scanned(document.kind, f"{base}/d/{document.code}", document.content) == [f"{base}/d/{document.code}"]


def test_a_wrong_code_is_told_and_kept(client: FlaskClient) -> None:
    wrong = client.get("/d?kode=abc")
    assert wrong.status_code == 422
    assert 'value="abc"' in wrong.text
    unknown = client.get("/d/0000000000000000")
    assert unknown.status_code == 404
    assert "the paper is not from us" in unknown.text
    assert 'value="0000000000000000"' in unknown.text


def test_the_page_says_what_became_of_a_document(client: FlaskClient) -> None:
    of, treasurer = order(), make.user(Role.TREASURER)
    first = issued(of)
    make.sign_in(client, treasurer)
    data = {"correct-reason": "Alamat salah"}
    page = client.post(f"/dinas/dokumen/{first.id}/betulkan", data=data, follow_redirects=True).text
    second = papers()[-1]
    assert second.number in page
    assert f"replaced by number {second.number}" in client.get(f"/d/{first.code}").text
    with unit_of_work():
        adjustments.cancel(of.id, by_buyer=True, reason="", actor_id=None)
    assert "it is not valid any more" in client.get(f"/d/{second.code}").text


def test_only_a_treasurer_cancels_and_says_why(client: FlaskClient) -> None:
    document = issued(order())
    address = f"/dinas/dokumen/{document.id}/batal"
    make.sign_in(client, make.user(Role.PACKER))
    assert client.post(address, data={"cancel-reason": "x"}).status_code == 403
    make.sign_in(client, make.user(Role.TREASURER))
    assert client.post(address, data={}).status_code == 422
    client.post(address, data={"cancel-reason": "Salah pesanan"})
    assert "Salah pesanan" in client.get(f"/dinas/dokumen/{document.id}").text
    assert "it is not valid any more" in client.get(f"/d/{document.code}").text


def test_the_list_is_narrowed_and_taken_along(client: FlaskClient) -> None:
    of, ended = paid(), order()
    receipt, invoice = issued(of, Kind.RECEIPT), issued(ended)
    with unit_of_work():
        adjustments.cancel(ended.id, by_buyer=True, reason="", actor_id=None)
    make.sign_in(client, make.user(Role.HEAD))

    def numbers(query: str) -> set[str]:
        page = client.get(f"/dinas/dokumen?{query}").text
        return {each.number for each in (receipt, invoice) if each.number in page}

    assert numbers("") == {receipt.number, invoice.number}
    assert numbers("kind=receipt") == {receipt.number}
    assert numbers("state=cancelled") == {invoice.number}
    assert numbers("state=valid") == {receipt.number}
    assert numbers(f"q={invoice.number}") == {invoice.number}
    assert numbers(f"q={of.number}") == {receipt.number}
    assert client.get("/dinas/dokumen?kind=xyzzy").status_code == 422
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/dinas/dokumen?kind=receipt&format=xlsx").data))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == [receipt.number]
    assert rows[1][5] == receipt.amount


def people_page(client: FlaskClient) -> str:
    page = client.get("/dinas/dokumen/rekap").text
    found = re.search(r'href="(/dinas/dokumen/rekap/orang[^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_a_recap_sums_up_an_office_by_person(client: FlaskClient) -> None:
    buyer = make.user(Role.BUYER)
    own = [order(buyer_id=buyer.id, many=count) for count in (1, 2)]
    guest, ended = order(many=3), order(many=4)
    order(office="", many=5), order(office="Kantor Lain", many=6)
    with unit_of_work():
        adjustments.cancel(ended.id, by_buyer=True, reason="", actor_id=None)
    make.sign_in(client, make.user(Role.TREASURER))
    address = people_page(client)
    form = client.get(address).text
    keys = re.findall(r'name="nip_(\d+)"', form)
    assert keys == [str(own[0].id), str(guest.id)]
    key = re.search(r'name="key"[^>]*value="([^"]+)"', form)
    assert key is not None
    data = {"key": key[1], f"nip_{own[0].id}": "19800101 200501 2 001", f"nip_{guest.id}": "12"}
    refused = client.post(address, data=data)
    assert refused.status_code == 422
    assert "A NIP has 18 digits." in refused.text
    assert 'value="19800101 200501 2 001"' in refused.text
    data[f"nip_{guest.id}"] = ""
    for _time in range(2):
        assert client.post(address, data=data).status_code == 302
    (recap,) = papers()
    assert (recap.amount, recap.subject) == (300_000, OFFICE)
    people = recap.content["people"]
    assert [(row["nip"], row["amount"]) for row in people] == [("198001012005012001", "Rp150.000"), ("", "Rp150.000")]
    assert people[0]["orders"] == ", ".join(each.number for each in own)


def test_a_recap_is_for_those_who_handle_money(client: FlaskClient) -> None:
    order()
    for role, status in ((Role.TREASURER, 200), (Role.CURATOR, 403), (Role.BUYER, 404)):
        make.sign_in(client, make.user(role))
        assert client.get("/dinas/dokumen/rekap").status_code == status, role
    make.sign_in(client, make.user(Role.TREASURER, area_code=make.OTHER_REGENCY))
    assert OFFICE not in client.get("/dinas/dokumen/rekap").text


def test_a_changed_order_asks_for_new_papers(client: FlaskClient) -> None:
    of = paid()
    issued(of)
    with unit_of_work():
        adjustments.short_ship(of.id, db.session.get_one(Order, of.id).lines[0].id, 1, "Pecah", None)
    page = client.get(f"/p/{of.token}").text
    assert Kind.INVOICE in offered(page)
    client.post(f"/p/{of.token}/dokumen", data={"kind": Kind.INVOICE})
    assert [document.sequence for document in papers()] == [1, 2]
    assert queries.valid_of(of.id, Kind.INVOICE) is not None
