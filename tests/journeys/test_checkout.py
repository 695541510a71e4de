"""The sums of an order follow its choices, with JavaScript by themselves, without it on request."""

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.journeys.conftest import Visit, press, refused
from tests.payments.billing import bank
from tests.storefront.buying import fee


@pytest.mark.parametrize("javascript", [True, False])
def test_the_total_follows_the_choices(visit: Visit, javascript: bool) -> None:
    product = make.product(stock=5, price=20_000)
    fee(12_000)
    bank()
    page = visit(javascript=javascript)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"/produk/{product.slug}")
    press(page, "form.buy [type=submit]")
    page.goto("/bayar")
    assert page.is_visible("[name=go][value=count]") is not javascript
    assert not page.is_visible("[name=village_code]")
    page.check("[name=payment_method][value=cash]")
    page.check("[name=delivery_method][value=address]")
    assert page.is_visible("#clash")  # cash stands chosen, and cannot be
    page.select_option("[name=village_code]", make.VILLAGE)
    if not javascript:
        press(page, "[name=go][value=count]")
    page.wait_for_selector("#sums :text('Rp32.000')")
    page.check("[name=payment_method][value=transfer]")
    assert not page.is_visible("[name=payment_method][value=cash]")
    _order(page)
    assert "Rp32.000" in page.inner_text("main dl.money")
    assert said == []  # the content policy stops nothing of it


def _order(page: Page) -> None:
    page.fill("main [name=name]", "Fatimah Contoh")
    page.fill("main [name=phone]", "0812 5555 1234")
    page.fill("main [name=street]", "Jalan Contoh 2")
    press(page, "[name=go][value=order]")
    assert "/p/" in page.url


def test_who_loses_the_connection_asks_for_the_sums_himself(visit: Visit) -> None:
    product = make.product(stock=5)
    fee(12_000)
    bank()
    page = visit()
    page.goto(f"/produk/{product.slug}")
    press(page, "form.buy [type=submit]")
    page.goto("/bayar")
    page.context.set_offline(True)
    page.check("[name=delivery_method][value=address]")
    page.wait_for_selector("[name=go][value=count]")
    page.context.set_offline(False)
    page.select_option("[name=village_code]", make.VILLAGE)
    page.wait_for_selector("#sums :text('Rp12.000')")
    assert not page.is_visible("[name=go][value=count]")


def test_the_basket_follows_its_numbers(visit: Visit) -> None:
    product = make.product(stock=3, price=20_000)
    page = visit()
    page.goto(f"/produk/{product.slug}")
    press(page, "form.buy [type=submit]")
    assert page.url.endswith("/keranjang")
    assert not page.is_visible("text=Simpan jumlah")
    for _time in range(3):
        page.click(".stepper button >> nth=1")
    page.wait_for_selector("aside :text('Rp80.000')")
    page.wait_for_selector("main :text('Tinggal 3')")
    page.goto("/produk")  # nothing is lost by leaving
    page.goto("/keranjang")
    assert page.input_value("main [type=number]") == "4"
    page.fill("main [type=number]", "9999")
    page.keyboard.press("Tab")
    page.wait_for_selector("main .wrong :text('Tinggal 3. Pilih 3 atau kurang.')")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_order_button_takes_the_typed_numbers_along(visit: Visit, javascript: bool) -> None:
    product = make.product(stock=9, price=20_000)
    page = visit(javascript=javascript)
    page.goto(f"/produk/{product.slug}")
    press(page, "form.buy [type=submit]")
    page.fill("main [type=number]", "4")
    press(page, "[name=go][value=checkout]")
    assert page.url.endswith("/bayar")
    assert "Rp80.000" in page.inner_text("#sums")


def test_what_was_typed_waits_until_the_order_is_there(visit: Visit) -> None:
    bank()
    fee(12_000)
    page = visit()
    _to_checkout(page)
    page.fill("main [name=name]", "Fatimah Contoh")
    page.check("[name=delivery_method][value=address]")
    page.select_option("[name=village_code]", make.VILLAGE)
    page.check("[name=payment_method][value=transfer]")
    page.goto("/produk")
    page.goto("/bayar")
    assert page.input_value("main [name=name]") == "Fatimah Contoh"
    assert page.is_checked("[name=payment_method][value=transfer]")
    page.wait_for_selector("#sums :text('Rp12.000')")  # counted for what was brought back
    page.fill("main [name=phone]", "0")
    page.fill("main [name=street]", "Jalan Contoh 2")
    refused(page, "[name=go][value=order]")
    expect(page.locator("[data-wrong] [name=phone]")).to_be_visible()
    page.fill("main [name=phone]", "0812 5555 1234")
    page.keyboard.press("Tab")
    expect(page.locator(".problems:visible, [data-wrong]")).to_have_count(0)
    press(page, "[name=go][value=order]")
    assert "/p/" in page.url
    assert page.evaluate("sessionStorage.length") == 0
    _to_checkout(page)
    assert page.input_value("main [name=name]") == ""


def _to_checkout(page: Page) -> None:
    page.goto(f"/produk/{make.product(stock=5).slug}")
    press(page, "form.buy [type=submit]")
    assert page.url.endswith("/keranjang")
    page.goto("/bayar")
