"""What a till reckons: figures as typed, limits, change, the QRIS, receipts. Each in the browser that runs it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from marketplace.config import ROOT
from marketplace.payments.qris_code import dynamic
from marketplace.tent_market.till_words import WORDS
from tests.payments.billing import static_qris

MODULES = ROOT / "static/js/till"
CALL = """async ([module, name, values]) => {
    const found = (await import(`/static/js/till/${module}.js`))[name](...values);
    return found instanceof Map ? [...found] : found;
}"""


@pytest.fixture(scope="module")
def engine(chromium: Browser) -> Iterator[Page]:
    """Return a page that can import the till's modules, without any server."""
    context = chromium.new_context(service_workers="block", timezone_id="Asia/Makassar")
    kinds = {".js": "text/javascript", "": "text/html"}

    def answer(route: Any) -> None:
        path = ROOT / urlsplit(route.request.url).path.lstrip("/")
        body = path.read_text() if path.is_file() else "<!doctype html><title>x</title>"
        route.fulfill(body=body, content_type=kinds.get(path.suffix, "text/html"))

    context.route("**/*", answer)
    page = context.new_page()
    page.goto("http://127.0.0.1:9/")
    yield page
    context.close()


def call(page: Page, module: str, name: str, *values: Any) -> Any:
    return page.evaluate(CALL, [module, name, list(values)])


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("15000", 15_000),
        ("15.000", 15_000),
        ("Rp 15.000,-", 15_000),
        ("rp.15 000", 15_000),
        ("15.000,00", 15_000),
        ("0", 0),
        ("12,5", None),
        ("-5", None),
        ("", None),
        ("1e5", None),
        ("lima", None),
        ("99999999999", None),
    ],
)
def test_rupiah_as_people_type_it(engine: Page, typed: str, amount: int | None) -> None:
    assert call(engine, "money", "typedRupiah", typed) == amount


@pytest.mark.parametrize(
    ("price", "fault"),
    [(15_000, None), (13_500, None), (13_499, "low"), (0, "low"), (15_001, "high"), (None, "empty")],
)
def test_a_price_is_lowered_within_the_limit(engine: Page, price: int | None, fault: str | None) -> None:
    assert call(engine, "sums", "priceFault", price, 15_000, 10) == fault


def test_the_limit_is_never_more_than_its_percent(engine: Page) -> None:
    for price, percent, lowest in ((9_999, 10, 9_000), (1, 50, 1), (15_000, 0, 15_000), (15_000, 100, 0)):
        assert call(engine, "sums", "lowestPrice", price, percent) == lowest


@pytest.mark.parametrize(
    ("total", "notes"),
    [
        (14_000, [20_000, 50_000, 100_000]),
        (20_000, [50_000, 100_000]),
        (5_000, [10_000, 20_000, 50_000, 100_000]),
        (60_500, [70_000, 100_000]),
        (100_000, []),
        (282_500, [290_000, 300_000]),
        (1_310_000, [1_350_000, 1_400_000]),
    ],
)
def test_notes_for_one_press_are_enough(engine: Page, total: int, notes: list[int]) -> None:
    assert call(engine, "sums", "quickNotes", total) == notes


RECEIPT = """async ([sale, seller]) => {
    const {receiptText} = await import("/static/js/till/receipt.js");
    return receiptText(sale, seller, (name) => name);
}"""


def test_a_receipt_says_who_bought_what_it_cost_before_and_what_was_given(engine: Page) -> None:
    line = {"quantity": 2, "name": "Tas", "price": 33_000, "list": 35_000}
    body = {"at": "2026-11-23T09:05:00+08:00", "paid": "cash", "total": 66_000, "handed": 100_000}
    where = {"seller": "Dinas Sosial", "site": "Halaman", "tent": "3", "buyer": "SDN 1 Kandangan"}
    text = engine.evaluate(RECEIPT, [{"number": "K1-1", "body": body, "lines": [line]}, where])
    told = ["sold_to: SDN 1 Kandangan", "usual_price: Rp35.000", "handed: Rp100.000", "change: Rp34.000"]
    assert [part for part in told if part not in text.replace("\xa0", "")] == []
    text = engine.evaluate(RECEIPT, [{"number": "K1-1", "body": body, "lines": [line]}, {**where, "buyer": ""}])
    assert "sold_to" not in text


@pytest.mark.parametrize(("handed", "change"), [(50_000, 5_000), (45_000, 0), (44_999, None), (None, None)])
def test_change(engine: Page, handed: int | None, change: int | None) -> None:
    assert call(engine, "sums", "changeOf", handed, 45_000) == change


@pytest.mark.parametrize(("change", "odd"), [(0, False), (99_999, False), (100_000, True), (999_933_999, True)])
def test_change_of_a_whole_largest_note_is_asked_about(engine: Page, change: int, odd: bool) -> None:
    assert call(engine, "sums", "isOddChange", change) == odd


