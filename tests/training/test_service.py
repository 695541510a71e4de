"""Trainings: every step from every state, places, days, who came, certificates."""

import datetime as dt

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from marketplace.areas.models import FigureKey
from marketplace.areas.service import set_figure
from marketplace.extensions import db
from marketplace.shared.errors import DomainError, InvalidInput, NotFound, StateConflict
from marketplace.shared.transaction import unit_of_work
from marketplace.training import attendance, rules, service
from marketplace.training.models import AttendanceCorrection, Certificate, Mark, Trainee, TrainingClass, TrainingState
from marketplace.training.rules import ClassContent, Step
from tests import make
from tests.training import teaching

S = TrainingState
WAYS = {
    (S.PLANNED, Step.START): S.RUNNING,
    (S.RUNNING, Step.FINISH): S.DONE,
    (S.PLANNED, Step.CANCEL): S.CANCELLED,
    (S.RUNNING, Step.CANCEL): S.CANCELLED,
}


@pytest.mark.once
@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("step", Step)
def test_every_step_from_every_state(state: S, step: Step) -> None:
    if (state, step) in WAYS:
        assert rules.transition(state, step) is WAYS[state, step]
    else:
        with pytest.raises(StateConflict):
            rules.transition(state, step)


def test_a_training_from_plan_to_certificates(app: Flask) -> None:
    of = teaching.held(3)
    assert of.training.state is S.DONE
    assert teaching.certified(of) == 3
    year = teaching.today().year
    numbers = [row.number for row in db.session.query(Certificate).order_by(Certificate.id)]
    assert numbers == [f"{place:04d}/SERT/63.06/{year}" for place in (1, 2, 3)]


def test_a_training_starts_only_with_days_and_people(app: Flask) -> None:
    training = teaching.planned()
    with pytest.raises(StateConflict):
        teaching.step(training, Step.START)
    of = teaching.with_class(training, days=0)
    teaching.put_in(of, *teaching.people(1))
    with pytest.raises(StateConflict):
        teaching.step(training, Step.START)
    with unit_of_work():
        service.add_day(of.id, teaching.today(), None)
    teaching.step(training, Step.START)
    assert training.state is S.RUNNING


def test_it_is_not_finished_before_its_last_day(app: Flask) -> None:
    training = teaching.planned()
    of = teaching.with_class(training)
    teaching.put_in(of, *teaching.people(1))
    with unit_of_work():
        service.add_day(of.id, teaching.today() + dt.timedelta(days=1), None)
    teaching.step(training, Step.START)
    with pytest.raises(StateConflict):
        teaching.step(training, Step.FINISH)


def test_it_is_called_off_only_with_a_reason(app: Flask) -> None:
    training = teaching.planned()
    with pytest.raises(InvalidInput):
        teaching.step(training, Step.CANCEL, " ")
    teaching.step(training, Step.CANCEL, "Pelatih sakit")
    assert (training.state, training.cancel_reason) == (S.CANCELLED, "Pelatih sakit")


def _all_refused(of: TrainingClass, other: list[int]) -> None:
    """Hold that nothing of a training that is over changes."""
    actions = (
        lambda: service.change(of.training_id, teaching.content(), None),
        lambda: service.add_class(of.training_id, ClassContent("B", "", 3), [], None),
        lambda: service.change_class(of.id, ClassContent("C", "", 30), None),
        lambda: service.add_day(of.id, dt.date(2026, 1, 2), None),
        lambda: service.drop_day(teaching.days_of(of)[0].id, None),
        lambda: service.add_people(of.id, other, None),
        lambda: service.take_out(teaching.trainees(of)[0].id, None),
    )
    for action in actions:
        with pytest.raises(StateConflict), unit_of_work():
            action()


def test_what_is_over_stays_as_it_is(app: Flask) -> None:
    other = [teaching.people(1)[0].id]
    _all_refused(teaching.held(), other)
    cancelled = teaching.held(finished=False)
    teaching.step(cancelled.training, Step.CANCEL, "Banjir")
    _all_refused(cancelled, other)


def test_no_more_people_than_places_all_or_none(app: Flask) -> None:
    of = teaching.with_class(teaching.planned(), places=3)
    first, second = teaching.people(2), teaching.people(2)
    teaching.put_in(of, *first)
    with pytest.raises(InvalidInput) as error:
        teaching.put_in(of, *second)
    assert "only 1 places left" in str(error.value.message)
    assert len(teaching.put_in(of, second[0])) == 3
    db.session.refresh(of)
    assert of.taken == 3
    with pytest.raises(InvalidInput), unit_of_work():
        service.change_class(of.id, ClassContent("A", "", 2), None)


def test_nobody_is_twice_in_a_training(app: Flask) -> None:
    training = teaching.planned()
    one, other = teaching.with_class(training, name="A"), teaching.with_class(training, name="B")
    person = teaching.people(1)[0]
    teaching.put_in(one, person)
    for of in (one, other):
        with pytest.raises(InvalidInput):
            teaching.put_in(of, person)
    assert len(teaching.put_in(teaching.with_class(teaching.planned()), person)) == 1


def test_who_left_or_lives_elsewhere_is_not_chosen(app: Flask) -> None:
    of = teaching.with_class(teaching.planned())
    gone, far = teaching.people(1)[0], teaching.people(1, regency_code="63.07", district_code="63.07.01")[0]
    with unit_of_work():
        gone.left_on = teaching.today()
    for person in (gone, far):
        with pytest.raises(InvalidInput):
            teaching.put_in(of, person)
    with pytest.raises(InvalidInput), unit_of_work():
        service.add_people(of.id, [], None)


