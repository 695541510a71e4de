"""The demo's tent market is played through the services: every tent of the past is closed, and its figures add up."""

import datetime as dt
from collections import Counter

from flask import Flask
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account, JournalEntry, JournalLine
from marketplace.offices.models import Office
from marketplace.orders.models import Channel, Order
from marketplace.shared import clock
from marketplace.shared.money import format_rupiah
from marketplace.stock.models import StockLevel
from marketplace.tent_market import board, rescue, rules
from marketplace.tent_market.goods_models import Load, LoadState, StallCount
from marketplace.tent_market.market_report import Period, report
from marketplace.tent_market.models import DayState, MarketDay, Stall, StallState
from marketplace.tent_market.stall_queries import drawer_of
from marketplace.tent_market.till_models import BuyerKind, RemarkKind, TillEvent, TillEventState, TillRemark
from tests import make

NOW = dt.datetime(2026, 11, 23, 3, 30, tzinfo=dt.UTC)
"""Monday, half past eleven in Kandangan: the market is on."""
TODAY = dt.date(2026, 11, 23)
LAST = TODAY - dt.timedelta(weeks=1)


def stalls(*conditions: object) -> list[tuple[dt.date, Stall]]:
    joined = select(MarketDay.held_on, Stall).join(MarketDay, MarketDay.id == Stall.day_id)
    rows = db.session.execute(joined.where(*conditions).order_by(Stall.id))  # type: ignore[arg-type]
    return [(held_on, stall) for held_on, stall in rows]


def check_market(app: Flask) -> None:
    """See that the market of the demo, loaded up to NOW, is as it should be."""
    check_days()
    check_states()
    check_money()
    check_what_was_counted()
    check_who_bought_and_when()
    check_what_is_left_to_do()
    check_today()
    check_recap(app)


def check_days() -> None:
    """Every Monday that is no holiday has five tents, up to the coming one."""
    first, last = dt.date(2026, 10, 5), TODAY + dt.timedelta(weeks=1)
    mondays = {day for day in rules.days_between(first, last) if day.weekday() == 0}
    wanted = mondays - set(rules.holidays_among(mondays))
    stood = Counter(held_on for held_on, _stall in stalls())
    assert stood == dict.fromkeys(wanted, 5)
    assert not db.session.scalar(
        select(MarketDay.id).where(MarketDay.held_on.in_(wanted), MarketDay.state != DayState.PLANNED)
    )


def check_states() -> None:
    past = stalls(MarketDay.held_on < TODAY)
    unconfirmed = [held_on for held_on, stall in past if stall.state is not StallState.CLOSED]
    assert unconfirmed == [LAST]
    assert all(stall.counted_by_id != stall.confirmed_by_id for _held_on, stall in past)
    assert {stall.state for _held_on, stall in stalls(MarketDay.held_on >= TODAY)} == {StallState.OPEN}
    rows = db.session.execute(select(MarketDay.held_on, Load.state).join(Load.stall).join(Stall.day))
    loads = Counter((held_on, state) for held_on, state in rows)
    assert (loads[TODAY, LoadState.LOADED], loads[TODAY, LoadState.LISTED]) == (3, 2)
    assert all(held_on == TODAY for held_on, state in loads if state is not LoadState.LOADED)
    names = set(db.session.scalars(select(Load.signed_name).where(Load.state == LoadState.LOADED)))
    assert len(names) > 10
    at_tents = select(func.sum(StockLevel.on_hand)).join(StockLevel.location)
    closed = at_tents.join(Stall, Stall.location_id == StockLevel.location_id)
    assert db.session.scalar(closed.where(Stall.state == StallState.CLOSED)) == 0
    assert db.session.scalar(closed.where(Stall.state == StallState.COUNTED))


