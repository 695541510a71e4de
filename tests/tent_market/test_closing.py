"""One person counts a tent back, another one confirms: then goods, money and books agree, and it is locked."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balance
from marketplace.orders.wanted import LineRequest
from marketplace.shared.errors import DomainError, Forbidden, InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock import tents
from marketplace.stock.models import MovementReason, StockMovement
from marketplace.stock.queries import free_by_product
from marketplace.tent_market import closing, loading, sales, stall_queries, stalls
from marketplace.tent_market.closing import Cash
from marketplace.tent_market.goods_models import StallCount
from marketplace.tent_market.models import Stall, StallState
from marketplace.tent_market.problems import SeveralProblems
from marketplace.tent_market.sales import Returned
from marketplace.tent_market.stall_rules import TRANSITIONS, Deed, Tally, allows
from marketplace.tent_market.till_models import TillDevice, TillStall
from tests import make
from tests.conftest import reset
from tests.tent_market import counting_back as back
from tests.tent_market import making
from tests.tent_market.making import broken_checks


def money(account: Account) -> int:
    return account_balance(make.REGENCY, account)


def test_what_is_left_goes_back_and_the_cash_is_handed_in(app: Flask) -> None:
    stall, cashier = making.stall(), make.user(Role.PACKER)
    one, other = make.product(price=10_000), make.product(price=20_000)
    back.cash_in(50_000)
    making.load(stall, one, 9)
    making.load(stall, other, 5)
    with unit_of_work():
        closing.put_float(stall.id, 50_000, None)
    making.sell(stall, LineRequest(4, one.id), cashier_id=cashier.id)
    making.sell(stall, LineRequest(1, other.id), cashier_id=cashier.id, method="qris")
    drawer = stall_queries.drawer_of(back.fresh(stall))
    assert (drawer.change, drawer.sales, drawer.expected) == (50_000, 40_000, 90_000)
    goods = {one.id: Tally(3, 1, 1, "Remuk dan dicicipi"), other.id: Tally(3, note="Tidak ada")}
    closed = back.closed(stall, goods, to_group=frozenset({other.id}))
    assert (closed.cash_expected, closed.cash_counted) == (90_000, 90_000)
    assert (money(Account.TENT_CASH), money(Account.CASH), money(Account.QRIS)) == (0, 90_000, 20_000)
    assert free_by_product([one.id, other.id]) == {one.id: 3, other.id: 3}
    places = {row.product_id: row.target.kind for row in stall_queries.counts_of(stall.id)}
    assert places == {one.id: "store", other.id: "group"}
    assert tents.at_tent(closed.location) == {}
    assert closed.location.closed_at is not None
    assert broken_checks() == {}


@pytest.mark.parametrize(("counted", "difference"), [(25_000, -5_000), (31_000, 1_000), (0, -30_000)])
def test_a_difference_in_the_drawer_needs_a_reason_and_is_entered(app: Flask, counted: int, difference: int) -> None:
    stall, cashier, product = making.stall(), make.user(Role.PACKER), make.product(price=10_000)
    making.load(stall, product, 3)
    making.sell(stall, LineRequest(3, product.id), cashier_id=cashier.id)
    with pytest.raises(SeveralProblems) as problem:
        back.counted(stall, {}, Cash(counted))
    assert set(problem.value.fields) == {"cash_reason"}
    back.closed(stall, {}, Cash(counted, "Salah kembalian"))
    accounts = (Account.TENT_CASH, Account.CASH, Account.COUNT_DIFFERENCES)
    assert tuple(map(money, accounts)) == (0, counted, -difference)
    assert broken_checks() == {}


@pytest.mark.parametrize("tally", [Tally(4), Tally(6), Tally(4, 1), Tally(4, 0, 1), Tally()])
def test_whatever_is_not_simply_left_needs_a_reason(app: Flask, tally: Tally) -> None:
    stall, product = making.stall(), make.product()
    making.load(stall, product, 5)
    with pytest.raises(SeveralProblems) as problem:
        back.counted(stall, {product.id: tally})
    assert set(problem.value.fields) == {f"note-{product.id}"}
    back.closed(stall, {product.id: Tally(tally.back, tally.spoiled, tally.given, "Ada sebabnya")})
    assert free_by_product([product.id]) == {product.id: tally.back}
    assert broken_checks() == {}


def test_two_persons(app: Flask) -> None:
    stall, counter = making.stall(), make.user(Role.TREASURER)
    back.counted(stall, {}, by=counter.id)
    with pytest.raises(Forbidden), unit_of_work():
        closing.confirm(stall.id, counter.id)
    stranger = make.user(Role.PACKER).id
    with pytest.raises(Forbidden), unit_of_work():
        closing.recount(stall.id, stranger)
    with unit_of_work():
        closing.recount(stall.id, counter.id)
    found = back.fresh(stall)
    assert (found.state, found.counted_at, db.session.query(StallCount).count()) == (StallState.OPEN, None, 0)


def test_nothing_of_it_moves_before_the_second_person(app: Flask) -> None:
    stall, product = making.stall(), make.product()
    making.load(stall, product, 5)
    before = db.session.query(StockMovement).count()
    back.counted(stall, {product.id: Tally(3, 2, 0, "Basi")})
    assert db.session.query(StockMovement).count() == before
    assert broken_checks() == {}


def test_what_comes_in_after_the_count_stops_the_close(app: Flask) -> None:
    stall, cashier, product = making.stall(), make.user(Role.PACKER), make.product(price=10_000)
    making.load(stall, product, 5)
    order_id = making.sell(stall, LineRequest(2, product.id), cashier_id=cashier.id)
    back.counted(stall, {product.id: Tally(3)})
    with unit_of_work():
        sales.take_back(order_id, (Returned(product.id, None, 1),), "tidak jadi", cashier.id)
    second = make.user().id
    with pytest.raises(StateConflict) as problem, unit_of_work():
        closing.confirm(stall.id, second)
    assert "count again" in str(problem.value.message)
    assert back.fresh(stall).state is StallState.COUNTED


def test_a_list_that_waits_is_settled_before_the_count(app: Flask) -> None:
    stall, product = making.stall(), make.product(stock=5)
    load = back.listed(stall, {product.id: 1})
    with pytest.raises(InvalidInput):
        back.counted(stall, {})
    with unit_of_work():
        loading.drop(load.id, None)
    assert back.closed(stall, {}).state is StallState.CLOSED


def test_more_given_back_than_the_drawer_held_asks_for_the_change_money(app: Flask) -> None:
    cashier, product = make.user(Role.PACKER), make.product(price=10_000)
    other, stall = making.stall(), making.stall()
    for each in (other, stall):
        making.load(each, product, 5)
    making.sell(other, LineRequest(2, product.id), cashier_id=cashier.id)
    order_id = making.sell(stall, LineRequest(1, product.id), cashier_id=cashier.id, method="qris")
    with unit_of_work():
        sales.take_back(order_id, (Returned(product.id, None, 1),), "remuk", cashier.id)
    with pytest.raises(SeveralProblems) as problem:
        back.counted(stall, {product.id: Tally(5)}, Cash(0))
    assert set(problem.value.fields) == {"cash"}
    back.cash_in(10_000)
    with unit_of_work():
        closing.put_float(stall.id, 10_000, None)
    back.closed(stall, {product.id: Tally(5)}, Cash(0))
    assert broken_checks() == {}


def test_money_of_a_sale_that_came_late_is_handed_in_later(app: Flask) -> None:
    stall, product = making.stall(), make.product(price=10_000)
    cashier = make.user(Role.PACKER)
    making.load(stall, product, 2)
    back.closed(stall, {product.id: Tally(1, note="Dijual, catatan di HP")})
    with unit_of_work():
        late = sales.Sale("susulan", (LineRequest(1, product.id),), "tent_cash")
        sales.enter(stalls.locked(stall.id), late, cashier.id)
    assert stall_queries.drawer_of(back.fresh(stall)).expected == 10_000
    with unit_of_work():
        closing.hand_in_late(stall.id, 10_000, "Penjualan susulan", None)
    assert (money(Account.TENT_CASH), money(Account.CASH)) == (0, 10_000)
    with pytest.raises(InvalidInput), unit_of_work():
        closing.hand_in_late(stall.id, 1, "Lagi", None)
    assert broken_checks() == {}


def _do(deed: Deed, stall: Stall, product_id: int, counter: int, confirmer: int) -> None:
    """Do something with a tent through its command."""
    acts: dict[Deed, Callable[[], object]] = {
        Deed.LOAD: lambda: loading.list_goods(stall.id, {product_id: 1}, {}, None),
        Deed.WRITE_OFF: lambda: loading.write_off(stall.id, product_id, 1, MovementReason.SPOILED, "Basi", None),
        Deed.FLOAT: lambda: closing.put_float(stall.id, 1_000, None),
        Deed.COUNT: lambda: closing.count(stall.id, {product_id: Tally(2)}, Cash(0), frozenset(), counter),
        Deed.RECOUNT: lambda: closing.recount(stall.id, confirmer, is_confirmer=True),
        Deed.CONFIRM: lambda: closing.confirm(stall.id, confirmer),
        Deed.HAND_IN: lambda: closing.hand_in_late(stall.id, 1_000, "Susulan", None),
    }
    acts[deed]()


def _in_state(state: StallState, product_id: int) -> Stall:
    stall = making.stall()
    if state is StallState.CANCELLED:
        with unit_of_work():
            db.session.get_one(Stall, stall.id).state = StallState.CANCELLED
        return stall
    making.load(stall, db.session.get_one(Product, product_id), 2)
    if state is StallState.COUNTED:
        back.counted(stall, {product_id: Tally(2)})
    if state is StallState.CLOSED:
        back.closed(stall, {product_id: Tally(2)})
    return stall


@pytest.mark.parametrize("state", StallState)
@pytest.mark.parametrize("deed", [deed for deed in Deed if deed is not Deed.CANCEL])
def test_what_may_be_done_in_which_state(app: Flask, state: StallState, deed: Deed) -> None:
    product = make.product(stock=9)
    back.cash_in(5_000)
    back.cash_in(6_000, Account.TENT_CASH)
    stall = _in_state(state, product.id)
    counter, confirmer = make.user().id, make.user().id
    try:
        with unit_of_work():
            _do(deed, stall, product.id, counter, confirmer)
        done = True
    except StateConflict:
        done = False
    assert done is allows(state, deed)
    expected = TRANSITIONS.get((state, deed), state)
    assert back.fresh(stall).state is expected


PIECES = st.integers(0, 6)


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # a whole day in a tent is too slow to be made smaller and smaller
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(st.tuples(PIECES, PIECES, PIECES, PIECES, PIECES), min_size=1, max_size=3),
    float_amount=st.integers(0, 50_000),
    cash_off=st.integers(-20_000, 20_000),
    by_qris=st.booleans(),
)
def test_for_any_count_goods_and_money_balance(
    app: Flask, rows: list[tuple[int, int, int, int, int]], float_amount: int, cash_off: int, by_qris: bool
) -> None:
    reset(app)
    stall, cashier = making.stall(), make.user(Role.PACKER)
    back.cash_in(100_000)
    if float_amount:
        with unit_of_work():
            closing.put_float(stall.id, float_amount, None)
    goods, left = {}, {}
    for loaded, sold, kept, spoiled, given_away in rows:
        product = make.product(price=7_500)
        if loaded:
            making.load(stall, product, loaded)
        if sold:
            method = "qris" if by_qris else "tent_cash"
            making.sell(stall, LineRequest(sold, product.id), cashier_id=cashier.id, method=method)
        goods[product.id] = Tally(kept, spoiled, given_away, "Dihitung")
        left[product.id] = kept if loaded or sold else 0
    expected = stall_queries.drawer_of(back.fresh(stall)).expected
    cash = Cash(max(expected + cash_off, 0), "Dihitung")
    back.closed(stall, goods, cash)
    assert free_by_product(left) == left
    assert money(Account.TENT_CASH) == 0
    assert money(Account.CASH) == 100_000 - float_amount + cash.counted
    assert broken_checks() == {}


def test_phones_that_still_owe_sales_are_named(client: FlaskClient) -> None:
    stall, cashier = making.stall(), make.user(Role.PACKER)
    phone = TillDevice(
        day_id=stall.day_id, cashier_id=cashier.id, name="HP Bu Siti", token_hash="a" * 64, told_sequence=7
    )
    phone.last_sequence = 4
    phone.stalls = [TillStall(stall_id=stall.id)]
    make.add(phone)
    make.sign_in(client, cashier)
    page = client.get(f"/dinas/pasar/tenda/{stall.id}/tutup").text
    assert "HP Bu Siti still has 3 sales that did not arrive" in page


def test_the_whole_way_on_screen(client: FlaskClient) -> None:
    stall, packer, product = making.stall(), make.user(Role.PACKER), make.product(price=10_000)
    making.load(stall, product, 5)
    making.sell(stall, LineRequest(2, product.id), cashier_id=packer.id)
    make.sign_in(client, packer)
    path = f"/dinas/pasar/tenda/{stall.id}/tutup"
    assert "Should be there: 3" in client.get(path).text
    key = product.id
    sent = {f"back-{key}": "2", f"to-{key}": "store", "cash": "19.000", "cash_reason": "Kembalian"}
    refused = client.post(path, data=sent)
    assert (refused.status_code, "Please say why." in refused.text, "19.000" in refused.text) == (422, True, True)
    client.post(path, data={**sent, f"note-{key}": "Hilang"})
    shown = re.sub(r"<[^>]+>|\s+", " ", client.get(path).text)
    assert "Hilang" in shown
    assert " 5 2 – 3 2 " in " ".join(shown.split()), "brought, sold, otherwise, should be, left over"
    assert client.post(f"{path}/sahkan").status_code == 403
    make.sign_in(client, make.user(Role.HEAD))
    assert "Confirm and close" in client.get(path).text
    assert "The tent is closed." in client.post(f"{path}/sahkan", follow_redirects=True).text
    assert "Confirm and close" not in client.get(path).text
    assert client.get(f"{path}?format=xlsx").mimetype.endswith("sheet")
    again = client.post(f"{path}/sahkan", follow_redirects=True)
    assert "This has changed in the meantime" in again.text
    assert back.fresh(stall).state is StallState.CLOSED
    assert broken_checks() == {}


def test_who_counted_cannot_confirm_on_screen(client: FlaskClient) -> None:
    stall, treasurer = making.stall(), make.user(Role.TREASURER)
    back.counted(stall, {}, by=treasurer.id)
    make.sign_in(client, treasurer)
    path = f"/dinas/pasar/tenda/{stall.id}/tutup"
    assert "Confirm and close" not in client.get(path).text
    with pytest.raises(DomainError), unit_of_work():
        closing.confirm(stall.id, treasurer.id)
    assert client.post(f"{path}/sahkan").status_code == 403
    client.post(f"{path}/ulang")
    assert back.fresh(stall).state is StallState.OPEN
