"""Who came is written down on a phone without a signal and sent later: every mark arrives, and none writes over a
colleague's unseen."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from marketplace.training import attendance
from marketplace.training.models import Attendance, AttendanceCorrection, Mark, TrainingClass, TrainingDay
from marketplace.training.rules import Step
from tests import make
from tests.carried import Carried, carried
from tests.training import teaching

PAGE = "/dinas/pelatihan/hadir"
SEND = """async () => {
    const {sendAll} = await import("/static/js/attendance/send.js");
    const {sheets} = await import("/static/js/attendance/store.js");
    await navigator.locks.request("attendance-send", () => {});  // the page may be at it by itself
    await sendAll();
    return (await sheets()).length;
}"""
ROWS = "main .list > li[data-state]"


@pytest.fixture
def of(app: Flask) -> TrainingClass:
    """Return a class under way of three people, with a day that was yesterday and one that is today."""
    training = teaching.planned(title="Tata boga")
    made = teaching.with_class(training)
    teaching.put_in(made, *teaching.people(3))
    teaching.step(training, Step.START)
    return made


@pytest.fixture
def officer(app: Flask) -> User:
    return make.user(Role.CURATOR, name="Bu Rina")


@pytest.fixture
def room(
    app: Flask, of: TrainingClass, officer: User, database_url: str, chromium: Browser, tmp_path: Path
) -> Iterator[Carried]:
    with carried(app, database_url, chromium, tmp_path, (PAGE, ROWS), officer) as found:
        yield found


def today_of(of: TrainingClass) -> TrainingDay:
    return teaching.days_of(of)[-1]


def marks(day: TrainingDay) -> list[str]:
    """Return what is written down of a day, in the order of the people; "" of whom nothing is."""
    rollback()
    known = {row.trainee_id: row.mark.value for row in db.session.query(Attendance).filter_by(day_id=day.id)}
    return [known.get(trainee.id, "") for trainee in teaching.trainees(day.of_class)]


def open_day(page: Page, of: TrainingClass) -> None:
    page.click(f"a[href='#{today_of(of).id}']")
    page.wait_for_selector("form.attendance")


def tick(page: Page, of: TrainingClass, *said: Mark) -> None:
    """Say of the first people of a class whether they came."""
    for trainee, mark in zip(teaching.trainees(of), said, strict=False):
        page.check(f"[name=mark-{trainee.id}][value={mark.value}]")


def save(page: Page) -> None:
    page.click("form.attendance button:not([type])")
    page.wait_for_selector(ROWS)


def write(of: TrainingClass, day: TrainingDay, actor: User, *said: Mark) -> None:
    """Let somebody else write down who came, at a desk."""
    known = {trainee.id: mark for trainee, mark in zip(teaching.trainees(of), said, strict=False)}
    with unit_of_work():
        attendance.mark_day(day.id, known, actor.id)


@pytest.mark.browser
def test_what_is_written_without_a_signal_arrives(room: Carried, of: TrainingClass) -> None:
    page = room.open()
    room.network.mode = "cut"
    page.reload()
    open_day(page, of)
    tick(page, of, Mark.ABSENT)
    expect(page.locator("form.attendance [role=status]")).to_have_text("1 dari 3 sudah diisi")
    page.reload()  # the phone went off: what was counted is there
    expect(page.locator("form.attendance [value=absent]:checked")).to_have_count(1)
    page.click("form.attendance button[type=button]")
    expect(page.locator("form.attendance [value=came]:checked")).to_have_count(2)
    save(page)
    expect(page.locator("[data-state=waits]")).to_have_count(1)
    assert marks(today_of(of)) == ["", "", ""]
    with unit_of_work():
        db.session.get_one(User, room.user.id).session_epoch += 1  # signed in nowhere any more
    room.network.mode = "good"
    page.reload()
    page.wait_for_selector("main a[href^='/masuk']")
    room.sign_in(page)
    expect(page.locator("[data-state=sent]")).to_have_count(1)
    expect(page.locator("[data-state=waits]")).to_have_count(0)
    assert marks(today_of(of)) == ["absent", "came", "came"]
    assert {row.marked_by_id for row in db.session.scalars(select(Attendance))} == {room.user.id}


@pytest.mark.browser
def test_a_lost_answer_and_a_second_thought_are_no_quarrel(room: Carried, of: TrainingClass) -> None:
    page, day = room.open(), today_of(of)
    room.network.bad_for = f"/dinas/pelatihan/hari/{day.id}/hadir"
    room.network.mode, room.network.chance = "bad", random.Random(3)
    for said in (Mark.CAME, Mark.ABSENT, Mark.EXCUSED, Mark.CAME):
        open_day(page, of)
        tick(page, of, said, said)
        save(page)
        tries = 0
        while page.evaluate(SEND):
            tries += 1
            assert tries < 40
        assert marks(day) == [said.value, said.value, ""]
    rollback()
    assert room.network.asked.count(f"POST {room.network.bad_for}") > 4
    assert db.session.scalar(select(func.count(AttendanceCorrection.id))) == 6, "each change once, for two people"
    expect(page.locator("[data-state=refused]")).to_have_count(0)


@pytest.mark.browser
def test_what_somebody_else_wrote_is_shown_before_it_is_written_over(room: Carried, of: TrainingClass) -> None:
    page, day = room.open(), today_of(of)
    room.network.mode = "cut"
    open_day(page, of)
    tick(page, of, Mark.CAME)
    save(page)
    write(of, day, make.user(Role.HEAD), Mark.ABSENT, Mark.EXCUSED)
    room.network.mode = "good"
    expect(page.locator("[data-state=refused]")).to_have_count(1, timeout=30_000)
    assert marks(day) == ["absent", "excused", ""]
    open_day(page, of)
    first, second = (trainee.id for trainee in teaching.trainees(of)[:2])
    expect(page.locator(f"li.person:has([name=mark-{first}])")).to_contain_text("Ditulis orang lain: Tidak hadir")
    expect(page.locator(f"[name=mark-{second}][value=excused]")).to_be_checked()
    save(page)
    expect(page.locator("[data-state=refused], [data-state=waits]")).to_have_count(0)
    assert marks(day) == ["came", "excused", ""], "only what was ticked here"


@pytest.mark.browser
def test_what_cannot_be_taken_may_be_thrown_away(room: Carried, of: TrainingClass) -> None:
    page = room.open()
    room.network.mode = "cut"
    open_day(page, of)
    page.click("form.attendance button:not([type])")
    expect(page.locator(".fault", has_text="paling sedikit satu orang")).to_be_visible()
    tick(page, of, Mark.CAME)
    save(page)
    teaching.step(of.training, Step.CANCEL, "Hujan")
    room.network.mode = "good"
    row = page.locator("[data-state=refused]")
    expect(row).to_contain_text("Mulai pelatihan dulu", timeout=30_000)
    row.locator("button").click()
    page.click("dialog .button:not(.quiet)")
    expect(row).to_have_count(0)
    assert db.session.scalar(select(func.count(Attendance.id))) == 0


def test_a_phone_learns_only_the_classes_of_its_officer(client: FlaskClient, of: TrainingClass) -> None:
    teaching.held(regency=make.OTHER_REGENCY, finished=False)
    finished = teaching.held(count=1)
    assert client.get(f"{PAGE}/data", headers={"Accept": "application/json"}).status_code == 401
    make.sign_in(client, make.user(Role.CURATOR))
    found = client.get(f"{PAGE}/data").get_json()
    assert {day["class"] for day in found["days"]} == {of.id} != {finished.id}
    assert [day["held_on"] for day in found["days"]] == [day.isoformat() for day in reversed(teaching.days_back(2))]
    people = [(one["id"], one["name"]) for one in found["people"][str(of.id)]]
    assert sorted(people) == [(trainee.id, trainee.person.name) for trainee in teaching.trainees(of)]


@pytest.mark.parametrize("role", [Role.VERIFIER, Role.MENTOR, Role.SELLER])
def test_nobody_else_takes_names_along(client: FlaskClient, of: TrainingClass, role: Role) -> None:
    scope = {} if role is Role.VERIFIER else {"group_id": make.group().id}
    scope = {"household_id": make.household().id} if role is Role.SELLER else scope
    make.sign_in(client, make.user(role, **scope))
    assert client.get(f"{PAGE}/data", headers={"Accept": "application/json"}).status_code in (403, 404)
