"""Officers work through lists by keys alone, or without any script."""

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from marketplace.catalog.models import Product, ProductPhoto, ProductState, Revision
from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.orders import service
from marketplace.orders.models import Order, OrderState
from marketplace.orders.wanted import LineRequest
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.catalog.words import image_id
from tests.journeys.conftest import Visit
from tests.orders.asking import placed

DESK = {"width": 1280, "height": 900}
FOCUSED = "document.activeElement.textContent.trim()"


def handed_in(name: str) -> Product:
    product = make.product(name=name, state=ProductState.SUBMITTED)
    seller = make.user(Role.GROUP_OFFICER, group_id=product.group_id)
    make.add(Revision(product_id=product.id, number=1, changes={}, submitted_by_id=seller.id))
    make.add(ProductPhoto(product_id=product.id, image_id=image_id(), position=0))
    return product


def focused(page: Page) -> str:
    return str(page.evaluate(FOCUSED))


def test_a_queue_is_worked_off_by_keys(visit: Visit) -> None:
    first, second = handed_in("Abon Haruan"), handed_in("Bubur Gunting")
    page = visit(make.user(Role.CURATOR))
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto("/dinas/kurasi")
    page.wait_for_selector("[data-keys]:not([hidden])")
    for keys, name in (
        ("j", "Abon Haruan"),
        ("j", "Bubur Gunting"),
        ("k", "Abon Haruan"),
        ("ArrowDown", "Bubur Gunting"),
    ):
        page.keyboard.press(keys)
        assert focused(page) == name
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:text('Abon Haruan')")
    page.wait_for_selector("kbd")  # the keys are there
    page.keyboard.press("r")
    page.keyboard.type("a n j")  # while somebody types, letters are letters
    assert page.input_value("[name=reasons]") == "a n j"
    page.fill("[name=reasons]", "")
    page.locator("[name=reasons]").blur()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:text('Bubur Gunting')")
    rollback()
    assert [db.session.get_one(Product, key.id).state for key in (first, second)] == ["published", "submitted"]
    page.click("[data-keys] button")
    page.reload()
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement === document.body")
    assert said == []


@pytest.mark.parametrize("javascript", [True, False])
def test_several_orders_are_packed_with_and_without_a_script(visit: Visit, javascript: bool) -> None:
    product = make.product(stock=10)
    orders = [placed(LineRequest(1, product_id=product.id)) for _number in range(3)]
    with unit_of_work():
        for order in orders:
            service.mark_paid(order.id, order.due_amount, Account.BANK, f"payment:{order.id}", None)
    page = visit(make.user(Role.PACKER), javascript=javascript)
    page.goto("/dinas/pesanan?state=processing&method=pickup")
    if javascript:
        page.check("[data-tick-all] input")
    else:
        for order in orders:
            page.check(f"[name=orders][value='{order.id}']")
    page.click(".ticked [data-tone=primary]")  # asks first
    page.click("[name=step][value=pack]")
    page.wait_for_selector(f"[data-tone=good]:has-text('{orders[2].number}')")
    assert page.url.endswith("/dinas/pesanan?state=processing&method=pickup")
    rollback()
    assert set(db.session.scalars(select(Order.state))) == {OrderState.READY}
