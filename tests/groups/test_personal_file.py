"""A family's file for itself, who looked at it, how corrections are kept, and the pages that make it anonymous."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.groups import service
from marketplace.groups.forgetting_models import Forgetting, ForgettingState
from marketplace.groups.models import Household, RegistrySource, Relation
from marketplace.groups.rules import BankAccount, HouseholdContent, PersonContent
from marketplace.reports.work import waiting_for
from marketplace.shared.audit import AuditEntry
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.graduation import casework
from tests.graduation.casework import Team
from tests.ledger.earning import earn

NIK, KK, BANK = "6306055207810007", "6306050101150009", "770012340055"
REASON = "Diminta oleh keluarga"


def registered(team: Team | None = None) -> Household:
    with unit_of_work():
        content = HouseholdContent("Zubaidah", KK, make.VILLAGE, "Gang Cempaka 17", RegistrySource.DTSEN, 1)
        household = service.register_household(
            content, PersonContent("Zubaidah", Relation.HEAD, make.LONG_AGO, NIK), None
        )
        service.set_bank(household.id, BankAccount("Bank Contoh", BANK, "Zubaidah"), None)
    return household


def enter(client: FlaskClient, role: Role, **scope: object) -> User:
    who = make.user(role, **scope)
    make.sign_in(client, who)
    return who


def entries(action: str) -> list[AuditEntry]:
    rollback()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_file_tells_all_on_screen_and_on_paper_for_a_reason(app: Flask, client: FlaskClient) -> None:
    family = registered()
    seller = make.user(Role.SELLER, name="Zubaidah", household_id=family.id)
    earn(family.id, None, 77_000)
    enter(client, Role.VERIFIER)
    address = f"/dinas/keluarga/{family.id}/data-pribadi"
    assert KK not in client.get(address).text
    refused = client.post(address, data={"reason": "x", "then": "show"})
    assert (refused.status_code, "Gang Cempaka" in refused.text, entries("household.file")) == (422, False, [])
    client.get(f"/dinas/keluarga/{family.id}")
    shown = client.post(address, data={"reason": REASON, "then": "show"})
    assert shown.headers["Cache-Control"] == "no-store"
    for words in (
        "Gang Cempaka 17",
        "••••0009",
        "••••0007",
        "77.000",
        seller.name,
        "Verifier",
        "the family&#39;s page",
    ):
        assert words in shown.text, words
    assert not any(number in shown.text for number in (NIK, KK, BANK))
    paper = text_of(client.post(address, data={"reason": REASON, "then": "print", "in_full": "y"}).data)
    assert all(words in paper.replace("\u200b", "") for words in (NIK, KK, BANK, "Gang Cempaka 17", REASON))
    told = [(row.reason, row.detail["printed"], row.detail["in_full"]) for row in entries("household.file")]
    assert told == [(REASON, False, False), (REASON, True, True)]


def test_the_file_tells_of_a_whole_case(app: Flask, client: FlaskClient) -> None:
    team = Team()
    casework.monitored(team)
    make.sign_in(client, team.administrator)
    page = client.post(f"/dinas/keluarga/{team.family.id}/data-pribadi", data={"reason": REASON, "then": "show"}).text
    for words in ("Decree", "Statement", "Village", team.group.name):
        assert words in page, words


@pytest.mark.parametrize("role", [Role.TREASURER, Role.HEAD, Role.MENTOR, Role.SELLER])
def test_others_get_no_file(app: Flask, client: FlaskClient, role: Role) -> None:
    family = registered()
    scope = {Role.SELLER: {"household_id": make.household().id}, Role.MENTOR: {"group_id": make.group().id}}
    enter(client, role, **scope.get(role, {}))
    assert client.get(f"/dinas/keluarga/{family.id}/data-pribadi").status_code in (403, 404)
    enter(client, Role.ADMINISTRATOR, area_code=make.OTHER_REGENCY)
    assert client.get(f"/dinas/keluarga/{family.id}/data-pribadi").status_code == 404


def test_a_family_sees_its_own_data_and_who_looked_without_names(app: Flask, client: FlaskClient) -> None:
    family, other = registered(), make.household()
    officer = enter(client, Role.VERIFIER)
    client.get(f"/dinas/keluarga/{family.id}")
    client.post(f"/dinas/keluarga/{family.id}/buka", data={"secret": "kk", "reason": "cocokkan dengan kartu"})
    enter(client, Role.SELLER, household_id=family.id)
    assert "/penjual/data-saya" in client.get("/penjual").text
    page = client.get("/penjual/data-saya").text
    assert all(words in page for words in ("Gang Cempaka 17", "Verifier", "cocokkan dengan kartu", "••••0009"))
    assert not any(words in page for words in (officer.name, KK, NIK, BANK, other.name))


def test_every_page_of_a_family_is_in_the_log(app: Flask, client: FlaskClient) -> None:
    team = Team()
    casework.mentored(team)
    make.sign_in(client, team.head)
    pages = {
        "family": "keluarga/{}",
        "months": "graduasi/{}",
        "case": "graduasi/{}/kasus",
        "earnings": "keluarga/{}/rekening",
    }
    for address in pages.values():
        assert client.get("/dinas/" + address.format(team.family.id)).status_code == 200
    assert [row.detail["page"] for row in entries("household.view")] == list(pages)
    assert client.get(f"/dinas/graduasi/{team.family.id}/pernyataan").status_code == 200
    assert entries("household.view")[-1].detail == {"page": "papers"}
    log = client.get("/dinas/keluarga/jejak").text
    assert all(words in log for words in (team.head.name, "its months", "its case", "its earnings", team.family.name))
    assert team.family.name not in client.get("/dinas/keluarga/jejak?q=Tiada").text
    assert "Opened" not in client.get("/dinas/keluarga/jejak?until=2020-01-01").text
    assert "Took a step" not in client.get("/dinas/keluarga/jejak?looks=y").text
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/dinas/keluarga/jejak?format=xlsx").data))
    rows = book.get_sheet_by_index(0).to_python()
    assert [team.family.name, team.head.name] in [row[1:3] for row in rows]
    assert len(entries("list.export")) == 1
    enter(client, Role.HEAD, area_code=make.OTHER_REGENCY)
    assert team.family.name not in client.get("/dinas/keluarga/jejak").text
    enter(client, Role.VERIFIER)
    assert client.get("/dinas/keluarga/jejak").status_code == 403


def test_a_correction_is_kept_by_field_and_never_by_number(app: Flask, client: FlaskClient) -> None:
    family = registered()
    content = HouseholdContent("Zubaidah", "6306050101150010", make.VILLAGE, "Gang Lain 2", RegistrySource.P3KE, 3)
    with unit_of_work():
        service.update_household(family.id, content, None)
        person = family.people[0]
        service.update_person(person.id, PersonContent("Jubaidah", Relation.HEAD, person.joined_on, NIK), None)
    changed = entries("household.update")[0].detail["changes"]
    assert changed == {"registry_source": ["dtsen", "p3ke"], "decile": ["1", "3"], "kk": None, "address": None}
    assert entries("person.update")[0].detail["changes"] == {"name": None}
    enter(client, Role.HEAD)
    assert "Decile 1 → 3" in client.get("/dinas/keluarga/jejak").text


def test_two_administrators_make_a_family_anonymous_on_screen(app: Flask, client: FlaskClient) -> None:
    family = registered()
    one, other = (make.user(Role.ADMINISTRATOR) for _number in range(2))
    make.sign_in(client, one)
    address = f"/dinas/keluarga/{family.id}/anonim"
    assert client.post(address, data={"reason": "x"}).status_code == 422
    assert client.post(address, data={"reason": REASON}).status_code == 302
    row = db.session.scalars(select(Forgetting)).one()
    page = f"/dinas/keluarga/anonim/{row.id}"
    assert "another administrator decides" in client.get(page).text
    assert client.post(f"{page}/setujui", data={"understood": "y"}).status_code == 403
    make.sign_in(client, other)
    work = waiting_for(other)[Role.ADMINISTRATOR]
    assert [each.count for each in work if each.url == "/dinas/keluarga/anonim"] == [1]
    assert family.name in client.get("/dinas/keluarga/anonim").text
    assert client.get("/dinas/keluarga/anonim?format=xlsx").status_code == 200
    assert client.post(f"{page}/setujui", data={}).status_code == 422
    assert client.post(f"{page}/setujui", data={"understood": "y", "aliases": "Mak Ijub\n\n"}).status_code == 302
    rollback()
    assert db.session.get_one(Forgetting, row.id).state is ForgettingState.DONE
    shown = client.get(f"/dinas/keluarga/{family.id}").text
    assert "Zubaidah" not in shown
    assert "Made anonymous on" in shown
    assert client.post(f"{page}/simpan", data={"reason": REASON}).status_code == 422


def test_what_stands_against_it_is_on_the_page_and_a_file_can_be_kept(app: Flask, client: FlaskClient) -> None:
    family, member = registered(), make.household(make.group())
    enter(client, Role.ADMINISTRATOR)
    page = client.get(f"/dinas/keluarga/{member.id}/anonim").text
    assert "The family is a member of a group." in page
    assert 'name="reason"' not in page
    assert client.post(f"/dinas/keluarga/{member.id}/anonim", data={"reason": REASON}).status_code == 422
    row = make.add(Forgetting(household_id=family.id))
    assert client.post(f"/dinas/keluarga/anonim/{row.id}/simpan", data={"reason": REASON}).status_code == 302
    rollback()
    kept = db.session.get_one(Forgetting, row.id)
    assert (kept.state, kept.note) == (ForgettingState.DECLINED, REASON)
    assert "Zubaidah" in client.get(f"/dinas/keluarga/{family.id}").text