def test_a_place_that_is_given_back_can_be_taken(app: Flask) -> None:
    of = teaching.with_class(teaching.planned(), places=1)
    first, second = teaching.people(2)
    trainee = teaching.put_in(of, first)[0]
    with unit_of_work():
        service.take_out(trainee.id, None)
    assert [row.person_id for row in teaching.put_in(of, second)] == [second.id]


def test_what_the_registry_said_stays_with_him(app: Flask) -> None:
    person = teaching.people(1, decile=1)[0]
    trainee = teaching.put_in(teaching.with_class(teaching.planned()), person)[0]
    with unit_of_work():
        person.household.decile = 7
    assert db.session.get_one(Trainee, trainee.id).decile == 1


def test_who_came_is_written_down_on_its_days_only(app: Flask) -> None:
    training = teaching.planned()
    of = teaching.with_class(training)
    trainee = teaching.put_in(of, *teaching.people(1))[0]
    marks = {trainee.id: Mark.CAME}
    with unit_of_work():
        service.add_day(of.id, teaching.today() + dt.timedelta(days=1), None)
    first, _today, tomorrow = teaching.days_of(of)
    with pytest.raises(StateConflict), unit_of_work():  # not begun
        attendance.mark_day(first.id, marks, None)
    teaching.step(training, Step.START)
    with pytest.raises(StateConflict), unit_of_work():
        attendance.mark_day(tomorrow.id, marks, None)
    stranger = teaching.put_in(teaching.with_class(training, name="B"), *teaching.people(1))[0]
    with pytest.raises(NotFound), unit_of_work():
        attendance.mark_day(first.id, {stranger.id: Mark.CAME}, None)
    with unit_of_work():
        assert attendance.mark_day(first.id, marks, None) == 1
    for refused in (lambda: service.drop_day(first.id, None), lambda: service.take_out(trainee.id, None)):
        with pytest.raises(StateConflict), unit_of_work():
            refused()


def test_a_correction_keeps_what_stood_there_by_whom_and_when(app: Flask) -> None:
    training, first, second = teaching.planned(), make.user().id, make.user().id
    of = teaching.with_class(training)
    trainee = teaching.put_in(of, *teaching.people(1))[0]
    teaching.step(training, Step.START)
    day = teaching.days_of(of)[0]
    for mark, actor in ((Mark.ABSENT, first), (Mark.ABSENT, second), (Mark.CAME, second)):
        with unit_of_work():
            attendance.mark_day(day.id, {trainee.id: mark}, actor)
    row = db.session.query(AttendanceCorrection).one()
    assert (row.mark, row.marked_by_id) == (Mark.ABSENT, first)
    assert attendance.percents(training.id) == {trainee.id: 50}


def _with_attendance(came: int, days: int) -> TrainingClass:
    training = teaching.planned()
    of = teaching.with_class(training, days=days)
    trainee = teaching.put_in(of, *teaching.people(1))[0]
    teaching.step(training, Step.START)
    for place, day in enumerate(teaching.days_of(of)):
        with unit_of_work():
            attendance.mark_day(day.id, {trainee.id: Mark.CAME if place < came else Mark.EXCUSED}, None)
    teaching.step(training, Step.FINISH)
    return of


@pytest.mark.parametrize(("came", "days", "is_due"), [(4, 5, True), (3, 5, False), (3, 4, False), (4, 4, True)])
def test_a_certificate_needs_enough_days(app: Flask, came: int, days: int, is_due: bool) -> None:
    of = _with_attendance(came, days)
    if is_due:
        assert teaching.certified(of) == 1
    else:
        with pytest.raises(InvalidInput):
            teaching.certified(of)


def test_the_percentage_is_the_one_in_force(app: Flask) -> None:
    of = _with_attendance(3, 5)
    with unit_of_work():
        set_figure(FigureKey.TRAINING_ATTENDANCE_PERCENT, make.REGENCY, 60, dt.date(2026, 1, 1), "SK")
    try:
        assert teaching.certified(of) == 1
        row = db.session.query(Certificate).one()
        assert (row.attended_percent, row.required_percent) == (60, 60)
    finally:
        with unit_of_work():
            db.session.execute(db.text("DELETE FROM figure WHERE area_code = '63.06'"))


def test_certificates_come_once_after_the_end_and_freeze_the_days(app: Flask) -> None:
    of = teaching.held(2, finished=False)
    with pytest.raises(StateConflict):
        teaching.certified(of)
    teaching.step(of.training, Step.FINISH)
    teaching.certified(of)
    with pytest.raises(InvalidInput):
        teaching.certified(of)
    trainee, day = teaching.trainees(of)[0], teaching.days_of(of)[0]
    with pytest.raises(StateConflict), unit_of_work():
        attendance.mark_day(day.id, {trainee.id: Mark.ABSENT}, None)


@pytest.mark.once
@given(st.integers(0, 120), st.integers(0, 120))
def test_a_percentage_is_never_rounded_up(came: int, days: int) -> None:
    found = rules.percent_of(min(came, days), days)
    assert 0 <= found <= 100
    assert found * days <= min(came, days) * 100


@pytest.mark.once
def test_days_one_after_the_other_leave_sundays_out() -> None:
    saturday = dt.date(2026, 11, 21)
    assert rules.days_from(saturday, 2, sundays=False) == [saturday, dt.date(2026, 11, 23)]
    assert rules.days_from(saturday, 2, sundays=True) == [saturday, dt.date(2026, 11, 22)]


def test_names_are_not_given_twice(app: Flask) -> None:
    training = teaching.planned()
    teaching.with_class(training)
    with pytest.raises(DomainError):
        teaching.with_class(training)
