"""Days are made of rules once, holidays only if somebody wants them, and nothing is lost of what was decided."""

import datetime as dt

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.extensions import db
from marketplace.shared import clock
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market import placing, rules, schedule, sites
from marketplace.tent_market.models import DayState, MarketDay, MarketEvent, Site, StallState
from marketplace.tent_market.rules import Weekly, read_weekly
from marketplace.tent_market.schedule import Hours
from tests import make
from tests.tent_market import making, markets
from tests.tent_market.making import broken_checks

NOW = dt.datetime(2026, 12, 1, 2, tzinfo=dt.UTC)
"""A Tuesday; Christmas Eve, the joint holiday of it and Christmas are a Thursday and a Friday."""
TODAY = dt.date(2026, 12, 1)


@pytest.fixture(autouse=True)
def december() -> object:
    """Let it be December."""
    with clock.at(NOW):
        yield


def days_of(site: Site) -> dict[dt.date, DayState]:
    rows = db.session.execute(select(MarketDay.held_on, MarketDay.state).where(MarketDay.site_id == site.id))
    return dict(sorted((day, state) for day, state in rows))


def make_days(site: Site, until: dt.date, *chosen: dt.date) -> int:
    with unit_of_work():
        return schedule.make_days(site.id, until, set(chosen), None)


weekdays = st.sets(st.integers(0, 6), min_size=1).map(lambda found: tuple(sorted(found)))
dates = st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31))


@given(weekdays, st.integers(1, 8), dates, dates, dates)
def test_the_days_of_a_rule_are_those_of_the_calendar(
    of_week: tuple[int, ...], every: int, starts_on: dt.date, first: dt.date, until: dt.date
) -> None:
    week = lambda day: (day - dt.timedelta(days=day.weekday())).toordinal() // 7  # noqa: E731
    expected = [
        day
        for day in rules.days_between(max(first, starts_on), until)
        if day.weekday() in of_week and (week(day) - week(starts_on)) % every == 0
    ]
    assert rules.days_of(Weekly(of_week, every).rrule(), starts_on, None, first, until) == expected


@given(weekdays, st.integers(1, 8))
def test_a_rule_is_read_as_it_was_written(of_week: tuple[int, ...], every: int) -> None:
    assert read_weekly(Weekly(of_week, every).rrule()) == Weekly(of_week, every)


def test_holidays_are_named_and_joint_ones_too() -> None:
    found = rules.holidays_among(rules.days_between(dt.date(2026, 12, 20), dt.date(2026, 12, 31)))
    assert sorted(found) == [dt.date(2026, 12, 24), dt.date(2026, 12, 25)]
    assert not rules.holidays_among([dt.date(2040, 1, 1)])
    assert not rules.is_decreed(dt.date(2040, 1, 1))


def test_days_are_made_once_and_a_holiday_is_left_out_unless_chosen(app: Flask) -> None:
    site = markets.site()
    markets.weekly(site, 3, 4)
    until = dt.date(2026, 12, 25)
    found = schedule.proposed(site, until)
    assert {day.held_on: bool(day.holiday) for day in found if day.held_on.day > 17} == {
        dt.date(2026, 12, 18): False,
        dt.date(2026, 12, 24): True,
        dt.date(2026, 12, 25): True,
    }
    chosen = [day.held_on for day in found if not day.holiday] + [dt.date(2026, 12, 24)]
    assert make_days(site, until, *chosen) == len(chosen)
    assert days_of(site)[dt.date(2026, 12, 24)] is DayState.PLANNED
    assert days_of(site)[dt.date(2026, 12, 25)] is DayState.CALLED_OFF
    assert make_days(site, until, *chosen, until) == 0
    assert schedule.proposed(site, until) == []
    assert broken_checks() == {}


def test_what_no_rule_makes_is_not_made(app: Flask) -> None:
    site = markets.site()
    markets.weekly(site, 0)
    assert make_days(site, dt.date(2026, 12, 14), dt.date(2026, 12, 8), dt.date(2026, 12, 7)) == 1
    assert list(days_of(site)) == [dt.date(2026, 12, 7)]


def test_an_ended_rule_or_site_makes_no_more(app: Flask) -> None:
    site = markets.site()
    rule = markets.weekly(site, 0, 1)
    with unit_of_work():
        schedule.end_rule(rule, None)
    assert [day.held_on for day in schedule.proposed(site, dt.date(2026, 12, 20))] == [TODAY]
    with pytest.raises(StateConflict), unit_of_work():
        schedule.end_rule(rule, None)
    with unit_of_work():
        sites.set_active(site.id, False, None)
    assert schedule.proposed(site, dt.date(2026, 12, 20)) == []
    with pytest.raises(StateConflict):
        markets.weekly(site, 2)


