"""A market day without a signal, and a bad one after it: every sale arrives, once."""

from collections import Counter

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balance
from marketplace.orders.models import Channel, Order, OrderState
from marketplace.shared.transaction import rollback
from marketplace.stock import tents as stock
from marketplace.tent_market.models import Stall
from marketplace.tent_market.till_models import TillEvent, TillEventState
from tests import make
from tests.tent_market.making import broken_checks
from tests.till.conftest import NEXT_BUYER, Market, Phone, fill_in, opened, sell_many, send_all, sign_in
from tests.till.proxy import POST, Network

LOADED = 100
KEPT = """async () => {
    const {eventsOfDay, kept, deviceOf} = await import("/static/js/till/store.js");
    const device = await deviceOf(await kept("current"));
    return (await eventsOfDay(device.day.id)).map((one) => one.body);
}"""


def sell_by_hand(page: Page, times: int) -> None:
    """Sell as a cashier does: a tile, pay, the note, done, next."""
    for number in range(times):
        page.click(f".tile >> nth={number % 5}")
        page.click(".bar-pay")
        page.click(".note >> nth=0")
        page.click(".pay-way .wide")
        page.click(NEXT_BUYER)


def look_again() -> None:
    """Read what others wrote meanwhile."""
    rollback()
    db.session.expire_all()


def left(stall: Stall) -> dict[int, int]:
    return stock.at_tent(db.session.get_one(Stall, stall.id).location)


def sold_pieces(told: list[dict]) -> Counter[int]:
    pieces: Counter[int] = Counter()
    for line in (line for event in told if event["kind"] == "sale" for line in event["lines"]):
        pieces[line["product"]] += line["quantity"]
    return pieces


def test_a_day_without_a_network_arrives_whole_and_once(
    app: Flask, market: Market, yard: tuple[Network, str], phones: list[Phone]
) -> None:
    network, phone = yard[0], phones[0]
    page = opened(phone, market)
    network.mode = "cut"
    sell_by_hand(page, 5)
    sell_many(page, market, 45)
    page.reload()
    page.wait_for_selector(".tile")
    phone.kill()
    page = phone.start()
    page.goto("/kasir")
    page.wait_for_selector(".tile")
    sell_many(page, market, 45)
    sell_by_hand(page, 5)
    told = page.evaluate(KEPT)
    assert [event["seq"] for event in sorted(told, key=lambda event: event["seq"])] == list(range(1, 101))
    network.mode = "bad"
    send_all([page])
    network.mode = "good"
    network.catch_up()
    assert sum(POST in asked for asked in network.asked) > 2

    look_again()
    orders = list(db.session.scalars(select(Order).where(Order.channel == Channel.TENT)))
    assert len(orders) == 100
    assert {order.state for order in orders} == {OrderState.COMPLETED}
    assert sum(order.total for order in orders) == sum(event["total"] for event in told)
    assert account_balance(make.REGENCY, Account.TENT_CASH) == sum(event["total"] for event in told)
    sold = sold_pieces(told)
    assert left(market.stalls[0]) == {one.id: LOADED - sold[one.id] for one in market.goods if sold[one.id] < LOADED}
    assert broken_checks() == {}


def test_two_phones_in_one_tent_tell_all_that_each_sold(
    app: Flask, market: Market, yard: tuple[Network, str], phones: list[Phone]
) -> None:
    network = yard[0]
    pages = [opened(phone, market, name=f"HP {number}") for number, phone in enumerate(phones)]
    network.mode = "bad"
    for _turn in range(3):
        for number, page in enumerate(pages):
            sell_many(page, market, 4, ("cash", "qris")[number])
            page.evaluate("import('/static/js/till/sending.js').then(({send}) => send())")
    take_back(pages[0])
    send_all(pages)
    network.mode = "good"
    network.catch_up()

    look_again()
    booked = select(func.count()).select_from(TillEvent).where(TillEvent.state == TillEventState.BOOKED)
    assert db.session.scalar(booked) == 2 * 12 + 2
    first, second = (page.evaluate(KEPT) for page in pages)
    given = sum(event["amount"] for event in first if event["kind"] == "refund")
    undone = {event["of"] for event in first if event["kind"] == "void"}
    cash = sum(event["total"] for event in first if event["kind"] == "sale" and event["id"] not in undone) - given
    assert account_balance(make.REGENCY, Account.TENT_CASH) == cash
    assert account_balance(make.REGENCY, Account.QRIS) == sum(event["total"] for event in second)
    assert broken_checks() == {}


def take_back(page: Page) -> None:
    """Undo the first sale, and take one piece of the second back."""
    page.evaluate("""async () => {
        const {till} = await import("/static/js/till/state.js");
        const {undo, takeBack} = await import("/static/js/till/actions.js");
        const [first, second] = till.events;
        await undo(first, "salah ketik");
        await takeBack(second, [{...second.lines[0], quantity: 1, spoiled: 0}], "rusak");
    }""")


def test_a_till_that_was_opened_anew_sends_what_the_old_one_had(
    app: Flask, market: Market, yard: tuple[Network, str], phones: list[Phone]
) -> None:
    network = yard[0]
    page = opened(phones[0], market)
    network.mode = "cut"
    sell_many(page, market, 3)
    network.mode = "good"
    page.click("[data-key=receipt-text]")
    page.evaluate("import('/static/js/till/screen.js').then(({show}) => show('open'))")
    sign_in(page, market.cashier)  # the till signed him out when it was opened
    fill_in(page, (str(market.stalls[0].id),), "HP lagi", "1357")
    sell_many(page, market, 2)
    send_all([page])
    look_again()
    orders = select(func.count()).select_from(Order).where(Order.channel == Channel.TENT)
    assert db.session.scalar(orders) == 5
    assert broken_checks() == {}
