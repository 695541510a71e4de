"""Several officers plan a market day at once, in four processes: each group has one place, each day is there once."""

import datetime as dt

from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from marketplace.extensions import db
from marketplace.shared.errors import DomainError
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market import placing, schedule
from marketplace.tent_market.models import MarketDay, Stall, StallGroup
from tests import make
from tests.races import harness
from tests.tent_market import markets

GROUPS, TENTS, PER_TENT, TRIES = 9, 3, 2, 12


def planning(site_id: int, day_id: int, tent_ids: tuple[int, ...], until: str) -> harness.Task:
    """Make days, put the tents up and share them out."""
    last = dt.date.fromisoformat(until)

    def task(number: int) -> str:
        try:
            with unit_of_work():
                schedule.make_days(site_id, last, {markets.in_days(count) for count in range(30)}, None)
            with unit_of_work():
                placing.put_up(day_id, tent_ids, None)
            with unit_of_work():
                placing.share_out(day_id, PER_TENT, None)
        except DomainError as error:
            return type(error).__name__
        return "planned"

    return task


def careless(day_id: int, stall_id: int, group_ids: tuple[int, ...]) -> harness.Task:
    """Look whether a group has a place, then give it one: the mistake that sharing out does not make."""
    db.session.execute(select(1))
    db.session.rollback()

    def task(number: int) -> str:
        group_id = group_ids[number // harness.PROCESSES]
        with db.engine.connect() as connection:
            mine = select(func.count()).where(StallGroup.day_id == day_id, StallGroup.group_id == group_id)
            has_place = connection.scalar(mine)
            connection.rollback()
            harness.meet()
            if has_place:
                return "has one"
            values = {"day_id": day_id, "stall_id": stall_id, "group_id": group_id, "is_by_hand": False}
            try:
                connection.execute(insert(StallGroup).values(**values, days_before=0))
                connection.commit()
            except IntegrityError:
                return "clash"
        return "placed"

    return task


def test_officers_who_plan_at_once_plan_once(app: Flask, database_url: str) -> None:
    site = markets.site()
    markets.weekly(site, 0, 2)
    day = markets.day(site, markets.today())
    loans = markets.borrowed(make.REGENCY, *(str(number) for number in range(TENTS)))
    for number in range(GROUPS):
        markets.seller(f"Kelompok {number}")
    until = markets.in_days(29)
    expected = {each.held_on for each in schedule.proposed(site, until)} | {day.held_on}
    values = {"site_id": site.id, "day_id": day.id, "tent_ids": tuple(loan.tent_id for loan in loans)}
    tally = harness.run(database_url, planning, TRIES, until=until.isoformat(), **values)
    assert tally == {"planned": TRIES}
    db.session.rollback()
    days = list(db.session.scalars(select(MarketDay.held_on)))
    assert sorted(days) == sorted(expected)
    assert db.session.scalar(select(func.count()).select_from(Stall)) == TENTS
    per_tent = select(func.count()).select_from(StallGroup).group_by(StallGroup.stall_id)
    assert list(db.session.scalars(per_tent)) == [PER_TENT] * TENTS


def test_without_the_lock_two_would_place_the_same_group(app: Flask, database_url: str) -> None:
    day = markets.day(markets.site(), markets.today())
    stall = markets.put_up(day, markets.borrowed(make.REGENCY, "1"))[0]
    groups = tuple(markets.seller(f"Kelompok {number}").id for number in range(3))
    values = {"day_id": day.id, "stall_id": stall.id, "group_ids": groups}
    tally = harness.run(database_url, careless, harness.PROCESSES * len(groups), **values)
    assert tally["clash"] > 0
