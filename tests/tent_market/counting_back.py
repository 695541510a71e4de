"""Load a tent and count it back in one line. Call inside `app`."""

from collections.abc import Mapping

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.ledger.models import Account, EntryKind
from marketplace.ledger.rules import Posting
from marketplace.ledger.service import Event, post
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market import closing, loading
from marketplace.tent_market.closing import Cash
from marketplace.tent_market.goods_models import Load
from marketplace.tent_market.loading import Signature
from marketplace.tent_market.models import Stall, StallGroup, StallState
from marketplace.tent_market.stall_queries import drawer_of
from marketplace.tent_market.stall_rules import Tally
from tests import make


def fresh(stall: Stall) -> Stall:
    """Return a tent as it stands in the database."""
    return fresh_by_id(stall.id)


def fresh_by_id(stall_id: int) -> Stall:
    """Return the tent of an id as it stands in the database."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Stall, stall_id)


def with_group(stall: Stall, *products: Product) -> Stall:
    """Give a tent to the groups of some products."""
    for group_id in {product.group_id for product in products}:
        make.add(StallGroup(day_id=stall.day_id, stall_id=stall.id, group_id=group_id))
    return stall


def listed(stall: Stall, wanted: Mapping[int, int], parcels: Mapping[int, int] | None = None) -> Load:
    """Write a loading list."""
    with unit_of_work():
        load = loading.list_goods(stall.id, wanted, parcels or {}, None)
    return db.session.get_one(Load, load.id)


def signed(load: Load, counted: Mapping[int, int] | None = None, name: str = "Siti") -> Load:
    """Count a list out, as planned where nothing else is said by product, and sign it."""
    given = counted or {line.product_id: line.planned for line in load.lines}
    numbers = {line.id: given.get(line.product_id, 0) for line in load.lines}
    with unit_of_work():
        loading.sign(load.id, numbers, Signature(name), None)
    return db.session.get_one(Load, load.id)


def cash_in(amount: int, account: Account = Account.CASH, regency: str = make.REGENCY) -> None:
    """Let the office have some cash, out of the one account that may fall below zero."""
    with unit_of_work():
        event = Event(EntryKind.TRANSFER, f"transfer:modal-{regency}-{amount}", regency)
        post(event, [Posting(account, amount), Posting(Account.STRIPE, -amount)])


def counted(
    stall: Stall,
    goods: Mapping[int, Tally],
    cash: Cash | None = None,
    to_group: frozenset[int] = frozenset(),
    by: int | None = None,
) -> Stall:
    """Count a tent back; the cash is as it should be if nothing else is said."""
    cash = cash or Cash(drawer_of(fresh(stall)).expected)
    counter = by or make.user().id
    with unit_of_work():
        closing.count(stall.id, goods, cash, to_group, counter)
    return fresh(stall)


def closed(stall: Stall, goods: Mapping[int, Tally], cash: Cash | None = None, **values: frozenset[int]) -> Stall:
    """Count a tent back, and let somebody else confirm it."""
    counted(stall, goods, cash, **values)
    second = make.user().id
    with unit_of_work():
        closing.confirm(stall.id, second)
    found = fresh(stall)
    assert found.state is StallState.CLOSED
    return found
