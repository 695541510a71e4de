"""Goods go to a tent by a list that was counted out and signed for, and not otherwise."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.catalog.models import ProductKind
from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balance
from marketplace.orders.wanted import LineRequest
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock import tents
from marketplace.stock.models import MovementReason, StockMovement
from marketplace.stock.queries import free_by_product
from marketplace.tent_market import closing, loading, stall_rules
from marketplace.tent_market.goods_models import Load, LoadState
from marketplace.tent_market.loading import Signature
from marketplace.tent_market.models import Stall
from marketplace.tent_market.problems import SeveralProblems
from tests import make
from tests.parcels import build
from tests.tent_market import counting_back as back
from tests.tent_market import making
from tests.tent_market.making import broken_checks


def there(stall: Stall) -> dict[int, int]:
    return tents.at_tent(back.fresh(stall).location)


def test_the_store_gives_first_and_nothing_moves_before_it_is_signed(app: Flask) -> None:
    stall, product = making.stall(), make.product(stock=5)
    make.put(product, 3, make.store())
    load = back.listed(stall, {product.id: 6})
    assert [(line.source.kind, line.planned) for line in load.lines] == [("store", 3), ("group", 3)]
    assert (there(stall), free_by_product([product.id])) == ({}, {product.id: 8})
    back.signed(load)
    assert (there(stall), free_by_product([product.id])) == ({product.id: 6}, {product.id: 2})
    assert broken_checks() == {}


def test_what_was_counted_out_counts_not_the_plan(app: Flask) -> None:
    stall, product = making.stall(), make.product(stock=9)
    load = back.signed(back.listed(stall, {product.id: 6}), {product.id: 4})
    assert (load.state, load.lines[0].planned, load.lines[0].counted) == (LoadState.LOADED, 6, 4)
    assert there(stall) == {product.id: 4}
    assert broken_checks() == {}


def test_a_parcel_takes_along_what_goes_into_it(app: Flask) -> None:
    stall = making.stall()
    one, other = make.product(stock=50), make.product(stock=50)
    parcel = build.offered({one: 2, other: 1})
    back.signed(back.listed(stall, {one.id: 1}, {parcel.id: 3}))
    assert there(stall) == {one.id: 7, other.id: 3}


def test_all_that_falls_short_is_told_at_once_beside_its_line(app: Flask) -> None:
    stall, few, none, enough = making.stall(), make.product(stock=2), make.product(), make.product(stock=9)
    load = back.listed(stall, {few.id: 3, none.id: 4, enough.id: 5})
    with pytest.raises(SeveralProblems) as problem:
        back.signed(load)
    by_product = {line.product_id: f"counted-{line.id}" for line in load.lines}
    assert set(problem.value.fields) == {by_product[few.id], by_product[none.id]}
    assert "2" in problem.value.fields[by_product[few.id]]
    assert there(stall) == {}


@pytest.mark.parametrize("strokes", ["M1 2L3 4", ""])
def test_it_is_signed_with_a_name_and_perhaps_a_finger(app: Flask, strokes: str) -> None:
    stall, product = making.stall(), make.product(stock=9)
    load = back.listed(stall, {product.id: 1})
    with unit_of_work():
        loading.sign(load.id, {load.lines[0].id: 1}, Signature("Siti", strokes), None)
    found = db.session.get_one(Load, load.id)
    assert (found.signed_name, found.signature, found.signed_at is not None) == ("Siti", strokes, True)


@pytest.mark.parametrize("signature", [Signature(""), Signature("Siti", '"><script>'), Signature("Siti", "M1 2Z")])
def test_without_a_name_or_with_other_strokes_nothing_moves(app: Flask, signature: Signature) -> None:
    stall, product = making.stall(), make.product(stock=9)
    load = back.listed(stall, {product.id: 1})
    with pytest.raises(InvalidInput), unit_of_work():
        loading.sign(load.id, {load.lines[0].id: 1}, signature, None)
    assert there(stall) == {}


def test_a_list_is_signed_once_and_dropped_only_before(app: Flask) -> None:
    stall, product = making.stall(), make.product(stock=9)
    load, other = back.listed(stall, {product.id: 2}), back.listed(stall, {product.id: 3})
    back.signed(load)
    with unit_of_work():
        loading.drop(other.id, None)
    for each in (load, other):
        with pytest.raises(StateConflict):
            back.signed(each)
        with pytest.raises(StateConflict), unit_of_work():
            loading.drop(each.id, None)
    assert there(stall) == {product.id: 2}


def test_nobody_lists_what_is_not_ours_or_no_goods(app: Flask) -> None:
    stall = making.stall()
    service = make.product(kind=ProductKind.SERVICE)
    elsewhere = make.product(make.group(village_code="63.07.01"), makers={make.household().id: 10_000})
    for wanted in ({}, {service.id: 1}, {elsewhere.id: 1}, {999_999: 1}):
        with pytest.raises(InvalidInput):
            back.listed(stall, wanted)
    with pytest.raises(InvalidInput):
        back.listed(stall, {}, {999_999: 1})


def test_what_sold_there_before_is_suggested(app: Flask) -> None:
    site, cashier = making.site(), make.user(Role.PACKER)
    product, new = make.product(), make.product(stock=90)
    for number, pieces in enumerate((4, 7)):
        before = making.stall(making.day(site, making.MONDAY + dt.timedelta(weeks=number)))
        making.load(before, product, 10)
        making.sell(before, LineRequest(pieces, product.id), cashier_id=cashier.id)
        back.closed(before, {product.id: stall_rules.Tally(back=10 - pieces)})
    stall = making.stall(making.day(site, making.MONDAY + dt.timedelta(weeks=3)))
    back.with_group(stall, product, new)
    found = {good.product.id: good.suggestion for good in loading.goods_for(back.fresh(stall))}
    assert found == {product.id: 6, new.id: 5}


@pytest.mark.parametrize(("sold", "times", "free", "wanted"), [(0, 0, 9, 5), (0, 0, 2, 2), (0, 3, 9, 0), (7, 2, 9, 4)])
def test_suggestions(sold: int, times: int, free: int, wanted: int) -> None:
    assert stall_rules.suggest(sold, times, free) == wanted


@pytest.mark.parametrize(
    ("wanted", "free", "taken"),
    [(3, [(1, 2), (2, 5)], {1: 2, 2: 1}), (3, [(1, 0), (2, 1)], {2: 3}), (2, [(1, 2), (2, 0)], {1: 2}), (2, [], {})],
)
def test_spreading(wanted: int, free: list[tuple[int, int]], taken: dict[int, int]) -> None:
    assert stall_rules.spread(wanted, free) == taken


def test_what_spoils_during_the_day_needs_a_reason(app: Flask) -> None:
    stall, product = making.stall(), make.product()
    making.load(stall, product, 5)
    with pytest.raises(InvalidInput), unit_of_work():
        loading.write_off(stall.id, product.id, 1, MovementReason.SPOILED, "", None)
    with pytest.raises(InvalidInput), unit_of_work():
        loading.write_off(stall.id, product.id, 1, MovementReason.MISSING, "?", None)
    with pytest.raises(InvalidInput), unit_of_work():
        loading.write_off(stall.id, product.id, 6, MovementReason.SPOILED, "Basi", None)
    with unit_of_work():
        loading.write_off(stall.id, product.id, 2, MovementReason.GIVEN_AWAY, "Dicicipi", None)
    assert there(stall) == {product.id: 3}
    row = db.session.query(StockMovement).filter_by(reason=MovementReason.GIVEN_AWAY).one()
    assert (row.quantity, row.note) == (-2, "Dicicipi")
    assert broken_checks() == {}


def test_change_money_comes_out_of_the_offices_cash(app: Flask) -> None:
    stall = making.stall()
    back.cash_in(100_000)
    with unit_of_work():
        closing.put_float(stall.id, 60_000, None)
    assert back.fresh(stall).float_amount == 60_000
    assert account_balance(make.REGENCY, Account.TENT_CASH) == 60_000
    with pytest.raises(InvalidInput), unit_of_work():
        closing.put_float(stall.id, 60_000, None)
    assert broken_checks() == {}


def test_the_whole_way_on_screen(client: FlaskClient) -> None:
    stall, product = making.stall(), make.product(stock=9, name="Keripik Pisang")
    back.with_group(stall, product)
    make.sign_in(client, make.user(Role.PACKER))
    base = f"/dinas/pasar/tenda/{stall.id}"
    page = client.get(f"{base}/muat")
    assert ("Keripik Pisang" in page.text, 'value="5"' in page.text) == (True, True)
    sent = {"key": "satu", f"plan-{product.id}": "4"}
    made = [client.post(f"{base}/muat", data=sent).headers["Location"] for _ in range(2)]
    assert made[0] == made[1], "the same form makes one list"
    assert made[0] in client.get(f"{base}/muat").text, "who writes a second list is told of the first"
    line = db.session.query(Load).one().lines[0]
    too_many = client.post(made[0], data={f"counted-{line.id}": "10", "name": "Siti"})
    assert (too_many.status_code, "Only 9 are free there." in too_many.text) == (422, True)
    client.post(made[0], data={f"counted-{line.id}": "4", "name": "Siti", "strokes": "M1 2L30 40"})
    shown = client.get(made[0]).text
    assert ("M1 2L30 40" in shown, "Siti" in shown) == (True, True)
    assert there(stall) == {product.id: 4}
    assert made[0] not in client.get(f"{base}/muat").text
    out = {"key": "dua", "product": product.id, "quantity": "1", "what": "spoiled", "note": "Basi"}
    for _ in range(2):
        client.post(f"{base}/keluar", data=out)
    assert there(stall) == {product.id: 3}
    assert "Keripik Pisang" in client.get(f"{base}/barang").text


@pytest.mark.parametrize(("role", "sees", "loads"), [(Role.PACKER, 200, 200), (Role.HEAD, 200, 403)])
@pytest.mark.parametrize("area", [make.REGENCY, make.OTHER_REGENCY])
def test_who_may(client: FlaskClient, role: Role, sees: int, loads: int, area: str) -> None:
    stall, product = making.stall(), make.product(stock=9)
    load = back.listed(stall, {product.id: 1})
    make.sign_in(client, make.user(role, area_code=area))
    here = area == make.REGENCY
    base = f"/dinas/pasar/tenda/{stall.id}"
    for path, status in ((f"{base}/barang", sees), (f"{base}/muat", loads), (f"/dinas/pasar/muat/{load.id}", sees)):
        assert client.get(path).status_code == (status if here or status == 403 else 404), path
