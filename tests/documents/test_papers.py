"""What documents say about money is the order's, to the rupiah, in figures and in words."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.documents import words
from marketplace.documents.models import DocumentKind as Kind
from marketplace.orders.bought import Line
from marketplace.shared.money import MAX_RUPIAH
from tests.documents.reading import draft, facts, read_words

AMOUNTS = st.integers(1, 100_000_000)
LINES = st.lists(
    st.builds(Line, st.just("Keripik"), st.just(""), st.just("bungkus"), st.integers(1, 500), AMOUNTS), min_size=1
)
PRICED = (Kind.INVOICE, Kind.PURCHASE_ORDER, Kind.HANDOVER, Kind.CONSENT, Kind.RECEIPT)


def rupiah(text: str) -> int:
    return int(text.removeprefix("Rp").replace(".", "")) if text else 0


@given(st.integers(0, MAX_RUPIAH))
def test_words_say_the_number(amount: int) -> None:
    said = words.sum_in_words(amount)
    assert said[0].isupper()
    assert read_words(said) == amount


@given(lines=LINES, fee=st.integers(0, 1_000_000), code=st.integers(0, 999), kind=st.sampled_from(PRICED))
def test_lines_and_delivery_sum_to_what_is_stated(lines: list[Line], fee: int, code: int, kind: Kind) -> None:
    total = sum(line.quantity * line.unit_price for line in lines) + fee
    code = min(code, total)
    paper = draft(kind, lines=tuple(lines), total=total, received=total - code)
    said = paper.content
    due = total - code if kind is Kind.RECEIPT else total
    assert paper.amount == rupiah(said["total"]) == read_words(said["words"]) == due
    assert sum(rupiah(line["amount"]) for line in said["lines"]) == rupiah(said["goods"])
    assert rupiah(said["goods"]) + rupiah(said["delivery"]) - rupiah(said.get("discount", "")) == due + (
        -code if kind is Kind.INVOICE else 0
    )


@pytest.mark.parametrize("kind", [Kind.DELIVERY_NOTE, Kind.LABEL])
def test_what_travels_with_the_goods_names_no_money(kind: Kind) -> None:
    paper = draft(kind)
    assert paper.amount is None
    assert "Rp" not in str(paper.content)


@pytest.mark.parametrize(("received", "has_stamp"), [(5_000_000, False), (5_000_001, True)])
def test_a_receipt_above_the_limit_has_room_for_the_stamp(received: int, has_stamp: bool) -> None:
    said = draft(Kind.RECEIPT, lines=(Line("A", "", "", 1, received),), total=received, received=received).content
    assert said["has_stamp"] is has_stamp


INVOICES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "not paid": ({"is_paid": False, "received": 0}, {"paid": "", "open": "Rp90.000", "discount": ""}),
    "partly": ({"is_paid": False, "received": 40_000}, {"paid": "Rp40.000", "open": "Rp50.000", "discount": ""}),
    "paid with a code": ({}, {"paid": "Rp89.877", "discount": "Rp123", "is_paid": True}),
}


@pytest.mark.parametrize("name", INVOICES)
def test_an_invoice_says_what_is_left_to_pay(name: str) -> None:
    given_, expected = INVOICES[name]
    said = draft(Kind.INVOICE, **given_).content
    assert {key: said[key] for key in expected} == expected


def test_days_are_written_in_indonesian() -> None:
    assert words.long_day(dt.date(2026, 8, 1)) == "1 Agustus 2026"
    said = words.day_in_words(dt.date(2026, 11, 22))
    assert said == "Minggu, tanggal dua puluh dua, bulan November, tahun dua ribu dua puluh enam"


def test_a_recap_sums_up_its_people() -> None:
    paper = draft(Kind.RECAP)
    assert paper.amount == 90_005
    assert [row["amount"] for row in paper.content["people"]] == ["Rp90.000", "Rp5"]
    assert facts().goods + facts().delivery == facts().total
