"""Officers see what tills told and nobody could book by itself, and decide; and they see a market day as it runs."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balance
from marketplace.orders.models import Channel, Order
from marketplace.orders.wanted import LineRequest
from marketplace.reports.work import waiting_for
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock import tents as stock
from marketplace.stock.movements import store_of
from marketplace.tent_market import board, closing, rescue, stalls
from marketplace.tent_market.models import MarketDay, Stall, StallState
from marketplace.tent_market.till_models import TillConflict, TillDevice, TillEvent, TillEventState, TillRemark
from tests import make
from tests.tent_market import making
from tests.tent_market.making import broken_checks
from tests.tent_market.telling import Event, minutes, of
from tests.tent_market.test_sync import NOWHERE, Tent

LIST = "/dinas/pasar/perlu-dilihat"


@pytest.fixture
def tent(app: Flask) -> Tent:
    return Tent()


@pytest.fixture
def packer(client: FlaskClient) -> FlaskClient:
    make.sign_in(client, make.user(Role.PACKER))
    return client


def told(tent: Tent, *events: Event) -> list[int]:
    """Let the phone tell events, and return their ids."""
    tent.till.tell(*events)
    found = dict(iter(db.session.execute(select(TillEvent.key, TillEvent.id))))
    return [found[event["id"]] for event in events]


def state(event_id: int) -> TillEvent:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(TillEvent, event_id)


def shut(tent: Tent) -> None:
    """Close a tent as its close does: nothing is left there, and its place is closed."""
    with unit_of_work():
        stall = stalls.locked(tent.stall.id)
        stock.unload(stall.location, tent.product.id, store_of(make.REGENCY).id, tent.left(), None)
        stock.close_place(stall.location)
    tent.close()


def test_a_sale_of_a_closed_tent_is_booked_after_somebody_looked(tent: Tent, packer: FlaskClient) -> None:
    shut(tent)
    sale = tent.sale(3)
    (event_id,) = told(tent, sale)
    page = packer.get(LIST).text
    assert "Came after its tent was counted" in page
    assert f"{LIST}/{event_id}" in page
    assert packer.post(f"{LIST}/{event_id}/catat").location == LIST
    event = state(event_id)
    assert (event.state, tent.left()) == (TillEventState.BOOKED, 0)
    assert event.order is not None
    assert (event.order.total, account_balance(make.REGENCY, Account.TENT_CASH)) == (45_000, 45_000)
    assert tent.till.tell(sale) == ["rescue stall_closed"]  # the phone's answer stays
    assert packer.post(f"{LIST}/{event_id}/catat").status_code == 422  # not a second time
    assert f"{LIST}/{event_id}" in packer.get(f"{LIST}?tab=done").text
    assert broken_checks() == {}


def test_what_is_counted_just_now_is_not_changed(tent: Tent, packer: FlaskClient) -> None:
    tent.close(StallState.COUNTED)
    (event_id,) = told(tent, tent.sale())
    answer = packer.post(f"{LIST}/{event_id}/catat")
    assert (answer.status_code, "is being counted" in answer.text) == (422, True)
    assert (state(event_id).state, tent.left()) == (TillEventState.RESCUE, 20)


def test_a_lost_phones_sale_and_its_undoing_are_booked_in_turn(tent: Tent, packer: FlaskClient) -> None:
    tent.till.revoke()
    sale = tent.sale(2)
    sale_id, void_id = told(tent, sale, tent.till.void(sale))
    refused = packer.post(f"{LIST}/{void_id}/catat")
    assert (refused.status_code, "not in the books" in refused.text) == (422, True)
    assert [packer.post(f"{LIST}/{key}/catat").status_code for key in (sale_id, void_id)] == [302, 302]
    assert (tent.left(), account_balance(make.REGENCY, Account.TENT_CASH)) == (20, 0)
    assert broken_checks() == {}


def test_goods_that_are_ours_by_now_are_booked(tent: Tent, packer: FlaskClient) -> None:
    other = make.product(regency_code=make.OTHER_REGENCY, district_code="63.07.01")
    (event_id,) = told(tent, tent.till.sale(of(other.id)))
    assert packer.post(f"{LIST}/{event_id}/catat").status_code == 422
    with unit_of_work():
        product = db.session.get_one(Product, other.id)
        product.regency_code, product.district_code = make.REGENCY, "63.06.05"
    assert packer.post(f"{LIST}/{event_id}/catat").status_code == 302
    assert state(event_id).state is TillEventState.BOOKED


@pytest.mark.parametrize("content", [{"lines": "?"}, {"stall": 999_999}, {"kind": "gift"}])
def test_what_cannot_be_booked_is_settled_in_words(tent: Tent, packer: FlaskClient, content: dict[str, Any]) -> None:
    (event_id,) = told(tent, tent.sale(**content))
    assert packer.get(f"{LIST}/{event_id}").status_code == 200
    assert packer.post(f"{LIST}/{event_id}/catat").status_code == 422
    assert packer.post(f"{LIST}/{event_id}", data={"answer": " "}).status_code == 422
    assert packer.post(f"{LIST}/{event_id}", data={"answer": "Diganti nota tulis"}).status_code == 302
    event = state(event_id)
    assert (event.state, event.answer, event.settled_at is not None) == (
        TillEventState.SETTLED,
        "Diganti nota tulis",
        True,
    )
    assert packer.post(f"{LIST}/{event_id}", data={"answer": "lagi"}).status_code == 422
    assert packer.post(f"{LIST}/{event_id}/catat").status_code == 422
    assert "Diganti nota tulis" in packer.get(f"{LIST}?tab=done").text


@pytest.mark.parametrize("role", [Role.CURATOR, Role.PACKER, Role.ADMINISTRATOR, Role.TREASURER])
def test_who_decides(tent: Tent, client: FlaskClient, role: Role) -> None:
    (event_id,) = told(tent, tent.sale(lines=[]))
    make.sign_in(client, make.user(role))
    assert client.post(f"{LIST}/{event_id}", data={"answer": "Beres"}).status_code == 302


def test_the_head_sees_and_leaves_it_to_others(tent: Tent, client: FlaskClient) -> None:
    (event_id,) = told(tent, tent.sale(lines=[]))
    make.sign_in(client, make.user(Role.HEAD))
    page = client.get(f"{LIST}/{event_id}")
    assert (page.status_code, 'method="post"' in page.text.partition('id="main"')[2]) == (200, False)
    assert client.post(f"{LIST}/{event_id}", data={"answer": "Beres"}).status_code == 404
    make.sign_in(client, make.user(Role.PACKER, area_code=make.OTHER_REGENCY))
    assert client.get(f"{LIST}/{event_id}").status_code == 404
    assert client.post(f"{LIST}/{event_id}/catat").status_code == 404


def test_conflicts_and_odd_sales_are_seen_many_at_once(tent: Tent, packer: FlaskClient) -> None:
    sale = tent.sale(21)
    tent.till.tell(sale, {**sale, "paid": "qris"}, tent.sale(1))
    assert "Told later, refused" in packer.get(f"{LIST}?tab=conflicts").text
    assert "More sold than the tent had" in packer.get(f"{LIST}?tab=remarks").text
    ids = [("conflict", key) for key in db.session.scalars(select(TillConflict.id))]
    ids += [("remark", key) for key in db.session.scalars(select(TillRemark.id))]
    fields: dict[str, list[str]] = {}
    for name, key in [*ids, ("remark", 2**70)]:
        fields.setdefault(name, []).append(str(key))
    make.sign_in(packer, make.user(Role.PACKER, area_code=make.OTHER_REGENCY))
    packer.post(f"{LIST}/dilihat", data=fields)
    db.session.rollback()
    assert rescue.counts(make.REGENCY) == {rescue.Tab.EVENTS: 0, rescue.Tab.CONFLICTS: 1, rescue.Tab.REMARKS: 2}
    make.sign_in(packer, make.user(Role.PACKER))
    assert packer.post(f"{LIST}/dilihat", data=fields).status_code == 302
    assert packer.post(f"{LIST}/dilihat").status_code == 302
    db.session.rollback()
    assert set(rescue.counts(make.REGENCY).values()) == {0}


def test_the_list_is_narrowed_and_taken_along(tent: Tent, packer: FlaskClient) -> None:
    bad, unknown = told(tent, tent.sale(lines=[]), tent.till.sale(of(999_999)))
    page = packer.get(f"{LIST}?problem=unreadable").text
    assert (f"{LIST}/{bad}" in page, f"{LIST}/{unknown}" in page) == (True, False)
    assert f"{LIST}/{bad}" not in packer.get(f"{LIST}?day=2026-01-01").text
    assert f"{LIST}/{bad}" in packer.get(f"{LIST}?day={making.MONDAY}").text
    assert packer.get(f"{LIST}?problem=xyz&day=xyz").status_code == 422
    for tab in rescue.Tab:
        assert packer.get(f"{LIST}?tab={tab}&format=xlsx").mimetype.endswith("sheet")


def test_the_board_says_why_a_tent_is_empty(packer: FlaskClient) -> None:
    day = making.day()
    _empty, sold = making.stall(day), making.stall(day)
    path, product = f"/dinas/pasar/{day.id}/papan", make.product()
    making.load(sold, product, 1)
    making.sell(sold, LineRequest(1, product.id), cashier_id=make.user(Role.PACKER).id)
    page = packer.get(path).text
    assert ("Nothing loaded yet" in page, "Nothing left" in page, "Counted back" in page) == (True, True, False)
    cash = closing.Cash(product.price, "")
    with unit_of_work():
        closing.count(sold.id, {}, cash, frozenset(), make.user(Role.PACKER, name="Jamhari").id)
    page = packer.get(path).text
    assert ("Nothing loaded yet" in page, "Nothing left" in page, "Counted back" in page) == (True, False, True)


def test_the_board_shows_what_is_left_sold_and_on_its_way(tent: Tent, packer: FlaskClient) -> None:
    tent.till.tell(tent.sale(2), now=minutes(-90))
    missing = tent.sale(3)
    qris, back = tent.sale(1, paid="qris"), tent.sale(1)
    told_all = {"sequence": 8, "amount": 200_000}
    tent.till.tell(qris, back, tent.till.void(back), tent.till.sale(of(999_999)), told=told_all, now=minutes(-90))
    found = board.of_day(db.session.get_one(MarketDay, tent.stall.day_id))
    now, phone = found.tents[0], found.phones[0]
    assert (now.left[0][1], now.sold.count, now.sold.by_method, now.waiting) == (
        17,
        2,
        {"tent_cash": 30_000, "qris": 15_000},
        1,
    )
    assert (phone.arrived, phone.missing, phone.missing_count) == (5, [(2, 2), (7, 8)], 3)
    assert missing["seq"] == 2
    assert phone.missing_amount == 200_000 - 30_000 - 15_000 - 15_000 - 15_000
    assert (phone.is_clock_wrong, phone.is_silent) == (True, False)
    with clock.at(clock.now() + dt.timedelta(minutes=31)):
        assert phone.is_silent
        page = packer.get(f"/dinas/pasar/{tent.stall.day_id}/papan").text
    assert all(
        text in page for text in ("1 kind of goods", "Silent for 31 minutes", "Clock 1 hour behind", "HP Bu Siti")
    )
    assert packer.get(f"/dinas/pasar/{tent.stall.day_id}/papan?format=xlsx").mimetype.endswith("sheet")


def test_a_lost_phone_is_locked_out_with_a_reason(tent: Tent, packer: FlaskClient) -> None:
    tent.till.tell(tent.sale(), told={"sequence": 3, "amount": 45_000})
    path = f"/dinas/pasar/hp/{tent.till.id}"
    page = packer.get(path).text
    assert all(text in page for text in ("2 entries have not arrived", "2 to 3", "Rp30.000"))
    assert packer.post(path, data={"reason": ""}).status_code == 422
    assert packer.post(path, data={"reason": "Jatuh di sungai"}).status_code == 302
    assert packer.post(path, data={"reason": "Jatuh lagi"}).status_code == 422
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(TillDevice, tent.till.id).revoked_reason == "Jatuh di sungai"
    assert tent.till.tell(tent.sale()) == ["rescue revoked"]


@pytest.mark.parametrize(
    ("arrived", "last", "expected"),
    [
        ([], 0, []),
        ([], 2, [(1, 2)]),
        ([1, 2, 3], 3, []),
        ([2, 2, 5], 7, [(1, 1), (3, 4), (6, 7)]),
        ([9], 3, [(1, 8)]),
    ],
)
def test_gaps(arrived: list[int], last: int, expected: list[tuple[int, int]]) -> None:
    assert board.gaps(arrived, last) == expected


def test_the_work_list_counts_what_waits(tent: Tent) -> None:
    with clock.at(dt.datetime(2026, 7, 6, 1, tzinfo=dt.UTC)):
        sale = tent.sale(22)
        tent.till.tell(sale, {**sale, "paid": "qris"}, tent.sale(lines=[]), tent.till.void({"id": NOWHERE}))
    treasurer = make.user(Role.TREASURER)
    with clock.at(dt.datetime(2026, 7, 6, 1, 40, tzinfo=dt.UTC)):
        device = db.session.get_one(TillDevice, tent.till.id)
        with unit_of_work():
            device.seen_at = dt.datetime(2026, 7, 6, 1, tzinfo=dt.UTC)
        jobs = {job.url: job.count for job in waiting_for(treasurer)[Role.TREASURER]}
    assert jobs[LIST] == 2
    assert jobs[f"{LIST}?tab=conflicts"] == 1
    assert jobs[f"{LIST}?tab=remarks"] == 1
    assert jobs[f"/dinas/pasar/{tent.stall.day_id}/papan"] == 1
    stranger = make.user(Role.TREASURER, area_code=make.OTHER_REGENCY)
    assert {job.count for job in waiting_for(stranger)[Role.TREASURER] if "/pasar/" in job.url} == {0}
    assert db.session.scalar(select(func.count(Order.id)).where(Order.channel == Channel.TENT)) == 1
    assert db.session.get_one(Stall, tent.stall.id).state is StallState.OPEN
