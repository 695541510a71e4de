"""Without a connection our own page says so, in our look."""

from playwright.sync_api import Browser

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
    assert page.locator("body.problem h1").count() == 1
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
    page.click("main form [type=submit]")
    page.wait_for_selector("body.problem")
    page.click("main .button")  # still without a signal
    page.wait_for_selector("body.problem")
    context.set_offline(False)
    page.click("main .button")
    page.wait_for_url("**/masuk?next=/pesanan")
    context.close()
