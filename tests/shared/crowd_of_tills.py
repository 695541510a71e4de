"""Tents on one market day, and so many of everything that their phones can tell. Call inside `app`."""

import datetime as dt
from typing import Any

from marketplace.extensions import db
from marketplace.groups.models import Group
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock import tents as stock
from marketplace.tent_market import stalls, sync
from marketplace.tent_market.models import MarketDay, Site, Stall, StallGroup, Tent
from marketplace.tent_market.till_models import TillEvent
from tests import make
from tests.tent_market.telling import Till, of


def told(regency: str, size: int, group: Group | None = None) -> dict[str, Any]:
    """Let so many phones of so many tents tell sales, one of them so many; return what addresses need."""
    site = make.add(Site(area_code=regency, name=f"Kasir {regency}", address="Jalan Contoh 1"))
    hours = {"opens_at": dt.time(8), "closes_at": dt.time(14)}
    day: MarketDay = make.add(MarketDay(site_id=site.id, held_on=clock.now().date(), **hours))
    product = make.product(group or make.group(village_code=_village(regency)), price=15_000)
    level = make.put(product, 50 * size + 50)
    lost = _till(day, regency, size, product.id, level.location_id)
    lost.revoke()
    with unit_of_work():
        sync.take(lost.id, lost.batch(lost.sale(of(product.id))))
    tills = [_till(day, regency, number, product.id, level.location_id) for number in range(size)]
    make.add(*(StallGroup(day_id=day.id, stall_id=till.stall_id, group_id=make.group().id) for till in tills))
    for till in tills:
        sold = [till.sale(of(product.id)) for _number in range(2)]
        strange = [till.sale(of(999_999_999)) for _number in range(size if till is tills[0] else 1)]
        odd = [{**each, "paid": "qris"} for each in sold[:1]]
        discount = [till.sale(of(product.id, price=5_000) | {"list": 15_000})]
        events = [*sold, *strange, *odd, *discount, till.sale(lines=[])]
        with unit_of_work():
            sync.take(till.id, till.batch(*events))
    waiting = db.session.query(TillEvent).filter_by(device_id=tills[0].id, problem="unknown_goods").first()
    assert waiting is not None
    return {"market_board.show.day_id": day.id, "device_id": tills[0].id, **_events(waiting.id)}


def _events(key: int) -> dict[str, int]:
    return {"till_rescue.show.event_id": key, "till_rescue.book.event_id": key}


def _village(regency: str) -> str:
    return make.VILLAGE if regency == make.REGENCY else f"{regency}.01"


def _till(day: MarketDay, regency: str, number: int, product_id: int, source_id: int) -> Till:
    tent = make.add(Tent(area_code=regency, number=str(number + 1)))
    with unit_of_work():
        stall = stalls.put_up(day.id, tent.id)
    with unit_of_work():
        stock.load(stalls.locked_open(stall.id).location, product_id, source_id, 40, None)
    cashier = make.user(Role.PACKER, area_code=regency)
    return Till(db.session.get_one(Stall, stall.id), cashier=cashier, name=f"HP {number + 1}")
