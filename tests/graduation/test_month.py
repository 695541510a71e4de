"""Months are reckoned from ledger, people, notes and lines; final ones stay."""

import datetime as dt

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from marketplace.areas.models import FigureKey, LineKind
from marketplace.areas.service import add_poverty_line, set_figure
from marketplace.extensions import db
from marketplace.graduation import queries, service
from marketplace.graduation.models import MonthStatus, NoteKind, Snapshot
from marketplace.graduation.service import NoteContent
from marketplace.groups.models import Household
from marketplace.shared.errors import Forbidden, InvalidInput, NotFound, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.graduation.conftest import SOURCE
from tests.graduation.earning import earn, give_back

JUNE, JULY = dt.date(2026, 6, 1), dt.date(2026, 7, 1)
MID_JUNE = dt.datetime(2026, 6, 15, 3, tzinfo=dt.UTC)
EARLY_JULY = dt.datetime(2026, 7, 5, 3, tzinfo=dt.UTC)
LATE_JULY = dt.datetime(2026, 7, 20, 3, tzinfo=dt.UTC)
LINE = 600_000


@pytest.fixture(autouse=True)
def _line(app: Flask) -> None:
    with unit_of_work():
        add_poverty_line(make.REGENCY, LineKind.ALL, LINE, dt.date(2026, 1, 1), SOURCE, "SK 1")


def build(month: dt.date = JUNE) -> None:
    with unit_of_work():
        service.build_month(make.REGENCY, month)


def close(month: dt.date = JUNE) -> None:
    with unit_of_work():
        service.close_month(make.REGENCY, month)


def snapshot(household: Household, month: dt.date = JUNE) -> Snapshot:
    rollback()
    return db.session.scalars(
        select(Snapshot).where(Snapshot.household_id == household.id, Snapshot.month == month)
    ).one()


def test_sales_less_returns_and_costs_over_people(app: Flask) -> None:
    family = make.household(people=4)
    earn(family, 2_900_000, dt.date(2026, 6, 1))
    earn(family, 100_000, dt.date(2026, 6, 30))
    earn(family, 9_000_000, dt.date(2026, 7, 1))
    give_back(family, 200_000, dt.date(2026, 6, 20))
    with time_machine.travel(MID_JUNE), unit_of_work():
        service.add_note(family.id, NoteContent(JUNE, NoteKind.COST, 400_001, "Minyak"), None)
    build()
    found = snapshot(family)
    assert (found.net_sales, found.people, found.income_per_person) == (2_399_999, 4, 599_999)
    assert (found.line_amount, found.status) == (LINE, MonthStatus.NOT_PASSED)


def test_without_entries_and_notes_there_is_no_data(app: Flask) -> None:
    family = make.household()
    build()
    assert snapshot(family).status is MonthStatus.NO_DATA


def test_people_are_counted_on_the_last_day(app: Flask) -> None:
    family = make.household(people=3)
    with unit_of_work():
        people = db.session.get_one(Household, family.id).people
        people[0].left_on = dt.date(2026, 6, 30)
        people[1].left_on = dt.date(2026, 7, 1)
        people[2].joined_on = dt.date(2026, 6, 30)
    build()
    assert snapshot(family).people == 2


def test_the_line_of_the_months_first_day_and_kind_of_village_counts(app: Flask) -> None:
    rural = make.household(village_code="63.06.05.2005")
    urban = make.household(village_code="63.06.05.1001")
    with unit_of_work():
        add_poverty_line(make.REGENCY, LineKind.RURAL, 500_000, dt.date(2026, 6, 1), SOURCE)
        add_poverty_line(make.REGENCY, LineKind.ALL, 700_000, dt.date(2026, 6, 2), SOURCE)
        set_figure(FigureKey.LINE_MULTIPLIER_PERCENT, make.REGENCY, 150, dt.date(2026, 6, 1), SOURCE)
    build()
    assert (snapshot(rural).line_amount, snapshot(urban).line_amount) == (750_000, 900_000)


def test_building_again_follows_until_the_month_is_final(app: Flask) -> None:
    family = make.household(people=1)
    earn(family, LINE - 1, JUNE)
    build()
    assert snapshot(family).status is MonthStatus.NOT_PASSED
    earn(family, 1, JUNE)
    build()
    build()
    assert snapshot(family).status is MonthStatus.PASSED
    with time_machine.travel(EARLY_JULY):
        close()
    earn(family, 5_000_000, JUNE)
    with unit_of_work():
        add_poverty_line(make.REGENCY, LineKind.URBAN, 1, JUNE, SOURCE)
    build()
    final = snapshot(family)
    assert (final.net_sales, final.line_amount, final.is_final) == (LINE, LINE, True)
    assert db.session.scalar(select(func.count()).select_from(Snapshot)) == 1


