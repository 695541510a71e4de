"""Another product in the place of what is missing: asked, answered once, and to the rupiah."""

import datetime as dt
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.ledger.queries import balance_of
from marketplace.notices import service as notices
from marketplace.notices.models import Notice, NoticeKind
from marketplace.orders import adjustments, proposals, service, substitutes
from marketplace.orders.models import Order, OrderState, Substitute, SubstituteState
from marketplace.orders.proposals import Answer
from marketplace.orders.queries import refund_due
from marketplace.orders.substitutes import Proposal
from marketplace.orders.wanted import LineRequest
from marketplace.shared import clock
from marketplace.shared.errors import DomainError, InvalidInput, NotFound, Shortage, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock import movements
from tests import make
from tests.orders.asking import placed
from tests.orders.test_money import do, level, pay

S, A = SubstituteState, Answer
ALLOWED = {(S.ASKED, A.AGREE): S.AGREED, (S.ASKED, A.REFUSE): S.REFUSED, (S.ASKED, A.EXPIRE): S.EXPIRED,
           (S.ASKED, A.WITHDRAW): S.WITHDRAWN}  # fmt: skip


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("answer", list(A))
def test_a_question_is_answered_once(state: SubstituteState, answer: Answer) -> None:
    if (state, answer) in ALLOWED:
        assert proposals.transition(state, answer) is ALLOWED[state, answer]
    else:
        with pytest.raises(StateConflict):
            proposals.transition(state, answer)


@pytest.fixture
def old(app: Flask) -> Product:
    return make.product(stock=10, price=30_000, name="Madu")


@pytest.fixture
def new(app: Flask) -> Product:
    return make.product(stock=3, price=20_000, name="Gula Aren")


def asked(old: Product, new: Product, quantity: int = 2, of: int = 3, *, paid: bool = True) -> tuple[Order, int]:
    """Return an order of which some pieces fall short, and the question about them."""
    order = placed(LineRequest(of, product_id=old.id))
    pay(order) if paid else do(service.promise_cash, order.id, None)
    until = clock.now() + dt.timedelta(hours=3)
    do(
        substitutes.propose,
        f"k{order.id}",
        order.id,
        Proposal(order.lines[0].id, quantity, new.id, "Habis", until),
        None,
    )
    return order, proposals.open_of(order.id)[0].id


def state(key: int) -> SubstituteState:
    db.session.expire_all()
    return db.session.get_one(Substitute, key).state


def test_consent_reduces_the_old_adds_the_new_and_gives_the_difference_back(old: Product, new: Product) -> None:
    order, key = asked(old, new)
    do(substitutes.agree, order.id, key, None)
    order = db.session.get_one(Order, order.id)
    assert [(line.name, line.left) for line in order.lines] == [("Madu", 1), ("Gula Aren", 2)]
    assert (order.due_amount, refund_due(order.id)) == (70_000, 20_000)
    assert (level(old.id), level(new.id)) == ((10, 1), (3, 2))
    do(service.pack, order.id, None)
    do(service.hand_over, order.id, None)
    earned = [balance_of(product.shares[0].household_id) for product in (old, new)]
    assert earned == [30_000, 40_000]
    assert (level(old.id), level(new.id)) == ((9, 0), (1, 0))
    with pytest.raises(StateConflict):
        do(substitutes.refuse, order.id, key, None)


def test_who_pays_in_cash_pays_less(old: Product, new: Product, client: FlaskClient) -> None:
    order, key = asked(old, new, quantity=3, paid=False)
    do(substitutes.agree, order.id, key, None)
    page = client.get(f"/p/{order.token}").text
    assert "Rp30.000 less to pay." in page
    assert "Not bought after all: Rp30.000. You do not pay this." in page
    assert "0 × Madu" not in page
    assert db.session.get_one(Order, order.id).due_amount == 60_000
    pay(db.session.get_one(Order, order.id))
    assert refund_due(order.id) == 0


@pytest.mark.parametrize("ends", ["refuse", "expire"])
@pytest.mark.parametrize(("of", "left"), [(3, OrderState.PROCESSING), (2, OrderState.CANCELLED)])
def test_without_consent_it_is_left_out(old: Product, new: Product, ends: str, of: int, left: OrderState) -> None:
    order, key = asked(old, new, of=of)
    if ends == "refuse":
        do(substitutes.refuse, order.id, key, None)
    else:
        do(substitutes.expire_due, clock.now() + dt.timedelta(hours=4))
        do(substitutes.expire_due, clock.now() + dt.timedelta(hours=4))
    assert state(key) is (S.REFUSED if ends == "refuse" else S.EXPIRED)
    assert db.session.get_one(Order, order.id).state is left
    assert (refund_due(order.id), level(new.id)) == (60_000, (3, 0))


def test_a_question_taken_back_changes_nothing(old: Product, new: Product) -> None:
    order, key = asked(old, new)
    for act in (service.pack, lambda i, _a: adjustments.short_ship(i, order.lines[0].id, 1, "", None)):
        with pytest.raises(StateConflict):
            do(act, order.id, None)  # type: ignore[arg-type]
    do(substitutes.withdraw, order.id, key)
    assert (state(key), refund_due(order.id)) == (S.WITHDRAWN, 0)
    do(service.pack, order.id, None)


def test_cancelling_takes_the_question_back(old: Product, new: Product) -> None:
    order, key = asked(old, new)
    do(adjustments.cancel, order.id, by_buyer=True, reason="", actor_id=None)
    assert state(key) is S.WITHDRAWN


