"""Whoever may sell at a tent in the next days finds his way to the till, and nobody else is led there."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.shared import clock
from marketplace.shared.formats import long_day
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market import devices
from marketplace.tent_market.models import DayState, MarketDay, Stall, StallCashier, StallState
from tests import make
from tests.counting import counted_queries
from tests.tent_market import making
from tests.tent_market.making import MONDAY

MORNING = dt.datetime(2026, 7, 6, 0, 30, tzinfo=dt.UTC)
WAY = 'href="/kasir"'


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """Let it be half past eight on the market day."""
    with clock.at(MORNING):
        yield


def _seller() -> User:
    return make.user(Role.SELLER, household_id=make.household(make.group()).id)


def _put_down(who: User, stall: Stall) -> None:
    make.add(StallCashier(stall_id=stall.id, user_id=who.id))


def _menu(page: str) -> str:
    return page[page.index('<nav class="tabs"') : page.index("</nav>", page.index('<nav class="tabs"'))]


def test_a_seller_who_is_cashier_is_led_to_the_till(client: FlaskClient) -> None:
    seller, stall = _seller(), making.stall(making.day(making.site(name="Halaman Kamboja")))
    _put_down(seller, stall)
    make.sign_in(client, seller)
    page = client.get("/penjual").text
    card = page[page.index("<main") :]
    assert (WAY in _menu(page), WAY in card) == (True, True)
    assert f"Tent {stall.tent.number}, {long_day(MONDAY)}" in re.sub(r"\s+", " ", card)
    assert "Halaman Kamboja" in card
    assert WAY in _menu(client.get("/penjual/stok").text)


@pytest.mark.parametrize("why", ["nobody", "another", "past", "far", "down", "called off"])
def test_who_has_nothing_to_sell_at_is_not_led_there(client: FlaskClient, why: str) -> None:
    seller = _seller()
    ahead = {"past": -2, "far": devices.DAYS_AHEAD + 2}.get(why, 0)
    stall = making.stall(making.day(held_on=MONDAY + dt.timedelta(days=ahead)))
    if why != "nobody":
        _put_down(_seller() if why == "another" else seller, stall)
    with unit_of_work():
        if why == "down":
            db.session.get_one(Stall, stall.id).state = StallState.CANCELLED
        if why == "called off":
            db.session.get_one(MarketDay, stall.day_id).state = DayState.CALLED_OFF
    make.sign_in(client, seller)
    assert WAY not in client.get("/penjual").text


def test_the_day_after_the_menu_still_leads_there_for_what_was_not_sent(client: FlaskClient) -> None:
    seller = _seller()
    _put_down(seller, making.stall(making.day(held_on=MONDAY - dt.timedelta(days=1))))
    make.sign_in(client, seller)
    page = client.get("/penjual").text
    assert (WAY in _menu(page), page.count(WAY)) == (True, 1)


def test_many_tents_are_told_in_a_few_lines_and_one_question(client: FlaskClient) -> None:
    seller = _seller()
    for ahead in range(6):
        _put_down(seller, making.stall(making.day(held_on=MONDAY + dt.timedelta(days=ahead))))
    make.sign_in(client, seller)
    page = client.get("/penjual").text
    assert page.count("Halaman ") == 3
    assert "and 3 more" in page
    with counted_queries() as asked:
        assert len(devices.stalls_of_cashier(seller.id)) == 6
    assert len(asked) == 1


@pytest.mark.parametrize("role", [Role.PACKER, Role.CURATOR, Role.TREASURER, Role.ADMINISTRATOR, Role.HEAD])
@pytest.mark.parametrize("ahead", [0, devices.DAYS_AHEAD, devices.DAYS_AHEAD + 1, -1])
def test_officers_open_the_till_from_the_page_of_the_day(client: FlaskClient, role: Role, ahead: int) -> None:
    day = making.day(held_on=MONDAY + dt.timedelta(days=ahead))
    page = f"/dinas/pasar/{day.id}"
    make.sign_in(client, make.user(role))
    assert _has_button(client, page) is False  # no tent stands there
    making.stall(day)
    assert _has_button(client, page) is (role is not Role.HEAD and 0 <= ahead <= devices.DAYS_AHEAD)
    assert (WAY in client.get("/dinas").text) is (role is not Role.HEAD)


def _has_button(client: FlaskClient, page: str) -> bool:
    text = client.get(page).text
    return WAY in text[text.index("<main") :]
