"""Groups and families through their commands, on a real database."""

import datetime as dt
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.groups import checks, privacy, queries, rules, service
from marketplace.groups.models import (
    BusinessKind,
    Group,
    Household,
    MemberRole,
    Membership,
    Person,
    Programme,
    RegistrySource,
    Relation,
    Sex,
)
from marketplace.groups.privacy import Secret
from marketplace.shared.audit import AuditEntry
from marketplace.shared.errors import InvalidInput, NotFound, StateConflict
from marketplace.shared.transaction import unit_of_work
from tests import make

KK = "6306050101200001"
NIK = "6306054507900001"
PLACE = "63.06.05.1002"
GROUP = rules.GroupContent("Melati", PLACE, 2019, BusinessKind.FOOD)
FAMILY = rules.HouseholdContent("Siti Contoh", KK, PLACE, "Jalan Contoh 7", RegistrySource.DTSEN, 2)
HEAD = rules.PersonContent("Siti Contoh", Relation.HEAD, dt.date(2020, 1, 1), NIK)
DAY = dt.date(2024, 5, 1)


def register(**values: object) -> Household:
    with unit_of_work():
        return service.register_household(replace(FAMILY, **values), HEAD, None)  # type: ignore[arg-type]


def create(**values: object) -> Group:
    with unit_of_work():
        return service.create_group(replace(GROUP, **values), None)  # type: ignore[arg-type]


def join(group: Group, household: Household, role: MemberRole = MemberRole.MEMBER, day: dt.date = DAY) -> Membership:
    with unit_of_work():
        return service.add_membership(group.id, household.id, role, day, None)


def test_a_group_knows_its_places_and_gets_an_address_of_its_own(app: Flask) -> None:
    first, second = create(), create(village_code="63.06.06.2001")
    assert (first.slug, second.slug) == ("melati", "melati-2")
    assert (first.district_code, first.regency_code) == ("63.06.05", "63.06")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"village_code": "63.06.05"}, "village_code"),
        ({"village_code": "99.99.99.9999"}, "village_code"),
        ({"formed_year": 2100}, "formed_year"),
        ({"formed_year": 1979}, "formed_year"),
        ({}, "name"),
    ],
)
def test_a_group_that_cannot_be_is_refused(app: Flask, values: dict[str, object], field: str) -> None:
    create()
    with pytest.raises(InvalidInput) as refused:
        create(**values)
    assert refused.value.field == field


def test_a_group_keeps_its_address_and_its_district(app: Flask) -> None:
    group = create()
    with unit_of_work():
        service.update_group(group.id, replace(GROUP, name="Mawar", village_code="63.06.05.1003"), None)
    changed = db.session.get_one(Group, group.id)
    assert (changed.name, changed.slug, changed.village_code) == ("Mawar", "melati", "63.06.05.1003")
    with pytest.raises(InvalidInput), unit_of_work():
        service.update_group(group.id, replace(GROUP, village_code="63.06.06.2001"), None)


def test_trust_begins_once_and_ends(app: Flask) -> None:
    group = create()
    with unit_of_work():
        service.set_trust(group.id, True, None).trusted_from = DAY
    with unit_of_work():
        assert service.set_trust(group.id, True, None).trusted_from == DAY
    with unit_of_work():
        assert service.set_trust(group.id, False, None).trusted_from is None


def test_numbers_and_address_are_never_stored_in_the_clear(app: Flask) -> None:
    register()
    for table in ("household", "person", "audit_entry"):
        for row in db.session.execute(db.text(f"SELECT * FROM {table}")):
            shown = repr([bytes(value) if isinstance(value, memoryview) else value for value in row])
            assert KK not in shown
            assert NIK not in shown
            assert "Contoh 7" not in shown


def test_a_kk_number_and_a_nik_belong_to_one_family(app: Flask) -> None:
    register()
    with pytest.raises(InvalidInput) as refused:
        register()
    assert refused.value.field == "kk"
    with pytest.raises(InvalidInput) as refused:
        register(kk="6306050101200002")
    assert refused.value.field == "nik"
    assert db.session.scalar(select(func.count()).select_from(Household)) == 1


def test_who_left_one_family_may_join_another(app: Flask) -> None:
    first = register()
    other = make.household(people=1)
    moved = replace(HEAD, relation=Relation.SPOUSE, joined_on=dt.date(2025, 1, 2))
    with pytest.raises(InvalidInput), unit_of_work():
        service.add_person(other.id, moved, None)
    with unit_of_work():
        service.record_departure(first.people[0].id, dt.date(2025, 1, 1), None)
    with unit_of_work():
        service.add_person(other.id, moved, None)
    with pytest.raises(StateConflict), unit_of_work():
        service.record_departure(first.people[0].id, dt.date(2025, 1, 1), None)


def test_a_person_is_changed_and_keeps_its_nik(app: Flask) -> None:
    person_id = register().people[0].id
    with unit_of_work():
        service.update_person(person_id, replace(HEAD, name="Siti Baru", nik=None, sex=Sex.FEMALE), None)
    person = db.session.get_one(Person, person_id)
    assert (person.name, person.nik_last4) == ("Siti Baru", NIK[-4:])