def test_a_parcel_takes_its_goods_and_is_there_as_often_as_they_are(engine: Page) -> None:
    lines = [{"product": 1, "quantity": 2}, {"parcel": 7, "recipe": 9, "quantity": 3}]
    demand = engine.evaluate(
        """async (lines) => {
            const {demandOf, parcelsLeft} = await import("/static/js/till/sums.js");
            const left = parcelsLeft({1: 2, 4: 1}, new Map([[1, 7], [4, 2]]));
            const demand = Object.fromEntries(demandOf(lines, new Map([[9, {1: 2, 4: 1}]])));
            return [demand, left, parcelsLeft({5: 1}, new Map())];
        }""",
        lines,
    )
    assert demand == [{"1": 8, "4": 3}, 2, 0]


@pytest.mark.parametrize("amount", [1, 14_000, 9_999_999])
def test_the_qris_of_the_phone_is_the_one_of_the_server(engine: Page, amount: int) -> None:
    assert call(engine, "qris", "dynamic", static_qris(), amount, "7DC404C01697") == dynamic(
        static_qris(), amount, "7DC404C01697"
    )
    assert call(engine, "qris", "isIntact", static_qris())


@pytest.mark.parametrize(
    "payload", ["", "00", static_qris()[:-1] + "Z", static_qris().replace("HSS", "HSX"), "xx" * 30]
)
def test_a_code_that_is_not_intact_is_none(engine: Page, payload: str) -> None:
    assert not call(engine, "qris", "isIntact", payload)


@pytest.mark.parametrize(
    ("phone", "path"), [("", "/"), ("0812-3456-7890", "/6281234567890"), ("+62 812 3456 7890", "/6281234567890")]
)
def test_a_receipt_goes_to_whatsapp(engine: Page, phone: str, path: str) -> None:
    link = urlsplit(call(engine, "receipt", "waLink", "Terima kasih & salam", phone))
    assert (link.netloc, link.path, parse_qs(link.query)["text"]) == ("wa.me", path, ["Terima kasih & salam"])
    assert call(engine, "receipt", "waLink", "x", "besok") is None


def test_time_is_the_phone_s_own_with_its_zone(engine: Page) -> None:
    told = engine.evaluate(
        "import('/static/js/till/events.js').then((m) => m.phoneTime(new Date('2026-07-06T01:15:00.123Z')))"
    )
    assert told == "2026-07-06T09:15:00.123+08:00"


def test_a_day_s_money(engine: Page) -> None:
    sale = {"kind": "sale", "paid": "cash", "total": 30_000, "stall": 1}
    events = [
        {"id": "a", "body": sale, "lines": []},
        {"id": "b", "body": {**sale, "paid": "qris", "total": 50_000}, "lines": []},
        {"id": "c", "body": {**sale, "total": 12_000}, "lines": []},
        {"id": "d", "body": {"kind": "void", "of": "a"}, "lines": []},
        {"id": "e", "body": {"kind": "refund", "of": "b", "amount": 10_000}, "lines": []},
    ]
    assert call(engine, "events", "totalsOf", events) == {"cash": 2_000, "qris": 50_000, "count": 2}


@pytest.mark.parametrize(
    ("text", "key"), [("p1C", "p1"), ("https://warung.example/s/p1c", "p1"), (" b7/ ", "b9"), ("p9", None), ("", None)]
)
def test_a_label_is_found_by_its_link_or_its_code(engine: Page, text: str, key: str | None) -> None:
    items = [{"key": "p1", "code": "p1c"}, {"key": "b9", "code": "b7"}, {"key": "none", "code": None}]
    found = call(engine, "catalog", "byCode", items, text)
    assert (found and found["key"]) == key


@pytest.mark.parametrize(("wrong", "wait"), [(0, 0), (2, 0), (3, 30), (4, 60), (6, 240), (99, 3600)])
def test_wrong_pins_wait_longer_and_longer(engine: Page, wrong: int, wait: int) -> None:
    assert call(engine, "pin", "waitAfter", wrong) == wait


def test_a_pin_is_kept_as_what_it_cannot_be_read_from(engine: Page) -> None:
    told = engine.evaluate(
        """async () => {
            const {fits, hashed, isPin} = await import("/static/js/till/pin.js");
            const kept = await hashed("2468");
            const again = await hashed("2468");
            const differs = kept.hash.some((byte, place) => byte !== again.hash[place]);
            const read = ["123", "12a4", "123456"].map(isPin);
            return [await fits("2468", kept), await fits("2469", kept), differs, ...read];
        }"""
    )
    assert told == [True, False, True, False, False, True]


def test_every_word_is_there_and_asked_for() -> None:
    code = "\n".join(path.read_text() for path in sorted(MODULES.glob("*.js")))
    asked = set(re.findall(r'\bword\("([a-z_]+)"', code))
    assert len(asked) > 80
    assert asked <= WORDS.keys()
    named = set(re.findall(r'"([a-z_]+)"', code))
    made = ("sending_", "problem_", "unset_")
    """Texts whose names are put together."""
    assert {name for name in WORDS if name.removesuffix("_one") not in named and not name.startswith(made)} == set()


def test_modules_are_short_and_hold_no_words() -> None:
    for path in MODULES.glob("*.js"):
        text = path.read_text()
        assert text.count("\n") <= 300, path.name
        assert not re.search(r"innerHTML|eval\(|new Function|document\.write", text), path.name