def test_an_expo_takes_in_the_day_of_the_week_and_refuses_what_is_called_off(app: Flask) -> None:
    site = markets.site()
    markets.weekly(site, 0)
    monday = dt.date(2026, 12, 7)
    make_days(site, monday + dt.timedelta(days=7), monday, monday + dt.timedelta(days=7))
    hours = Hours(dt.time(9), dt.time(21))
    with unit_of_work():
        schedule.add_event(site.id, "Expo", (monday - dt.timedelta(days=1), monday + dt.timedelta(days=1)), hours, None)
    event = db.session.query(MarketEvent).one()
    days = db.session.query(MarketDay).filter_by(event_id=event.id).all()
    assert {day.held_on.day for day in days} == {6, 7, 8}
    assert {(day.opens_at, day.closes_at, day.rule_id) for day in days} == {(dt.time(9), dt.time(21), None)}
    assert broken_checks() == {}
    other = next(key for key in db.session.query(MarketDay).all() if key.event_id is None)
    with unit_of_work():
        schedule.call_off(other.id, "Hujan", None)
    for span in ((monday, monday), (other.held_on, other.held_on)):
        with pytest.raises(InvalidInput), unit_of_work():
            schedule.add_event(site.id, "Lagi", span, hours, None)
    assert db.session.query(MarketEvent).count() == 1


@pytest.mark.parametrize(
    ("name", "first", "last", "hours", "field"),
    [
        ("", -1, -1, (8, 14), "starts_on"),
        ("", 1, 2, (8, 14), "name"),
        ("Expo", 2, 1, (8, 14), "ends_on"),
        ("Expo", 1, 2, (14, 8), "closes_at"),
        ("Expo", 1, 2, (8, 8), "closes_at"),
        ("Expo", 1, 40, (8, 14), "ends_on"),
        ("Expo", 366, 368, (8, 14), "ends_on"),
    ],
)
def test_days_and_hours_the_wrong_way_round_are_refused(
    app: Flask, name: str, first: int, last: int, hours: tuple[int, int], field: str
) -> None:
    site = markets.site()
    span = (TODAY + dt.timedelta(days=first), TODAY + dt.timedelta(days=last))
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        schedule.add_event(site.id, name, span, Hours(dt.time(hours[0]), dt.time(hours[1])), None)
    assert refused.value.field == field


def test_a_day_is_called_off_with_its_tents_and_taken_back_without(app: Flask) -> None:
    day = markets.day(markets.site(), TODAY)
    stands = markets.put_up(day, markets.borrowed(make.REGENCY, "1", "2"))
    markets.seller("Anyaman")
    with unit_of_work():
        placing.share_out(day.id, 1, None)
        schedule.call_off(day.id, "Banjir", None)
    db.session.expire_all()
    assert (day.state, day.note) == (DayState.CALLED_OFF, "Banjir")
    assert {stall.state for stall in stands} == {StallState.CANCELLED}
    assert broken_checks() == {}
    for again in (lambda: schedule.call_off(day.id, "Lagi", None), lambda: placing.share_out(day.id, 1, None)):
        with pytest.raises(StateConflict), unit_of_work():
            again()
    with unit_of_work():
        schedule.take_back(day.id, None)
    assert markets.put_up(day, markets.borrowed(make.REGENCY, "3"))
    assert broken_checks() == {}


def test_no_day_is_called_off_once_goods_went_to_it(app: Flask) -> None:
    day = markets.day(markets.site(), TODAY)
    stall = markets.put_up(day, markets.borrowed(make.REGENCY, "1"))[0]
    making.load(stall, make.product(), 3)
    for action in (lambda: schedule.call_off(day.id, "Hujan", None), lambda: placing.take_down(stall.id, None)):
        with pytest.raises(StateConflict), unit_of_work():
            action()
    db.session.expire_all()
    assert (day.state, stall.state) == (DayState.PLANNED, StallState.OPEN)


def test_a_day_that_passed_is_not_taken_back(app: Flask) -> None:
    day = markets.day(markets.site(), TODAY)
    with unit_of_work():
        schedule.call_off(day.id, "Hujan", None)
    with clock.at(NOW + dt.timedelta(days=1)), pytest.raises(StateConflict), unit_of_work():
        schedule.take_back(day.id, None)
