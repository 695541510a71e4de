"""What a cashier sees and does on a phone of 360 × 640: opening, selling, paying, the way back, the lock."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.orders.models import Order
from marketplace.shared.transaction import rollback
from marketplace.tent_market.till_models import TillDevice, TillEvent
from tests.face.looks import AXE, RUN_AXE, WIDEST
from tests.tent_market.making import broken_checks
from tests.till.conftest import (
    COOKIE,
    NEXT_BUYER,
    PIN,
    SEND,
    Market,
    Phone,
    ask_to_open,
    fill_in,
    opened,
    send_all,
    sign_in,
)
from tests.till.proxy import POST, Network

SMALL_TARGETS = """() => [...document.querySelectorAll('button, a[href], input, select')]
    .filter((one) => one.checkVisibility() && !one.matches('.skip, .choice input, .tick input'))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.height < 43.5 || box.width < 43.5)
    .map(([one, box]) => `${one.localName}.${one.className} ${box.width}×${box.height}`)"""
IDLE = """async () => {
    const {keep} = await import("/static/js/till/store.js");
    await keep("touched", Date.now() - 11 * 60 * 1000);
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def shows(page: Page, selector: str, amount: int) -> None:
    """Wait for a sum: what is pressed is written down first, and then shown."""
    expect(page.locator(selector)).to_have_text(re.compile(rf"^\D*{amount:,}\D*$".replace(",", r"\.")))


def tile(page: Page, name: str) -> None:
    page.click(f".tile:has-text('{name}')")


def pay(page: Page, handed: str) -> None:
    page.click(".bar-pay")
    page.fill(".pay-way input", handed)
    page.click(".pay-way .wide")


def orders() -> list[Order]:
    rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Order).order_by(Order.id)))


def test_selling_with_a_lower_price_change_and_the_way_back(
    app: Flask, market: Market, yard: tuple[Network, str], phones: list[Phone]
) -> None:
    page = opened(phones[0], market)
    yard[0].mode = "cut"
    tile(page, "Dodol")
    tile(page, "Dodol")
    tile(page, "Gula Aren")
    shows(page, ".bar-sum", 72_500)
    expect(page.locator(".tile:has-text('Dodol') .tile-left")).to_contain_text("98")
    page.click(".bar-cart")
    lower(page, "17.999")
    expect(page.locator(".price-form .fault")).to_contain_text("Rp18.000")
    page.fill(".price-form input", "18.000")
    page.click(".price-form .button:not(.plain)")
    shows(page, ".sheet-foot strong", 68_500)
    page.click(".sheet-foot .button:not(.quiet)")
    page.fill(".pay-way input", "60.000")
    page.click(".pay-way .wide")
    expect(page.locator(".pay-way .fault")).to_contain_text("Rp8.500")
    page.fill(".pay-way input", "1.000.000")
    page.click(".pay-way .wide")
    expect(page.locator(".pay-way .fault")).to_contain_text("Rp931.500")  # a zero too many is asked about
    page.fill(".pay-way input", "100.000")
    shows(page, ".change strong", 31_500)
    page.click(".choice:has-text('Sekolah')")
    page.locator(".pay-way .wide").dblclick()  # a hurried thumb
    shows(page, ".change.big strong", 31_500)
    page.click(NEXT_BUYER)
    tile(page, "Sambal")
    pay(page, "12000")
    page.click(NEXT_BUYER)
    give_back(page)
    yard[0].mode = "good"
    send_all([page])

    first, second = orders()
    assert (first.total, first.total - first.reduced_amount, second.reduced_amount) == (68_500, 36_000, 12_000)
    told = [event.body for event in db.session.scalars(select(TillEvent).order_by(TillEvent.sequence))]
    assert [event["kind"] for event in told] == ["sale", "sale", "refund", "void"]
    assert (told[0]["handed"], told[0]["buyer"]) == (100_000, {"kind": "school", "office": None})
    assert broken_checks() == {}
    page.wait_for_selector(".sale-state[data-state=booked] >> nth=3")


