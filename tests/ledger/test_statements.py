"""Statements: every movement, summing to the balance to the rupiah; on screen, for makers, as Excel."""

import datetime as dt
import html
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from marketplace.ledger import batches, labels, payouts, queries, statements
from marketplace.ledger.models import Account, EntryKind, PayoutMethod, PayoutState
from marketplace.ledger.payouts import Choice
from marketplace.ledger.statements import Movement, build
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.counting import counted_queries
from tests.ledger.earning import balance, earn, give_up, money_in

START, END = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = (EntryKind.DELIVERY, EntryKind.RETURN, EntryKind.PAYOUT)
movements = st.builds(
    Movement,
    day=st.dates(START, END),
    kind=st.sampled_from(KINDS),
    product=st.just("Keripik"),
    memo=st.just(""),
    household=st.just("Keluarga"),
    amount=st.integers(-5_000_000, 5_000_000).filter(bool),
)


def test_every_account_kind_and_state_has_its_words() -> None:
    assert set(labels.KINDS) == set(labels.EARNED_BY) == set(EntryKind)
    assert set(labels.ACCOUNTS) == set(Account)
    assert set(labels.PAYOUT_STATES) == set(PayoutState)
    assert set(labels.METHODS) == set(PayoutMethod)


@given(opening=st.integers(-10_000_000, 10_000_000), rows=st.lists(movements, max_size=30))
def test_a_statement_sums_to_its_balance(opening: int, rows: list[Movement]) -> None:
    found = build(START, END, opening, rows)
    assert found.closing == opening + sum(row.amount for row in rows)
    assert found.closing == opening + found.incoming - found.outgoing
    balances = [opening, *(row.balance for row in found.rows)]
    for before, after, row in zip(balances, balances[1:], found.rows, strict=False):
        assert after == before + row.incoming - row.outgoing
        assert min(row.incoming, row.outgoing) == 0


@given(cut=st.dates(START, END), steps=st.lists(st.tuples(st.dates(START, END), st.integers(-900, 900)), max_size=20))
def test_two_statements_join_without_a_gap(cut: dt.date, steps: list[tuple[dt.date, int]]) -> None:
    rows = [Movement(day, EntryKind.DELIVERY, "", "", "", amount) for day, amount in sorted(steps)]
    first = build(START, cut, 0, [row for row in rows if row.day <= cut])
    second = build(cut, END, first.closing, [row for row in rows if row.day > cut])
    assert second.closing == build(START, END, 0, rows).closing


def pay_out(household_id: int) -> None:
    money_in(balance(household_id))
    with unit_of_work():
        batch = payouts.prepare_batch(make.REGENCY, [Choice(household_id, PayoutMethod.CASH)], None)
        batches.release(batch.id, None)
        payouts.pay(batch.payouts[0].id, "Siti Contoh", None)


def test_sales_returns_and_payouts_stand_with_product_and_order(app: Flask) -> None:
    product = make.product(name="Keripik Pisang")
    key = product.shares[0].household_id
    today = clock.today("Asia/Makassar")
    earn(key, product.id, 40_000, today - dt.timedelta(days=2))
    earn(key, product.id, 25_000, today - dt.timedelta(days=1))
    give_up(key, 15_000, today - dt.timedelta(days=1))
    pay_out(key)
    found = statements.statement(key, today - dt.timedelta(days=1), today)
    assert found.opening == 40_000
    kinds = [(row.movement.kind, row.incoming, row.outgoing, row.balance) for row in found.rows]
    assert kinds == [
        (EntryKind.DELIVERY, 25_000, 0, 65_000),
        (EntryKind.RETURN, 0, 15_000, 50_000),
        (EntryKind.PAYOUT, 0, 50_000, 0),
    ]
    assert found.rows[0].movement.product == "Keripik Pisang"
    assert found.rows[0].movement.memo.startswith("WK-")
    assert found.closing == balance(key) == queries.balance_of(key) == 0
    assert found.earned == 10_000


def test_a_groups_statement_is_its_members_together(app: Flask) -> None:
    group = make.group()
    first, second, stranger = make.household(group), make.household(group), make.household()
    today = clock.today("Asia/Makassar")
    for row, amount in ((first, 10_000), (second, 7_000), (stranger, 99_000)):
        earn(row.id, None, amount)
    pay_out(first.id)
    found = statements.group_statement(group.id, today, today)
    assert (found.incoming, found.outgoing, found.closing) == (17_000, 10_000, 7_000)
    assert {row.movement.household for row in found.rows} == {first.name, second.name}