def test_a_month_is_closed_only_once_it_is_over(app: Flask) -> None:
    make.household()
    with time_machine.travel(MID_JUNE), pytest.raises(StateConflict):
        close()
    # 30 June 23:59 and 1 July 00:01 in Kandangan (WITA, UTC+8).
    with time_machine.travel(dt.datetime(2026, 6, 30, 15, 59, tzinfo=dt.UTC)), pytest.raises(StateConflict):
        close()
    with time_machine.travel(dt.datetime(2026, 6, 30, 16, 1, tzinfo=dt.UTC)):
        close()


def test_other_income_counts_once_another_person_verified_it(app: Flask) -> None:
    mentor, verifier = make.user(Role.MENTOR, group_id=make.group().id), make.user(Role.VERIFIER)
    family = make.household(people=1)
    with time_machine.travel(MID_JUNE):
        with unit_of_work():
            told = NoteContent(JUNE, NoteKind.OTHER_INCOME, LINE, "Buruh tani")
            note_id = service.add_note(family.id, told, mentor.id).id
        assert snapshot(family).status is MonthStatus.NO_DATA
        with pytest.raises(Forbidden), unit_of_work():
            service.verify_note(note_id, mentor.id)
        with unit_of_work():
            service.verify_note(note_id, verifier.id)
        assert snapshot(family).status is MonthStatus.PASSED
        with pytest.raises(StateConflict), unit_of_work():
            service.verify_note(note_id, verifier.id)


def test_a_cost_is_nothing_to_verify(app: Flask) -> None:
    family, verifier = make.household(), make.user(Role.VERIFIER)
    with time_machine.travel(MID_JUNE), unit_of_work():
        note_id = service.add_note(family.id, NoteContent(JUNE, NoteKind.COST, 1, "Plastik"), None).id
    with time_machine.travel(MID_JUNE), pytest.raises(StateConflict), unit_of_work():
        service.verify_note(note_id, verifier.id)
    with pytest.raises(NotFound), unit_of_work():
        service.verify_note(note_id + 1, verifier.id)


def test_a_closed_month_takes_no_note_and_no_verification(app: Flask) -> None:
    family, verifier = make.household(), make.user(Role.VERIFIER)
    told = NoteContent(JUNE, NoteKind.OTHER_INCOME, 1, "Arisan")
    with time_machine.travel(MID_JUNE), unit_of_work():
        note_id = service.add_note(family.id, told, None).id
    with time_machine.travel(EARLY_JULY):
        close()
        with pytest.raises(InvalidInput), unit_of_work():
            service.add_note(family.id, told, None)
        with pytest.raises(InvalidInput), unit_of_work():
            service.verify_note(note_id, verifier.id)


def test_refresh_reckons_the_running_month_and_closes_the_one_that_is_due(app: Flask) -> None:
    family = make.household()
    with unit_of_work():
        service.refresh(EARLY_JULY)
    assert not snapshot(family, JUNE).is_final
    for _again in range(2):
        with unit_of_work():
            service.refresh(LATE_JULY)
        assert snapshot(family, JUNE).is_final
        assert not snapshot(family, JULY).is_final


def test_refresh_catches_up_after_a_long_stop(app: Flask) -> None:
    family = make.household()
    with unit_of_work():
        service.refresh(LATE_JULY)
    with unit_of_work():
        service.refresh(dt.datetime(2026, 11, 21, 3, tzinfo=dt.UTC))
    assert [(m, snapshot(family, dt.date(2026, m, 1)).is_final) for m in range(6, 12)] == [
        (6, True), (7, True), (8, True), (9, True), (10, True), (11, False),
    ]  # fmt: skip


def test_the_strip_shows_months_never_reckoned_as_without_data(app: Flask) -> None:
    family = make.household(people=1)
    earn(family, LINE, JUNE)
    build()
    rollback()
    strip = queries.strip(family.id, JULY)
    assert [month.month.month for month in strip] == [2, 3, 4, 5, 6, 7]
    assert [month.status for month in strip] == [MonthStatus.NO_DATA] * 4 + [MonthStatus.PASSED, MonthStatus.NO_DATA]
    assert strip[4].percent == 100
    assert queries.passed(strip) == 1
