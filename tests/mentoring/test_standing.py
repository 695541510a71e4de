"""How a group stands is derived, kept whenever it changes, and confirmed or dissolved by an officer alone."""

import datetime as dt

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.extensions import db
from marketplace.mentoring import queries, standings
from marketplace.mentoring.standing_models import GroupStanding, Reason, StandingState
from marketplace.mentoring.standing_rules import StandingStep
from marketplace.shared import clock
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.mentoring.field import NOW, TODAY, Field

A_DAY = dt.timedelta(days=1)


def look(field: Field, now: dt.datetime = NOW) -> GroupStanding:
    with clock.at(now), unit_of_work():
        standings.refresh(now)
    rollback()
    db.session.expire_all()
    return queries.standing_of([field.group.id])[field.group.id]


def history(field: Field) -> list[GroupStanding]:
    rollback()
    statement = select(GroupStanding).where(GroupStanding.group_id == field.group.id)
    return list(db.session.scalars(statement.order_by(GroupStanding.id)))


def say(field: Field, step: StandingStep, why: str = "Hasil musyawarah") -> None:
    with unit_of_work():
        standings.decide(field.group.id, step, why, field.verifier.id)
    rollback()
    db.session.expire_all()


def go_silent(field: Field) -> None:
    """Let two reports pass unsent, and sell last 200 days ago."""
    field.sell(TODAY - 200 * A_DAY, 50_000)
    for month in (5, 9):
        field.due(dt.datetime(2026, month, 2, 3, tzinfo=dt.UTC))


def test_it_is_kept_only_when_it_changes(field: Field) -> None:
    field.sell(TODAY - 10 * A_DAY, 50_000)
    assert look(field).state is StandingState.RUNNING
    look(field), look(field)
    assert len(history(field)) == 1
    later = NOW + 61 * A_DAY
    assert look(field, later).reasons == [Reason.NO_SALES]
    first, second = history(field)
    assert (first.ended_at, second.ended_at) == (second.began_at, None)
    assert first.last_sale_on == second.last_sale_on == TODAY - 10 * A_DAY


@pytest.mark.parametrize(("days", "state"), [(60, "running"), (61, "needs_mentoring")])
def test_the_last_sale_is_counted_in_days(field: Field, days: int, state: str) -> None:
    field.sell(TODAY - days * A_DAY, 50_000)
    field.sell(TODAY, -1_000)
    assert look(field).state == state


def test_the_last_sale_is_that_of_now_while_nothing_else_changes(field: Field) -> None:
    field.sell(TODAY - 10 * A_DAY, 50_000)
    look(field)
    field.sell(TODAY, 20_000)
    assert look(field).last_sale_on == TODAY
    assert len(history(field)) == 1


def test_falling_sales_are_seen_by_period(field: Field) -> None:
    for month, amount in ((10, 90_000), (2, 60_000), (6, 30_000)):
        field.sell(dt.date(2025 if month == 10 else 2026, month, 5), amount)
    field.sell(TODAY, 1_000)
    assert look(field).reasons == [Reason.FALLING]
    assert look(field).is_falling


def test_inactive_is_confirmed_and_ends_with_a_sale(field: Field) -> None:
    go_silent(field)
    assert Reason.LONG_SILENT in look(field).reasons
    say(field, StandingStep.CONFIRM)
    now = look(field)
    assert (now.state, now.decided_by_id) == (StandingState.INACTIVE, field.verifier.id)
    field.sell(TODAY + A_DAY, 10_000)
    assert look(field, NOW + 2 * A_DAY).state is StandingState.NEEDS_MENTORING
    assert [row.state for row in history(field)] == ["needs_mentoring", "inactive", "needs_mentoring"]


def test_what_the_rules_do_not_propose_is_not_confirmed(field: Field) -> None:
    look(field)
    with pytest.raises(StateConflict):
        say(field, StandingStep.CONFIRM)


def test_dissolved_needs_a_reason_and_owes_no_reports(field: Field) -> None:
    look(field)
    with pytest.raises(InvalidInput):
        say(field, StandingStep.DISSOLVE, "")
    rollback()
    say(field, StandingStep.DISSOLVE)
    field.sell(TODAY, 10_000)
    assert look(field).state is StandingState.DISSOLVED
    with pytest.raises(AssertionError):
        field.due()
    say(field, StandingStep.REVIVE)
    assert look(field).state is StandingState.RUNNING


def test_the_groups_page_says_how_it_stands_and_why(field: Field, client: FlaskClient) -> None:
    go_silent(field)
    look(field)
    address = f"/dinas/kelompok/{field.group.id}"
    make.sign_in(client, field.mentor)
    page = client.get(address).text
    assert 'id="keadaan"' in page
    assert "/keadaan/" not in page
    assert client.post(f"{address}/keadaan/bubar", data={"why": "Sudah"}).status_code == 403
    make.sign_in(client, field.verifier)
    assert "/keadaan/pasif" in client.get(address).text
    assert client.post(f"{address}/keadaan/bubar", data={"why": ""}).status_code == 302
    assert len(history(field)) == 1
    assert client.post(f"{address}/keadaan/bubar", data={"why": "Anggota pindah"}).status_code == 302
    assert "Anggota pindah" in client.get(address).text


def test_the_report_counts_by_district_and_kind(field: Field, client: FlaskClient) -> None:
    field.sell(TODAY, 10_000)
    look(field)
    make.sign_in(client, field.head)
    page = client.get("/dinas/pendampingan/keadaan").text
    assert "1 (50" in page  # the group, and the one of the stranger, that sells nothing
    assert "KUBE Harapan" in client.get("/dinas/pendampingan/keadaan?state=running").text
    assert "KUBE Harapan" not in client.get("/dinas/pendampingan/keadaan?state=inactive").text
    assert client.get("/dinas/pendampingan/keadaan?format=xlsx").mimetype.endswith("sheet")


def test_somebody_else_elsewhere_says_nothing(field: Field, client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.HEAD, area_code=make.OTHER_REGENCY))
    answer = client.post(f"/dinas/kelompok/{field.group.id}/keadaan/bubar", data={"why": "x"})
    assert answer.status_code == 404
