"""From an offer at prices that hold to an order, past somebody else's eyes."""

import datetime as dt

import pytest
from flask import Flask

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.offices import ordering, service
from marketplace.offices.models import OfficeOrderState, OfficeRole
from marketplace.offices.ordering import Wish
from marketplace.orders.models import DeliveryFee, DeliveryMethod, Order, OrderState
from marketplace.orders.wanted import Delivery, LineRequest
from marketplace.parcels import service as parcels
from marketplace.shared import clock
from marketplace.shared.errors import Forbidden, InvalidInput, NotFound, Shortage, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.offices.purchasing import PICKUP, Bureau, do, goods, row
from tests.parcels import build
from tests.payments import billing

S = OfficeOrderState
LATER = dt.timedelta(days=15)
"""After the last day of an offer."""


def reprice(product: Product, price: int) -> None:
    with unit_of_work():
        db.session.get_one(Product, product.id).price = price


def shares_of(order: Order) -> list[int]:
    return sorted(s.amount for line in order.lines for part in line.components for s in part.shares)


def test_an_offer_becomes_an_order_unchanged_though_the_price_rose(app: Flask) -> None:
    product, bureau = goods(price=10_001), Bureau(credit=1_000_000)
    make.add(DeliveryFee(district_code="63.06.05", amount=7_500, effective_from=make.LONG_AGO, source="SK"))
    key = bureau.approved(
        LineRequest(3, product.id), delivery=Delivery(DeliveryMethod.OFFICE, "Jl. 1", village_code=make.VILLAGE)
    )
    reprice(product, 99_000)
    make.add(DeliveryFee(district_code="63.06.05", amount=9_999, effective_from=dt.date(2021, 1, 1), source="SK"))
    order = do(ordering.order, key, "027/12/SP/2026", "invoice", bureau.asker.id)
    assert (order.goods_amount, order.delivery_fee, order.total) == (30_003, 7_500, 37_503)
    assert shares_of(order) == [10_000, 20_003]  # cut from the price that was offered
    assert (order.state, order.buyer_office) == (OrderState.PROCESSING, bureau.office.name)
    assert (row(key).state, row(key).purchase_number, row(key).order_id) == (S.ORDERED, "027/12/SP/2026", order.id)


def test_a_parcel_is_ordered_by_the_recipe_that_was_offered(app: Flask) -> None:
    product, other = goods(price=10_000), goods(price=20_000)
    parcel, bureau = build.offered({product: 2, other: 1}, price=50_000), Bureau(credit=1_000_000)
    key = bureau.approved(LineRequest(2, parcel_id=parcel.id))
    do(parcels.new_recipe, parcel.id, {product.id: 1, other.id: 1}, 90_000, 5_000, None)
    order = do(ordering.order, key, "SP-1", "invoice", bureau.asker.id)
    assert order.total == 100_000
    assert [part.quantity for part in order.lines[0].components] == [4, 2]


def test_prices_of_today_ask_for_a_new_approval(app: Flask) -> None:
    product, bureau = goods(price=10_000), Bureau(credit=1_000_000)
    key = bureau.approved(LineRequest(2, product.id))
    reprice(product, 11_000)
    with clock.at(clock.now() + LATER):
        for act in (ordering.ask, ordering.approve):
            with pytest.raises(StateConflict):
                do(act, key, bureau.approver.id)
        with pytest.raises(StateConflict, match="StateConflict") as refused:
            do(ordering.order, key, "SP-1", "invoice", bureau.asker.id)
        assert "held until" in str(refused.value.message)
        do(ordering.renew, key, bureau.asker.id)
        assert (row(key).state, row(key).total, row(key).decided_by_id) == (S.DRAFT, 22_000, None)
        do(ordering.ask, key, bureau.asker.id)
        do(ordering.approve, key, bureau.approver.id)
        assert do(ordering.order, key, "SP-1", "invoice", bureau.asker.id).total == 22_000


def test_goods_that_are_gone_are_said_and_nothing_is_ordered(app: Flask) -> None:
    product, bureau = goods(stock=3), Bureau(credit=1_000_000)
    key = bureau.approved(LineRequest(3, product.id))
    bureau.ordered(LineRequest(1, product.id))
    with pytest.raises(Shortage) as short:
        do(ordering.order, key, "SP-9", "invoice", bureau.asker.id)
    assert [(each.wanted, each.free) for each in short.value.missing] == [(3, 2)]
    assert row(key).state is S.APPROVED


def test_who_asked_does_not_approve_and_a_mere_member_never(app: Flask) -> None:
    product, bureau = goods(), Bureau()
    key = bureau.offered(LineRequest(1, product.id))
    do(ordering.ask, key, bureau.asker.id)
    with pytest.raises(Forbidden):
        do(ordering.approve, key, bureau.asker.id)
    do(service.set_role, bureau.id, _member(bureau, bureau.asker.id), OfficeRole.APPROVER, bureau.approver.id)
    with pytest.raises(Forbidden):  # an approver, but it is his own
        do(ordering.approve, key, bureau.asker.id)
    do(ordering.send_back, key, "Kurangi jumlahnya", bureau.approver.id)
    assert (row(key).state, row(key).reason) == (S.SENT_BACK, "Kurangi jumlahnya")


