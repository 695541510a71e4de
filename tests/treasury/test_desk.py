"""The treasurer uploads, says what the columns hold, keeps and matches over HTTP; nobody else does."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.payments import kept as kept_money
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury import queries
from marketplace.treasury.models import LineState, Outcome, StatementFile, StatementLine
from marketplace.treasury.queries import Queue
from tests import make
from tests.payments import billing
from tests.treasury.taking import fresh, line, today

NAMELESS = "Kapan;Apa;Berapa\n{day};TRSF SITI;{amount}\n{day};BIAYA;-6.500\nakhir;;\n"
COLUMNS = {"column-0": "day", "column-1": "text", "column-2": "amount", "order": "day"}


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> FlaskClient:
    """Return the browser of a treasurer."""
    make.sign_in(client, make.user(Role.TREASURER))
    return client


def upload(desk: FlaskClient, account_id: int, amount: int = 49_877, name: str = "mutasi.csv") -> Any:
    text = NAMELESS.format(day=f"{today():%d/%m/%Y}", amount=amount)
    data = {"account": str(account_id), "file": (io.BytesIO(text.encode()), name)}
    return desk.post("/dinas/mutasi/unggah", data=data)


def save(desk: FlaskClient, preview: str, page: str = "") -> Any:
    """Press “keep” on a preview: on one that was shown before, or as it is now."""
    found = re.search(r'name="mark"[^>]* value="([0-9a-f]{64})"', page or desk.get(preview).text)
    return desk.post(f"{preview}/simpan", data={"mark": found[1] if found else ""})


def kept() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(StatementLine)) or 0


def test_columns_are_asked_once_and_the_same_file_twice_adds_nothing(desk: FlaskClient) -> None:
    account = billing.bank()
    preview = upload(desk, account.id).location
    asked = desk.get(preview).location
    assert asked == f"{preview}/kolom"
    assert "Kapan" in desk.get(asked).text
    wrong = desk.post(asked, data={**COLUMNS, "column-0": "skip"})
    assert (wrong.status_code, "exactly one column with the date" in wrong.text) == (422, True)
    assert desk.post(asked, data=COLUMNS).location == preview
    page = desk.get(preview).text
    assert "Rp49.877" in page
    assert "No date stands here." in page
    assert kept() == 0
    assert save(desk, preview).location == "/dinas/mutasi"
    assert kept() == 2
    assert desk.get(preview).status_code == 404  # its content is forgotten
    again = upload(desk, account.id).location
    assert "Keep 0 new lines" in desk.get(again).text  # not asked again
    save(desk, again)
    assert kept() == 2


def test_what_another_tab_uploaded_is_not_kept_unseen(desk: FlaskClient) -> None:
    account = billing.bank()
    preview = upload(desk, account.id).location
    desk.post(f"{preview}/kolom", data=COLUMNS)
    shown = desk.get(preview).text
    assert upload(desk, account.id, amount=1_000_000, name="lain.csv").location == preview  # in its place
    for page in (shown, "no mark"):
        refused = save(desk, preview, page)
        assert (refused.status_code, "Another file was uploaded" in refused.text, kept()) == (409, True, 0)
    assert save(desk, preview).status_code == 302
    assert db.session.scalars(select(StatementLine.amount).order_by(StatementLine.id)).all() == [1_000_000, -6_500]


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"hanya teks", b"a;b\n1;2\n"])
def test_a_file_that_is_no_statement_is_refused_beside_its_field(desk: FlaskClient, raw: bytes) -> None:
    data = {"account": str(billing.bank().id), "file": (io.BytesIO(raw), "x.csv")}
    refused = desk.post("/dinas/mutasi/unggah", data=data)
    assert (refused.status_code, 'id="file-error"' in refused.text) == (422, True)
    assert db.session.scalar(select(func.count()).select_from(StatementFile)) == 0


def test_lines_are_shown_with_their_reason_and_matched(desk: FlaskClient) -> None:
    account = billing.bank()
    bill = billing.bill(billing.order())
    sure, odd, strange = line(account, bill.amount), line(account, 40_000, bill.order.number), line(account, 3_000, "?")
    page = desk.get("/dinas/mutasi").text
    assert f'value="{sure.id}:{bill.order_id}"' in page
    assert "Sum with unique code fits" in page
    assert "Unknown" in page
    assert desk.post("/dinas/mutasi/pasti", data={"certain": f"{sure.id}:{bill.order_id}"}).status_code == 302
    assert fresh(sure).state is LineState.MATCHED
    again = desk.post(f"/dinas/mutasi/{sure.id}/cocok", data={"order_id": str(bill.order_id)})
    assert again.status_code == 422
    twice = desk.post(f"/dinas/mutasi/{odd.id}/pesanan", data={"number": bill.order.number.lower()})
    assert twice.location.startswith("/dinas/pembayaran/")  # somebody has to decide
    unknown = desk.post(f"/dinas/mutasi/{strange.id}/pesanan", data={"number": "WK-1"})
    assert (unknown.status_code, 'value="WK-1"' in unknown.text) == (422, True)
    assert desk.post(f"/dinas/mutasi/{strange.id}/bukan", data={"reason": ""}).status_code == 422
    assert desk.post(f"/dinas/mutasi/{strange.id}/bukan", data={"reason": "Salah kirim"}).status_code == 302
    assert "Salah kirim" in desk.get("/dinas/mutasi?tab=not_ours").text
    assert bill.order.number in desk.get("/dinas/mutasi?tab=twice").text
    assert desk.post(f"/dinas/mutasi/{strange.id}/buka").status_code == 302


def test_what_was_decided_is_counted_no_longer_but_stays_to_be_found(desk: FlaskClient) -> None:
    account = billing.bank()
    rows = []
    for _number in range(2):
        bill = billing.bill(billing.order())
        rows.append(line(account, bill.amount + 5_000))
        sent = desk.post(f"/dinas/mutasi/{rows[-1].id}/cocok?next=/dinas/mutasi", data={"order_id": str(bill.order_id)})
        assert sent.location.startswith("/dinas/pembayaran/")  # to decide about it now
    decided, waiting = fresh(rows[1]), fresh(rows[0])
    assert (decided.outcome, queries.counts(make.REGENCY)[Queue.OVER]) == (Outcome.OVER, 2)
    assert decided.payment is not None
    with unit_of_work():
        kept_money.use_for_order(decided.payment.id, None)
    assert queries.counts(make.REGENCY)[Queue.OVER] == 1
    shown = db.session.scalars(queries.lines(make.REGENCY, Queue.OVER, "", None)).all()
    assert [each.id for each in shown] == [waiting.id, decided.id]  # though it is newer
    assert queries.undecided(shown) == {waiting.id}
    assert desk.get("/dinas/mutasi?tab=over").text.count("Nothing to decide") == 1


@pytest.mark.parametrize("pair", ["", "x", "1", "1:", ":1", "²:1", "9999999999999999999999:1", "-1:1"])
def test_strange_pairs_match_nothing(desk: FlaskClient, pair: str) -> None:
    assert desk.post("/dinas/mutasi/pasti", data={"certain": pair}).status_code == 302


def test_treasurers_of_elsewhere_find_nothing(desk: FlaskClient) -> None:
    account = billing.bank(make.OTHER_REGENCY)
    row = line(account, 5_000)
    file = make.add(StatementFile(account_id=account.id, name="x.csv", content=b"a;b;c\n1;2;3\n"))
    assert desk.get(f"/dinas/mutasi/{row.id}").status_code == 404
    for act in ("cocok", "pesanan", "sendiri", "bukan", "buka"):
        assert desk.post(f"/dinas/mutasi/{row.id}/{act}", data={"reason": "X"}).status_code == 404
    for address in (f"/dinas/mutasi/berkas/{file.id}", f"/dinas/mutasi/berkas/{file.id}/kolom"):
        assert desk.get(address).status_code == 404
    assert desk.post(f"/dinas/mutasi/berkas/{file.id}/simpan").status_code == 404
    assert upload(desk, account.id).status_code == 422
