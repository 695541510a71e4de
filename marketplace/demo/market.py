"""The demo's tent market: five borrowed tents, every Monday of the year, and the expo on the district's anniversary."""

import datetime as dt
from random import Random

from sqlalchemy import select

from ..areas.queries import time_zone
from ..extensions import db
from ..shared import clock
from ..shared.transaction import unit_of_work
from ..tent_market import placing, schedule, sites, tents
from ..tent_market.models import Condition, DayState, MarketDay, Site, Tent, TentLoan
from ..tent_market.rules import Weekly
from ..tent_market.schedule import Hours
from ..tent_market.sites import SiteContent
from ..tent_market.tents import Handover, State
from .market_crew import A_DAY, Crew, Neighbour
from .market_days import MarketDays
from .people import REGENCY, Cast
from .trade import moment

PLACE = SiteContent(
    "Halaman Dinas Sosial", "Jalan Kamboja, Kandangan, Kabupaten Hulu Sungai Selatan", -2.781900, 115.256500
)
"""About the middle of Kandangan: a demo knows the yard no better."""
EXPO_PLACE = SiteContent("Lapangan Lambung Mangkurat", "Jalan Pangeran Antasari, Kandangan", -2.784400, 115.264200)
LENDER = "Dinas Perdagangan Kabupaten Hulu Sungai Selatan"
TENTS = ("1", "2", "3", "4", "5")
HOURS, EXPO_HOURS = Hours(dt.time(8), dt.time(14)), Hours(dt.time(9), dt.time(21))
ANNIVERSARY = (12, 2)
"""Hulu Sungai Selatan keeps its birthday on 2 December."""
PER_TENT = 2
AHEAD = dt.timedelta(weeks=5)
A_WEEK, A_YEAR = dt.timedelta(weeks=1), dt.timedelta(weeks=52)


class TentMarket:
    """The market of the demo on its way through the year, month by month beside the shop."""

    def __init__(self, cast: Cast, neighbours: list[Neighbour], now: dt.datetime, luck: Random) -> None:
        self.now = now
        self.today = clock.local_date(now, time_zone(REGENCY))
        self.crew = Crew(cast, neighbours)
        self.planner = self.crew.planner
        self.days = MarketDays(self.crew, now, luck)

    def open(self, first: dt.date) -> None:
        """Write sites and the rule of weeks down, and borrow the tents for a year."""
        with clock.at(moment(first, 9)), unit_of_work():
            self.site_id = sites.add_site(REGENCY, PLACE, self.planner).id
            self.expo_site_id = sites.add_site(REGENCY, EXPO_PLACE, self.planner).id
            schedule.add_rule(self.site_id, Weekly((0,)), (first, None), HOURS, self.planner)
            tents.add_tents(REGENCY, list(TENTS), "3 × 3 meter, terpal biru", self.planner)
            self._borrow("510/117/DISDAG", dict.fromkeys(TENTS, 364))

    def _borrow(self, letter: str, due: dict[str, int]) -> None:
        """Borrow tents today: number → in how many days each is to go back."""
        ids = {tent.number: tent.id for tent in db.session.scalars(select(Tent).where(Tent.area_code == REGENCY))}
        today = clock.today(time_zone(REGENCY))
        for days in sorted(set(due.values()), reverse=True):
            what = {ids[number]: State(Condition.GOOD) for number in due if due[number] == days}
            over = Handover(LENDER, letter, today, today + dt.timedelta(days=days), "Syahrani Noor")
            tents.borrow(REGENCY, what, over, self.planner)

    def play_before(self, first: dt.date) -> None:
        """Hold the market days before the first month of the story that make its year a whole one."""
        since = self.today - A_YEAR
        if not clock.add_months(first, -1) <= since < first:
            return
        with clock.at(moment(since, 7)), unit_of_work():
            self._plan_expo(since.year)
            self._make_days(first - A_DAY)
        for day_id, held_on in self._days_of(since, first - A_DAY):
            self._hold(day_id, held_on)

    def play(self, month: dt.date, *, is_last: bool) -> None:
        """Plan a month on its first morning, then hold its market days up to the present one."""
        end = clock.add_months(month, 1) - A_DAY
        with clock.at(min(moment(month, 7), self.now)), unit_of_work():
            if is_last:
                self._renew()
            self._plan_expo(month.year)
            self._make_days(end + AHEAD if is_last else end)
        for day_id, held_on in self._days_of(month, self.today + A_WEEK if is_last else end):
            self._hold(day_id, held_on)

    def _renew(self) -> None:
        """Give the tents of the first year back and borrow them anew; the last one only for some days."""
        loans = db.session.scalars(select(TentLoan).where(TentLoan.returned_on.is_(None)).order_by(TentLoan.tent_id))
        back = {loan.tent_id: State(Condition.GOOD) for loan in loans}
        back[max(back)] = State(Condition.WORN, "Terpal mulai tipis")
        tents.give_back(REGENCY, back, clock.today(time_zone(REGENCY)), "Syahrani Noor", self.planner)
        self._borrow("510/098/DISDAG", {**dict.fromkeys(TENTS, 180), TENTS[-1]: 14})

    def _plan_expo(self, year: int) -> None:
        """Plan the expo of a year from a month before on, unless it is planned or has passed."""
        first, today = dt.date(year, *ANNIVERSARY) - A_DAY, clock.today(time_zone(REGENCY))
        planned = select(MarketDay.id).where(MarketDay.site_id == self.expo_site_id, MarketDay.held_on == first)
        if first - 31 * A_DAY <= today <= first and db.session.scalar(planned) is None:
            span = (first, first + 2 * A_DAY)
            schedule.add_event(self.expo_site_id, f"HSS Expo {year}", span, EXPO_HOURS, self.planner)

    def _make_days(self, until: dt.date) -> None:
        site = db.session.get_one(Site, self.site_id)
        days = {day.held_on for day in schedule.proposed(site, until) if not day.holiday}
        schedule.make_days(self.site_id, until, days, self.planner)
        expo = select(MarketDay.held_on).where(MarketDay.site_id == self.expo_site_id)
        same = MarketDay.held_on.in_(expo) & (MarketDay.state == DayState.PLANNED)
        for day_id in list(db.session.scalars(select(MarketDay.id).where(MarketDay.site_id == self.site_id, same))):
            schedule.call_off(day_id, "Pindah ke HSS Expo", self.planner)

    def _days_of(self, first: dt.date, last: dt.date) -> list[tuple[int, dt.date]]:
        planned = select(MarketDay.id, MarketDay.held_on).where(
            MarketDay.held_on.between(first, last), MarketDay.state == DayState.PLANNED
        )
        return [(key, day) for key, day in db.session.execute(planned.order_by(MarketDay.held_on))]

    def _hold(self, day_id: int, held_on: dt.date) -> None:
        """Put tents up and share them out the day before, and let the day take its course as far as it got."""
        with clock.at(min(moment(held_on - A_DAY, 9), self.now)), unit_of_work():
            free = [tent.id for tent in tents.available(db.session.get_one(MarketDay, day_id))]
            placing.put_up(day_id, free, self.planner)
            placing.share_out(day_id, PER_TENT, self.planner)
            stands = placing.stands_of(day_id)
            for stall in stands:
                placing.set_cashiers(stall.id, [self.crew.packer, *self.crew.sellers_at(stall)], self.planner)
        self.days.hold(day_id, held_on)
