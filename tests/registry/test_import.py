"""A list comes in, is looked at, applied and undone; twice is once, and undone is as before."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from marketplace.extensions import db
from marketplace.groups import forgetting
from marketplace.groups import service as groups
from marketplace.groups.models import Household, MemberRole, Person, RegistrySource, Relation
from marketplace.registry import service, work
from marketplace.registry.models import ImportState, Outcome, RegistryRow
from marketplace.shared import clock, personal
from marketplace.shared.errors import StateConflict
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.registry import listing
from tests.registry.listing import applied, checked, child, counts, fresh, row, undone, xlsx


def written() -> list[tuple[Any, ...]]:
    """Return all that is written down of families and people, without their ids and cipher texts."""
    db.session.rollback()
    families = db.session.scalars(select(Household).order_by(Household.id)).all()
    people = db.session.scalars(select(Person).order_by(Person.id)).all()
    return [
        *(
            (f.name, f.kk_hash, f.village_code, f.district_code, f.registry_source, f.decile, _address(f))
            for f in families
        ),
        *((p.household_id, p.name, p.nik_hash, p.relation, p.sex, p.born_on, p.wrse, p.left_on) for p in people),
    ]


def _address(family: Household) -> str:
    return personal.decrypt(family.address_encrypted, purpose="address")


def test_a_list_registers_families_and_their_people(app: Flask) -> None:
    made = applied(xlsx([row(1), child(2, of=1), row(3, desil="")]))
    assert (made.state, counts(made)) == (ImportState.APPLIED, (3, 0, 0, 0))
    first, second = db.session.scalars(select(Household).order_by(Household.kk_hash == "", Household.id)).all()
    assert {first.name, second.name} == {"Budi Contoh 1", "Budi Contoh 3"}
    assert {p.relation for p in first.people} == {Relation.HEAD, Relation.CHILD}
    assert (first.registry_source, first.decile, first.village_code) == (RegistrySource.P3KE, 2, listing.VILLAGE)
    assert (second.decile, _address(second)) == (None, "Jalan Contoh 3")


def test_the_same_file_twice_is_once(app: Flask) -> None:
    raw = xlsx([row(1), child(2, of=1), row(3)])
    applied(raw)
    before = written()
    again = checked(raw)
    assert counts(again) == (0, 0, 3, 0)
    with pytest.raises(StateConflict), unit_of_work():
        service.apply(again.id, make.user().id)
    assert written() == before


def test_what_a_newer_list_says_is_shown_and_changed(app: Flask) -> None:
    applied(xlsx([row(1), row(2), child(3, of=1)]))
    before = written()
    newer = applied(
        xlsx(
            [row(1, desil="4", desa="63.06.05.1002", nama="Budi Baru"), row(2, nama="BUDI  CONTOH 2"), child(4, of=2)]
        ),
        RegistrySource.DTSEN,
    )
    assert counts(newer) == (1, 2, 0, 0)
    family = db.session.scalars(select(Household).where(Household.name == "Budi Baru")).one()
    assert (family.decile, family.village_code, family.registry_source) == (4, "63.06.05.1002", RegistrySource.DTSEN)
    assert undone(newer.id).kept == 0
    assert written() == before


def test_undone_is_as_before(app: Flask) -> None:
    applied(xlsx([row(1), child(2, of=1)]))
    before = written()
    second = applied(xlsx([row(1, desil="7", alamat="Jalan Lain 5"), child(5, of=1), row(8), child(9, of=8)]))
    assert counts(second) == (3, 1, 0, 0)
    assert written() != before
    made = undone(second.id)
    assert (made.state, made.kept) == (ImportState.UNDONE, 0)
    assert written() == before
    with pytest.raises(StateConflict), unit_of_work():
        service.undo(second.id, make.user().id)


def _join(family: Household) -> None:
    groups.add_membership(make.group().id, family.id, MemberRole.MEMBER, make.LONG_AGO, None)


def _rename(family: Household) -> None:
    family.name = "Nama Lain"


def _add(family: Household) -> None:
    known = family.people[0]
    values = {"relation": Relation.CHILD, "sex": known.sex, "joined_on": known.joined_on}
    db.session.add(Person(household_id=family.id, name="Bayi", **values))


def _pay(family: Household) -> None:
    groups.set_bank(family.id, groups.rules.BankAccount("BRI", "123456789", "Budi"), None)


@pytest.mark.parametrize(
    ("touch", "against"), [(_join, "worked_on"), (_rename, "changed"), (_add, "people"), (_pay, "worked_on")]
)
def test_a_family_that_somebody_worked_on_stays_whole(app: Flask, touch: Any, against: str) -> None:
    made = applied(xlsx([row(1), child(2, of=1), row(3)]))
    family = db.session.scalars(select(Household).where(Household.name == "Budi Contoh 1")).one()
    if touch is _join:
        make.group()  # outside of the command
    db.session.rollback()
    with unit_of_work():
        touch(db.session.get_one(Household, family.id))
    after = undone(made.id)
    assert (after.state, after.kept) == (ImportState.UNDONE, 2)
    kept = db.session.scalars(select(RegistryRow).where(RegistryRow.undone.is_(False))).all()
    assert {each.against for each in kept} == {against}
    assert db.session.scalars(select(Household.id)).all() == [family.id]
    assert len(db.session.scalars(select(Person)).all()) == (3 if touch is _add else 2)


def test_a_family_in_use_stays_though_nobody_wrote_of_it(app: Flask) -> None:
    made = applied(xlsx([row(1)]))
    family = db.session.scalars(select(Household)).one()
    make.user(make.Role.SELLER, household_id=family.id)
    assert undone(made.id).kept == 1
    assert db.session.scalars(select(RegistryRow.against)).all() == ["used"]


def test_what_changed_after_the_preview_is_refused_not_written(app: Flask) -> None:
    made = checked(xlsx([row(1), row(2)]))
    with unit_of_work():
        groups.register_household(
            groups.rules.HouseholdContent("Lain", listing.kk(1), listing.VILLAGE, "Jl", RegistrySource.LOCAL, None),
            groups.rules.PersonContent("Lain", Relation.HEAD, make.LONG_AGO, listing.nik(77)),
            None,
        )
        service.apply(made.id, make.user().id)
    work.run()
    after = fresh(made.id)
    assert counts(after) == (1, 0, 0, 1)
    assert sorted(db.session.scalars(select(Household.name))) == ["Budi Contoh 2", "Lain"]


def test_nothing_of_a_list_lies_about_in_the_clear(app: Flask) -> None:
    made = checked(xlsx([row(1), row(2, nik="12")]))
    db.session.rollback()
    for table in ("registry_import", "registry_row"):
        kept = repr(db.session.execute(text(f"SELECT * FROM {table}")).all())
        for secret in (listing.kk(1), listing.nik(1), "Budi Contoh", "Jalan Contoh"):
            assert secret not in kept
    assert made.content_encrypted is None


def test_rows_are_deleted_after_the_offices_days(app: Flask) -> None:
    made = applied(xlsx([row(1)]))
    with unit_of_work():
        assert service.forget_old(clock.now()) == 0
    later = clock.now() + dt.timedelta(days=31)
    with unit_of_work():
        assert service.forget_old(later) == 1
    assert db.session.scalars(select(RegistryRow)).all() == []
    after = fresh(made.id)
    assert (after.state, after.forgotten_at is not None, after.new) == (ImportState.APPLIED, True, 1)
    with pytest.raises(StateConflict), unit_of_work():
        service.undo(made.id, make.user().id)


def test_a_worker_that_died_is_gone_on_from(app: Flask) -> None:
    raw = xlsx([row(number) for number in range(1, 8)])
    import_id = listing.uploaded(raw)
    work.CHUNK, kept = 3, work.CHUNK
    try:
        work.read(import_id)
        assert work.step(import_id)  # three rows are checked; then the worker dies
        work.run()
    finally:
        work.CHUNK = kept
    assert counts(fresh(import_id)) == (7, 0, 0, 0)
    assert len(set(db.session.scalars(select(RegistryRow.number)))) == 7
    work.read(import_id)
    assert not work.step(import_id)
    assert db.session.scalars(select(RegistryRow.outcome)).all() == [Outcome.NEW] * 7


def test_a_family_of_a_list_that_is_kept_is_not_forgotten_yet(app: Flask) -> None:
    applied(xlsx([row(1)]))
    family = db.session.scalars(select(Household)).one()
    assert any("imported list" in str(each) for each in forgetting.obstacles(family))
    with clock.at(clock.now() + dt.timedelta(days=31)), unit_of_work():
        service.forget_old(clock.now())
    assert not any("imported list" in str(each) for each in forgetting.obstacles(family))
