"""Without a connection our own page says so, in our look."""

from playwright.sync_api import Browser, expect

from tests.face.conftest import Street


def test_no_connection_has_a_page(street: Street, chromium: Browser) -> None:
    context = chromium.new_context(locale="id-ID", base_url=street.base)
    page = context.new_page()
    page.goto("/")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.goto("/produk")
    context.set_offline(True)
    page.goto("/parsel?occasion=lebaran")
    assert page.url == f"{street.base}/parsel?occasion=lebaran"
    expect(page.locator("body.problem h1")).to_have_count(1)
    assert page.evaluate("getComputedStyle(document.querySelector('main h1')).fontWeight") == "750"
    context.set_offline(False)
    page.click("main .button")
    page.wait_for_selector(".goods, .empty")
    context.close()


def test_a_form_that_could_not_be_sent_is_waiting_where_it_was(street: Street, chromium: Browser) -> None:
    context = chromium.new_context(locale="id-ID", base_url=street.base)
    page = context.new_page()
    page.goto("/masuk")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.goto("/masuk?next=/pesanan")
    page.fill("[name=identifier]", "0812")
    page.fill("[name=password]", "apa saja")
    context.set_offline(True)
    for button in ("main form [type=submit]", "main .button"):  # the second time still without a signal
        with page.expect_navigation():
            page.click(button)
        expect(page.locator("body.problem")).to_be_visible()
    context.set_offline(False)
    page.click("main .button")
    page.wait_for_url("**/masuk?next=/pesanan")
    expect(page.locator("[name=identifier]")).to_have_value("0812")
    context.close()
