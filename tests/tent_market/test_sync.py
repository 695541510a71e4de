"""Whatever a till tells, and however often: each event has its effect once, or waits where a person looks."""

import itertools
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from marketplace.areas import queries as areas
from marketplace.areas.models import Figure, FigureKey
from marketplace.catalog.models import Product, ProductState
from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balance
from marketplace.orders.models import Channel, Order, OrderState
from marketplace.shared import clock
from marketplace.shared.transaction import unit_of_work
from marketplace.stock import tents as stock
from marketplace.tent_market.models import Stall, StallState
from marketplace.tent_market.stall_rules import Tally
from marketplace.tent_market.till_models import (
    BuyerKind,
    Problem,
    RemarkKind,
    TillConflict,
    TillDevice,
    TillEvent,
    TillEventState,
    TillRemark,
)
from tests import make
from tests.offices.purchasing import Bureau
from tests.parcels import build
from tests.tent_market import counting_back, making
from tests.tent_market.making import broken_checks
from tests.tent_market.telling import Event, Till, box, minutes, of


class Tent:
    """A tent with goods, and a phone that sells there."""

    def __init__(self, pieces: int = 20) -> None:
        self.stall = making.stall()
        self.product = make.product(price=15_000)
        making.load(self.stall, self.product, pieces)
        self.till = Till(self.stall)

    def sale(self, quantity: int = 1, **more: Any) -> Event:
        return self.till.sale(of(self.product.id, quantity), **more)

    def left(self) -> int:
        return stock.at_tent(db.session.get_one(Stall, self.stall.id).location).get(self.product.id, 0)

    def close(self, state: StallState = StallState.CLOSED) -> None:
        """Count the tent back, and let somebody else confirm it where it is to be closed."""
        act = counting_back.closed if state is StallState.CLOSED else counting_back.counted
        act(self.stall, {self.product.id: Tally(self.left())})


@pytest.fixture
def tent(app: Flask) -> Tent:
    return Tent()


def cash() -> int:
    return account_balance(make.REGENCY, Account.TENT_CASH)


def orders() -> int:
    return db.session.scalar(select(func.count(Order.id)).where(Order.channel == Channel.TENT)) or 0


def remarks() -> list[tuple[str, int]]:
    return [(row.kind.value, row.value) for row in db.session.scalars(select(TillRemark).order_by(TillRemark.id))]


def test_a_sale_a_mistake_and_what_came_back_are_booked(tent: Tent) -> None:
    kept, mistake, partly = tent.sale(2), tent.sale(3), tent.sale(4)
    events = [kept, mistake, partly, tent.till.void(mistake), tent.till.refund(partly, 3, spoiled=1)]
    assert tent.till.tell(*events) == ["booked"] * 5
    assert (tent.left(), cash(), orders()) == (20 - 2 - 4 + 2, 45_000, 3)
    first = db.session.scalars(select(TillEvent).order_by(TillEvent.id)).first()
    assert first is not None
    assert (first.body, first.buyer_kind, first.phone_at.isoformat()) == (  # type: ignore[union-attr]
        kept,
        BuyerKind.PUBLIC,
        "2026-07-06T01:15:00+00:00",
    )
    assert broken_checks() == {}


def test_an_order_of_a_till_says_who_bought_and_how_he_paid(tent: Tent) -> None:
    bureau = Bureau()
    assert tent.till.tell(tent.sale(buyer={"kind": "office", "office": bureau.id}, paid="qris")) == ["booked"]
    order = db.session.scalars(select(Order).where(Order.channel == Channel.TENT)).one()
    assert (order.buyer_office, order.payment_method, order.state) == (
        bureau.office.name,
        "qris",
        OrderState.COMPLETED,
    )
    assert (cash(), account_balance(make.REGENCY, Account.QRIS)) == (0, 15_000)


def test_a_parcel_is_sold_and_comes_back(tent: Tent) -> None:
    honey = make.product()
    making.load(tent.stall, honey, 9)
    parcel = build.offered({tent.product: 2, honey: 1}, price=50_000)
    recipe = parcel.recipe
    assert recipe is not None
    sale = tent.till.sale(box(parcel.id, recipe.id, 3, 48_000))
    assert tent.till.tell(sale, tent.till.refund(sale, 1)) == ["booked", "booked"]
    assert (tent.left(), cash()) == (20 - 4, 96_000)
    assert broken_checks() == {}


