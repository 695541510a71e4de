"""The sums of an order follow its choices, with JavaScript by themselves, without it on request."""

import pytest
from playwright.sync_api import Page

from tests import make
from tests.journeys.conftest import Visit
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
    page.click("form.buy [type=submit]")
    page.goto("/bayar")
    assert page.is_visible("[name=go][value=count]") is not javascript
    assert not page.is_visible("[name=village_code]")
    page.check("[name=payment_method][value=cash]")
    page.check("[name=delivery_method][value=address]")
    assert page.is_visible("#clash")  # cash stands chosen, and cannot be
    page.select_option("[name=village_code]", make.VILLAGE)
    if not javascript:
        page.click("[name=go][value=count]")
    page.wait_for_selector("#sums :text('Rp32.000')")
    page.check("[name=payment_method][value=transfer]")
    assert not page.is_visible("[name=payment_method][value=cash]")
    _order(page)
    assert "Rp32.000" in page.inner_text("main aside")
    assert said == []  # the content policy stops nothing of it


def _order(page: Page) -> None:
    page.fill("main [name=name]", "Fatimah Contoh")
    page.fill("main [name=phone]", "0812 5555 1234")
    page.fill("main [name=street]", "Jalan Contoh 2")
    page.click("[name=go][value=order]")
    page.wait_for_url("**/p/*")


def test_who_loses_the_connection_asks_for_the_sums_himself(visit: Visit) -> None:
    product = make.product(stock=5)
    fee(12_000)
    bank()
    page = visit()
    page.goto(f"/produk/{product.slug}")
    page.click("form.buy [type=submit]")
    page.goto("/bayar")
    page.context.set_offline(True)
    page.check("[name=delivery_method][value=address]")
    page.wait_for_selector("[name=go][value=count]")
    page.context.set_offline(False)
    page.select_option("[name=village_code]", make.VILLAGE)
    page.wait_for_selector("#sums :text('Rp12.000')")
    assert not page.is_visible("[name=go][value=count]")
