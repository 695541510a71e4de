"""Visits are written on a phone without a signal and sent later: each arrives, once, and none is lost on the way."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.groups.models import Group
from marketplace.mentoring.models import FollowUp, Visit, VisitedHousehold, VisitPhoto
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.carried import Carried, carried
from tests.shared.pictures import picture
from tests.till.proxy import Network

PAGE = "/dinas/pendampingan/catat"
SEND = """async () => {
    const {sendAll} = await import("/static/js/visits/send.js");
    const {visits} = await import("/static/js/visits/store.js");
    await navigator.locks.request("visits-send", () => {});  // the page may be at it by itself
    await sendAll();
    return (await visits()).filter((visit) => !visit.id).length;
}"""


@dataclass
class Village:
    """A group and the phone of its mentor."""

    group: Group
    mentor: User
    carried: Carried

    @property
    def network(self) -> Network:
        return self.carried.network

    def open(self) -> Page:
        """Open the page for the first time, with a signal."""
        return self.carried.open()


@pytest.fixture
def village(app: Flask, database_url: str, chromium: Browser, tmp_path: Path) -> Iterator[Village]:
    group = make.group(name="KUBE Harapan")
    for name in ("Aminah", "Bahrun"):
        make.household(group, name=name)
    mentor = make.user(Role.MENTOR, name="Pak Rahman", group_id=group.id)
    with carried(app, database_url, chromium, tmp_path, (PAGE, "form.visit"), mentor) as found:
        yield Village(group, mentor, found)


pytestmark = pytest.mark.browser


def write(page: Page, group: Group, findings: str, *, photo: bool = False) -> None:
    """Write a visit as a mentor does, and keep it."""
    page.select_option("form.visit [name=group]", str(group.id))
    page.check("form.visit [name=families] >> nth=0")
    page.fill("form.visit [name=findings]", findings)
    if photo:
        file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture((320, 240))}
        page.set_input_files("form.visit [name=photos]", files=[file])  # type: ignore[list-item]
        page.wait_for_selector("form.visit figure img")
    page.fill("form.visit [name=what] >> nth=0", "Perbaiki label")
    page.fill("form.visit [name=due_on] >> nth=0", "2027-01-15")
    page.click("form.visit button.wide")
    row = page.locator(".visit-row").first
    expect(row).to_be_visible()
    expect(page.locator("form.visit [name=findings]")).to_have_value("")


def count(kind: type[Visit] | type[VisitPhoto] | type[FollowUp] | type[VisitedHousehold]) -> int:
    rollback()
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def states(page: Page) -> list[str | None]:
    return [row.get_attribute("data-state") for row in page.locator(".visit-row").all()]


def test_what_is_written_without_a_signal_arrives_once(village: Village) -> None:
    page = village.open()
    village.network.mode = "cut"
    page.reload()
    write(page, village.group, "Dapur sudah diperbaiki", photo=True)
    write(page, village.group, "Butuh wajan besar")
    page.fill("form.visit [name=findings]", "Baru mulai menulis")
    page.wait_for_function("""async () => {
        const {kept, draftOf} = await import("/static/js/visits/store.js");
        const {user} = await kept("me");
        return (await kept(draftOf(user)))?.findings === "Baru mulai menulis";
    }""")
    page.reload()
    expect(page.locator(".visit-row")).to_have_count(2)
    assert states(page) == ["waits", "waits"]
    expect(page.locator("form.visit [name=findings]")).to_have_value("Baru mulai menulis")
    assert count(Visit) == 0
    with unit_of_work():
        db.session.get_one(User, village.mentor.id).session_epoch += 1  # signed in nowhere any more
    village.network.mode = "good"
    page.reload()
    page.wait_for_selector("main a[href^='/masuk']")
    assert states(page) == ["waits", "waits"]
    village.carried.sign_in(page)
    expect(page.locator(".visit-row[data-state=sent]")).to_have_count(2)
    page.reload()
    expect(page.locator(".visit-row[data-state=sent]")).to_have_count(2)
    assert (count(Visit), count(VisitPhoto), count(FollowUp), count(VisitedHousehold)) == (2, 1, 2, 2)
    assert {visit.mentor_id for visit in db.session.scalars(select(Visit))} == {village.mentor.id}


def test_an_answer_that_is_lost_makes_no_second_visit(village: Village) -> None:
    page = village.open()
    village.network.mode = "cut"
    for number in range(3):
        write(page, village.group, f"Kunjungan {number}")
    village.network.bad_for = f"/dinas/pendampingan/kelompok/{village.group.id}/kunjungan"
    village.network.mode, village.network.chance = "bad", random.Random(3)
    tries = 0
    while page.evaluate(SEND):
        tries += 1
        assert tries < 40
    assert tries, "nothing was lost: this says nothing"
    assert count(Visit) == 3
    assert village.network.asked.count(f"POST {village.network.bad_for}") > 3


def test_it_goes_by_itself_when_the_signal_is_back(village: Village) -> None:
    page = village.open()
    village.network.mode = "cut"
    write(page, village.group, "Sinyal hilang di lembah")
    page.wait_for_selector(".visit-row[data-state=waits]")
    village.network.mode = "good"  # the browser is told nothing: it was never off
    expect(page.locator(".visit-row[data-state=sent]")).to_have_count(1, timeout=30_000)
    assert count(Visit) == 1


def test_what_is_refused_stays_and_says_why(village: Village) -> None:
    page = village.open()
    village.network.mode = "cut"
    write(page, village.group, "Anggota sudah keluar")
    village.network.mode = "good"
    page.evaluate("""async () => {
        const {visits, add} = await import("/static/js/visits/store.js");
        for (const visit of await visits()) await add({...visit, families: [999999]});
    }""")
    page.evaluate(SEND)
    row = page.locator(".visit-row[data-state=refused]")
    expect(row).to_have_count(1)
    assert count(Visit) == 0
    page.reload()
    expect(row).to_have_count(1)
    said = page.locator("main [role=status]")
    expect(said).to_contain_text("Satu kunjungan tidak diterima")
    expect(said).not_to_contain_text("Semua kunjungan sudah terkirim")


def test_a_day_to_come_is_said_at_once(village: Village) -> None:
    page = village.open()
    village.network.mode = "cut"
    page.select_option("form.visit [name=group]", str(village.group.id))
    page.fill("form.visit [name=findings]", "Ramai")
    page.fill("form.visit [name=visited_on]", "2199-01-01")
    page.click("form.visit button.wide")
    expect(page.locator(".fault", has_text="Tanggal ini belum tiba.")).to_be_visible()
    expect(page.locator(".visit-row")).to_have_count(0)


def test_a_phone_learns_only_its_mentors_groups(client: FlaskClient) -> None:
    mine, other = make.group(), make.group()
    family = make.household(mine)
    make.household(other)
    assert client.get(f"{PAGE}/data", headers={"Accept": "application/json"}).status_code == 401
    make.sign_in(client, make.user(Role.MENTOR, group_id=mine.id))
    found = client.get(f"{PAGE}/data").get_json()
    assert [(group["id"], group["families"]) for group in found["groups"]] == [
        (mine.id, [{"id": family.id, "name": family.name}])
    ]


def test_the_page_stays_in_the_language_that_was_chosen(village: Village) -> None:
    page = village.open()
    page.click("main a[href$='bahasa=en']")
    expect(page.locator("h1")).to_have_text("Write a visit")
    village.network.mode = "cut"
    page.goto(PAGE)
    expect(page.locator("h1")).to_have_text("Write a visit")
