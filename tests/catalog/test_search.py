"""Search: stems, beginnings, all words, and any text at all, on both databases."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.catalog.models import Product
from marketplace.catalog.search import MAX_TEXT, match, stemmed
from marketplace.extensions import db
from marketplace.shared.transaction import unit_of_work
from tests import make

KERIPIK = "Keripik Pisang Kepok, digoreng renyah. Makanan khas Kandangan"
TIKAR = "Tikar anyaman purun 2 meter"


def names(typed: str) -> list[str]:
    return list(db.session.scalars(match(select(Product.name).order_by(Product.name), typed)))


@pytest.fixture
def shelf(app: Flask) -> None:
    make.product(name="Keripik", search_text=stemmed(KERIPIK))
    make.product(name="Tikar", search_text=stemmed(TIKAR))


@pytest.mark.every_row
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("keripik", ["Keripik"]),
        ("KERIPIK pisang", ["Keripik"]),
        ("pisang goreng", ["Keripik"]),
        ("menggoreng", ["Keripik"]),
        ("menganyam", ["Tikar"]),
        ("kerip", ["Keripik"]),
        ("digor", ["Keripik"]),
        ("tikar pur", ["Tikar"]),
        ("pur tikar", []),
        ("keripik tikar", []),
        ("2", ["Tikar"]),
        ("kéripik", ["Keripik"]),
        ("", ["Keripik", "Tikar"]),
        ("   ", ["Keripik", "Tikar"]),
        ("!?", []),
        ("yang", []),
        ("keripik OR tikar", []),
        ('"keripik', ["Keripik"]),
        ("keripik*", ["Keripik"]),
        ("NOT keripik", []),
        ("search_text: keripik", []),
        ("'; DROP TABLE product; --", []),
    ],
)
def test_what_is_found(shelf: None, typed: str, found: list[str]) -> None:
    assert names(typed) == found


def test_the_index_follows_the_product(app: Flask) -> None:
    row = make.product(name="Berubah", search_text=stemmed("dodol"))
    with unit_of_work():
        row.search_text = stemmed("lamang")
    assert (names("dodol"), names("lamang")) == ([], ["Berubah"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
@example("AND OR NOT NEAR ( ) \" ' * : ^ - + & | ! <-> \\")
@example("a" * 5_000)
@example("ab " * 500)
@example("١٢٣ ½ ⅷ ß ﬁ İ ı 日本 नमस्ते 👍🏽 e\u0301")
def test_any_text_can_be_searched(app: Flask, typed: str) -> None:
    names(typed)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=30))
def test_a_product_is_found_by_its_own_name(app: Flask, name: str) -> None:
    if not stemmed(name):
        return
    row = make.product(name="Ini", search_text=stemmed(name))
    statement = match(select(Product.id), name)
    assert row.id in set(db.session.scalars(statement))


def test_the_index_text_fits_its_column() -> None:
    long = " ".join(f"kata{number}" for number in range(5_000))
    assert len(stemmed(long)) <= MAX_TEXT
    assert stemmed(long).split()[0] == "kata0"


def test_a_stem_and_the_word_itself_are_kept_once_each() -> None:
    assert stemmed("makanan makan Makanan yang") == "makan makanan"
