"""Whose turn it is gets a place with its reason; an officer may put it otherwise; who sells is somebody who may."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.catalog.models import ProductState
from marketplace.extensions import db
from marketplace.shared.errors import InvalidInput, NotFound, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market import placing
from marketplace.tent_market.models import MarketDay, StallGroup, StallState
from tests import make
from tests.tent_market import markets
from tests.tent_market.making import broken_checks


def share(day: MarketDay, per_tent: int = 1) -> int:
    with unit_of_work():
        return placing.share_out(day.id, per_tent, None)


def rows(day: MarketDay) -> dict[str, StallGroup]:
    db.session.expire_all()
    found = db.session.scalars(select(StallGroup).where(StallGroup.day_id == day.id))
    return {row.group.name: row for row in found}


def test_turns_go_round_and_the_reason_is_kept(app: Flask) -> None:
    site, loans = markets.site(), markets.borrowed(make.REGENCY, "1", "2")
    for name in ("Anggrek", "Bakung", "Cempaka"):
        markets.seller(name)
    days = [markets.day(site, markets.in_days(number)) for number in range(3)]
    for day in days:
        markets.put_up(day, loans)
        assert share(day) == 2
    assert [sorted(rows(day)) for day in days] == [
        ["Anggrek", "Bakung"],
        ["Anggrek", "Cempaka"],
        ["Bakung", "Cempaka"],
    ]
    last = rows(days[2])["Bakung"]
    assert (last.is_by_hand, last.days_before, last.last_before) == (False, 1, days[0].held_on)
    assert rows(days[0])["Anggrek"].last_before is None
    assert share(days[2]) == 0
    assert broken_checks() == {}


def test_only_who_has_something_to_sell_in_this_regency_has_a_turn(app: Flask) -> None:
    make.group(name="Tanpa barang")
    make.product(make.group(name="Belum tayang"), state=ProductState.SUBMITTED)
    markets.seller("Kabupaten lain", village_code="63.07.01")
    markets.seller("Anyaman")
    day = markets.day(markets.site(), markets.today())
    assert [each.name for each in placing.waiting_for(day)] == ["Anyaman"]


def test_days_longer_ago_than_a_year_do_not_count(app: Flask) -> None:
    site, loans = markets.site(), markets.borrowed(make.REGENCY, "1")
    markets.seller("Anggrek")
    old, new = markets.day(site, markets.in_days(0)), markets.day(site, markets.in_days(1))
    for day in (old, new):
        markets.put_up(day, loans)
    share(old)
    with unit_of_work():
        db.session.get_one(MarketDay, old.id).held_on = new.held_on - dt.timedelta(days=366)
    gone = new.held_on - dt.timedelta(days=366)
    assert [(each.days, each.last, each.ever) for each in placing.waiting_for(new)] == [(0, gone, 1)]


def test_an_officer_adds_moves_and_takes_out(app: Flask) -> None:
    day = markets.day(markets.site(), markets.today())
    one, other = markets.put_up(day, markets.borrowed(make.REGENCY, "1", "2"))
    first, second = markets.seller("Anggrek"), markets.seller("Bakung")
    with unit_of_work():
        placing.place(day.id, first.id, one.id, None)
        placing.place(day.id, first.id, other.id, None)
    assert (rows(day)["Anggrek"].stall_id, rows(day)["Anggrek"].is_by_hand) == (other.id, True)
    share(day)
    assert (rows(day)["Bakung"].stall_id, rows(day)["Bakung"].is_by_hand) == (one.id, False)
    with unit_of_work():
        placing.place(day.id, second.id, None, None)
    assert set(rows(day)) == {"Anggrek"}
    stranger = make.group(name="Tanpa barang")
    with pytest.raises(InvalidInput), unit_of_work():
        placing.place(day.id, stranger.id, one.id, None)
    elsewhere = markets.put_up(markets.day(markets.site(name="Lain"), markets.today()), [])
    assert elsewhere == []


def test_a_tent_of_another_day_or_one_that_was_counted_takes_nobody(app: Flask) -> None:
    site, loans = markets.site(), markets.borrowed(make.REGENCY, "1")
    day, other = markets.day(site, markets.today()), markets.day(site, markets.in_days(1))
    here, there = markets.put_up(day, loans)[0], markets.put_up(other, loans)[0]
    group = markets.seller("Anggrek")
    with pytest.raises(NotFound), unit_of_work():
        placing.place(day.id, group.id, there.id, None)
    with unit_of_work():
        placing.take_down(here.id, None)
    for action in (
        lambda: placing.place(day.id, group.id, here.id, None),
        lambda: placing.take_down(here.id, None),
        lambda: placing.set_cashiers(here.id, [], None),
    ):
        with pytest.raises(StateConflict), unit_of_work():
            action()
    assert rows(day) == {}


def test_a_tent_taken_down_is_put_up_again_empty(app: Flask) -> None:
    loans = markets.borrowed(make.REGENCY, "1")
    day = markets.day(markets.site(), markets.today())
    stall = markets.put_up(day, loans)[0]
    markets.seller("Anggrek")
    share(day)
    with unit_of_work():
        placing.take_down(stall.id, None)
    assert rows(day) == {}
    again = markets.put_up(day, loans)
    assert [(each.id, each.state) for each in again] == [(stall.id, StallState.OPEN)]
    assert markets.put_up(day, loans) == again


def test_cashiers_are_officers_here_or_of_its_groups(app: Flask) -> None:
    day = markets.day(markets.site(), markets.today())
    stall = markets.put_up(day, markets.borrowed(make.REGENCY, "1"))[0]
    group, other = markets.seller("Anggrek"), markets.seller("Bakung")
    with unit_of_work():
        placing.place(day.id, group.id, stall.id, None)
    family = make.household(group)
    may = [
        make.user(Role.PACKER),
        make.user(Role.GROUP_OFFICER, group_id=group.id),
        make.user(Role.SELLER, household_id=family.id),
    ]
    may_not = [
        make.user(Role.HEAD),
        make.user(Role.PACKER, area_code=make.OTHER_REGENCY),
        make.user(Role.GROUP_OFFICER, group_id=other.id),
        make.user(Role.BUYER),
    ]
    with unit_of_work():
        placing.set_cashiers(stall.id, [user.id for user in may], None)
    for user in may_not:
        with pytest.raises(InvalidInput), unit_of_work():
            placing.set_cashiers(stall.id, [may[0].id, user.id], None)
    db.session.expire_all()
    assert {each.user_id for each in stall.cashiers} == {user.id for user in may}
    with unit_of_work():
        placing.set_cashiers(stall.id, [may[1].id], None)
    db.session.expire_all()
    assert [each.user_id for each in stall.cashiers] == [may[1].id]
