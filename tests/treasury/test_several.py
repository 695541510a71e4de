"""Many lines are set aside at once: those that were looked at, with one reason, and each comes back."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.shared.audit import AuditEntry
from marketplace.shared.errors import InvalidInput
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury import aside, service
from marketplace.treasury.models import LineState, StatementLine
from tests import make
from tests.payments import billing
from tests.treasury.taking import fresh, line

PAGE = "/dinas/mutasi/kesampingkan"


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> FlaskClient:
    """Return the browser of a treasurer."""
    make.sign_in(client, make.user(Role.TREASURER))
    return client


def states(*rows: StatementLine) -> list[LineState]:
    return [fresh(row).state for row in rows]


def noted(action: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


def sent(desk: FlaskClient, address: str, reason: str = "Bunga bank", page: str = "") -> tuple[int, str]:
    found = re.search(r'name="mark"[^>]* value="([0-9a-f]{64})"', page or desk.get(address).text)
    answer = desk.post(address, data={"reason": reason, "mark": found[1] if found else ""}, follow_redirects=True)
    return answer.status_code, answer.text


def test_the_ticked_lines_go_with_one_reason_and_the_others_stay(desk: FlaskClient) -> None:
    account = billing.bank()
    first, second, third = (line(account, 1_000 + number) for number in range(3))
    listed = desk.get("/dinas/mutasi").text
    assert f'name="line"\n               value="{first.id}"' in listed
    asked = f"{PAGE}?line={first.id}&line={second.id}&line=x&line=99999"
    page = desk.get(asked).text
    assert "Set 2 lines aside" in page
    status, missing = sent(desk, asked, reason="")
    assert (status, 'id="reason-error"' in missing, noted("statement.set_aside")) == (422, True, 0)
    assert "2 lines are set aside." in sent(desk, asked)[1]
    assert states(first, second, third) == [LineState.NOT_OURS, LineState.NOT_OURS, LineState.OPEN]
    assert (fresh(second).note, noted("statement.set_aside")) == ("Bunga bank", 2)
    assert "Tick the lines first." in desk.get(PAGE, follow_redirects=True).text


def test_all_that_a_search_finds_go_and_what_came_meanwhile_is_looked_at_first(desk: FlaskClient) -> None:
    account = billing.bank()
    fees = [line(account, 100 + number, "BUNGA BANK") for number in range(30)]
    other = line(account, 5_000, "TRSF SITI")
    asked = f"{PAGE}?all=1&q=bunga"
    assert asked.replace("&", "&amp;") in desk.get("/dinas/mutasi?q=bunga").text
    page = desk.get(asked).text
    assert "Set 30 lines aside" in page
    late = line(account, 200, "BUNGA BANK")
    status, refused = sent(desk, asked, page=page)
    assert (status, "Set 31 lines aside" in refused, set(states(*fees, late))) == (422, True, {LineState.OPEN})
    assert "Bunga bank" in refused  # what was typed is kept
    assert sent(desk, asked, page=refused)[0] == 200
    assert set(states(*fees, late)) == {LineState.NOT_OURS}
    assert fresh(other).state is LineState.OPEN


def test_lines_that_are_certain_are_counted_before_they_go(desk: FlaskClient) -> None:
    account = billing.bank()
    bill = billing.bill(billing.order())
    line(account, bill.amount)
    assert "1 of these lines" in desk.get(f"{PAGE}?all=1").text


def test_ticked_lines_come_back(desk: FlaskClient) -> None:
    account = billing.bank()
    first, second = line(account, 1_000), line(account, 2_000)
    with unit_of_work():
        assert aside.set_aside(make.REGENCY, [first.id, second.id], "Bukan", None) == 2
    assert f'value="{first.id}"' in desk.get("/dinas/mutasi?tab=not_ours").text
    address = "/dinas/mutasi/buka-beberapa"
    assert "Tick the lines first." in desk.post(address, follow_redirects=True).text
    told = desk.post(address, data={"line": [str(first.id), str(second.id)]}, follow_redirects=True).text
    assert "2 lines wait again." in told
    assert (states(first, second), fresh(first).note) == ([LineState.OPEN] * 2, "")


def test_what_was_decided_meanwhile_or_is_of_elsewhere_stays(app: Flask) -> None:
    account = billing.bank()
    bill = billing.bill(billing.order())
    used, out, free = line(account, bill.amount), line(account, -5_000), line(account, 3_000)
    elsewhere = line(billing.bank(make.OTHER_REGENCY), 3_000)
    with unit_of_work():
        service.match(used.id, bill.order_id, None)
    with pytest.raises(InvalidInput), unit_of_work():
        aside.set_aside(make.REGENCY, [free.id], "", None)
    before = states(used, out, elsewhere)
    with unit_of_work():
        ids = [row.id for row in (used, out, elsewhere, free)]
        assert aside.set_aside(make.REGENCY, ids, "Bukan", None) == 1
        assert aside.reopen(make.OTHER_REGENCY, ids, None) == 0
    assert (states(used, out, elsewhere), fresh(free).state) == (before, LineState.NOT_OURS)
