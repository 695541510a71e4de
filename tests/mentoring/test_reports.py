"""A four-monthly report: due by rule, its sales from the ledger, and three people who look at it."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from marketplace.accounts.models import User
from marketplace.areas.models import NATIONAL, FigureKey
from marketplace.areas.service import set_figure
from marketplace.extensions import db
from marketplace.mentoring import queries, reporting, rules
from marketplace.mentoring.report_models import GroupReport, ReportEvent, ReportState, ReportStep
from marketplace.shared import clock
from marketplace.shared.errors import DomainError, Forbidden, InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.mentoring.field import NOW, PERIOD, TOLD, Field

AFTER: dict[tuple[str, str], str] = {
    ("draft", "send"): "sent",
    ("back", "send"): "sent",
    ("sent", "check"): "checked",
    ("sent", "give_back"): "back",
    ("checked", "accept"): "accepted",
    ("checked", "give_back"): "back",
}
MAY: dict[tuple[str, str], set[str]] = {
    ("draft", "send"): {"officer", "mentor", "colleague"},
    ("back", "send"): {"officer", "mentor", "colleague"},
    ("sent", "check"): {"mentor", "colleague", "verifier"},
    ("sent", "give_back"): {"mentor", "colleague", "verifier"},
    ("checked", "accept"): {"verifier", "head"},
    ("checked", "give_back"): {"verifier", "head"},
}
"""Where the group sent it and the colleague checked it."""
PEOPLE = ("officer", "mentor", "colleague", "verifier", "head", "stranger")


def act(step: str, report_id: int, who: User, reason: str = "Kurang jelas") -> None:
    acts: dict[str, Callable[[], Any]] = {
        "send": lambda: reporting.send(report_id, TOLD, who.id, who),
        "check": lambda: reporting.check(report_id, who.id, who),
        "accept": lambda: reporting.accept(report_id, who.id, who),
        "give_back": lambda: reporting.give_back(report_id, reason, who.id, who),
    }
    rollback()
    with unit_of_work():
        acts[step]()
    rollback()


def in_state(field: Field, state: str) -> GroupReport:
    """Return the group's report in a state: sent by the group, checked by the colleague."""
    report = field.due()
    way = {
        "draft": (),
        "sent": (("send", field.officer),),
        "back": (("send", field.officer), ("give_back", field.colleague)),
        "checked": (("send", field.officer), ("check", field.colleague)),
        "accepted": (("send", field.officer), ("check", field.colleague), ("accept", field.head)),
    }[state]
    for step, who in way:
        act(step, report.id, who)
    return fresh(report)


def fresh(report: GroupReport) -> GroupReport:
    rollback()
    db.session.expire_all()
    return db.session.get_one(GroupReport, report.id)


@pytest.mark.parametrize("state", ReportState)
@pytest.mark.parametrize("step", ReportStep)
def test_every_step_in_every_state_by_everybody(field: Field, state: str, step: str) -> None:
    strangers = {"stranger": make.user(Role.HEAD, area_code=make.OTHER_REGENCY)}
    report = in_state(field, state)
    steps_before = db.session.scalar(select(func.count()).select_from(ReportEvent))
    for name in PEOPLE:
        who = strangers.get(name) or getattr(field, name)
        if name in MAY.get((state, step), set()):
            continue
        with pytest.raises((Forbidden, StateConflict)):
            act(step, report.id, who)
        assert fresh(report).state == state
    assert db.session.scalar(select(func.count()).select_from(ReportEvent)) == steps_before
    allowed = sorted(MAY.get((state, step), set()))
    if allowed:
        who = getattr(field, allowed[-1])
        act(step, report.id, who)
        assert fresh(report).state == AFTER[state, step]
        last = db.session.scalars(select(ReportEvent).order_by(ReportEvent.id.desc())).first()
        assert last is not None
        assert (last.step, last.from_state, last.to_state, last.actor_id) == (step, state, AFTER[state, step], who.id)


@pytest.mark.parametrize(("state", "step"), sorted(MAY))
def test_each_who_may_does_it(field: Field, state: str, step: str) -> None:
    for name in sorted(MAY[state, step]):
        rollback()
        db.session.query(ReportEvent).count()
        way = rules.way_of(ReportState(state), ReportStep(step))
        roles = {assignment.role for assignment in getattr(field, name).assignments}
        assert roles & way.roles, name


