"""The mentor's home: each kind of work stands there until it is done, for him and for nobody else."""

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.areas.models import NATIONAL, FigureKey
from marketplace.areas.service import set_figure
from marketplace.catalog.models import ProductState
from marketplace.extensions import db
from marketplace.mentoring import home, standings
from marketplace.mentoring.models import VisitKind
from marketplace.mentoring.rules import ToDo
from marketplace.reports import work
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.mentoring.field import NOW, TODAY, Field

A_DAY = dt.timedelta(days=1)
HOME = "/dinas/pendampingan"


def unvisited(who: User) -> list[str]:
    rollback()
    statement = home.unvisited(who, home.MENTORS, TODAY)
    return [group.name for group, _day in db.session.execute(statement)]


def waiting(who: User) -> dict[str, int]:
    rollback()
    return {str(job.url): job.count for jobs in work.waiting_for(who).values() for job in jobs}


@pytest.mark.parametrize(("days", "waits"), [(45, False), (46, True)])
@pytest.mark.parametrize("kind", VisitKind)
def test_a_group_waits_when_nobody_was_there_for_long(field: Field, days: int, waits: bool, kind: VisitKind) -> None:
    field.visit(visited_on=TODAY - days * A_DAY, kind=kind, follow_ups=())
    assert unvisited(field.mentor) == (["KUBE Harapan"] if waits else [])


def test_how_long_is_long_is_the_regencys_own_number(field: Field) -> None:
    field.visit(visited_on=TODAY - 20 * A_DAY, follow_ups=())
    assert unvisited(field.mentor) == []
    with unit_of_work():
        set_figure(FigureKey.VISIT_DAYS, NATIONAL, 14, dt.date(2026, 11, 1), "Lebih sering")
    assert unvisited(field.mentor) == ["KUBE Harapan"]


def test_never_visited_comes_first_and_dissolved_waits_for_nobody(field: Field) -> None:
    other = make.group(name="KUBE Lain")
    boss = make.user(Role.MENTOR)
    field.visit(visited_on=TODAY - 50 * A_DAY, follow_ups=())
    names = unvisited(boss)
    assert names[-1] == "KUBE Harapan"
    assert "KUBE Lain" in names[:-1]
    with unit_of_work():
        standings.decide(other.id, standings.StandingStep.DISSOLVE, "Pindah", field.head.id)
    assert "KUBE Lain" not in unvisited(boss)


def test_everything_that_waits_stands_on_the_page_and_on_the_work_list(
    field: Field, app: Flask, client: FlaskClient
) -> None:
    make.product(field.group, makers={field.first.id: 10_000}, name="Dodol Basi", state=ProductState.NEEDS_WORK)
    for month, amount in ((10, 90_000), (2, 60_000), (6, 30_000)):
        field.sell(dt.date(2025 if month == 10 else 2026, month, 5), amount)
    field.due()
    with unit_of_work():
        standings.refresh(NOW)
    make.sign_in(client, field.mentor)
    page = client.get(HOME).text
    for part in ("laporan", "turun", "lama-tidak-dikunjungi", "produk"):
        assert f'id="{part}"' in page, part
    assert "Dodol Basi" in page
    found = waiting(field.mentor)
    assert (found[f"{HOME}/laporan?which=late"], found[f"{HOME}#turun"]) == (1, 1)
    assert found[f"{HOME}#lama-tidak-dikunjungi"] == 1
    make.sign_in(client, make.user(Role.MENTOR, group_id=make.group().id))
    assert "KUBE Harapan" not in client.get(HOME).text


def test_a_report_waits_for_whose_turn_it_is(field: Field) -> None:
    report = field.sent()
    address = f"{HOME}/laporan/{report.id}"
    assert waiting(field.mentor)[address] == 1
    assert waiting(field.verifier)[address] == 1
    assert address not in waiting(field.head)


def test_a_silent_group_waits_for_an_officer(field: Field, client: FlaskClient) -> None:
    field.sell(TODAY - 200 * A_DAY, 50_000)
    for month in (5, 9):
        field.due(dt.datetime(2026, month, 2, 3, tzinfo=dt.UTC))
    with unit_of_work():
        standings.refresh(NOW)
    assert waiting(field.head)[f"{HOME}#sangat-lama"] == 1
    make.sign_in(client, field.head)
    assert f"/dinas/kelompok/{field.group.id}#keadaan" in client.get(HOME).text


def test_a_plan_is_made_and_reached(field: Field, client: FlaskClient) -> None:
    make.sign_in(client, field.mentor)
    address = f"{HOME}/kelompok/{field.group.id}/rencana"
    form = client.get(address).text
    assert 'selected value="2027-02-01"' in form
    plan = {"key": "rencana-1", "goal": "Naik kelas", "starts_on": "2026-11-01", "ends_on": "2027-02-01"}
    late = plan | {"targets-0-what": "P-IRT", "targets-0-due_on": "2027-03-01"}
    for wrong in (plan, late, late | {"targets-0-due_on": ""}, late | {"ends_on": "2026-10-01"}):
        assert client.post(address, data=wrong).status_code == 422
    assert client.post(address, data=late | {"targets-0-due_on": "2027-02-28"}).status_code == 302
    page = client.get(f"{HOME}/kelompok/{field.group.id}").text
    assert "Naik kelas" in page
    assert client.post(f"{address}/1/tercapai").status_code == 302
    assert client.post(f"{address}/1/tercapai").status_code == 409
    make.sign_in(client, field.verifier)
    assert client.post(address, data=plan).status_code == 403


def test_what_should_be_done_says_where_and_officers_whose_it_is(field: Field, client: FlaskClient) -> None:
    field.visit(visited_on=TODAY - 30 * A_DAY, follow_ups=(ToDo("Perbaiki label", TODAY - A_DAY),))
    make.sign_in(client, field.mentor)
    assert re.search(r"Perbaiki label.*?<small>KUBE Harapan · until", client.get(HOME).text, re.DOTALL)
    make.sign_in(client, field.head)
    own = rf"<small>KUBE Harapan · {field.mentor.name} · until"
    assert re.search(rf"Perbaiki label.*?{own}", client.get(HOME).text, re.DOTALL)


@pytest.mark.parametrize(("phone", "is_led"), [("+6281200000077", True), (None, False)])
def test_who_has_no_number_is_not_called(field: Field, client: FlaskClient, phone: str | None, is_led: bool) -> None:
    with unit_of_work():
        db.session.merge(field.group).phone = phone
    field.due()
    make.sign_in(client, field.mentor)
    page = client.get(HOME).text
    assert ("wa.me/6281200000077" in page, "No phone number of this group is known" in page) == (is_led, not is_led)
    assert "wa.me/?" not in page
    assert "I told them" in page


def test_a_dissolved_group_is_not_asked_for_what_it_did_not_send(field: Field, client: FlaskClient) -> None:
    field.due()
    make.sign_in(client, field.mentor)
    late = f"{HOME}/laporan?which=late"
    assert 'id="laporan"' in client.get(HOME).text
    assert "KUBE Harapan" in client.get(late).text
    with unit_of_work():
        standings.decide(field.group.id, standings.StandingStep.DISSOLVE, "Pindah", field.head.id)
    assert 'id="laporan"' not in client.get(HOME).text
    assert "KUBE Harapan" not in client.get(late).text.partition("<main")[2]
    assert waiting(field.mentor)[late] == 0