def sheet(answer: bytes) -> list[list[object]]:
    rows: list[list[object]] = CalamineWorkbook.from_filelike(io.BytesIO(answer)).get_sheet_by_index(0).to_python()
    return rows


@pytest.mark.parametrize("whose", ["keluarga", "kelompok"])
def test_officers_read_it_on_screen_and_as_excel(app: Flask, client: FlaskClient, whose: str) -> None:
    group = make.group(name="=KUBE")
    product = make.product(group, name="=1+1")
    key = product.shares[0].household_id
    earn(key, product.id, 40_000)
    make.sign_in(client, make.user(Role.TREASURER))
    address = f"/dinas/{whose}/{key if whose == 'keluarga' else group.id}/rekening"
    assert "Rp40.000" in client.get(address).text
    rows = sheet(client.get(address + "?format=xlsx").data)
    assert rows[2][3] == "=1+1"
    assert [rows[1][-1], rows[2][-1], rows[-1][-1]] == [0, 40_000, 40_000]


MANY = "1" + "0" * 22


@pytest.mark.parametrize(
    ("asked", "said", "kept"),
    [
        ("since=kemarin", "This is not a date", 'value="kemarin"'),
        ("until=2026-02-31", "This is not a date", 'value="2026-02-31"'),
        ("since=9999-01-01", "This date is too far away", 'value="9999-01-01"'),
        ("since=2020-01-01&until=2026-01-01", "At most a year at a time", 'value="2020-01-01"'),
        (f"page={MANY}", f"There is no page “{MANY[:20]}”", ""),
    ],
)
def test_spans_and_pages_that_are_not_understood_are_said_and_kept(
    app: Flask, client: FlaskClient, asked: str, said: str, kept: str
) -> None:
    row = make.household()
    for amount in range(1, 31):
        earn(row.id, None, amount * 1_000)
    make.sign_in(client, make.user(Role.HEAD))
    for address in (f"/dinas/keluarga/{row.id}/rekening", "/dinas/buku"):
        answer = client.get(f"{address}?{asked}")
        assert (answer.status_code, said in answer.text, kept in answer.text) == (200, True, True)
        assert client.get(f"{address}?{asked}&format=xlsx").mimetype == ("text/html" if kept else XLSX)


@pytest.mark.parametrize(
    ("address", "asked", "said"),
    [
        ("/dinas/buku", "account=gold", "We do not know “gold”"),
        ("/dinas/pencairan", "group=abc", "We do not know “abc”"),
        ("/dinas/pencairan", "q=" + "x" * 90, "This is too long"),
        ("/dinas/pencairan", "page=-1", "There is no page “-1”"),
        ("/dinas/pembayaran", "tab=gold", "We do not know “gold”"),
        ("/dinas/pembayaran", "q=" + "x" * 90, "This is too long"),
        ("/dinas/loket", "q=" + "x" * 90, "This is too long"),
    ],
)
def test_filters_of_the_treasurer_that_are_not_understood_are_said(
    app: Flask, client: FlaskClient, address: str, asked: str, said: str
) -> None:
    earn(make.household().id, None, 1_000)
    make.sign_in(client, make.user(Role.TREASURER))
    answer = client.get(f"{address}?{asked}")
    typed = asked.partition("=")[2]
    assert (answer.status_code, said in answer.text, typed in answer.text) == (200, True, True)


@pytest.mark.parametrize("month", ["2026-13", "2026-13-01", "x", "1999-01-01"])
def test_a_month_that_is_not_understood_is_said_and_stays_in_the_field(
    app: Flask, client: FlaskClient, month: str
) -> None:
    make.sign_in(client, make.user(Role.SELLER, household_id=make.household().id))
    page = client.get(f"/penjual/pendapatan?bulan={month}").text
    assert f"We do not know “{month}”" in page
    assert f'<option selected value="{month}">' in page


def test_who_may_read_whose_statement(app: Flask, client: FlaskClient) -> None:
    group = make.group()
    row = make.household(group)
    address, of_group = f"/dinas/keluarga/{row.id}/rekening", f"/dinas/kelompok/{group.id}/rekening"
    for who, status in (
        (make.user(Role.TREASURER), 200),
        (make.user(Role.HEAD), 200),
        (make.user(Role.VERIFIER), 200),
        (make.user(Role.MENTOR, group_id=group.id), 200),
        (make.user(Role.MENTOR, group_id=make.group().id), 404),
        (make.user(Role.TREASURER, area_code=make.OTHER_REGENCY), 404),
        (make.user(Role.PACKER), 403),
        (make.user(Role.SELLER, household_id=row.id), 404),
        (make.user(), 404),
    ):
        make.sign_in(client, who)
        assert (client.get(address).status_code, client.get(of_group).status_code) == (status, status), who.grants


