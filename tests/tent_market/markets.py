"""What the tests of every page need of the market: a site with its rule, days, tents and loans. Call inside `app`."""

import datetime as dt
from typing import Any

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.groups.models import Group
from marketplace.shared import clock
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market import placing, schedule, sites, tents
from marketplace.tent_market.models import Condition, MarketDay, Site, Stall, Tent, TentLoan
from marketplace.tent_market.rules import Weekly
from marketplace.tent_market.schedule import Hours
from marketplace.tent_market.sites import SiteContent
from marketplace.tent_market.tents import Handover, State
from tests import make

HOURS = Hours(dt.time(8), dt.time(14))


def today() -> dt.date:
    """Return the day it is at the sites."""
    return clock.today("Asia/Makassar")


def in_days(count: int) -> dt.date:
    """Return the day so many days from today."""
    return today() + dt.timedelta(days=count)


def site(regency: str = make.REGENCY, name: str = "Halaman") -> Site:
    """Write a site down."""
    with unit_of_work():
        return sites.add_site(regency, SiteContent(f"{name} {regency}", "Jalan Contoh 1", -2.78, 115.25), None)


def weekly(of: Site, *weekdays: int) -> int:
    """Write a rule down that begins today and goes on; return its id."""
    with unit_of_work():
        return schedule.add_rule(of.id, Weekly(weekdays or (0,)), (today(), None), HOURS, None).id


def day(of: Site, held_on: dt.date) -> MarketDay:
    """Make a single day."""
    with unit_of_work():
        schedule.add_event(of.id, "", (held_on, held_on), HOURS, None)
    found = db.session.query(MarketDay).filter_by(site_id=of.id, held_on=held_on)
    row: MarketDay = found.one()
    return row


def borrowed(regency: str = make.REGENCY, *numbers: str, due: int = 30) -> list[TentLoan]:
    """Write tents down and borrow them; they are due in so many days."""
    with unit_of_work():
        tents.add_tents(regency, list(numbers), "", None)
    rows = db.session.query(Tent).filter(Tent.area_code == regency, Tent.number.in_(numbers))
    what = {tent.id: State(Condition.GOOD) for tent in rows}
    over = Handover("Dinas Perdagangan", "510/1", in_days(-400), in_days(due), "Pak Contoh")
    with unit_of_work():
        return tents.borrow(regency, what, over, None)


def seller(name: str, **values: Any) -> Group:
    """Make a group that has something to sell."""
    group = make.group(name=name, **values)
    make.product(group)
    return group


def put_up(on: MarketDay, loans: list[TentLoan]) -> list[Stall]:
    """Put borrowed tents up on a day."""
    with unit_of_work():
        placing.put_up(on.id, [loan.tent_id for loan in loans], None)
    return placing.stands_of(on.id)


def add_market(regency: str, village: str, size: int, cashier: User | None = None) -> dict[str, Any]:
    """Make a site with so many rules, days and tents, and groups for them; return what addresses of its pages need."""
    for number in range(2 * size):
        seller(f"Kelompok {regency} {number}", village_code=village)
    return plan_market(regency, size, cashier)


def plan_market(regency: str, size: int, cashier: User | None = None) -> dict[str, Any]:
    """Make a site with so many rules, days and tents, for the groups that there are."""
    at = site(regency)
    others = [site(regency, f"Lapangan {number}") for number in range(size - 1)]
    for each in others[:1]:
        with unit_of_work():
            sites.set_active(each.id, False, None)
    rules = [weekly(at, (today().weekday() + number) % 7) for number in range(size)]
    days = [day(at, in_days(number)) for number in range(size + 1)]
    loans = borrowed(regency, *(f"P{number + 1}" for number in range(size + 1)), due=-1)
    stands = put_up(days[0], loans)
    with unit_of_work():
        placing.take_down(stands[size].id, None)
        schedule.make_days(at.id, in_days(14), {in_days(number) for number in range(13)}, None)
        schedule.add_event(at.id, "Expo", (in_days(size + 20), in_days(size + 22)), HOURS, None)
        placing.share_out(days[0].id, 1, None)
        if cashier is not None:
            placing.set_cashiers(stands[0].id, [cashier.id], None)
        schedule.call_off(days[-1].id, "Hujan", None)
    gone = loans[size]
    with unit_of_work():
        tents.give_back(regency, {gone.tent_id: State(Condition.WORN)}, today(), "Pak Contoh", None)
    return {
        "site_id": at.id,
        "rule_id": rules[0],
        "day_id": days[0].id,
        "stall_id": stands[0].id,
        "tent_id": loans[0].tent_id,
        "loan_id": loans[0].id,
        "tents.given_back.loan_id": gone.id,
    }
