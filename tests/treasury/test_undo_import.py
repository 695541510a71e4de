"""A file that was a mistake is taken out again with all its lines, as long as none of them is used."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.payments import kept
from marketplace.shared.audit import AuditEntry
from marketplace.shared.errors import StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury import fees, imports, rules, service, undo_import
from marketplace.treasury.layouts import Read
from marketplace.treasury.models import LineState, StatementFile, StatementLine
from tests import make
from tests.payments import billing
from tests.treasury.taking import fresh, line, today

MAY_GO = {
    LineState.OPEN: True,
    LineState.OUTGOING: True,
    LineState.MATCHED: False,
    LineState.NOT_OURS: False,
}


@pytest.mark.parametrize("state", LineState)
def test_every_state_and_whether_its_line_may_go(state: LineState) -> None:
    assert (state in rules.UNUSED) is MAY_GO[state]


def imported() -> list[StatementLine]:
    """Keep a file of three lines: one that pays an order, one that is for none, a fee."""
    account = billing.bank()
    bill = billing.bill(billing.order())
    with unit_of_work():  # so that the books know of the money that the fee is taken from
        kept.take_more(billing.bill(billing.order()).order_id, kept.Rest("transfer", 9_000, "TRF 1"), None)
    file = make.add(StatementFile(account_id=account.id, name="mutasi.csv", content=b""))
    sums = (bill.amount, 3_000, -6_500)
    read = [Read(today(), amount, f"BARIS {amount}", f"{number:064}") for number, amount in enumerate(sums)]
    with unit_of_work():
        imports.keep(file.id, imports.mark_of(file), read, None)
    rows = db.session.scalars(select(StatementLine).where(StatementLine.file_id == file.id).order_by(StatementLine.id))
    return list(rows)


def left(file_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(StatementLine.file_id == file_id)) or 0


def _match(rows: list[StatementLine]) -> None:
    bill = billing.bill(billing.order(60_000))
    service.match(rows[0].id, bill.order_id, None)


USES: dict[str, tuple[Callable[[list[StatementLine]], object], Callable[[list[StatementLine]], object] | None]] = {
    "matched": (_match, None),
    "aside": (
        lambda rows: service.set_aside(rows[1].id, "Bukan", None),
        lambda rows: service.reopen(rows[1].id, None),
    ),
    "fee": (
        lambda rows: fees.book(rows[2].id, None),
        lambda rows: fees.undo(rows[2].id, "Bukan", None),
    ),
}


@pytest.mark.parametrize("use", USES)
def test_a_used_line_keeps_its_file_until_that_is_taken_back(app: Flask, use: str) -> None:
    rows = imported()
    file_id = rows[0].file_id
    begin, end = USES[use]
    with unit_of_work():
        begin(rows)
    with pytest.raises(StateConflict), unit_of_work():
        undo_import.undo(file_id, None)
    assert left(file_id) == 3
    if end is not None:
        with unit_of_work():
            end([fresh(row) for row in rows])
        with unit_of_work():
            assert undo_import.undo(file_id, None) == 3
        assert left(file_id) == 0


def test_a_mistaken_file_goes_on_screen_and_can_come_again(app: Flask, client: FlaskClient) -> None:
    other = line(billing.bank(), 1_000)
    rows = imported()
    file_id = rows[0].file_id
    page = f"/dinas/mutasi/berkas/{file_id}/hapus"
    make.sign_in(client, make.user(Role.TREASURER, area_code=make.OTHER_REGENCY))
    assert (client.get(page).status_code, client.post(page).status_code) == (404, 404)
    make.sign_in(client, make.user(Role.TREASURER))
    assert page in client.get("/dinas/mutasi/berkas").text
    with unit_of_work():
        service.set_aside(rows[1].id, "Bukan", None)
    assert "1 of these lines" in client.get(page).text
    refused = client.post(page)
    assert (refused.status_code, "Nothing was taken out" in refused.text) == (422, True)
    with unit_of_work():
        service.reopen(rows[1].id, None)
    assert "3 lines go out" in client.get(page).text
    assert "3 lines are taken out again." in client.post(page, follow_redirects=True).text
    assert (left(file_id), left(other.file_id)) == (0, 1)
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "statement.undo_import")).one()
    assert (noted.subject_id, noted.detail["lines"]) == (file_id, 3)
    assert client.get(page).status_code == 404
    assert page not in client.get("/dinas/mutasi/berkas").text