def lower(page: Page, price: str) -> None:
    page.click(".lines li:has-text('Dodol') .line-price")
    page.fill(".price-form input", price)
    page.click(".price-form .button:not(.plain)")


def give_back(page: Page) -> None:
    """One thing of the first sale comes back; the second sale was a mistake."""
    page.click("[data-key=receipt-text]")
    shows(page, ".figures dd >> nth=0", 80_500)
    page.click("button.sale:has-text('Gula')")
    page.click(".two .button:has-text('Barang kembali')")
    page.click("form .button.danger")
    page.wait_for_selector(".fault:has-text('Isi berapa')")
    page.click("[aria-label='Tambah satu Gula Aren Cair']")
    page.click("[aria-label='Tambah satu Gula Aren Cair']")
    shows(page, ".sum strong", 32_500)
    page.click(".chip:has-text('Rusak')")
    page.click("form .button.danger")
    page.click("button.sale:has-text('Sambal')")
    page.click(".two .button:has-text('Batalkan')")
    page.click("form .button.danger")
    page.wait_for_selector(".fault:has-text('alasan')")
    page.click(".chip:has-text('Salah ketik')")
    page.click("form .button.danger")
    page.wait_for_selector(".sale-state:has-text('Dibatalkan')")
    shows(page, ".figures dd >> nth=0", 36_000)
    page.click("button.sale:has-text('Gula')")
    assert page.locator(".two .button:has-text('Batalkan')").count() == 0
    page.keyboard.press("Escape")


def test_the_lock_after_a_while_and_wrong_pins(
    app: Flask, market: Market, yard: tuple[Network, str], phones: list[Phone]
) -> None:
    page = opened(phones[0], market)
    yard[0].mode = "cut"
    tile(page, "Dodol")
    page.evaluate(IDLE)
    page.wait_for_selector("[data-screen=lock] input")
    page.reload()
    page.wait_for_selector("[data-screen=lock] input")
    for _wrong in range(3):
        page.fill("main input", "1111")
        page.click("main .wide")
        page.wait_for_selector(".fault:not(:empty)")
        expect(page.locator("main input")).to_have_value("")
    page.wait_for_selector("main .wide:disabled")
    page.reload()
    page.wait_for_selector("main .wide:disabled")  # a restart does not shorten it
    page.evaluate(
        "import('/static/js/till/store.js').then(async (s) => s.keep('pin', {...(await s.kept('pin')), since: 0}))"
    )
    page.reload()
    page.fill("main input", PIN)
    page.click("main .wide:enabled")
    page.wait_for_selector(".tile")
    shows(page, ".bar-sum", 20_000)  # the basket is as it was


def test_qris_is_drawn_without_a_network_and_offices_are_found(
    app: Flask, market: Market, yard: tuple[Network, str], phones: list[Phone]
) -> None:
    page = opened(phones[0], market, tents=2)
    assert page.request.get("/kasir/pilihan", headers={"Accept": "application/json"}).status == 401
    yard[0].mode = "cut"
    tile(page, "Anyaman")
    page.click(".bar-pay")
    page.click(".choice:has-text('QRIS')")
    assert page.locator(".qr path").get_attribute("d").count("h1v1") > 400
    box = page.locator(".pay-way .wide").bounding_box()
    assert box["y"] + box["height"] <= 640
    page.click(".pay-way .wide")
    page.click(NEXT_BUYER)
    page.click(".top-tent")
    page.click(".sheet .list button >> nth=1")
    tile(page, "Dodol")
    pay(page, "20000")
    page.click(NEXT_BUYER)
    yard[0].mode = "good"
    send_all([page])
    assert [order.payment_method for order in orders()] == ["qris", "tent_cash"]
    stalls = [event.stall_id for event in db.session.scalars(select(TillEvent).order_by(TillEvent.sequence))]
    assert stalls == [stall.id for stall in market.stalls]