Telling = Callable[[Tent], Event]


def _revoked(tent: Tent) -> None:
    tent.till.revoke()


def _closed(tent: Tent) -> None:
    tent.close()


def _counted(tent: Tent) -> None:
    tent.close(StallState.COUNTED)


def _empty_drawer(tent: Tent) -> None:
    """All that was sold there was paid by QRIS, so there is no cash to give back."""


def _after(kind: str, **more: Any) -> Telling:
    """Return what takes a booked sale back."""

    def tell(tent: Tent) -> Event:
        sale = tent.sale(2, paid="qris")
        assert tent.till.tell(sale) == ["booked"]
        return tent.till.void(sale, **more) if kind == "void" else tent.till.refund(sale, 1, **more)

    return tell


NOWHERE = str(uuid.UUID(int=7))


def _sale(**more: Any) -> Telling:
    return lambda tent: tent.sale(1, **more)


def _undone(kind: str) -> Telling:
    def tell(tent: Tent) -> Event:
        sale = tent.sale(2)
        assert tent.till.tell(sale, tent.till.void(sale)) == ["booked", "booked"]
        return tent.till.void(sale) if kind == "void" else tent.till.refund(sale, 1)

    return tell


def _early(kind: str) -> Telling:
    """Take back what is written down, but did not arrive."""

    def tell(tent: Tent) -> Event:
        sale = tent.sale(2)
        return tent.till.void(sale) if kind == "void" else tent.till.refund(sale, 1)

    return tell


def _never(kind: str) -> Telling:
    """Take back what was never sold: everything before arrived."""

    def tell(tent: Tent) -> Event:
        nothing = {"id": NOWHERE, "lines": [of(tent.product.id)]}
        return tent.till.void(nothing) if kind == "void" else tent.till.refund(nothing, 1)

    return tell


def _elsewhere(kind: str) -> Telling:
    def tell(tent: Tent) -> Event:
        other = making.stall()
        if kind == "sale":
            return tent.sale(stall=other.id)
        event = _after(kind)(tent)
        return {**event, "stall": other.id}

    return tell


RESULTS: list[tuple[str, Callable[[Tent], None] | None, str, Telling]] = [
    ("booked", None, "sale", _sale()),
    ("booked", None, "void", _after("void")),
    ("booked", lambda tent: tent.till.tell(tent.sale(3)) and None, "refund", _after("refund")),  # type: ignore[func-returns-value]
    ("wait", None, "void", _early("void")),
    ("wait", None, "refund", _early("refund")),
    ("rescue no_such_sale", None, "void", _never("void")),
    ("rescue no_such_sale", None, "refund", _never("refund")),
    ("rescue no_such_sale", None, "void", _undone("void")),
    ("rescue no_such_sale", None, "refund", _undone("refund")),
    ("rescue no_money", None, "refund", _after("refund")),
    ("rescue other_stall", None, "sale", _elsewhere("sale")),
    ("rescue other_stall", None, "void", _elsewhere("void")),
    ("rescue other_stall", None, "refund", _elsewhere("refund")),
    ("rescue unreadable", None, "sale", _sale(total=1)),
    ("rescue unreadable", None, "sale", _sale(kind="gift")),
    ("rescue unreadable", None, "sale", _sale(lines=[])),
    ("rescue unreadable", None, "void", _after("void", of=7)),
    ("rescue unreadable", None, "refund", _after("refund", amount=1)),
    ("rescue unreadable", None, "refund", _after("refund", lines=[])),
    ("rescue unknown_goods", None, "sale", lambda tent: tent.till.sale(of(999_999))),
]


