"""What a family earned with, piece by piece: it can be checked against the sum that the journal says."""

import re

from flask import Flask
from flask.testing import FlaskClient

from marketplace.ledger.models import Account
from marketplace.orders import adjustments, returns, service
from marketplace.orders.models import Order
from marketplace.orders.sold import Pieces, pieces_of
from marketplace.orders.wanted import LineRequest
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.counting import counted_queries
from tests.orders.asking import placed
from tests.parcels import build


def delivered(*lines: LineRequest, short: int = 0) -> Order:
    order = placed(*lines)
    with unit_of_work():
        service.mark_paid(order.id, order.due_amount, Account.BANK, f"payment:{order.id}", None)
    with unit_of_work():
        if short:
            adjustments.short_ship(order.id, order.lines[0].id, short, "Pecah", None)
        service.pack(order.id, None)
        service.hand_over(order.id, None)
    return order


def page(client: FlaskClient, household_id: int) -> str:
    make.sign_in(client, make.user(Role.SELLER, household_id=household_id))
    return re.sub(r"[ \n]+", " ", client.get("/penjual/pendapatan").text)


def test_pieces_times_price_and_the_familys_part(app: Flask, client: FlaskClient) -> None:
    group = make.group()
    first, second = make.household(group), make.household(group)
    product = make.product(group, makers={first.id: 6_000, second.id: 4_000}, stock=60, price=22_000)
    order = delivered(LineRequest(52, product_id=product.id))
    found = pieces_of(first.id, [order.id])
    assert found == {(order.id, product.id): [Pieces(52, "bungkus", 22_000, True, "", 52, 6_000)]}
    shown = page(client, first.id)
    assert "52 bungkus × Rp22.000 · your part 60\N{NO-BREAK SPACE}%" in shown
    assert "+ Rp686.400" in shown
    assert 52 * 22_000 * 60 // 100 == 686_400


def test_what_was_left_out_is_not_told_and_what_came_back_is(app: Flask, client: FlaskClient) -> None:
    product = make.product(stock=10, price=10_000)
    key = product.shares[0].household_id
    order = delivered(LineRequest(5, product_id=product.id), short=2)
    assert [each.quantity for each in pieces_of(key, [order.id])[order.id, product.id]] == [3]
    with unit_of_work():
        returns.take_return(order.id, restock=True, reason="Basi", actor_id=None)
    shown = page(client, key)
    assert shown.count("3 bungkus × Rp10.000") == 2
    assert "your part" not in shown
    assert "+ Rp30.000" in shown
    assert "− Rp30.000" in shown


def test_what_came_back_says_why_and_what_became_of_it(app: Flask, client: FlaskClient) -> None:
    mine, other = make.product(stock=50, price=10_000), make.product(stock=50, price=30_000)
    parcel = build.offered({mine: 2, other: 1}, price=60_000)
    order = delivered(LineRequest(5, product_id=mine.id), LineRequest(3, parcel_id=parcel.id))
    alone, inside = (line.id for line in order.lines)
    for line_id, quantity, destroyed, reason in ((alone, 2, 2, "Basi."), (alone, 2, 1, "Melempem"), (inside, 1, 0, "")):
        with unit_of_work():
            returns.take_some(order.id, line_id, quantity, destroyed=destroyed, reason=reason, actor_id=None)
    shown = page(client, mine.shares[0].household_id)
    assert "4 bungkus × Rp10.000 · Why: Basi; Melempem · broken or spoiled: 3 · on sale again: 1" in shown
    assert re.search(rf"2 bungkus · in 1 × {parcel.name} · [^·<]* per bungkus · on sale again: 2", shown)
    assert shown.count("on sale again") == 2  # what was sold says nothing of it


def test_alone_and_in_a_parcel_stand_together_and_sum_to_the_amount(app: Flask, client: FlaskClient) -> None:
    mine, other = make.product(stock=50, price=10_000), make.product(stock=50, price=30_000)
    parcel = build.offered({mine: 2, other: 1}, price=60_000)
    order = delivered(LineRequest(1, product_id=mine.id), LineRequest(3, parcel_id=parcel.id))
    key = mine.shares[0].household_id
    alone, inside = pieces_of(key, [order.id])[order.id, mine.id]
    assert (alone.quantity, alone.parcel, inside.quantity, inside.parcels) == (1, "", 6, 3)
    earned = sum(share.amount for line in order.lines for part in line.components for share in part.shares
                 if share.household_id == key)  # fmt: skip
    assert abs(alone.quantity * alone.price + inside.quantity * inside.price - earned) < inside.quantity
    shown = page(client, key)
    assert f"1 bungkus × Rp10.000; 6 bungkus · in 3 × {parcel.name} ·" in shown
    assert shown.count('class="timeline-title"') == 1
    assert "less its packing, each product gets" in shown


def test_other_families_see_nothing_of_it(app: Flask) -> None:
    product = make.product(stock=9)
    order = delivered(LineRequest(2, product_id=product.id))
    assert pieces_of(make.household().id, [order.id]) == {}


def test_a_busy_month_asks_no_more_than_a_quiet_one(app: Flask, client: FlaskClient) -> None:
    product = make.product(stock=90)
    key = product.shares[0].household_id
    for _number in range(8):
        delivered(LineRequest(1, product_id=product.id))
    page(client, key)
    with counted_queries() as statements:
        client.get("/penjual/pendapatan")
    assert len(statements) <= 8, "\n\n".join(statements)