def test_too_late_or_sold_meanwhile_is_no_consent(old: Product, new: Product) -> None:
    order, key = asked(old, new)
    with clock.at(clock.now() + dt.timedelta(hours=4)), pytest.raises(StateConflict):
        do(substitutes.agree, order.id, key, None)
    do(movements.count_fewer, new.id, movements.location_of_group(new.group_id).id, 2, None)
    with pytest.raises(Shortage):
        do(substitutes.agree, order.id, key, None)
    assert (state(key), level(old.id), level(new.id)) == (S.ASKED, (10, 3), (1, 0))
    with pytest.raises(NotFound):
        do(substitutes.agree, placed(LineRequest(1, product_id=new.id)).id, key, None)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"quantity": 4}, InvalidInput),
        ({"quantity": 0}, InvalidInput),
        ({"line_id": 10**6}, NotFound),
        ({"product_id": 10**6}, InvalidInput),
    ],
)
def test_what_cannot_be_proposed(old: Product, new: Product, change: dict[str, int], error: type[DomainError]) -> None:
    order = placed(LineRequest(3, product_id=old.id))
    pay(order)
    good = Proposal(order.lines[0].id, 1, new.id, "Habis", clock.now() + dt.timedelta(hours=3))
    with pytest.raises(error):
        do(substitutes.propose, "k", order.id, replace(good, **change), None)  # type: ignore[arg-type]


def test_a_dearer_product_is_not_proposed(old: Product, new: Product) -> None:
    order = placed(LineRequest(1, product_id=new.id))
    pay(order)
    dearer = Proposal(order.lines[0].id, 1, old.id, "Habis", clock.now() + dt.timedelta(hours=3))
    with pytest.raises(InvalidInput):
        do(substitutes.propose, "k", order.id, dearer, None)


def test_the_buyer_is_told_once_and_answers_by_his_link(old: Product, new: Product, client: FlaskClient) -> None:
    order, key = asked(old, new)
    for _time in range(2):
        do(notices.write_new, clock.now())
    told = [row.body for row in db.session.query(Notice).filter_by(kind=NoticeKind.SUBSTITUTE)]
    assert len(told) == 1
    assert f"/p/{order.token}" in told[0]
    url = f"/p/{order.token}"
    assert "May 2 × Gula Aren come in its place" in client.get(url).text
    assert client.post(f"{url}/pengganti/{key}", data={"answer": "perhaps"}).status_code == 422
    assert client.post(f"{url}/pengganti/{key}", data={"answer": "yes"}).status_code == 302
    assert client.post(f"{url}/pengganti/{key}", data={"answer": "no"}).status_code in (409, 422)
    assert state(key) is S.AGREED
    assert "Replaced: 2 × Madu" in client.get(url).text


def test_the_desk_asks_and_takes_back(old: Product, new: Product, client: FlaskClient) -> None:
    order = placed(LineRequest(3, product_id=old.id))
    pay(order)
    make.sign_in(client, make.user(Role.PACKER))
    url = f"/dinas/pesanan/{order.id}"
    assert "Gula Aren" in client.get(url).text
    sent = {"other-key": "k", "other-line_id": order.lines[0].id, "other-quantity": "2", "other-product_id": new.id,
            "other-hours": "24", "other-reason": "Habis"}  # fmt: skip
    assert client.post(f"{url}/pengganti", data={**sent, "other-hours": "7"}).status_code == 422
    for _time in range(2):
        assert client.post(f"{url}/pengganti", data=sent).status_code == 302
    (row,) = proposals.open_of(order.id)
    assert client.post(f"{url}/pengganti/{row.id}/tarik").status_code == 302
    assert state(row.id) is S.WITHDRAWN


def test_who_asks_is_told_nothing_of_money_that_was_owed_before(
    old: Product, new: Product, client: FlaskClient
) -> None:
    order = placed(LineRequest(3, product_id=old.id))
    pay(order)
    with unit_of_work():
        adjustments.short_ship(order.id, order.lines[0].id, 1, "Pecah", None)
    make.sign_in(client, make.user(Role.PACKER))
    sent = {"other-key": "k", "other-line_id": order.lines[0].id, "other-quantity": "1", "other-product_id": new.id,
            "other-hours": "24", "other-reason": "Habis"}  # fmt: skip
    page = client.post(f"/dinas/pesanan/{order.id}/pengganti", data=sent, follow_redirects=True).text
    told = page.partition(f"The buyer of order {order.number} is asked.")
    assert told[1]
    assert not told[2].lstrip().startswith("Rp")


def test_who_packs_is_told_to_wait_and_chooses_the_substitute_himself(
    old: Product, new: Product, client: FlaskClient
) -> None:
    make.sign_in(client, make.user(Role.PACKER, area_code=make.REGENCY))
    order = placed(LineRequest(3, product_id=old.id))
    pay(order)
    address = f"/dinas/pesanan/{order.id}"
    sent = {"other-key": "k", "other-line_id": order.lines[0].id, "other-quantity": 2, "other-hours": 3}
    sent |= {"other-reason": "Habis", "other-product_id": ""}
    answer = client.post(f"{address}/pengganti", data=sent)
    assert (answer.status_code, proposals.open_of(order.id)) == (422, [])
    assert 'id="other-product_id-error"' in answer.text
    assert client.post(f"{address}/pengganti", data={**sent, "other-product_id": new.id}).status_code == 302
    page = client.get(address).text
    assert "In its place: 2 × Gula Aren" in page
    assert 'value="pack"' not in page