def test_nobody_looks_at_his_own(field: Field) -> None:
    report = field.due()
    act("send", report.id, field.mentor)
    with pytest.raises(Forbidden):
        act("check", report.id, field.mentor)
    act("check", report.id, field.verifier)
    with pytest.raises(Forbidden):
        act("accept", report.id, field.verifier)
    act("accept", report.id, field.head)
    assert fresh(report).state is ReportState.ACCEPTED


def test_it_is_due_by_the_number_of_its_day(field: Field) -> None:
    with unit_of_work():
        set_figure(FigureKey.REPORT_DUE_DAYS, NATIONAL, 20, dt.date(2026, 9, 1), "Lebih longgar")
    assert (field.due().starts_on, field.due().due_on) == (PERIOD, dt.date(2026, 9, 14))
    later = field.due(dt.datetime(2027, 1, 2, 3, tzinfo=dt.UTC))
    assert (later.starts_on, later.due_on) == (dt.date(2026, 9, 1), dt.date(2027, 1, 20))


def test_reports_become_due_once(field: Field) -> None:
    assert field.due().id == field.due().id
    with unit_of_work():
        assert reporting.make_due(NOW) == 0
    count = select(func.count()).where(GroupReport.group_id == field.group.id)
    assert db.session.scalar(count) == 1


def test_a_group_that_was_not_there_owes_nothing(field: Field) -> None:
    young = make.group()
    field.due()
    assert queries.last_report_state([field.group.id, young.id]) == {field.group.id: ReportState.DRAFT}


def test_its_sales_are_frozen_when_it_is_sent(field: Field) -> None:
    field.sell(dt.date(2026, 5, 1), 100_000)
    field.sell(dt.date(2026, 8, 31), 70_000)
    field.sell(dt.date(2026, 8, 31), -20_000)
    field.sell(dt.date(2026, 9, 1), 999_000)
    field.sell(dt.date(2026, 4, 30), 999_000)
    report = field.sent()
    field.sell(dt.date(2026, 6, 5), 11_000)
    assert [row.earned for row in fresh(report).months] == [100_000, 0, 0, 50_000]
    act("give_back", report.id, field.verifier)
    act("send", report.id, field.officer)
    assert [row.earned for row in fresh(report).months] == [100_000, 11_000, 0, 50_000]


def test_what_was_sent_in_time_stays_so(field: Field) -> None:
    with clock.at(dt.datetime(2026, 9, 10, 3, tzinfo=dt.UTC)):
        report = field.sent()
        act("give_back", report.id, field.verifier)
    act("send", report.id, field.officer)
    assert fresh(report).first_sent_on == dt.date(2026, 9, 10)


@pytest.mark.parametrize("name", ["materials", "other_costs", "other_income"])
def test_an_answer_that_is_missing_is_named(field: Field, name: str) -> None:
    report = field.due()
    told = rules.Told(**{**vars(TOLD), name: None})
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        reporting.send(report.id, told, field.officer.id, field.officer)
    assert refused.value.field == name
    assert fresh(report).state is ReportState.DRAFT


def test_giving_back_needs_a_reason(field: Field) -> None:
    report = field.sent()
    with pytest.raises(DomainError):
        act("give_back", report.id, field.verifier, reason="")


def test_the_group_fills_it_in_on_its_phone(field: Field, client: FlaskClient) -> None:
    field.sell(dt.date(2026, 7, 5), 123_000)
    report = field.due()
    make.sign_in(client, field.officer)
    assert "/penjual/laporan" in client.get("/penjual").text
    page = client.get(f"/penjual/laporan/{report.id}").text
    assert "Rp123.000" in page
    half = {"materials": "50.000", "story": "Ramai"}
    assert client.post(f"/penjual/laporan/{report.id}", data=half).status_code == 302
    assert (fresh(report).materials, fresh(report).state) == (50_000, ReportState.DRAFT)
    answer = client.post(f"/penjual/laporan/{report.id}", data=half | {"send": "1"})
    assert answer.status_code == 422
    assert "50.000" in answer.text
    full = half | {"other_costs": "0", "other_income": "10.000", "send": "1"}
    assert client.post(f"/penjual/laporan/{report.id}", data=full).status_code == 302
    assert fresh(report).state is ReportState.SENT
    assert client.post(f"/penjual/laporan/{report.id}", data=full).status_code == 422


