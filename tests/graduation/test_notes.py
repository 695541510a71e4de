"""A wrong note stops to count and stays to be seen: taken back by who wrote it, rejected with a reason by another."""

import datetime as dt
import re

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.areas.models import LineKind
from marketplace.areas.service import add_poverty_line
from marketplace.extensions import db
from marketplace.graduation import service
from marketplace.graduation.models import IncomeNote, MonthStatus, NoteKind, NoteState, Snapshot
from marketplace.graduation.service import NoteContent
from marketplace.groups.models import Household
from marketplace.shared.audit import AuditEntry
from marketplace.shared.errors import InvalidInput
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.graduation.conftest import SOURCE

NOW = dt.datetime(2026, 11, 21, 3, tzinfo=dt.UTC)
NOVEMBER = dt.date(2026, 11, 1)


class Case:
    """A family of one, its mentor and a verifier."""

    def __init__(self) -> None:
        group = make.group()
        self.family: Household = make.household(group, people=1)
        self.mentor: User = make.user(Role.MENTOR, group_id=group.id)
        self.colleague: User = make.user(Role.MENTOR, group_id=group.id)
        self.verifier: User = make.user(Role.VERIFIER)

    def told(self, kind: NoteKind = NoteKind.OTHER_INCOME, amount: int = 700_000) -> int:
        with unit_of_work():
            return service.add_note(self.family.id, NoteContent(NOVEMBER, kind, amount, "Upah"), self.mentor.id).id

    def verified(self) -> int:
        note_id = self.told()
        with unit_of_work():
            service.verify_note(note_id, self.verifier.id)
        return note_id

    def address(self, note_id: int, step: str) -> str:
        return f"/dinas/graduasi/{self.family.id}/catatan/{note_id}/{step}"

    def month(self) -> Snapshot:
        rollback()
        return db.session.scalars(select(Snapshot).where(Snapshot.household_id == self.family.id)).one()


def note(note_id: int) -> IncomeNote:
    rollback()
    return db.session.get_one(IncomeNote, note_id)


@pytest.fixture
def case(app: Flask) -> object:
    with unit_of_work():
        add_poverty_line(make.REGENCY, LineKind.ALL, 600_000, dt.date(2026, 1, 1), SOURCE)
    with time_machine.travel(NOW, tick=False):
        yield Case()


def test_what_was_taken_back_counts_no_more_and_stays_to_be_seen(case: Case, client: FlaskClient) -> None:
    note_id = case.verified()
    assert case.month().status is MonthStatus.PASSED
    make.sign_in(client, case.mentor)
    assert client.post(case.address(note_id, "tarik")).status_code == 302
    assert (note(note_id).state, note(note_id).ended_by_id) == (NoteState.TAKEN_BACK, case.mentor.id)
    assert (case.month().status, case.month().other_income) == (MonthStatus.NO_DATA, 0)
    page = client.get(f"/dinas/graduasi/{case.family.id}").text
    assert "Rp700.000" in page
    assert "Taken back" in page
    assert case.address(note_id, "tarik") not in page
    assert client.post(case.address(note_id, "tarik")).status_code == 409
    assert "income_note.take_back" in db.session.scalars(select(AuditEntry.action)).all()


def test_a_cost_that_was_a_mistake_is_given_back_to_the_sales(case: Case, client: FlaskClient) -> None:
    note_id = case.told(NoteKind.COST, 50_000)
    assert case.month().net_sales == -50_000
    make.sign_in(client, case.verifier)
    assert client.post(case.address(note_id, "tolak"), data={"reason": "Bukan biaya jualan"}).status_code == 302
    assert case.month().net_sales == 0
    assert "Bukan biaya jualan" in client.get(f"/dinas/graduasi/{case.family.id}").text


def test_a_rejection_needs_a_reason_and_what_was_typed_stays(case: Case, client: FlaskClient) -> None:
    note_id = case.told()
    make.sign_in(client, case.verifier)
    for reason in ("", "   ", "x" * 301):
        answer = client.post(case.address(note_id, "tolak"), data={"reason": reason})
        assert answer.status_code == 422
        assert re.search(rf'id="reason-{note_id}-error"', answer.text)
        assert f'value="{reason}"' in answer.text
    assert note(note_id).state is NoteState.TOLD


def test_who_may_do_what(case: Case, client: FlaskClient) -> None:
    note_id, data = case.told(), {"reason": "Salah bulan"}
    others = make.user(Role.MENTOR, group_id=make.group().id)
    elsewhere = make.user(Role.VERIFIER, area_code=make.OTHER_REGENCY)
    for who, back, reject in (
        (case.colleague, 403, 403),
        (others, 404, 403),
        (make.user(Role.HEAD), 403, 403),
        (case.verifier, 403, 0),
        (elsewhere, 403, 404),
        (make.user(), 404, 404),
    ):
        make.sign_in(client, who)
        assert client.post(case.address(note_id, "tarik")).status_code == back, who.grants
        if reject:
            assert client.post(case.address(note_id, "tolak"), data=data).status_code == reject, who.grants
    stranger = make.household()
    make.sign_in(client, case.verifier)
    assert client.post(f"/dinas/graduasi/{stranger.id}/catatan/{note_id}/tolak", data=data).status_code == 404
    assert note(note_id).state is NoteState.TOLD


def test_a_verifier_who_is_mentor_too_does_not_decide_about_his_own(case: Case, client: FlaskClient) -> None:
    note_id = case.told()
    make.add(
        make.RoleAssignment(user_id=case.mentor.id, role=Role.VERIFIER, area_code=make.REGENCY, starts_on=make.LONG_AGO)
    )
    make.sign_in(client, case.mentor)
    for step in ("periksa", "tolak"):
        assert client.post(case.address(note_id, step), data={"reason": "Salah"}).status_code == 403


def test_a_closed_month_keeps_its_notes(case: Case) -> None:
    note_id = case.told()
    with time_machine.travel(dt.datetime(2026, 12, 12, 3, tzinfo=dt.UTC)):
        with unit_of_work():
            service.close_month(make.REGENCY, NOVEMBER)
        with pytest.raises(InvalidInput), unit_of_work():
            service.take_back_note(note_id, case.mentor.id)
        with pytest.raises(InvalidInput), unit_of_work():
            service.reject_note(note_id, "Salah", case.verifier.id)


@pytest.mark.parametrize(("kind", "said"), [("cost", "taken off the sales"), ("other_income", "has verified it")])
def test_what_is_said_after_saving_fits_what_was_saved(case: Case, client: FlaskClient, kind: str, said: str) -> None:
    make.sign_in(client, case.mentor)
    data = {"month": "2026-11-01", "kind": kind, "amount": "10.000", "description": "Plastik", "key": kind}
    client.post(f"/dinas/graduasi/{case.family.id}/catatan", data=data)
    assert said in client.get(f"/dinas/graduasi/{case.family.id}").text
