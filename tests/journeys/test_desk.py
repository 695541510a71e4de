"""Officers work through lists by keys alone, or without any script."""

import re

import pytest
from playwright.sync_api import expect
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
from tests.journeys.conftest import Visit, enter, press, refused
from tests.orders.asking import placed

DESK = {"width": 1280, "height": 900}


def handed_in(name: str) -> Product:
    product = make.product(name=name, state=ProductState.SUBMITTED)
    seller = make.user(Role.GROUP_OFFICER, group_id=product.group_id)
    make.add(Revision(product_id=product.id, number=1, changes={}, submitted_by_id=seller.id))
    make.add(ProductPhoto(product_id=product.id, image_id=image_id(), position=0))
    return product


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
        expect(page.locator(":focus")).to_have_text(name)
    page.keyboard.press("k")
    enter(page)
    expect(page.locator("h1")).to_have_text("Abon Haruan")
    page.keyboard.press("r")
    page.keyboard.type("a n j")  # while somebody types, letters are letters
    expect(page.locator("[name=reasons]")).to_have_value("a n j")
    page.fill("[name=reasons]", "")
    page.locator("[name=reasons]").blur()
    page.keyboard.press("a")
    enter(page)
    expect(page.locator("h1")).to_have_text("Bubur Gunting")
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
    press(page, "[name=step][value=pack]")
    expect(page.locator(f"[data-tone=good]:has-text('{orders[2].number}')")).to_be_visible()
    assert page.url.endswith("/dinas/pesanan?state=processing&method=pickup")
    rollback()
    assert set(db.session.scalars(select(Order.state))) == {OrderState.READY}


def test_what_was_wrong_in_a_dialog_is_asked_again_in_its_middle(visit: Visit) -> None:
    product = make.product(stock=5)
    order = placed(LineRequest(2, product_id=product.id))
    with unit_of_work():
        service.mark_paid(order.id, order.due_amount, Account.BANK, f"payment:{order.id}", None)
    page = visit(make.user(Role.PACKER))
    page.goto(f"/dinas/pesanan/{order.id}")
    page.click("aside .stack > button >> nth=0")
    page.fill("dialog[open] [name=short-quantity]", "1")
    page.evaluate("document.querySelector('dialog[open] form').noValidate = true")
    refused(page, "dialog[open] [type=submit]")
    expect(page.locator("dialog[open] .problems")).to_be_visible()
    expect(page.locator("dialog[open] [name=short-reason]")).to_be_focused()
    for size in ({"width": 360, "height": 780}, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        box = page.evaluate("document.querySelector('dialog[open]').getBoundingClientRect().toJSON()")
        assert abs(box["left"] + box["right"] - page.evaluate("innerWidth")) < 2
    page.click("dialog[open] [data-shut]")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_nothing_is_done_to_orders_before_one_is_ticked(visit: Visit) -> None:
    product = make.product(stock=5)
    orders = [placed(LineRequest(1, product_id=product.id)) for _number in range(2)]
    with unit_of_work():
        for order in orders:
            service.mark_paid(order.id, order.due_amount, Account.BANK, f"payment:{order.id}", None)
    page = visit(make.user(Role.PACKER))
    page.goto("/dinas/pesanan?state=processing")
    opener = ".ticked > [data-tone=primary]"
    expect(page.locator(opener)).to_be_disabled()
    page.check("[data-tick-all] input")
    page.click(opener)
    expect(page.locator("dialog[open] [data-ticked]")).to_have_text(re.compile(r": 2$"))


def test_a_list_begins_on_the_first_screen_of_a_phone(visit: Visit) -> None:
    placed(LineRequest(1, product_id=make.product(stock=5).id))
    page = visit(make.user(Role.PACKER))
    page.goto("/dinas/pesanan")
    assert page.evaluate("document.querySelector('.table tbody tr').getBoundingClientRect().top") < 500
    assert not page.is_visible("[name=q]")
    page.click(".filter-fold summary")
    expect(page.locator("[name=q]")).to_be_visible()
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto("/dinas/pesanan")
    assert page.is_visible("[name=q]")


def test_paper_shows_the_tables_of_the_charts_and_nothing_to_press(visit: Visit) -> None:
    make.product(stock=5)
    page = visit(make.user(Role.HEAD))
    page.goto("/dinas/rekap")
    page.emulate_media(media="print")
    assert page.is_visible("#main .on-paper")
    assert page.evaluate("document.querySelector('.chart details table').getBoundingClientRect().height") > 100
    assert not page.locator("#main .button:visible, #main summary:visible").count()