@pytest.mark.parametrize(("expected", "before", "kind", "telling"), RESULTS)
def test_every_kind_of_answer(
    tent: Tent, expected: str, before: Callable[[Tent], None] | None, kind: str, telling: Telling
) -> None:
    if before:
        before(tent)
    event = telling(tent)
    if "amount" in event and event["amount"] == 1:  # the drawer has enough for it
        assert tent.till.tell(tent.sale(5)) == ["booked"]
    first = tent.till.tell(event)
    counted, moved = (orders(), cash(), tent.left()), db.session.scalar(select(func.count(TillEvent.id)))
    assert first == [expected]
    assert tent.till.tell(event, event) == [expected] * 2
    assert (orders(), cash(), tent.left()) == counted
    assert db.session.scalar(select(func.count(TillEvent.id))) == moved
    assert broken_checks() == {}


@pytest.mark.parametrize("kind", ["sale", "void", "refund"])
@pytest.mark.parametrize(
    ("change", "expected"),
    [(_revoked, "rescue revoked"), (_closed, "rescue stall_closed"), (_counted, "rescue stall_closed")],
)
def test_what_comes_too_late_waits_for_a_person(
    tent: Tent, kind: str, change: Callable[[Tent], None], expected: str
) -> None:
    event = _sale()(tent) if kind == "sale" else _after(kind)(tent)
    change(tent)
    before = orders(), cash(), tent.left()
    assert tent.till.tell(event) == [expected]
    assert (orders(), cash(), tent.left()) == before
    assert broken_checks() == {}


def test_other_content_under_a_known_name_is_refused_and_kept_once(tent: Tent) -> None:
    sale = tent.sale(2)
    other = {**sale, "lines": [of(tent.product.id, 3)], "total": 45_000}
    assert tent.till.tell(sale, other, other) == ["booked", "conflict", "conflict"]
    assert tent.till.tell(other, sale) == ["conflict", "booked"]
    kept = db.session.scalars(select(TillConflict)).one()
    assert (kept.body, kept.event.key, orders()) == (other, sale["id"], 1)


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"id": "x"}, {"id": 7}, {"seq": 0}, {"seq": "1"}, {"seq": True}, {"seq": 10**12}, {"deep": 0}],
)
def test_what_has_no_name_or_number_cannot_be_kept(tent: Tent, change: Event) -> None:
    if "deep" in change:
        deep: Any = 0
        for _level in range(300):
            deep = [deep]
        change = {"deep": deep}
    good = tent.sale()
    assert tent.till.tell({**tent.sale(), **change}, good, "nonsense") == ["invalid", "booked", "invalid"]
    assert orders() == 1


def test_a_half_bad_batch_takes_the_good_part(tent: Tent) -> None:
    events = [
        tent.sale(),
        tent.sale(lines="?"),
        tent.till.sale(of(999_999)),
        tent.sale(2),
        tent.till.void({"id": NOWHERE}),
    ]
    assert tent.till.tell(*events) == [
        "booked",
        "rescue unreadable",
        "rescue unknown_goods",
        "booked",
        "rescue no_such_sale",
    ]
    assert (tent.left(), cash()) == (17, 45_000)


def test_an_undoing_that_comes_first_is_taken_once_its_sale_is_here(tent: Tent) -> None:
    sale = tent.sale(2)
    void = tent.till.void(sale)
    assert tent.till.tell(void) == ["wait"]
    assert tent.till.tell(void, sale) == ["booked", "booked"]  # in one batch their order does not matter
    assert (tent.left(), cash(), orders()) == (20, 0, 1)


def test_one_phone_for_two_tents_and_two_phones_in_one(app: Flask) -> None:
    day, product = making.day(), make.product(price=15_000)
    first, second = making.stall(day), making.stall(day)
    for each in (first, second):
        making.load(each, product, 9)
    both, own = Till(first, second), Till(first, name="HP Pak Budi")
    sales = [both.sale(of(product.id)), both.sale(of(product.id, 2), stall=second.id), both.sale(of(product.id, 3))]
    theirs = [own.sale(of(product.id)), own.sale(of(product.id), stall=second.id)]
    for one, other in itertools.zip_longest(sales, theirs):
        assert both.tell(one) == ["booked"]
        if other is not None:
            assert own.tell(other) == [["booked"], ["rescue other_stall"]][other["stall"] == second.id]
    left = [sum(stock.at_tent(db.session.get_one(Stall, each.id).location).values()) for each in (first, second)]
    assert (left, cash()) == ([9 - 1 - 3 - 1, 9 - 2], 105_000)
    assert both.tell(own.void(theirs[0], seq=4)) == ["booked"]  # the other phone of the same tent
    assert broken_checks() == {}