def test_what_the_server_refuses_stays_and_is_said(
    app: Flask, market: Market, yard: tuple[Network, str], phones: list[Phone]
) -> None:
    page = opened(phones[0], market)
    yard[0].mode = "cut"
    tile(page, "Dodol")
    pay(page, "20000")
    page.click(NEXT_BUYER)
    key = page.evaluate("import('/static/js/till/state.js').then(({till}) => till.events[0].id)")
    said: list[str] = []

    def answer(route: Route) -> None:
        results = [{"id": key, "result": said[-1]}] if said else []
        route.fulfill(json={"results": results, "revoked": True, "last_sequence": 0, "now": ""})

    page.route(f"**{POST}", answer)
    for result, unsent in (("", "1"), ("wait", "1"), ("conflict", "")):
        said.extend([result] if result else [])
        page.evaluate(SEND)
        expect(page.locator(".top-state span")).to_have_text(unsent)
    page.wait_for_selector(".notice[data-tone=bad]")
    page.click(".notice[data-tone=warn] button")
    said.append("booked")
    page.click(".sent[data-tone=warn] button")
    page.wait_for_selector(".sale-state[data-state=booked]")


@pytest.mark.parametrize(("theme", "language"), [("light", "id"), ("dark", "en")])
def test_every_screen_is_fit_for_everybody(
    app: Flask, market: Market, yard: tuple[Network, str], phones: list[Phone], theme: str, language: str
) -> None:
    page = phones[0].start(theme=theme)
    wrong: list[str] = []

    def look(name: str) -> None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE)
        found = [*page.evaluate(RUN_AXE), *filter(None, [page.evaluate(WIDEST)]), *page.evaluate(SMALL_TARGETS)]
        wrong.extend(f"{name}: {one}" for one in found)

    walk(page, market, look, language)
    assert page.get_attribute("html", "lang") == language
    assert wrong == []


def walk(page: Page, market: Market, look: Callable[[str], None], language: str) -> None:
    """Come to every screen and sheet of the till."""
    page.goto(f"/kasir?bahasa={language}")
    page.wait_for_selector("main a.button")
    look("stranger")
    sign_in(page, market.cashier)
    look("open")
    page.click("form.open button:not([type=button])")
    look("open, nothing filled in")
    fill_in(page, tuple(str(stall.id) for stall in market.stalls))
    look("sell")
    for number in range(3):
        page.click(f".tile >> nth={number}")
    look("basket filled")
    page.click(".bar-cart")
    page.click(".line-price >> nth=0")
    look("basket")
    page.click(".sheet-foot .button:not(.quiet)")
    page.click(".choice >> nth=1")
    look("cash")
    page.click(".choice:has([name=paid][value=qris])")
    look("qris")
    page.click(".pay-way .wide")
    look("done")
    page.click(NEXT_BUYER)
    for opener in (".find .sign", "button.top-tent"):
        page.click(opener)
        look(opener)
        page.keyboard.press("Escape")
    page.click("[data-key=receipt-text]")
    look("today")
    for number in range(2):
        page.click("button.sale")
        look("sale")
        page.click(f"dialog .two .button >> nth={number}")
        page.click("form .button.danger")
        look(f"back {number}")
        page.keyboard.press("Escape")
    page.evaluate("import('/static/js/till/screen.js').then(({show}) => show('lock'))")
    page.click("main .wide")
    page.wait_for_selector(".fault:not(:empty)")
    look("lock")


def test_goods_that_did_not_come_are_asked_for_again_without_another_phone(
    app: Flask, market: Market, yard: tuple[Network, str], phones: list[Phone]
) -> None:
    page = phones[0].start()
    page.context.add_cookies([{"name": COOKIE, "value": market.ticket, "url": phones[0].address}])
    page.goto("/kasir")
    page.wait_for_selector("form.open")
    page.route("**/kasir/data", lambda route: route.abort())
    ask_to_open(page, (str(market.stalls[0].id),))
    expect(page.locator("form.open .fault").last).to_contain_text("sekali lagi")
    page.unroute("**/kasir/data")
    page.click("form.open button:not([type=button])")
    page.wait_for_selector(".tile")
    rollback()
    assert db.session.scalar(select(func.count()).select_from(TillDevice)) == 1
    assert [one for one in yard[0].asked if "keluar" in one] == []