def test_a_maker_sees_his_own_earnings_only(app: Flask, client: FlaskClient) -> None:
    product, other = make.product(name="Keripik Pisang"), make.product(name="Kain Sasirangan")
    key = product.shares[0].household_id
    earn(key, product.id, 40_000)
    earn(other.shares[0].household_id, other.id, 71_000)
    make.sign_in(client, make.user(Role.SELLER, household_id=key))
    page = client.get("/penjual/pendapatan").text
    assert "Rp40.000" in page
    assert "Keripik Pisang" in page
    assert "Sasirangan" not in page
    assert "71.000" not in page
    assert "Keripik Pisang" not in client.get("/penjual/pendapatan?bulan=2026-01-01").text
    assert client.get("/penjual/pendapatan?bulan=%27").status_code == 200


def test_a_group_officer_sees_goods_but_no_family(app: Flask, client: FlaskClient) -> None:
    group = make.group()
    product = make.product(group, name="Keripik Pisang")
    row = product.shares[0].household
    earn(row.id, product.id, 40_000)
    make.sign_in(client, make.user(Role.GROUP_OFFICER, group_id=group.id))
    page = client.get("/penjual/pendapatan").text
    assert "Keripik Pisang" in page
    assert row.name not in page


def test_pages_take_few_queries_however_much_was_sold(app: Flask, client: FlaskClient) -> None:
    product = make.product()
    key = product.shares[0].household_id
    seller, treasurer = make.user(Role.SELLER, household_id=key), make.user(Role.TREASURER)
    pages = {
        "/penjual/pendapatan": seller,
        f"/dinas/keluarga/{key}/rekening": treasurer,
        "/dinas/buku": treasurer,
        "/dinas/pencairan": treasurer,
    }
    for amount in range(1_000, 41_000, 1_000):
        earn(key, product.id, amount)
    for address, who in pages.items():
        make.sign_in(client, who)
        client.get(address)
        with counted_queries() as queries_run:
            assert client.get(address).status_code == 200
        assert len(queries_run) <= 7, address


def test_the_journal_balances_filters_and_goes_to_excel(app: Flask, client: FlaskClient) -> None:
    key = make.household().id
    earn(key, None, 40_000)
    pay_out(key)
    make.sign_in(client, make.user(Role.HEAD))
    page = client.get("/dinas/buku").text
    assert page.count("Rp40.000") >= 6
    rows = sheet(client.get("/dinas/buku?format=xlsx").data)[1:]
    assert len(rows) == 6
    assert sum(int(row[-2] or 0) for row in rows) == sum(int(row[-1] or 0) for row in rows) == 120_000
    only_cash = sheet(client.get("/dinas/buku?account=cash&format=xlsx").data)[1:]
    assert len(only_cash) == 4
    make.sign_in(client, make.user(Role.HEAD, area_code=make.OTHER_REGENCY))
    assert len(sheet(client.get("/dinas/buku?format=xlsx").data)) == 1


def test_without_days_the_whole_journal_is_shown_and_goes_out(app: Flask, client: FlaskClient) -> None:
    key = make.household().id
    for day in (dt.date(2024, 2, 29), dt.date(2026, 1, 1)):
        earn(key, None, 40_000, day)
    make.sign_in(client, make.user(Role.HEAD))
    assert len(sheet(client.get("/dinas/buku?format=xlsx").data)) == 1  # never asked for days: this month
    page = client.get("/dinas/buku?since=&until=&account=").text
    assert page.count('class="entry-head"') == 2
    links = [html.unescape(link) for link in re.findall(r'href="(/dinas/buku\?[^"]*format=[^"]*)"', page)]
    as_excel, for_hledger = (client.get(link) for link in links)
    assert len(sheet(as_excel.data)[1:]) == 4
    assert re.findall(r"^\d{4}-\d\d-\d\d", for_hledger.text, re.MULTILINE) == ["2024-02-29", "2026-01-01"]
    assert "We do not know “gold”" in client.get("/dinas/buku?since=&until=&account=gold").text
