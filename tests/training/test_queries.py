"""Whom to choose, what trainings came to, and what other packages ask."""

import datetime as dt

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.groups.models import Membership, RegistrySource, Sex
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.training import attendance, queries, totals
from marketplace.training.models import Mark, Trainee, TrainingKind
from marketplace.training.queries import Wanted
from marketplace.training.rules import Step
from tests import make
from tests.training import teaching


@pytest.fixture
def officer(app: Flask) -> User:
    return make.user(Role.CURATOR)


def found(officer: User, wanted: Wanted) -> list[str]:
    training = teaching.planned()
    rows = db.session.execute(queries.candidates(officer, training, wanted, teaching.today())).all()
    return sorted(person.name for person, _household in rows)


def test_each_filter_narrows(officer: User) -> None:
    poor, rich = teaching.people(1, decile=1)[0], teaching.people(1, decile=4, registry_source=RegistrySource.P3KE)[0]
    unknown = teaching.people(1, decile=None, village_code="63.06.06", district_code="63.06.06")[0]
    with unit_of_work():
        poor.wrse = True
        rich.born_on = dt.date(2020, 1, 1)
    everybody = [poor.name, rich.name, unknown.name]
    assert found(officer, Wanted()) == sorted(everybody)
    assert found(officer, Wanted(decile_from=2, decile_to=5)) == [rich.name]
    assert found(officer, Wanted(decile_to=1)) == [poor.name]
    assert found(officer, Wanted(source=RegistrySource.P3KE)) == [rich.name]
    assert found(officer, Wanted(wrse=True)) == [poor.name]
    assert found(officer, Wanted(district_code="63.06.06")) == [unknown.name]
    assert found(officer, Wanted(village_code=make.VILLAGE)) == sorted(everybody[:2])
    assert found(officer, Wanted(born_until=dt.date(2009, 1, 1))) == sorted([poor.name, unknown.name])


def test_who_is_in_it_left_or_was_trained_is_not_offered(officer: User) -> None:
    before, gone, new = teaching.people(3)
    with unit_of_work():
        gone.left_on = teaching.today()
    teaching.put_in(teaching.with_class(teaching.planned()), before)
    assert found(officer, Wanted(untrained=True)) == [new.name]
    assert found(officer, Wanted()) == sorted([before.name, new.name])
    training = teaching.planned()
    teaching.put_in(teaching.with_class(training), new)
    rows = db.session.execute(queries.candidates(officer, training, Wanted(), teaching.today())).all()
    assert [row[0].id for row in rows] == [before.id]


def test_a_training_that_was_called_off_trained_nobody(officer: User) -> None:
    training, person = teaching.planned(), teaching.people(1)[0]
    teaching.put_in(teaching.with_class(training), person)
    teaching.step(training, Step.CANCEL, "Banjir")
    assert found(officer, Wanted(untrained=True)) == [person.name]
    assert queries.of_household(person.household_id) == []


@pytest.mark.parametrize("area", ["63.07", "63.06.06"])
def test_an_officer_of_elsewhere_is_offered_nobody(app: Flask, area: str) -> None:
    teaching.people(1)
    assert found(make.user(Role.CURATOR, area_code=area), Wanted()) == []


def test_a_family_sees_its_trainings(app: Flask) -> None:
    of = teaching.held(1, title="Menjahit")
    teaching.certified(of)
    row = queries.of_household(teaching.trainees(of)[0].household_id)[0]
    assert (row.title, row.days, row.came, row.last_on) == ("Menjahit", 2, 2, teaching.today())
    assert row.certificate.startswith("0001/SERT/")
    assert row.agency == of.training.agency.name


def test_guidance_counts_for_the_groups_of_that_day(app: Flask) -> None:
    now, later, away = make.group(), make.group(), make.group()
    family = make.household(now, people=1)
    yesterday = teaching.today() - dt.timedelta(days=1)
    ended = Membership(group_id=away.id, household_id=family.id, starts_on=make.LONG_AGO)
    ended.ends_on = yesterday - dt.timedelta(days=1)
    make.add(ended, Membership(group_id=later.id, household_id=family.id, starts_on=teaching.today()))
    training = teaching.planned(kind=TrainingKind.GUIDANCE)
    of = teaching.with_class(training)
    teaching.put_in(of, family.people[0])
    teaching.step(training, Step.START)
    assert queries.guidance_of(now.id) == []  # nobody came yet
    teaching.all_came(of)
    found = {group.id: [row[2] for row in queries.guidance_of(group.id)] for group in (now, later, away)}
    assert found == {now.id: [yesterday], later.id: [teaching.today()], away.id: []}
    assert queries.guidance_of(now.id)[0][1].id == training.agency_id
    other = teaching.planned()
    teaching.put_in(teaching.with_class(other), family.people[0])
    assert len(queries.guidance_of(now.id)) == 1  # a training is no guidance


def test_the_sums_of_a_training(app: Flask) -> None:
    of = teaching.with_class(teaching.planned(title="Tata boga"), places=20)
    teaching.put_in(of, *teaching.people(3, decile=1), *teaching.people(2, decile=None))
    with unit_of_work():
        trainee = teaching.trainees(of)[0]
        trainee.person.sex, trainee.wrse = Sex.MALE, True
    found = totals.of_training(of.training_id)
    assert (found.people, found.classes, found.by_training) == (5, 1, [("Tata boga", 5)])
    assert found.by_decile == [("Decile 1", 3), ("No decile", 2)]
    assert sorted(found.by_sex) == [("Man", 1), ("Woman", 4)]
    assert sorted(found.by_wrse) == [("Not WRSE", 4), ("WRSE", 1)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 10), st.booleans(), st.booleans()), max_size=12))
def test_every_way_of_counting_comes_to_the_same_sum(app: Flask, rows: list[tuple[int, bool, bool]]) -> None:
    before = totals.of_year(make.REGENCY, teaching.today().year).people
    of = teaching.with_class(teaching.planned(), places=20)
    for decile, is_man, wrse in rows:
        person = teaching.people(1, decile=decile or None)[0]
        with unit_of_work():
            person.sex, person.wrse = Sex.MALE if is_man else Sex.FEMALE, wrse
        teaching.put_in(of, person)
    for found, people in (
        (totals.of_training(of.training_id), len(rows)),
        (totals.of_year(make.REGENCY, teaching.today().year), before + len(rows)),
    ):
        assert found.people == people
        assert {sum(count for _word, count in pairs) for _name, pairs in totals.tables(found)} == {people}


def test_who_was_excused_did_not_come(app: Flask) -> None:
    of = teaching.held(1, finished=False)
    day = teaching.days_of(of)[0]
    with unit_of_work():
        attendance.mark_day(day.id, {db.session.query(Trainee).one().id: Mark.EXCUSED}, None)
    assert queries.of_household(teaching.trainees(of)[0].household_id)[0].came == 1
