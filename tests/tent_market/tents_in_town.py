"""What the tests of every page need of tents: loaded ones in each state, with many rows behind. Call inside `app`."""

from typing import Any

from marketplace.orders.wanted import LineRequest
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market import closing, stalls
from marketplace.tent_market.models import MarketDay, Stall, Tent
from marketplace.tent_market.stall_rules import Tally
from tests import make
from tests.tent_market import counting_back as back
from tests.tent_market import making

OPEN = ("stall_goods.show", "stall_goods.plan", "stall_goods.write_off", "stall_goods.put_float")
COUNTED = ("stall_close.recount", "stall_close.confirm")


def put_up(on: MarketDay, number: str, regency: str) -> Stall:
    """Put a tent of a regency up on a market day."""
    tent: Tent = make.add(Tent(area_code=regency, number=number))
    with unit_of_work():
        stall_id = stalls.put_up(on.id, tent.id).id
    return back.fresh_by_id(stall_id)


def add_tents(regency: str, village: str, size: int) -> dict[str, Any]:
    """Make tents with so many goods, lists and sales; return what addresses of their pages need."""
    day = making.day(making.site(area_code=regency), making.MONDAY)
    products = [make.product(make.group(village_code=village), stock=90) for _ in range(size)]
    selling, ready, counted, done = (put_up(day, f"T{number}-{regency}", regency) for number in range(4))
    back.with_group(selling, *products)
    for stall in (selling, ready, counted, done):
        back.signed(back.listed(stall, {product.id: 10 for product in products}))
        lines = [LineRequest(2, product.id) for product in products]
        _sell(stall, [[line] for line in lines] if stall is selling else [lines])
    waiting = [back.listed(selling, {product.id: 1 for product in products}) for _ in range(size)]
    rest = {product.id: Tally(8) for product in products}
    back.counted(counted, rest)
    back.closed(done, rest)
    with unit_of_work():  # out of what the closed one handed in
        closing.put_float(selling.id, 10_000, None)
    found = {f"{page}.stall_id": selling.id for page in OPEN} | {f"{page}.stall_id": counted.id for page in COUNTED}
    found |= {"load_id": waiting[0].id, "stall_close.close.stall_id": ready.id}
    return found | {"stall_goods.hand_in_late.stall_id": done.id}


def _sell(stall: Stall, sales: list[list[LineRequest]]) -> None:
    cashier = make.user().id
    for lines in sales:
        making.sell(stall, *lines, cashier_id=cashier)
