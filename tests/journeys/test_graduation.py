"""A family's way out of aid through three pairs of hands: a mentor on a phone, a verifier and a head at a desk."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.graduation.case_models import Case, CaseState
from marketplace.shared.transaction import rollback
from tests.graduation import casework
from tests.graduation.casework import Team
from tests.journeys.conftest import Visit, press, refused
from tests.shared.pictures import picture

DESK = {"width": 1280, "height": 900}
ANSWERS = {"food": "0", "sources": "2", "assets": "1", "savings": "600.000", "school": "0"}


def state(team: Team) -> CaseState:
    rollback()
    return db.session.query(Case).filter_by(household_id=team.family.id).one().state


def from_the_desk(page: Page, team: Team) -> None:
    """Go from the first page of an officer, where it waits for him, to the family's case."""
    page.goto("/dinas")
    press(page, f"main a[href='/dinas/graduasi/{team.family.id}/kasus']")


def bring(page: Page, purpose: str, file: Path) -> None:
    page.locator("#berkas > details summary, #berkas > button:has(+ dialog)").click()
    form = "form[action$='/berkas']"
    page.select_option(f"{form} [name=purpose]", purpose)
    page.set_input_files(f"{form} [name=file]", file)
    press(page, f"{form} [type=submit]")


def open_dialog(page: Page, of: str) -> None:
    """Open what stands in a dialog with a script, and folded without one."""
    page.locator(f"{of} summary, {of} button:has(+ dialog)").first.click()


def step(page: Page, action: str) -> str:
    """Open a step and return where its form stands."""
    open_dialog(page, f"#langkah-{action}")
    return f"form[action$='/langkah/{action}']"


def work_of(visit: Visit, who: User, javascript: bool, *, desk: bool) -> Page:
    page = visit(who, javascript=javascript)
    if desk:
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return page


@pytest.mark.parametrize("javascript", [True, False])
def test_three_people_lead_a_family_out_of_aid(visit: Visit, tmp_path: Path, javascript: bool) -> None:
    team = Team()
    casework.ready(team)
    photo = tmp_path / "rumah.jpg"
    photo.write_bytes(picture((320, 240)))
    _propose(work_of(visit, team.mentor, javascript, desk=False), team, photo)
    _verify(work_of(visit, team.verifier, javascript, desk=True), team, photo)
    _decide(work_of(visit, team.head, javascript, desk=True), team)


def _propose(page: Page, team: Team, photo: Path) -> None:
    from_the_desk(page, team)
    assert page.locator("form[action$='/langkah/propose']").count() == 0  # papers are missing: it says which
    for purpose in ("photo", "statement"):
        bring(page, purpose, photo)
    press(page, "main a[href$='/penilaian/baru']")
    for name, answer in ANSWERS.items():
        field = page.locator(f"[name={name}]").first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(answer)
        else:
            field.fill(answer)
    press(page, "main form[action$='/penilaian/baru'] [type=submit]")
    page.goto(f"/dinas/graduasi/{team.family.id}/kasus")
    press(page, f"{step(page, 'propose')} [type=submit]")
    assert state(team) is CaseState.PROPOSED


def _verify(page: Page, team: Team, photo: Path) -> None:
    from_the_desk(page, team)
    bring(page, "home_visit", photo)
    form = step(page, "verify")
    page.fill(f"{form} [name=visited_on]", "2199-01-01")
    page.check(f"{form} [name=found][value=yes]")
    page.fill(f"{form} [name=note]", "Semua sesuai di rumah")
    refused(page, f"{form} [type=submit]")
    expect(page.locator(f"{form} [name=note]")).to_have_value("Semua sesuai di rumah")
    page.fill(f"{form} [name=visited_on]", casework.today().isoformat())
    press(page, f"{form} [type=submit]")
    form = step(page, "deliberate")
    page.fill(f"{form} [name=held_on]", casework.today().isoformat())
    for name, text in (("place", "Balai desa"), ("leader", "Pak Kades"), ("conclusion", "Mufakat")):
        page.fill(f"{form} [name={name}]", text)
    page.fill(f"{form} [name=people]", "Siti - RT 01\nRahmah - warga\nUdin - BPD")
    press(page, f"{form} [type=submit]")
    assert state(team) is CaseState.DELIBERATION


def _decide(page: Page, team: Team) -> None:
    from_the_desk(page, team)
    form = step(page, "approve")
    page.fill(f"{form} [name=decree_number]", "188.45/7/2026")
    page.fill(f"{form} [name=decree_on]", casework.today().isoformat())
    press(page, f"{form} [type=submit]")
    assert state(team) is CaseState.APPROVED
    expect(page.locator("main")).to_contain_text("188.45/7/2026")
    press(page, f"nav a[href$='/graduasi/{team.family.id}']")
    expect(page.locator("main")).to_contain_text("188.45/7/2026")  # the family's own story tells it too