def test_an_empty_number_and_address_stay_as_they_are(app: Flask) -> None:
    household = register()
    with unit_of_work():
        service.update_household(household.id, replace(FAMILY, name="Baru", kk=None, address=None), None)
    changed = db.session.get_one(Household, household.id)
    assert (changed.name, changed.kk_hash) == ("Baru", household.kk_hash)
    with unit_of_work():
        assert privacy.reveal(household.id, Secret.ADDRESS, "surat untuk keluarga", None) == "Jalan Contoh 7"


def test_an_office_is_free_again_after_its_end(app: Flask) -> None:
    group, first, second = create(), make.household(), make.household()
    chair = join(group, first, MemberRole.CHAIR)
    with pytest.raises(InvalidInput):
        join(group, second, MemberRole.CHAIR)
    with unit_of_work():
        service.end_membership(chair.id, dt.date(2024, 12, 31), None)
    with pytest.raises(StateConflict), unit_of_work():
        service.end_membership(chair.id, dt.date(2025, 12, 31), None)
    join(group, second, MemberRole.CHAIR, dt.date(2025, 1, 1))
    assert [row.name for row in queries.households_of_group(group.id, dt.date(2024, 12, 31))] == [first.name]
    assert [row.name for row in queries.households_of_group(group.id, dt.date(2025, 1, 1))] == [second.name]
    assert list(checks.problems()) == []


def test_the_check_finds_two_chairs(app: Flask) -> None:
    group, first, second = create(), make.household(), make.household()
    for household in (first, second):
        make.add(Membership(group_id=group.id, household_id=household.id, role=MemberRole.CHAIR, starts_on=DAY))
    assert [text for text in checks.problems() if "chair" in text]


@pytest.mark.parametrize("day", [dt.date(2024, 4, 30), dt.date(2090, 1, 1)])
def test_a_membership_ends_between_its_start_and_today(app: Flask, day: dt.date) -> None:
    membership = join(create(), make.household())
    with pytest.raises(InvalidInput), unit_of_work():
        service.end_membership(membership.id, day, None)


def test_a_family_of_another_regency_cannot_join(app: Flask) -> None:
    stranger = make.household(regency_code=make.OTHER_REGENCY)
    with pytest.raises(InvalidInput):
        join(create(), stranger)


def test_a_programme_is_received_once_at_a_time(app: Flask) -> None:
    household = make.household()
    with unit_of_work():
        enrolment = service.enrol(household.id, Programme.PKH, DAY, None)
    with pytest.raises(InvalidInput), unit_of_work():
        service.enrol(household.id, Programme.PKH, dt.date(2025, 1, 1), None)
    with unit_of_work():
        service.enrol(household.id, Programme.FOOD, DAY, None)
        service.end_enrolment(enrolment.id, dt.date(2024, 12, 31), None)
    with unit_of_work():
        service.enrol(household.id, Programme.PKH, dt.date(2025, 1, 1), None)


def test_a_reveal_needs_a_reason_and_leaves_it(app: Flask) -> None:
    household, officer = register(), make.user()
    with pytest.raises(InvalidInput), unit_of_work():
        privacy.reveal(household.id, Secret.KK, "perlu", officer.id)
    with unit_of_work():
        assert privacy.reveal(household.id, Secret.KK, "cocokkan dengan kartu", officer.id) == KK
        assert (
            privacy.reveal(household.id, Secret.NIK, "cocokkan dengan KTP", officer.id, household.people[0].id) == NIK
        )
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.reveal").order_by(AuditEntry.id))
    assert [(row.actor_id, row.reason, row.detail["what"]) for row in rows] == [
        (officer.id, "cocokkan dengan kartu", "kk"),
        (officer.id, "cocokkan dengan KTP", "nik"),
    ]


def test_a_nik_is_revealed_only_of_a_person_of_the_family(app: Flask) -> None:
    household, stranger = make.household(), register()
    with pytest.raises(NotFound), unit_of_work():
        privacy.reveal(household.id, Secret.NIK, "cocokkan dengan KTP", None, stranger.people[0].id)


def test_an_account_is_kept_sealed_and_read_back(app: Flask) -> None:
    household = register()
    account = rules.BankAccount("Bank Contoh", "1234567890", "Siti Contoh")
    with unit_of_work():
        service.set_bank(household.id, account, None)
    assert db.session.get_one(Household, household.id).bank_last4 == "7890"
    with unit_of_work():
        revealed = privacy.reveal(household.id, Secret.BANK, "bayar hasil penjualan", None)
    assert privacy.as_bank_account(revealed) == account


@pytest.mark.parametrize(
    "call",
    [
        lambda: service.set_trust(10**12, True, None),
        lambda: service.update_household(10**12, FAMILY, None),
        lambda: service.add_person(10**12, HEAD, None),
        lambda: service.record_departure(10**12, DAY, None),
        lambda: service.end_membership(10**12, DAY, None),
        lambda: service.end_enrolment(10**12, DAY, None),
        lambda: privacy.reveal(10**12, Secret.KK, "cocokkan dengan kartu", None),
    ],
)
def test_what_is_not_there_is_not_found(app: Flask, call: object) -> None:
    with pytest.raises(NotFound), unit_of_work():
        call()  # type: ignore[operator]
