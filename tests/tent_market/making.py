"""Put up a market in one line. Call inside `app`."""

import datetime as dt
import itertools

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.orders.wanted import LineRequest
from marketplace.reports import checks
from marketplace.shared.transaction import unit_of_work
from marketplace.stock import tents as stock
from marketplace.tent_market import sales, stalls
from marketplace.tent_market.models import MarketDay, Site, Stall, Tent
from tests import make

MONDAY = dt.date(2026, 7, 6)
_numbers = itertools.count(1)


def site(**values: object) -> Site:
    """Make a site of the home regency."""
    values = {"area_code": make.REGENCY, "name": f"Halaman {next(_numbers)}", "address": "Jalan Contoh 1", **values}
    row: Site = make.add(Site(**values))
    return row


def day(at: Site | None = None, held_on: dt.date = MONDAY) -> MarketDay:
    """Make a market day, at a site of its own if none is named."""
    at = at or site()
    row: MarketDay = make.add(
        MarketDay(site_id=at.id, held_on=held_on, opens_at=dt.time(8), closes_at=dt.time(14), note="")
    )
    return row


def tent(number: str | None = None) -> Tent:
    """Make a tent of the home regency."""
    row: Tent = make.add(Tent(area_code=make.REGENCY, number=number or str(next(_numbers))))
    return row


def stall(on: MarketDay | None = None) -> Stall:
    """Put a tent up on a market day."""
    on, of = on or day(), tent()
    with unit_of_work():
        row = stalls.put_up(on.id, of.id)
    return db.session.get_one(Stall, row.id)


def load(to: Stall, product: Product, quantity: int) -> None:
    """Bring goods from the store to a tent; they are made for it."""
    level = make.put(product, quantity)
    with unit_of_work():
        stock.load(stalls.locked_open(to.id).location, product.id, level.location_id, quantity, None)


def sell(at: Stall, *lines: LineRequest, cashier_id: int, method: str = "tent_cash", office: str = "") -> int:
    """Enter a sale at a tent and return the id of its order."""
    sale = sales.Sale(f"sale-{next(_numbers)}", lines, method, office)
    with unit_of_work():
        return sales.enter(stalls.locked_open(at.id), sale, cashier_id).id


def broken_checks() -> dict[str, object]:
    """Return the checks of the shop that do not hold, with where."""
    db.session.expire_all()
    return {check.name: found.faults for check in checks.ALL if (found := check.run()).broken}
