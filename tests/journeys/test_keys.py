"""Who has no mouse: a buyer from the list to the order, an officer through a dialog, always seeing where they are."""

from playwright.sync_api import Page, expect

from marketplace.ledger.models import Account
from marketplace.orders import service
from marketplace.orders.wanted import LineRequest
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.journeys.conftest import Visit, enter
from tests.orders.asking import placed
from tests.payments.billing import bank
from tests.storefront.buying import fee

SEEN = """() => {
    const here = document.activeElement;
    if (here === document.body) return 'nowhere';
    const styles = [here, here.closest('.drop') ?? here].flatMap((one) =>
        [getComputedStyle(one), getComputedStyle(one, '::after')]);  // a card's link is outlined around its card
    const outlined = styles.some((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
    const box = here.getBoundingClientRect();
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return outlined && inside ? '' : here.outerHTML.slice(0, 120) + JSON.stringify(box);
}"""
MOST_STEPS = 60


def test_an_order_is_placed_by_keys_alone(visit: Visit) -> None:
    product = make.product(stock=5, price=20_000)
    fee(12_000)
    bank()
    page = visit()
    page.goto("/produk")
    _tab_to(page, f".good a[href='/produk/{product.slug}']")
    enter(page)
    _tab_to(page, "form.buy [type=submit]")
    enter(page)
    _tab_to(page, "a[href='/keranjang']")
    enter(page)
    _tab_to(page, "[name=go][value=checkout]")
    enter(page)
    for name, text in (("name", "Fatimah Contoh"), ("phone", "081255551234")):
        _tab_to(page, f"main [name={name}]")
        page.keyboard.type(text)
    _tab_to(page, "[name=delivery_method]")
    _choose(page, "delivery_method", "address")
    _tab_to(page, "[name=village_code]")
    page.keyboard.type(_first_letters(page))
    page.wait_for_selector("#sums :text('Rp32.000')")
    _tab_to(page, "main [name=street]")
    page.keyboard.type("Jalan Contoh 2")
    _tab_to(page, "[name=payment_method]")
    _choose(page, "payment_method", "transfer")
    _tab_to(page, "[name=go][value=order]")
    enter(page)
    assert "/p/" in page.url
    assert "Rp32.000" in page.inner_text("main")


def test_a_dialog_keeps_the_focus_and_gives_it_back(visit: Visit) -> None:
    product = make.product(stock=5)
    order = placed(LineRequest(1, product_id=product.id))
    with unit_of_work():
        service.mark_paid(order.id, order.due_amount, Account.BANK, f"payment:{order.id}", None)
    page = visit(make.user(Role.PACKER))
    page.goto("/dinas/pesanan?state=processing&method=pickup")
    opener = ".ticked > [data-tone=primary]"
    _tab_to(page, f"[name=orders][value='{order.id}']")
    page.keyboard.press("Space")
    _tab_to(page, opener)
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] :focus")).to_have_count(1)
    _tab_to(page, "dialog[open] [name=step][value=pack]")
    page.keyboard.press("Escape")
    expect(page.locator(opener)).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(page, "dialog[open] [name=step][value=pack]")
    enter(page)
    page.wait_for_selector(f"[data-tone=good]:has-text('{order.number}')")


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until this has the focus; on the way it is always seen where the focus is."""
    for _step in range(MOST_STEPS):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN) == "", page.url
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{page.url}: no Tab leads to {selector}")


def _choose(page: Page, name: str, value: str) -> None:
    """Take the first way by the space bar, then go on by the arrow key until this one is chosen."""
    page.keyboard.press("Space")
    for _step in range(MOST_STEPS):
        if page.is_checked(f"[name={name}][value={value}]"):
            return
        page.keyboard.press("ArrowDown")
        assert page.evaluate(SEEN) == "", name
    raise AssertionError(f"{name}: no key leads to {value}")


def _first_letters(page: Page) -> str:
    """Return the words of the village as somebody types them on the list."""
    return page.inner_text(f"[name=village_code] option[value='{make.VILLAGE}']")