def check_money() -> None:
    """What was handed in is change money, sales in cash and what the count differed by; all else stands in drawers."""
    for _held_on, stall in stalls(Stall.state == StallState.CLOSED):
        drawer = drawer_of(stall)
        assert drawer.expected == 0
        assert drawer.difference == stall.cash_counted - stall.cash_expected
        assert drawer.handed_in == drawer.change + drawer.sales - drawer.given_back + drawer.difference
    in_drawers = sum(drawer_of(stall).expected for _held_on, stall in stalls())
    booked = select(func.sum(JournalLine.amount)).join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
    of_tents = booked.where(JournalLine.account == Account.TENT_CASH, JournalEntry.area_code == make.REGENCY)
    assert db.session.scalar(of_tents) == in_drawers
    kept = select(func.sum(Order.total - Order.reduced_amount)).where(Order.channel == Channel.TENT)
    found = report(Period(make.REGENCY, dt.date(2025, 1, 1), TODAY))
    assert found.amount == db.session.scalar(kept) == sum(found.buyers.values())


def check_what_was_counted() -> None:
    """Each kind of loss is there, with its reason, and a drawer that did not hold what it should."""
    columns = (StallCount.spoiled, StallCount.given, StallCount.missing, StallCount.back)
    assert all(count > 0 for count in db.session.execute(select(*map(func.sum, columns))).one())
    assert all(note for (note,) in db.session.execute(
        select(StallCount.note).where(StallCount.spoiled + StallCount.given + StallCount.missing > 0)
    ))  # fmt: skip
    differing = [stall for _held_on, stall in stalls() if stall.cash_counted != stall.cash_expected]
    assert differing
    assert all(stall.cash_reason for stall in differing)


def check_who_bought_and_when() -> None:
    buyers = report(Period(make.REGENCY, dt.date(2026, 10, 1), TODAY)).buyers
    assert set(buyers) == set(BuyerKind)
    named = set(db.session.scalars(select(Office.name).join(TillEvent, TillEvent.office_id == Office.id)))
    assert len(named) > 1
    assert named >= set(db.session.scalars(select(Order.buyer_office).where(Order.channel == Channel.TENT))) - {""}
    hours = report(Period(make.REGENCY, dt.date(2026, 10, 1), TODAY)).hours
    assert set(hours) <= set(range(8, 15))
    assert len(hours) > 4


def check_what_is_left_to_do() -> None:
    waiting = list(db.session.scalars(rescue.events(make.REGENCY, rescue.Tab.EVENTS)))
    assert [event.device.day.held_on for event in waiting] == [LAST, LAST]
    assert db.session.scalars(rescue.events(make.REGENCY, rescue.Tab.DONE)).first() is not None
    unseen = select(TillRemark.kind, MarketDay.held_on).join(TillRemark.event).join(TillEvent.device)
    rows = db.session.execute(unseen.join(MarketDay).where(TillRemark.seen_at.is_(None))).all()
    assert {held_on for _kind, held_on in rows} == {LAST}
    assert {RemarkKind.PRICE, RemarkKind.SHORT} <= {kind for kind, _held_on in rows}


def check_today() -> None:
    """The market is on: tents that are loaded sell, and a phone has told that it sold more than has arrived."""
    day = db.session.scalars(select(MarketDay).where(MarketDay.held_on == TODAY)).one()
    seen = board.of_day(day)
    assert seen.sold.count > 0
    assert [phone.missing_count for phone in seen.phones if phone.missing_count] == [1]
    assert max(phone.device.seen_at for phone in seen.phones) <= NOW


def check_recap(app: Flask) -> None:
    with clock.at(NOW):
        said = app.test_cli_runner().invoke(args=["demo", "recap"]).output
    held = select(func.count(Stall.day_id.distinct()), func.count(Stall.tent_id.distinct()), func.count())
    sold = Stall.id.in_(select(TillEvent.stall_id).where(TillEvent.state == TillEventState.BOOKED))
    orders = select(func.count(), func.sum(Order.total - Order.reduced_amount)).where(
        Order.channel == Channel.TENT, Order.reduced_amount < Order.total
    )
    days, tents, times = db.session.execute(held.where(sold)).one()
    count, amount = db.session.execute(orders).one()
    wanted = f"Pasar tenda: {days} hari, {tents} tenda ({times} kali berdiri), {count} penjualan, "
    assert wanted + format_rupiah(amount) in said
