"""The treasurer chooses, prepares, pays and takes back over HTTP."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.groups.models import Household
from marketplace.ledger import batches, views
from marketplace.ledger.models import (
    Account,
    Payout,
    PayoutBatch,
    PayoutMethod,
)
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import balance, earn, money_in
from tests.ledger.paying import family, paid, released, with_bank


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> FlaskClient:
    """Return the browser of a treasurer."""
    make.sign_in(client, make.user(Role.TREASURER))
    return client


def sent(*rows: Household, ticked: list[Household] | None = None, **ways: str) -> dict[str, Any]:
    """Return what the page of a new batch sends; all of its rows are ticked if none are named."""
    chosen = rows if ticked is None else ticked
    listed = [str(row.id) for row in rows]
    return {"listed": listed, "household": [str(row.id) for row in chosen], **ways}


def let_pay(batch: PayoutBatch) -> None:
    with unit_of_work():
        batches.release(batch.id, None)


def pay(desk: FlaskClient, batch: PayoutBatch, proofs: dict[int, str], **more: str) -> Any:
    """Tick payouts of a batch, with their proofs."""
    data = {f"paid-{key}": "y" for key in proofs} | {f"proof-{key}": proof for key, proof in proofs.items()}
    return desk.post(f"/dinas/pencairan/{batch.id}/bayar", data=data | more)


def test_the_treasurer_pays_a_batch_over_http(desk: FlaskClient) -> None:
    rich, poor = with_bank(family(90_000, "Keluarga Melati")), family(15_000, "Keluarga Mawar")
    money_in(90_000, Account.BANK)
    page = desk.get("/dinas/pencairan").text
    assert "Keluarga Melati" in page
    assert "Rp105.000" in page
    assert "Keluarga Mawar" not in desk.get("/dinas/pencairan?q=melati").text
    chosen = {"household": [str(rich.id), str(poor.id)]}
    assert "Rp105.000" in desk.get("/dinas/pencairan/baru", query_string=chosen).text
    made = desk.post("/dinas/pencairan/baru", data=sent(rich, poor))
    batch = db.session.query(PayoutBatch).one()
    assert made.location == f"/dinas/pencairan/{batch.id}"
    methods = {payout.household_id: payout.method for payout in batch.payouts}
    assert methods == {rich.id: PayoutMethod.BANK, poor.id: PayoutMethod.CASH}
    assert desk.get(f"/dinas/pencairan/{batch.id}/tanda-terima").status_code == 200
    assert desk.get("/dinas/pencairan/daftar").status_code == 200
    let_pay(batch)
    ids = {payout.household_id: payout.id for payout in batch.payouts}
    refused = pay(desk, batch, {ids[rich.id]: "", ids[poor.id]: "Siti"})
    assert refused.status_code == 422
    assert 'value="Siti"' in refused.text  # what was typed is kept, and nothing is half done
    assert balance(poor.id) == 15_000
    assert pay(desk, batch, {ids[rich.id]: "TRF 1", ids[poor.id]: "Siti"}).location == f"/dinas/pencairan/{batch.id}"
    assert desk.post(f"/dinas/pencairan/{batch.id}/tutup").status_code == 302
    assert balance(rich.id) == balance(poor.id) == 0
    assert f'id="family-{rich.id}"' not in desk.get("/dinas/pencairan").text


def checked(page: str) -> set[int]:
    """Return the ids of the families that are ticked on a page."""
    inputs = re.findall(r"<input[^>]*name=\"household\"[^>]*>", page)
    return {
        int(re.search(r'value="(\d+)"', each)[1])  # type: ignore[index]
        for each in inputs
        if "checked" in each or 'type="hidden"' in each
    }


def test_nobody_is_ticked_unasked_and_all_means_all_pages(desk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "FAMILIES_PER_PAGE", 2)
    rows = [family(10_000, f"Keluarga {letter}") for letter in "ABCDE"]
    first = desk.get("/dinas/pencairan").text
    assert checked(first) == set()
    assert "5 families, Rp50.000" in first
    assert checked(desk.get("/dinas/pencairan/baru?semua=1").text) == {row.id for row in rows}
    assert checked(desk.get("/dinas/pencairan/baru?semua=1&q=keluarga+c").text) == {rows[2].id}
    assert checked(desk.get("/dinas/pencairan/baru?semua=1&group=x").text) == set()  # not all, if it is not understood


def test_what_is_ticked_goes_along_from_page_to_page(desk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "FAMILIES_PER_PAGE", 2)
    rows = [family(10_000, f"Keluarga {letter}") for letter in "ABCDE"]
    ticked = {"household": [str(rows[0].id), str(rows[3].id)], "page": "2"}
    page = desk.get("/dinas/pencairan", query_string=ticked).text
    assert checked(page.split("<table")[1]) == {rows[3].id}
    # The filter travels in the same form as the ticks: what is ticked on the page itself goes along too.
    assert page.index('<form method="get"') < page.index('name="q"') < page.index("<table") < page.rindex("</form>")
    assert checked(page) == {rows[0].id, rows[3].id}
    assert "2 families, Rp20.000" in page


def test_a_family_with_an_account_may_be_paid_in_cash(desk: FlaskClient) -> None:
    row = with_bank(family(90_000))
    assert "Bank transfer" in desk.get(f"/dinas/pencairan/baru?household={row.id}").text
    desk.post("/dinas/pencairan/baru", data=sent(row, **{f"way-{row.id}": "cash"}))
    assert db.session.query(Payout).one().method is PayoutMethod.CASH


def test_ticks_and_ways_survive_a_refusal(desk: FlaskClient) -> None:
    rows = [with_bank(family(10_000, f"Keluarga {letter}")) for letter in "ABC"]
    released(rows[0])
    refused = desk.post("/dinas/pencairan/baru", data=sent(*rows, ticked=rows[:2], **{f"way-{rows[1].id}": "cash"}))
    assert refused.status_code == 422
    assert "1 family cannot be paid now" in refused.text
    assert checked(refused.text) == {rows[1].id}
    assert len(re.findall(r'<option value="cash"\s+selected', refused.text)) == 1
    nobody = desk.post("/dinas/pencairan/baru", data=sent(*rows[1:], ticked=[]))
    assert (nobody.status_code, "Keluarga C" in nobody.text, checked(nobody.text)) == (422, True, set())
    assert db.session.query(PayoutBatch).count() == 1


def test_the_page_says_when_the_books_hold_too_little(desk: FlaskClient) -> None:
    row = make.household()
    earn(row.id, None, 90_000)
    address = f"/dinas/pencairan/baru?household={row.id}"
    warns = re.compile(r'data-tally-method="cash"\s*>\s*<p class="alert"')  # hidden, it would say so
    assert warns.search(desk.get(address).text)
    money_in(90_000)
    assert not warns.search(desk.get(address).text)


def test_the_same_form_twice_makes_one_batch(desk: FlaskClient) -> None:
    row = family(90_000)
    assert desk.post("/dinas/pencairan/baru", data=sent(row)).status_code == 302
    assert desk.post("/dinas/pencairan/baru", data=sent(row)).status_code == 422
    assert db.session.query(PayoutBatch).count() == 1


@pytest.mark.parametrize("asked", [[], ["0"], ["x"], ["-1"], ["9" * 30], ["²"]])
def test_strange_choices_make_nothing(desk: FlaskClient, asked: list[str]) -> None:
    row = family(90_000)
    assert desk.get("/dinas/pencairan/baru", query_string={"household": asked}).status_code == 200
    for listed in (asked, [str(row.id)]):
        sent_ids = {"household": asked, "listed": listed, f"way-{row.id}": "²"}
        assert desk.post("/dinas/pencairan/baru", data=sent_ids).status_code == 422
    assert db.session.query(PayoutBatch).count() == 0


def test_a_mistake_is_taken_back_on_screen_with_its_reason(desk: FlaskClient) -> None:
    row = family(90_000)
    payout = paid(released(row).payouts[0])
    address = f"/dinas/pencairan/kembali/{payout.id}"
    assert desk.post(address, data={"kind": "return", "reason": " "}).status_code == 422
    assert desk.post(address, data={"kind": "bounce", "reason": "Tutup"}).status_code == 422  # cash comes from no bank
    done = desk.post(address, data={"kind": "return", "reason": "Salah baris"})
    assert done.location.endswith(f"#payout-{payout.id}")
    assert "Salah baris" in desk.get(f"/dinas/pencairan/{payout.batch_id}").text
    assert address not in desk.get(f"/dinas/pencairan/baris/{payout.id}").text
    assert desk.post(address, data={"kind": "return", "reason": "Lagi"}).status_code == 422
    assert "Salah baris" in desk.get(f"/dinas/keluarga/{row.id}/rekening").text
    assert row.name in desk.get("/dinas/pencairan").text
    assert row.name not in desk.get(f"/dinas/pencairan/{payout.batch_id}/tanda-terima").text


def test_a_transfer_that_the_bank_sent_back_is_owed_again_and_shown(desk: FlaskClient) -> None:
    row = with_bank(family(90_000))
    money_in(90_000, Account.BANK)
    payout = paid(released(row, method=PayoutMethod.BANK).payouts[0], "TRF 1")
    done = desk.post(f"/dinas/pencairan/kembali/{payout.id}", data={"kind": "bounce", "reason": "Rekening tutup"})
    assert (done.status_code, balance(row.id)) == (302, 90_000)
    page = desk.get(f"/dinas/pencairan/{payout.batch_id}").text
    assert "Sent back by the bank" in page
    assert "Rekening tutup" in page
    assert row.name in desk.get("/dinas/pencairan").text


def test_what_was_done_to_a_payout_is_said_at_the_top(desk: FlaskClient) -> None:
    first, second = (released(family(90_000, name)).payouts[0] for name in ("Keluarga Melati", "Keluarga Mawar"))
    pay(desk, first.batch, {first.id: "Siti"})
    done = desk.get(f"/dinas/pencairan/{first.batch_id}").text
    assert "1 family is paid: Rp90.000." in done
    assert done.index("1 family is paid") < done.index("<h1")
    undone = {"kind": "return", "reason": "Salah baris"}
    back = desk.post(f"/dinas/pencairan/kembali/{first.id}", data=undone, follow_redirects=True)
    assert "Keluarga Melati is owed Rp90.000 again." in back.text
    out = desk.post(f"/dinas/pencairan/batal/{second.id}", follow_redirects=True).text
    assert "Taken out: Keluarga Mawar, Rp90.000." in out


def test_a_bank_reference_is_used_once(desk: FlaskClient) -> None:
    rows = [with_bank(family(10_000, f"Keluarga {letter}")) for letter in "AB"]
    money_in(50_000, Account.BANK)
    first, second = (released(row, method=PayoutMethod.BANK).payouts[0] for row in rows)
    pay(desk, first.batch, {first.id: "TRF 1"})
    refused = pay(desk, second.batch, {second.id: "trf 1"})
    assert refused.status_code == 422
    assert f"This reference was used before: Keluarga A, batch {first.batch_id}." in refused.text
    assert 'value="trf 1"' in refused.text
    desk.post(f"/dinas/pencairan/kembali/{first.id}", data={"kind": "return", "reason": "Salah baris"})
    assert pay(desk, second.batch, {second.id: "trf 1"}).status_code == 302  # it was that family's money
    sent = paid(released(rows[0], method=PayoutMethod.BANK).payouts[0], "TRF 2")
    desk.post(f"/dinas/pencairan/kembali/{sent.id}", data={"kind": "bounce", "reason": "Rekening tutup"})
    again = released(rows[0], method=PayoutMethod.BANK).payouts[0]
    assert pay(desk, again.batch, {again.id: "TRF 2"}).status_code == 422  # it was sent, if in vain


def test_one_reference_of_the_bank_serves_a_whole_list(desk: FlaskClient) -> None:
    rows = [with_bank(family(10_000, f"Keluarga {letter}")) for letter in "ABC"]
    money_in(30_000, Account.BANK)
    batch = released(*rows, method=PayoutMethod.BANK)
    one, two, three = [payout.id for payout in batch.payouts]
    assert pay(desk, batch, {one: "", two: "FT-9"}, batch_reference="BULK 7").status_code == 302
    db.session.expire_all()
    found = {key: db.session.get_one(Payout, key).bank_reference for key in (one, two, three)}
    assert found == {one: "BULK 7/1", two: "FT-9", three: ""}
    assert pay(desk, batch, {three: ""}, batch_reference="BULK 7").status_code == 302
    assert db.session.get_one(Payout, three).bank_reference == "BULK 7/3"


def test_a_name_that_was_typed_counts_without_its_tick_and_nothing_at_all_is_said(desk: FlaskClient) -> None:
    batch = released(family(10_000, "Keluarga A"), family(10_000, "Keluarga B"))
    one = batch.payouts[0].id
    assert desk.post(f"/dinas/pencairan/{batch.id}/bayar", data={}).status_code == 422
    assert desk.post(f"/dinas/pencairan/{batch.id}/bayar", data={f"proof-{one}": "Siti"}).status_code == 302
    assert [db.session.get_one(Payout, each.id).state.value for each in batch.payouts] == ["paid", "pending"]


def test_only_who_gets_cash_signs(desk: FlaskClient) -> None:
    by_bank, in_cash = with_bank(family(10_000, "Keluarga Melati")), family(20_000, "Keluarga Mawar")
    desk.post("/dinas/pencairan/baru", data=sent(by_bank, in_cash))
    batch = db.session.query(PayoutBatch).one()
    page = desk.get(f"/dinas/pencairan/{batch.id}/tanda-terima").text
    assert "Keluarga Mawar" in page
    assert "Keluarga Melati" not in page
    assert "Together: Rp20.000 for 1 families" in page
    alone = released(with_bank(family(10_000)), method=PayoutMethod.BANK)
    assert "Nobody to sign" in desk.get(f"/dinas/pencairan/{alone.id}/tanda-terima").text


def test_the_list_of_batches_tells_what_was_taken_back(desk: FlaskClient) -> None:
    payout = paid(released(family(90_000)).payouts[0])
    desk.post(f"/dinas/pencairan/kembali/{payout.id}", data={"kind": "return", "reason": "Salah baris"})
    page = desk.get("/dinas/pencairan/daftar").text
    assert re.search(r'data-label="Came back"[^>]*>\s*Rp90.000', page)


def test_treasurers_of_elsewhere_find_nothing(app: Flask, client: FlaskClient) -> None:
    row = family(90_000)
    batch = released(row)
    payout = batch.payouts[0]
    make.sign_in(client, make.user(Role.TREASURER, area_code=make.OTHER_REGENCY))
    assert row.name not in client.get("/dinas/pencairan").text
    own = f"/dinas/pencairan/{batch.id}"
    for address in (own, f"{own}/tanda-terima", f"/dinas/pencairan/baris/{payout.id}"):
        assert client.get(address).status_code == 404
    for address in (
        f"/dinas/pencairan/batal/{payout.id}",
        f"/dinas/pencairan/kembali/{payout.id}",
        *(f"/dinas/pencairan/{batch.id}/{act}" for act in ("bayar", "setujui", "tarik", "rekening", "tutup")),
    ):
        assert client.post(address, data={"reason": "X", "kind": "return"}).status_code == 404
    assert balance(row.id) == 90_000
