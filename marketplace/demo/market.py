"""The demo's tent market: five borrowed tents, every Monday of the year, and the expo on the district's anniversary."""

import datetime as dt
from random import Random

from sqlalchemy import select

from ..areas.queries import time_zone
from ..catalog.models import Product, ProductKind, ProductState
from ..extensions import db
from ..ledger.models import Account
from ..ledger.queries import account_balances
from ..ledger.transfers import move_money
from ..orders.wanted import LineRequest
from ..shared import clock
from ..shared.policy import Role
from ..shared.transaction import unit_of_work
from ..stock import movements
from ..stock import tents as stock
from ..tent_market import placing, sales, schedule, sites, stalls, tents
from ..tent_market.models import Condition, DayState, MarketDay, Site, Stall, Tent, TentLoan
from ..tent_market.rules import Weekly
from ..tent_market.sales import Sale
from ..tent_market.schedule import Hours
from ..tent_market.sites import SiteContent
from ..tent_market.tents import Handover, State
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
A_DAY = dt.timedelta(days=1)
ANNIVERSARY = (12, 2)
"""Hulu Sungai Selatan keeps its birthday on 2 December."""
PER_TENT = 2
AHEAD = dt.timedelta(weeks=5)
BROUGHT = (6, 12)
"""Least and most pieces of a product that go to a tent."""
SALES = (3, 4)
"""Least and most sales of a tent on a day."""
MOST_AT_ONCE = 3


class TentMarket:
    """The market of the demo on its way through the year, month by month beside the shop."""

    def __init__(self, cast: Cast, now: dt.datetime, luck: Random) -> None:
        self.now = now
        self.luck = luck
        self.sellers = dict(zip(cast.groups, cast.sellers, strict=True))
        self.planner = cast.staff[Role.CURATOR]
        self.packer = cast.staff[Role.PACKER]
        self.treasurer = cast.staff[Role.TREASURER]

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

    def play(self, month: dt.date) -> None:
        """Plan a month on its first morning, then hold its market days up to the present one."""
        with clock.at(min(moment(month, 7), self.now)), unit_of_work():
            if month == clock.month_of(self.now.date()):
                self._renew()
            last = clock.add_months(month, 1) + (AHEAD if clock.add_months(month, 1) > self.now.date() else -A_DAY)
            self._plan_expo(month.year)
            self._make_days(last)
        for day_id, held_on in self._days_of(month):
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

    def _days_of(self, month: dt.date) -> list[tuple[int, dt.date]]:
        """Return the days of a month that take place, and with the present month those of the coming week."""
        tomorrow = self.now.date() + dt.timedelta(days=2)
        span = MarketDay.held_on.between(month, min(clock.add_months(month, 1) - A_DAY, tomorrow))
        planned = select(MarketDay.id, MarketDay.held_on).where(span, MarketDay.state == DayState.PLANNED)
        return [(key, day) for key, day in db.session.execute(planned.order_by(MarketDay.held_on))]

    def _hold(self, day_id: int, held_on: dt.date) -> None:
        """Put tents up and share them out the day before; then load, sell and bring back what is left."""
        with clock.at(min(moment(held_on - A_DAY, 9), self.now)), unit_of_work():
            free = [tent.id for tent in tents.available(db.session.get_one(MarketDay, day_id))]
            placing.put_up(day_id, free, self.planner)
            placing.share_out(day_id, PER_TENT, self.planner)
            for stall in placing.stands_of(day_id):
                own = [self.sellers[row.group_id] for row in stall.groups]
                placing.set_cashiers(stall.id, [self.packer, *own], self.planner)
        if moment(held_on, 15) > self.now:
            return
        for stall_id in [stall.id for stall in placing.stands_of(day_id)]:
            with unit_of_work():
                self._sell(stall_id, held_on)
        with clock.at(moment(held_on, 15)), unit_of_work():
            self._hand_in(held_on)

    def _sell(self, stall_id: int, held_on: dt.date) -> None:
        stall = stalls.locked_open(stall_id)
        with clock.at(moment(held_on, 7)):
            left = self._load(stall)
        sellers = [self.sellers[row.group_id] for row in stall.groups] or [self.packer]
        for number in range(self.luck.randint(*SALES)):
            there = [key for key, count in sorted(left.items()) if count]
            if not there:
                break
            product_id = self.luck.choice(there)
            quantity = min(left[product_id], self.luck.randint(1, MOST_AT_ONCE))
            left[product_id] -= quantity
            way = "qris" if self.luck.random() < 0.3 else "tent_cash"
            sale = Sale(f"demo-tenda-{stall_id}-{number}", (LineRequest(quantity, product_id),), way)
            with clock.at(moment(held_on, 9 + number, self.luck.randrange(60))):
                sales.enter(stall, sale, self.luck.choice(sellers))
        with clock.at(moment(held_on, 14)):
            self._bring_back(stall)

    def _load(self, stall: Stall) -> dict[int, int]:
        """Let each group make one or two of its goods and bring them to its tent; return product → how many."""
        brought = {}
        for row in stall.groups:
            goods = (Product.group_id == row.group_id, Product.kind == ProductKind.GOODS)
            offered = select(Product.id).where(*goods, Product.state == ProductState.PUBLISHED).order_by(Product.id)
            ids = list(db.session.scalars(offered))
            place = movements.location_of_group(row.group_id)
            for product_id in self.luck.sample(ids, min(self.luck.randint(1, 2), len(ids))):
                quantity = self.luck.randint(*BROUGHT)
                movements.receive(product_id, place.id, quantity, self.packer)
                stock.load(stall.location, product_id, place.id, quantity, self.packer)
                brought[product_id] = quantity
        return brought

    def _bring_back(self, stall: Stall) -> None:
        """Bring what was not sold back to its groups."""
        left = stock.at_tent(stall.location)
        owners = select(Product.id, Product.group_id).where(Product.id.in_(left)).order_by(Product.id)
        for product_id, group_id in db.session.execute(owners).all():
            home = movements.location_of_group(group_id)
            stock.unload(stall.location, product_id, home.id, left[product_id], self.packer)

    def _hand_in(self, held_on: dt.date) -> None:
        """Hand in the cash of the tents of a day."""
        amount = account_balances(REGENCY)[Account.TENT_CASH]
        if amount > 0:
            note = f"Setoran pasar tenda {held_on}"
            move_money(REGENCY, Account.TENT_CASH, Account.CASH, amount, note, f"tenda-{held_on}", self.treasurer)
