"""The whole path in a real browser on a phone: from a family's listing to its month of earnings."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page
from sqlalchemy import Select, select

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.graduation import service as graduation
from marketplace.ledger.queries import balance_of
from marketplace.orders.models import Order, OrderState
from marketplace.payments.accounts import add_bank_account
from marketplace.payments.models import Payment
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.journeys.conftest import Visit, press


@pytest.fixture
def photo(tmp_path: Path) -> str:
    """Return the path of a small photo."""
    out = io.BytesIO()
    Image.new("RGB", (800, 600), (190, 120, 60)).save(out, "JPEG")
    path = tmp_path / "dodol.jpg"
    path.write_bytes(out.getvalue())
    return str(path)


def open_page(page: Page, path: str) -> None:
    """Open an address that must work."""
    response = page.goto(path)
    assert response is not None
    assert response.status == 200, (path, response.status)


def now(statement: Select[Any]) -> Any:
    """Return the one row there is, as the server has written it by now."""
    db.session.rollback()
    return db.session.scalars(statement).one()


def test_from_a_listing_to_a_month_of_earnings(app: Flask, visit: Visit, photo: str) -> None:
    group = make.group(name="KUBE Manis Kapuh")
    family = make.household(group, people=2)
    seller = make.user(Role.SELLER, household_id=family.id)
    other = make.product(name="Keripik pisang", stock=9, price=12_000, search_text="keripik pisang")
    officers = {role: make.user(role) for role in (Role.CURATOR, Role.TREASURER, Role.PACKER, Role.VERIFIER)}
    with unit_of_work():
        add_bank_account(make.REGENCY, "Bank Banua", "0012345678", "Dinas Sosial", None)

    list_a_product(visit(seller, javascript=False), photo)
    approve_it(visit(officers[Role.CURATOR], javascript=False))
    product = now(select(Product).where(Product.name == "Dodol Kandangan"))
    make_more(visit(seller), product.id)
    make_a_parcel(visit(officers[Role.CURATOR], javascript=False), product.id, other.id)
    buyer = visit(javascript=False)
    order_it(buyer)
    order = now(select(Order))
    assert order.total == 2 * 70_000
    payment = now(select(Payment))
    claim(buyer)
    confirm(visit(officers[Role.TREASURER], javascript=False), payment)
    pack_and_hand_over(visit(officers[Role.PACKER], javascript=False), order)
    assert now(select(Order)).state is OrderState.COMPLETED
    see_the_money(visit(seller), family.id)
    see_the_month(visit(officers[Role.VERIFIER]), family.id)


def list_a_product(page: Page, photo: str) -> None:
    open_page(page, "/penjual/produk/baru")
    page.set_input_files("[name=photos]", photo)
    page.fill("[name=name]", "Dodol Kandangan")
    page.select_option("[name=category]", "snack")
    page.fill("[name=price]", "22.000")
    page.fill("[name=unit]", "bungkus")
    page.fill("main [name=description]", "Dodol ketan, santan dan gula aren, diaduk delapan jam.")
    press(page, "[name=then][value=submit]")


def approve_it(page: Page) -> None:
    open_page(page, "/dinas/kurasi")
    press(page, "main table a")
    press(page, "form[action$='/setuju'] [type=submit]")


def make_more(page: Page, product_id: int) -> None:
    open_page(page, "/penjual/stok")
    page.fill(f"form[action='/penjual/stok/{product_id}'] [name=quantity]", "20")
    press(page, f"form[action='/penjual/stok/{product_id}'] [value=made]:not(.sr)")


def make_a_parcel(page: Page, first: int, second: int) -> None:
    open_page(page, "/dinas/parsel/baru")
    page.fill("main [name=name]", "Parsel Lebaran Amandit")
    page.select_option("[name=occasion]", "lebaran")
    page.fill("main [name=description]", "Untuk meja tamu.")
    press(page, "main form [type=submit]")
    for words, product_id, count in (("dodol", first, "2"), ("keripik", second, "1")):
        page.fill("[name=search]", words)
        press(page, "[name=find]")
        press(page, f"[name=add][value='{product_id}'][type=submit]")
        page.locator("[name$='-quantity']").last.fill(count)
    page.fill("[name=packing_cost]", "10.000")
    page.fill("[name=price]", "70.000")
    press(page, "[name=save]")
    press(page, "form:has([name=action][value=offer]) [type=submit]")


def order_it(page: Page) -> None:
    open_page(page, "/cari?q=lebaran")
    press(page, "main a[href^='/parsel/'] >> nth=0")
    page.fill("main [name=quantity]", "2")
    press(page, "main form [type=submit]")
    press(page, "[name=go]")
    page.fill("main [name=name]", "Fatimah Contoh")
    page.fill("main [name=phone]", "0812 5555 1234")
    page.check("[name=payment_method][value=transfer]")
    press(page, "main [name=go][value=order]")
    assert re.search(r"/p/[\w-]{20,}$", page.url)
    assert "Menunggu Pembayaran" in page.inner_text("main")


def claim(page: Page) -> None:
    press(page, "main a[href$='/bukti'] >> nth=0")
    page.fill("main [name$=note]", "Dari rekening Fatimah")
    press(page, "main form [type=submit]")
    assert "Menunggu Verifikasi" in page.inner_text("main")


def confirm(page: Page, payment: Payment) -> None:
    open_page(page, "/dinas/pembayaran")
    press(page, f"main a[href='/dinas/pembayaran/{payment.id}'] >> nth=0")
    page.fill("[name$=received_amount]", str(payment.amount))
    page.fill("[name$=reference]", "MUT0001")
    press(page, f"form[action='/dinas/pembayaran/{payment.id}/terima'] [type=submit]")


def pack_and_hand_over(page: Page, order: Order) -> None:
    open_page(page, f"/dinas/pesanan/{order.id}/kemas")
    open_page(page, f"/dinas/pesanan/{order.id}")
    press(page, "[name=step-step][value=pack]")
    page.fill("[name=step-code]", order.pickup_code)
    press(page, "[name=step-step][value=hand_over]")


def see_the_money(page: Page, household_id: int) -> None:
    """The makers' part of two parcels (60.000 each), cut by the goods' prices: 44 of 56 thousand."""
    assert balance_of(household_id) == 94_286
    open_page(page, "/penjual/pendapatan")
    assert "Rp94.286" in page.inner_text("main")


def see_the_month(page: Page, household_id: int) -> None:
    with unit_of_work():
        graduation.refresh(clock.now())
    open_page(page, f"/dinas/graduasi/{household_id}")
    assert "Rp47.143" in page.inner_text("main")  # for each of two people