def test_who_is_alone_approves_himself(app: Flask) -> None:
    product, bureau = goods(), Bureau()
    do(service.set_role, bureau.id, _member(bureau, bureau.asker.id), None, bureau.approver.id)
    with pytest.raises(NotFound):  # he belongs to it no more
        bureau.offered(LineRequest(1, product.id))
    wish = Wish(bureau.id, make.REGENCY, (LineRequest(1, product.id),), PICKUP)
    key = do(ordering.offer, wish, bureau.approver.id).id
    do(ordering.ask, key, bureau.approver.id)
    do(ordering.approve, key, bureau.approver.id)
    assert row(key).state is S.APPROVED


def _member(bureau: Bureau, user_id: int) -> int:
    return next(each.id for each in bureau.office.members if each.user_id == user_id)


def test_other_quantities_keep_the_price(app: Flask) -> None:
    product, other, bureau = goods(price=10_000), goods(price=5_000), Bureau()
    key = bureau.offered(LineRequest(2, product.id), LineRequest(1, other.id))
    reprice(product, 11_000)
    first, second = (line.id for line in row(key).lines)
    do(ordering.change, key, {first: 3, second: 0}, bureau.asker.id)
    assert (row(key).total, [line.quantity for line in row(key).lines]) == (30_000, [3])
    with pytest.raises(InvalidInput):
        do(ordering.change, key, {first: 0}, bureau.asker.id)
    assert row(key).total == 30_000


def test_without_credit_it_is_paid_before_it_is_packed(app: Flask) -> None:
    billing.bank()
    product, bureau = goods(price=10_000), Bureau()
    key = bureau.approved(LineRequest(2, product.id))
    with pytest.raises(InvalidInput) as refused:
        do(ordering.order, key, "SP-1", "invoice", bureau.asker.id)
    assert refused.value.field == "payment_method"
    order = do(ordering.order, key, "SP-1", "transfer", bureau.asker.id)
    assert (order.state, order.billed_at) == (OrderState.AWAITING_PAYMENT, None)


def test_a_purchase_number_is_used_once_in_an_office(app: Flask) -> None:
    product, bureau = goods(), Bureau(credit=1_000_000)
    keys = [bureau.approved(LineRequest(1, product.id)) for _number in range(2)]
    do(ordering.order, keys[0], "SP-1", "invoice", bureau.asker.id)
    with pytest.raises(InvalidInput) as refused:
        do(ordering.order, keys[1], "SP-1", "invoice", bureau.asker.id)
    assert refused.value.field == "purchase_number"
    other = Bureau(credit=1_000_000)
    do(ordering.order, other.approved(LineRequest(1, product.id)), "SP-1", "invoice", other.asker.id)


def test_credit_is_for_verified_offices_with_a_limit(app: Flask) -> None:
    bureau = Bureau()
    with pytest.raises(InvalidInput):
        do(service.set_credit, bureau.id, allowed=True, limit=100, actor_id=bureau.approver.id)
    do(service.verify, bureau.id, make.user(Role.TREASURER).id)
    with pytest.raises(StateConflict):
        do(service.verify, bureau.id, bureau.approver.id)
    with pytest.raises(InvalidInput) as refused:
        do(service.set_credit, bureau.id, allowed=True, limit=0, actor_id=bureau.approver.id)
    assert refused.value.field == "limit"


def test_the_last_approver_stays(app: Flask) -> None:
    bureau = Bureau()
    own = _member(bureau, bureau.approver.id)
    for role in (None, OfficeRole.MEMBER):
        with pytest.raises(InvalidInput):
            do(service.set_role, bureau.id, own, role, bureau.approver.id)


def test_who_has_the_code_joins_once_and_comes_back(app: Flask) -> None:
    bureau, newcomer = Bureau(), make.user(Role.BUYER)
    code = bureau.office.invitation_code
    do(service.join, f" {code.lower()} ", newcomer.id)
    with pytest.raises(InvalidInput):
        do(service.join, code, newcomer.id)
    do(service.set_role, bureau.id, _member(bureau, newcomer.id), None, bureau.approver.id)
    do(service.join, code, newcomer.id)
    do(service.new_invitation, bureau.id, bureau.approver.id)
    with pytest.raises(InvalidInput) as refused:
        do(service.join, code, make.user(Role.BUYER).id)
    assert refused.value.field == "code"
    assert len(bureau.office.active_members) == 3


def test_another_name_is_verified_anew(app: Flask) -> None:
    from tests.offices.purchasing import content

    bureau = Bureau(credit=1_000)
    do(service.change, bureau.id, content(name="Kantor Lain"), bureau.approver.id)
    assert (bureau.office.verified_at, bureau.office.allows_credit) == (None, False)