def test_a_phone_that_was_opened_anew_brings_nothing_twice(tent: Tent) -> None:
    sale = tent.sale()
    assert tent.till.tell(sale) == ["booked"]
    again = Till(tent.stall)
    assert again.tell(sale) == ["booked"]
    assert (orders(), tent.left()) == (1, 19)


def test_what_a_person_should_know_of_a_sale(tent: Tent) -> None:
    with unit_of_work():
        db.session.get_one(Product, tent.product.id).price = 16_000
    line = of(tent.product.id, 22, price=12_000) | {"list": 15_000}
    assert tent.till.tell(tent.till.sale(line)) == ["booked"]
    assert remarks() == [("short", 2), ("price", -4_000), ("discount", 20)]
    assert tent.till.tell(tent.till.sale(of(tent.product.id, price=16_000))) == ["booked"]
    assert remarks()[3:] == [("short", 1)]
    assert broken_checks() == {}


def test_a_price_within_the_limit_is_no_remark_though_goods_are_not_offered_any_more(tent: Tent) -> None:
    with unit_of_work():
        db.session.get_one(Product, tent.product.id).state = ProductState.ARCHIVED
    assert tent.till.tell(tent.till.sale(of(tent.product.id, price=13_500) | {"list": 15_000})) == ["booked"]
    assert remarks() == []


def test_a_limit_that_the_office_never_set_stops_no_sale(tent: Tent) -> None:
    with unit_of_work():
        db.session.execute(delete(Figure).where(Figure.key == FigureKey.TILL_DISCOUNT_PERCENT))
        areas.forget_figures()
    assert tent.till.tell(tent.till.sale(of(tent.product.id, price=100) | {"list": 15_000})) == ["booked"]
    assert remarks() == []


@pytest.mark.parametrize(("ahead", "known"), [(0, []), (4, []), (-4, []), (3 * 24 * 60, [3 * 86_400]), (-90, [-5_400])])
def test_a_clock_that_is_wrong_is_noted_once(tent: Tent, ahead: int, known: list[int]) -> None:
    for _time in range(2):
        assert tent.till.tell(tent.sale(), tent.sale(), now=minutes(ahead)) == ["booked", "booked"]
    found = [value for kind, value in remarks() if kind == RemarkKind.CLOCK.value]
    assert found == pytest.approx(known, abs=5)
    day = db.session.scalars(select(Order.placed_at).where(Order.channel == Channel.TENT)).first()
    assert day is not None
    assert abs((day - clock.now()).total_seconds()) < 60  # the journal goes by ours


def test_what_a_phone_says_of_itself_is_kept(tent: Tent) -> None:
    tent.till.tell(tent.sale(), told={"sequence": 9, "amount": 70_000})
    tent.till.tell(told={"sequence": 3, "amount": 10_000})  # came late
    answer = tent.till.send(told={"sequence": "x"}, now="gestern")
    assert answer.json is not None
    assert (answer.json["last_sequence"], answer.json["revoked"], answer.json["results"]) == (1, False, [])
    device = db.session.get_one(TillDevice, tent.till.id)
    assert (device.told_sequence, device.told_amount, device.last_sequence) == (9, 70_000, 1)


def test_what_was_booked_before_stays_booked_for_a_lost_phone(tent: Tent) -> None:
    sale = tent.sale()
    assert tent.till.tell(sale) == ["booked"]
    tent.till.revoke()
    answer = tent.till.send(sale, tent.sale())
    assert answer.json is not None
    assert answer.json["revoked"] is True
    assert [one["result"] for one in answer.json["results"]] == ["booked", "rescue"]
    states = db.session.execute(select(TillEvent.state, TillEvent.problem).order_by(TillEvent.id)).all()
    assert states == [(TillEventState.BOOKED, None), (TillEventState.RESCUE, Problem.REVOKED)]
