"""Who had a training, goods, guidance or a grant, found from the rows; the page and its file."""

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from marketplace.aid.goods import Piece
from marketplace.aid.goods_models import ItemCondition
from marketplace.aid.models import ProposalState
from marketplace.extensions import db
from marketplace.groups.models import BusinessKind, Group, Household
from marketplace.reports.before_after import Asked, Given, compared
from marketplace.shared import clock
from marketplace.shared.money import format_rupiah
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback
from marketplace.training.models import TrainingKind
from marketplace.training.rules import Step
from tests import make
from tests.aid.giving import Office
from tests.conftest import reset
from tests.counting import counted_queries
from tests.graduation.earning import earn, give_back
from tests.training import teaching

FIRST = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
MIDDLE = dt.datetime(2025, 6, 17, 3, tzinfo=dt.UTC)
"""When it was given: in the middle of a month."""
LATER = dt.datetime(2025, 9, 17, 3, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 2, 10, 3, tzinfo=dt.UTC)
ASKED = Asked(make.REGENCY, Given.TRAINING, 3)


class Town:
    """Six families that were trained, got goods and belong to guided groups with grants; six like them; some unlike."""

    def __init__(self) -> None:
        with clock.at(FIRST):
            self.group, self.other = make.group(), make.group()
            self.had = [make.household(self.group) for _number in range(6)]
            self.none = [make.household(self.other) for _number in range(6)]
            self.unlike = make.household(make.group(business_kind=BusinessKind.CRAFT))
            self.office = Office(group=self.group)
        for number, family in enumerate([*self.had, *self.none], start=1):
            _sell(family, number)
        _sell(self.unlike, 1_000)
        give_back(self.had[0], 300, dt.date(2025, 8, 2))
        self.training = self._train(MIDDLE)
        self._train(LATER)
        self._aid()

    def _train(self, moment: dt.datetime) -> int:
        with clock.at(moment):
            training = teaching.planned()
            of = teaching.with_class(training, days=1)
            teaching.put_in(of, *(family.people[0] for family in [*self.had, self.none[0]]))
            teaching.step(training, Step.START)
            came = [each for each in teaching.trainees(of) if each.household_id != self.none[0].id]
            teaching.all_came(of, *came)
        return training.id

    def _aid(self) -> None:
        with clock.at(MIDDLE):
            self.office.guided()
            self.fund = self.office.fund(year=2025)
            proposal = self.office.proposal(ProposalState.APPROVED, fund=self.fund)
            self.office.handed(proposal, Piece("Kompor", "K-1", 900_000, ItemCondition.NEW))
            self.office.paid(self.office.grant(fund=self.fund), 5_000_000)


def _sell(family: Household, number: int) -> None:
    """Sell for 3,000 × number in the months before, for twice that after, and for very much in the month itself."""
    earn(family, 3_000 * number, dt.date(2025, 3, 31))
    earn(family, 9_000_000, dt.date(2025, 6, 1))
    earn(family, 6_000 * number, dt.date(2025, 7, 1))
    earn(family, 5_555_555, dt.date(2025, 10, 1))


@pytest.fixture(scope="module")
def town(_application: Flask) -> Iterator[Town]:
    with _application.app_context():
        reset(_application)
        with clock.at(NOW):
            yield Town()
        rollback()
        db.session.remove()


@pytest.fixture
def client(town: Town) -> FlaskClient:
    found = current_app.test_client()
    make.sign_in(found, make.user(Role.HEAD))
    return found


def test_months_before_and_after_of_those_trained(town: Town) -> None:
    found = compared(ASKED)
    assert (found.had.count, found.too_new, found.too_recent) == (6, 0, 0)
    assert found.had.before is not None
    assert found.had.after is not None
    assert list(vars(found.had.before).values()) == [6, 1_000, 2_000, 3_000, 4_000, 6_000]
    assert found.had.after.smallest == (6_000 - 300) // 3
    assert found.had.after.largest == 12_000


def test_beside_them_stand_others_of_the_same_district_and_kind(town: Town) -> None:
    beside = compared(ASKED).had_none
    assert beside.count == 6  # who was chosen and never came had none; the one of crafts is not like them
    assert beside.before is not None
    assert (beside.before.smallest, beside.before.largest) == (7_000, 12_000)


def test_goods_of_a_group_are_of_all_its_families(town: Town) -> None:
    asked = replace(ASKED, given=Given.GOODS)
    assert compared(asked).had.count == 6
    assert compared(replace(asked, fund_id=town.fund.id)).had.count == 6
    assert compared(replace(asked, fund_id=town.fund.id + 999)).had.count == 0


@pytest.mark.parametrize("given", [Given.GUIDANCE, Given.GRANT])
def test_what_groups_got_is_held_against_groups(town: Town, given: Given) -> None:
    found = compared(replace(ASKED, given=given))
    assert (found.had.count, found.had_none.count, found.had.before) == (1, 1, None)


def test_filters_narrow_both_sides(town: Town) -> None:
    assert compared(replace(ASKED, training_id=town.training)).had.count == 6
    assert compared(replace(ASKED, year=2025)).had.count == 6
    assert compared(replace(ASKED, year=2024)).had.count == 0
    assert compared(replace(ASKED, kind=BusinessKind.CRAFT)).had.count == 0
    assert compared(replace(ASKED, area_code="63.06.06")).had.count == 0
    assert compared(replace(ASKED, area_code="63")).had.count == 6
    assert compared(replace(ASKED, window=6)).too_new == 6
    assert compared(replace(ASKED, window=12)).too_new == 6


def test_a_training_is_no_guidance(town: Town) -> None:
    with clock.at(LATER):
        teaching.held(1, kind=TrainingKind.GUIDANCE)
    assert compared(ASKED).had.count == 6


def test_the_page_shows_it_and_claims_no_cause(client: FlaskClient) -> None:
    page = client.get("/dinas/sebelum-sesudah?bahasa=en").text
    assert "This shows no cause" in page
    assert format_rupiah(12_000) in page
    assert page.count('class="chart-box"') == 6
    few = client.get("/dinas/sebelum-sesudah?given=grant&bahasa=en").text
    assert few.count('class="chart-box"') == 0
    assert "&lt;5" in few


def test_the_file_has_the_same_figures(client: FlaskClient) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/dinas/sebelum-sesudah?format=xlsx").data))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[1:] for row in rows[1:2]] == [[6, 1_000, 2_000, 3_000, 4_000, 6_000]]
    assert len(rows) == 7
    few = client.get("/dinas/sebelum-sesudah?given=grant&format=xlsx").data
    assert {
        row[1] for row in CalamineWorkbook.from_filelike(io.BytesIO(few)).get_sheet_by_index(0).to_python()[1:]
    } == {"<5"}


@pytest.mark.parametrize(
    "query", ["given=x", "window=4", "training=99999", "fund=a", "place=64.01", "kind=x", "year=1"]
)
def test_what_is_not_understood_is_said(client: FlaskClient, query: str) -> None:
    assert client.get(f"/dinas/sebelum-sesudah?{query}").status_code == 422


def test_no_more_questions_for_more_families(client: FlaskClient, town: Town) -> None:
    counts = []
    for _round in range(2):
        with counted_queries() as statements:
            client.get("/dinas/sebelum-sesudah")
        counts.append(len(statements))
        group: Group = make.group(business_kind=BusinessKind.SHOP)
        earn(make.household(group), 1_000, dt.date(2025, 5, 5))
    assert counts[0] == counts[1]