def test_it_goes_through_three_hands_on_screen(field: Field, client: FlaskClient) -> None:
    report = field.sent()
    address = f"/dinas/pendampingan/laporan/{report.id}"
    make.sign_in(client, field.verifier)
    assert f"{address}/periksa" in client.get(address).text
    assert client.post(f"{address}/kembalikan", data={"reason": ""}).status_code == 422
    assert client.post(f"{address}/periksa").status_code == 302
    assert f"{address}/terima" not in client.get(address).text
    make.sign_in(client, field.head)
    assert "KUBE Harapan" in client.get("/dinas/pendampingan").text
    assert client.post(f"{address}/terima").status_code == 302
    assert fresh(report).state is ReportState.ACCEPTED


def test_late_ones_are_listed_and_reminded_of_once_before_and_once_after(field: Field, client: FlaskClient) -> None:
    report = field.due()
    make.sign_in(client, field.mentor)
    for day, is_reminded in ((1, False), (8, True), (20, True)):
        with clock.at(dt.datetime(2026, 9, day, 3, tzinfo=dt.UTC)):
            page = client.get("/dinas/pendampingan").text
            assert ("wa.me/6281200000077" in page) is is_reminded, day
            if is_reminded:
                assert client.post(f"/dinas/pendampingan/laporan/{report.id}/diingatkan").status_code == 302
                assert "wa.me" not in client.get("/dinas/pendampingan").text
    late = client.get("/dinas/pendampingan/laporan?which=late").text
    assert "KUBE Harapan" in late
    file = client.get("/dinas/pendampingan/laporan?which=late&format=xlsx")
    assert _first_row(file)[-5:] == ["", "", "", "", ""]  # nobody's word before it was sent
    field.sent()
    told = _first_row(client.get("/dinas/pendampingan/laporan?format=xlsx"))
    sold, elsewhere, materials, costs, left = (int(float(cell)) for cell in told[-5:])
    assert (elsewhere, materials, costs) == (TOLD.other_income, TOLD.materials, TOLD.other_costs)
    assert left == sold + elsewhere - materials - costs
    assert report.group.village.name in told
    assert "KUBE Harapan" not in client.get("/dinas/pendampingan/laporan?which=late").text


def _first_row(file: TestResponse) -> list[str]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.data))
    return [str(cell) for cell in book.get_sheet_by_index(0).to_python()[1]]


def test_a_sum_far_off_is_sent_only_by_who_says_that_it_is_right(field: Field, client: FlaskClient) -> None:
    with clock.at(dt.datetime(2026, 5, 3, 3, tzinfo=dt.UTC)):
        first = field.due(clock.now())
        with unit_of_work():
            reporting.send(first.id, TOLD, field.officer.id, field.officer)
    report = field.due()
    make.sign_in(client, field.officer)
    address = f"/penjual/laporan/{report.id}"
    far = {"materials": "20.000.000", "other_costs": "50.000", "other_income": "0", "story": "Ramai", "send": "1"}
    page = client.post(address, data=far)
    assert page.status_code == 422
    assert "Last time it was Rp200.000" in page.text
    assert 'value="20.000.000"' in page.text
    assert 'name="sure"' in page.text
    assert fresh(report).state is ReportState.DRAFT
    assert client.post(address, data=far | {"sure": "y"}).status_code == 302
    assert fresh(report).state is ReportState.SENT


def test_who_sent_in_time_and_has_to_mend_it_is_not_called_late(field: Field, client: FlaskClient) -> None:
    with clock.at(dt.datetime(2026, 9, 2, 3, tzinfo=dt.UTC)):
        report = field.sent()
    with unit_of_work():
        reporting.give_back(report.id, "Biaya belum lengkap", field.mentor.id, field.mentor)
    make.sign_in(client, field.officer)
    home = client.get("/penjual").text
    assert "It came back: Biaya belum lengkap" in home
    assert f"/penjual/laporan/{report.id}" in home
    page = client.get(f"/penjual/laporan/{report.id}").text
    assert "Sent back to be mended" in page
    assert "late" not in page.partition("<h1>")[2].partition("</p>")[0]
    make.sign_in(client, field.mentor)
    assert "KUBE Harapan" not in client.get("/dinas/pendampingan/laporan?which=late").text.partition("<main")[2]
    assert "KUBE Harapan" in client.get("/dinas/pendampingan").text


def test_others_find_no_report(field: Field, client: FlaskClient) -> None:
    report = field.due()
    make.sign_in(client, make.user(Role.GROUP_OFFICER, group_id=make.group().id))
    assert client.get(f"/penjual/laporan/{report.id}").status_code == 404
    make.sign_in(client, make.user(Role.HEAD, area_code=make.OTHER_REGENCY))
    assert client.get(f"/dinas/pendampingan/laporan/{report.id}").status_code == 404
