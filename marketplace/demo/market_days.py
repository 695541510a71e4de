"""The market days of the demo, one after the other: what is over is closed, what is of today is half done."""

import datetime as dt
from random import Random

from sqlalchemy import select

from ..accounts.models import User
from ..areas.queries import time_zone
from ..extensions import db
from ..shared import clock
from ..shared.transaction import unit_of_work
from ..tent_market import closing, placing, rescue
from ..tent_market.goods_models import Load
from ..tent_market.models import MarketDay
from ..tent_market.rescue import Tab
from ..tent_market.till_models import Problem, TillRemark
from .market_crew import A_DAY, Crew, Goods
from .market_tent import Oddity, Span, TentDay
from .people import REGENCY
from .trade import moment

TILLS_SINCE = dt.timedelta(days=91)
"""Tills came to the market so long ago: all that a report shows unless more is asked for."""
RECENT = dt.timedelta(days=8)
Phones = dict[int, Oddity]
"""What is odd about the phones of tents, by the tent's place in the row."""
HALF_AN_HOUR = dt.timedelta(minutes=30)
ASK_A_PERSON = (Oddity.LATE, Oddity.MISTYPED)
TO_BE_SEEN = (Oddity.OLD_PRICE, Oddity.SHORT, Oddity.CLOCK)
LAST_TIME = (Oddity.LATE, Oddity.OLD_PRICE, Oddity.MISTYPED, Oddity.CAME_BACK, Oddity.SHORT)
"""What the tents of the last market day leave to look at."""
IN_THE_EVENING, BY_MORNING = 2, 3
"""So many tents of a day that is not over are loaded the evening before, and by the morning; the others wait."""


class MarketDays:
    """Holds one market day after the other."""

    def __init__(self, crew: Crew, now: dt.datetime, luck: Random) -> None:
        self.crew = crew
        self.now = now
        self.today = clock.local_date(now, time_zone(REGENCY))
        self.luck = luck
        self.goods = Goods()
        self.unconfirmed: int | None = None
        self.morning_after = now

    def hold(self, day_id: int, held_on: dt.date) -> None:
        """Let a market day whose tents stand take its course, as far as it got by now."""
        day = db.session.get_one(MarketDay, day_id)
        hours = [moment(held_on, at.hour, at.minute) for at in (day.opens_at, day.closes_at)]
        span = Span(hours[0], hours[1], self.now)
        stall_ids = [stall.id for stall in placing.stands_of(day_id)]
        if span.closes + 2 * HALF_AN_HOUR <= self.now:
            self._tidy_up()
            self._close(stall_ids, span, self._phones(held_on))
        elif self._eve(span, 16) <= self.now:
            for number, stall_id in enumerate(stall_ids):
                with unit_of_work():
                    self._begun(self._tent(stall_id, span), number)

    def _tent(self, stall_id: int, span: Span) -> TentDay:
        return TentDay(stall_id, span, self.goods, self.crew, self.luck)

    def _close(self, stall_ids: list[int], span: Span, phones: Phones | None) -> None:
        for number, stall_id in enumerate(stall_ids):
            with unit_of_work():
                self._whole(self._tent(stall_id, span), phones, number, is_last=stall_id == stall_ids[-1])
        self.unconfirmed, self.morning_after = stall_ids[-1], moment(span.opens.date() + A_DAY, 8)

    @staticmethod
    def _eve(span: Span, hour: int) -> dt.datetime:
        """Return an hour of the day before."""
        return moment(span.opens.date() - A_DAY, hour)

    def _phones(self, held_on: dt.date) -> Phones | None:
        """Return what is odd about the phones of the tents, by their place; None before there were phones."""
        if held_on <= self.today - TILLS_SINCE:
            return None
        if held_on > self.today - RECENT:
            return dict(enumerate(LAST_TIME))
        return {0: self.luck.choice(ASK_A_PERSON), 1: self.luck.choice(TO_BE_SEEN)}

    def _whole(self, tent: TentDay, phones: Phones | None, number: int, *, is_last: bool) -> None:
        """Load a tent, sell and close it; the last one of a day is confirmed by the head on the morning after."""
        with clock.at(self._eve(tent.span, 16)):
            load = tent.list_goods()
        self._load(tent, load, tent.span.opens - HALF_AN_HOUR)
        if phones is None:
            tent.sell_by_hand()
        else:
            tent.sell_by_phone(phones.get(number))
        with clock.at(tent.span.closes + HALF_AN_HOUR):
            tent.count()
        if not is_last:
            with clock.at(tent.span.closes + 2 * HALF_AN_HOUR):
                tent.confirm()
        with clock.at(min(tent.span.closes + 8 * HALF_AN_HOUR, self.now)):
            tent.send_late()

    def _load(self, tent: TentDay, load: Load, at: dt.datetime) -> None:
        with clock.at(at):
            tent.put_float()
            tent.sign(load)

    def _begun(self, tent: TentDay, number: int) -> None:
        """Lead a tent of a day that is not over as far as it would have got by now."""
        with clock.at(self._eve(tent.span, 16)):
            load = tent.list_goods()
        loaded = self._eve(tent.span, 17) if number < IN_THE_EVENING else tent.span.opens - HALF_AN_HOUR
        if number >= BY_MORNING or loaded > self.now:
            return
        self._load(tent, load, loaded)
        if tent.span.opens < self.now:
            tent.sell_by_phone(Oddity.SILENT if number == 0 else None)

    def _tidy_up(self) -> None:
        """Before the next market day: confirm the tent that is counted, and decide about what tills told."""
        if self.unconfirmed is not None:
            with clock.at(self.morning_after), unit_of_work():
                closing.confirm(self.unconfirmed, self.crew.head)
                self._decide()

    def _decide(self) -> None:
        treasurer = self.crew.treasurer
        for event in list(db.session.scalars(rescue.events(REGENCY, Tab.EVENTS))):
            if event.problem is Problem.STALL_CLOSED:
                rescue.book(event.id, treasurer)
            else:
                rescue.settle(event.id, "Sudah dibatalkan dengan HP yang lain", treasurer)
        remarks = list(db.session.scalars(select(TillRemark.id).where(TillRemark.seen_at.is_(None))))
        rescue.mark_seen(db.session.get_one(User, treasurer), treasurer, [], remarks)
