"""Sums by regency and by village, against what was made; what is hidden follows from nothing that is shown."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from marketplace.aid import queries as aid
from marketplace.areas.queries import children
from marketplace.extensions import db
from marketplace.reports import area_map, places, province
from marketplace.reports.area_map import Subject
from marketplace.reports.disclosure import MARK, Column
from marketplace.shared.money import format_rupiah
from marketplace.shared.policy import AREA_ROLES, Role
from marketplace.shared.transaction import rollback
from tests import make
from tests.aid.giving import SUM as GOODS
from tests.aid.giving import today
from tests.conftest import reset
from tests.counting import counted_queries
from tests.reports import land as lands
from tests.reports.land import FAMILIES, FAR, GRANT, HERE, NEXT, PROVINCE, Land


@pytest.fixture(scope="module")
def land(_application: Flask) -> Iterator[Land]:
    with _application.app_context():
        reset(_application)
        yield lands.build()
        rollback()
        db.session.remove()


@pytest.fixture
def client(land: Land) -> FlaskClient:
    found = current_app.test_client()
    make.sign_in(found, land.officers[PROVINCE])
    return found


def measures() -> dict[str, Column]:
    found = province.province(PROVINCE, today().year)
    return {str(measure.label): measure.column for table in found.tables for measure in table.measures}


def cells(column: Column) -> dict[str, int | None]:
    """Return what is not nothing."""
    return {code: value for code, value in column.cells.items() if value != 0}


def earned(village: str) -> int:
    numbers = {}
    last = 0
    for each, count in FAMILIES.items():
        numbers[each] = range(last + 1, last + count + 1)
        last += count
    return 1_000 * sum(number for each, found in numbers.items() if each.startswith(village) for number in found)


def test_each_regency_has_its_sums(land: Land) -> None:
    found = measures()
    assert cells(found["Families"]) == {HERE: 21, NEXT: None, FAR: 6}
    assert cells(found["Groups"]) == {HERE: 5, NEXT: 1, FAR: 1}
    assert cells(found["Running"]) == {HERE: 1}
    assert cells(found["Needs mentoring"]) == {FAR: 1}
    assert cells(found["Not looked at yet"]) == {HERE: 4, NEXT: 1}
    assert cells(found["Products"]) == {HERE: 1}
    assert cells(found["Sales"]) == {HERE: earned(HERE) - 300, NEXT: None, FAR: earned(FAR)}
    assert cells(found["Visits"]) == {HERE: 1, FAR: 1}
    assert cells(found["Reports late"]) == {HERE: 1}
    assert cells(found["People trained"]) == {HERE: 6}
    assert cells(found["Graduated"]) == {HERE: 5}
    assert cells(found["Fell back"]) == {FAR: None}
    assert cells(found["Goods given"]) == {HERE: None}
    middles = found["Income per person"].cells
    assert (middles[HERE], NEXT in middles, middles[NEXT]) == (500_000, True, None)


def test_where_a_cell_is_hidden_so_is_the_sum(land: Land) -> None:
    found = measures()
    hidden = {label for label, column in found.items() if None in column.cells.values()}
    assert hidden == {"Families", "Sales", "Fell back", "Goods given", "Income per person"}
    for label, column in found.items():
        if label == "Income per person":
            assert column.total == 540_000  # a median of all tells of none of its parts
        else:
            assert (column.total is None) is (label in hidden)
    assert found["Groups"].total == 7


def test_grants_are_counted_as_everywhere(land: Land) -> None:
    found = measures()
    rows = aid.by_regency(PROVINCE, today().year)
    assert cells(found["Grants: City or regency"]) == {row.code: row.groups for row in rows} == {HERE: 1, FAR: 1}
    assert cells(found["Rupiah: City or regency"]) == {row.code: row.granted for row in rows}
    assert found["Rupiah: City or regency"].total == 2 * GRANT
    assert found["Grants: Province"].total == 0
    funds = province.province(PROVINCE, today().year).funds
    assert sorted((row.proposals, row.amount) for row in funds)[-2:] == [(1, GRANT), (1, GRANT)]
    assert province.province(PROVINCE, today().year - 1).funds == ()


def test_another_year_has_other_sales(land: Land) -> None:
    found = province.province(PROVINCE, today().year - 1)
    sales = next(each for each in found.tables[1].measures if str(each.label) == "Sales")
    assert cells(sales.column) == {HERE: None}


def test_the_page_and_the_file_say_the_same(client: FlaskClient) -> None:
    page = client.get("/dinas/provinsi?bahasa=en").text
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/dinas/provinsi?format=xlsx&bahasa=en").data))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    found = province.province(PROVINCE, today().year)
    names = [place.name for place in found.reach.places]
    for table, sheet in zip(found.tables, sheets, strict=False):
        assert [row[0] for row in sheet[1:]] == [*names, "Semua" if "Semua" in sheet[-1] else sheet[-1][0]]
        for place, row in zip(found.reach.places, sheet[1:-1], strict=True):
            told = [measure.column.cells.get(place.code, "") for measure in table.measures]
            assert row[1:] == [MARK if value is None else value for value in told]
        assert sheet[-1][1:] == [MARK if m.column.total is None else m.column.total for m in table.measures]
    assert page.count(MARK.replace("<", "&lt;")) >= 9
    assert format_rupiah(earned(HERE) - 300) in page
    assert format_rupiah(earned(NEXT)) not in page


def shown_everywhere(subject: Subject) -> tuple[dict[str, int], set[str]]:
    """Return what all maps of a province show of a subject, by area, and the areas that they hide."""
    shown: dict[str, int] = {}
    hidden: set[str] = set()
    waiting = [PROVINCE]
    while waiting:
        code = waiting.pop()
        column = area_map.columns(places.reach(code, today().year))[subject]
        for place, value in [*column.cells.items(), (code, column.total)]:
            if value is None:
                hidden.add(place)
            else:
                assert shown.get(place, value) == value
                shown[place] = value
        if len(code) < 8 and code in (PROVINCE, HERE, NEXT, FAR, "63.06.05", "63.06.06", "63.06.01"):
            waiting += [place.code for place in children(code) if place.code in _lived_in()]
    return shown, hidden


def _lived_in() -> set[str]:
    return {village[:length] for village in FAMILIES for length in (5, 8)}


def follows(row: list[int], known: list[list[int]]) -> bool:
    """Tell whether a sum follows from known ones: elimination by whole fractions."""
    basis: list[list[Fraction]] = []
    for each in [*known, row]:
        rest = [Fraction(value) for value in each]
        for base in basis:
            lead = next(place for place, value in enumerate(base) if value)
            if rest[lead]:
                factor = rest[lead] / base[lead]
                rest = [value - factor * other for value, other in zip(rest, base, strict=True)]
        if each is row:
            return not any(rest)
        if any(rest):
            basis.append(rest)
    return False


@pytest.mark.parametrize("subject", [Subject.FAMILIES, Subject.SALES])
def test_nothing_hidden_follows_from_all_maps_together(land: Land, subject: Subject) -> None:
    shown, hidden = shown_everywhere(subject)
    villages = [village for village in FAMILIES if village.startswith(PROVINCE)]

    def row(area: str) -> list[int]:
        return [int(village.startswith(area)) for village in villages]

    known = [row(area) for area in shown if any(row(area))]
    assert hidden - shown.keys() == hidden
    lived_in = [area for area in hidden if any(row(area))]
    assert lived_in
    for area in lived_in:
        assert not follows(row(area), known), area
    assert follows(row(HERE), known)


def test_maps_count_by_village_and_hide_what_is_hidden_above(land: Land) -> None:
    families = area_map.columns(places.reach(HERE, today().year))[Subject.FAMILIES]
    assert families.total == 21
    assert {code: value for code, value in families.cells.items() if value} == {"63.06.05": 9, "63.06.06": 6}
    assert {code for code, value in families.cells.items() if value is None} == {"63.06.01", "63.06.02"}
    below = area_map.columns(places.reach("63.06.02", today().year))[Subject.FAMILIES]
    assert set(below.cells.values()) == {None}
    village = area_map.columns(places.reach("63.06.05.1002", today().year))
    assert village[Subject.FAMILIES].cells == {"63.06.05.1002": None}
    assert village[Subject.GROUPS].cells == {"63.06.05.1002": 1}


def test_aid_is_what_was_approved(land: Land) -> None:
    aided = area_map.columns(places.reach(PROVINCE, today().year))[Subject.AID]
    assert cells(aided) == {HERE: GRANT + GOODS, FAR: GRANT}
    assert aided.total == sum(row.amount for row in province.province(PROVINCE, today().year).funds)


def test_the_map_says_in_its_table_what_its_symbols_show(client: FlaskClient) -> None:
    for subject in Subject:
        answer = client.get(f"/dinas/peta?area={HERE}&ukuran={subject}&bahasa=en")
        assert answer.status_code == 200
        symbols, _cut, table = answer.text.partition('<table class="table">')
        column = area_map.columns(places.reach(HERE, today().year))[subject]
        assert Counter(re.findall(r"<circle class=\"(symbol\S*)\"", symbols))["symbol-hidden"] == list(
            column.cells.values()
        ).count(None)
        for value in {value for value in column.cells.values() if value}:
            assert (format_rupiah(value) if subject in area_map.MONEY else str(value)) in table
        assert symbols.partition("symbol-map")[2].count("<strong>") == len(column.cells)
        assert answer.text.count("aria-current") == 2  # of the menu and of the measure
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/dinas/peta?area={HERE}&format=xlsx").data))
    rows = book.get_sheet_by_index(0).to_python()
    assert MARK in {row[1] for row in rows}
    assert rows[-1][1:3] == [21, 5]


@pytest.mark.parametrize("role", [*sorted(AREA_ROLES), Role.MENTOR])
@pytest.mark.parametrize("area", ["63", HERE, "63.06.05", "63.06.05.1001"])
def test_who_sees_which_page(land: Land, role: Role, area: str) -> None:
    scope = {"group_id": land.groups["63.06.05.1001"].id} if role is Role.MENTOR else {"area_code": area}
    client = current_app.test_client()
    make.sign_in(client, make.user(role, **scope))
    is_officer = role is not Role.MENTOR
    assert client.get("/dinas/provinsi").status_code == ((200 if area == "63" else 404) if is_officer else 403)
    assert ('href="/dinas/provinsi"' in client.get("/dinas").text) is (is_officer and area == "63")
    for path in ("/dinas/peta", "/dinas/sebelum-sesudah"):
        assert client.get(path).status_code == (200 if is_officer else 403)
    if is_officer:
        inside = client.get(f"/dinas/peta?area={HERE}").status_code
        assert inside == (200 if area in ("63", HERE) else 404)
        assert client.get(f"/dinas/peta?area={lands.OUTSIDE}").status_code == 404
        assert client.get("/dinas/provinsi?area=64").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "given=x",
        "window=0",
        "training=9",
        "fund=a",
        "place=64.01",
        "year=0",
        "area=63.06.%00",
        "area=63..",
        "area=' OR 1=1",
        "year=abc",
        "year=99999",
        "ukuran=x",
        "area=63.99",
    ],
)
def test_strange_questions(client: FlaskClient, query: str) -> None:
    for path in ("/dinas/peta", "/dinas/provinsi", "/dinas/sebelum-sesudah"):
        assert client.get(f"{path}?{query}").status_code in (200, 400, 404, 422)


@pytest.mark.parametrize(("path", "most"), [("/dinas/provinsi", 20), ("/dinas/peta?area=63.06.05", 40)])
def test_pages_ask_the_same_whatever_the_size(client: FlaskClient, path: str, most: int) -> None:
    client.get(path)
    with counted_queries() as statements:
        client.get(path)
    assert len(statements) <= most


def test_more_families_mean_no_more_questions(client: FlaskClient, land: Land) -> None:
    counts = []
    for _round in range(2):
        with counted_queries() as statements:
            client.get("/dinas/provinsi")
        counts.append(len(statements))
        make.household(land.groups["64.01.01"])
        make.household(make.group(village_code="64.01.02"))
    assert counts[0] == counts[1]
