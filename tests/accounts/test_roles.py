"""Who may give which role for what, and look after whose account: the whole table."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts import queries, rules, scopes, service
from marketplace.accounts.models import RoleAssignment, User
from marketplace.accounts.rules import Held, Place
from marketplace.accounts.service import Profile
from marketplace.areas.models import Area
from marketplace.extensions import db
from marketplace.groups.models import Membership
from marketplace.shared.audit import AuditEntry
from marketplace.shared.errors import Forbidden, InvalidInput, NotFound
from marketplace.shared.policy import AREA_ROLES, GROUP_ROLES, Grant, Role
from marketplace.shared.transaction import unit_of_work
from tests import make

HOME, AWAY, PROVINCE = "63.06", "63.07", "63"
HOME_VILLAGE, AWAY_VILLAGE = "63.06.05.1001", "63.07.01.1001"


class Somebody:
    """An actor with plain grants."""

    def __init__(self, *grants: Grant) -> None:
        self.grants = grants


def place_for(role: Role, *, inside: bool) -> Place:
    """Return a place that fits a role: in the actor's regency and group, or in neither."""
    village, group = (HOME_VILLAGE, 1) if inside else (AWAY_VILLAGE, 2)
    groups = frozenset({group})
    if role in GROUP_ROLES:
        return Place("", village, group_id=group, group_ids=groups)
    if role is Role.SELLER:
        return Place("", village, household_id=10 + group, group_ids=groups)
    code = village[:5]
    return Place("", code, area_code=code)


def actor_with(role: Role) -> Somebody:
    """Return somebody who holds a role in the home regency, for group 1 or household 11."""
    if role in AREA_ROLES:
        return Somebody(Grant(role, area_code=HOME))
    if role in GROUP_ROLES:
        return Somebody(Grant(role, group_id=1))
    return Somebody(Grant(role, household_id=11 if role is Role.SELLER else None))


ALLOWED = {(Role.ADMINISTRATOR, role) for role in Role if role is not Role.BUYER} | {
    (Role.MENTOR, Role.SELLER),
    (Role.MENTOR, Role.GROUP_OFFICER),
}


@pytest.mark.parametrize("given", Role)
@pytest.mark.parametrize("holder", Role)
@pytest.mark.parametrize("inside", [True, False])
def test_every_role_by_every_role(holder: Role, given: Role, inside: bool) -> None:
    expected = inside and (holder, given) in ALLOWED
    assert rules.may_give(actor_with(holder), given, place_for(given, inside=inside)) is expected


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("shape", ["area", "group", "household"])
def test_a_role_fits_one_kind_of_place(role: Role, shape: str) -> None:
    place = {
        "area": Place("", HOME, area_code=HOME),
        "group": Place("", HOME_VILLAGE, group_id=1, group_ids=frozenset({1})),
        "household": Place("", HOME_VILLAGE, household_id=11, group_ids=frozenset({1})),
    }[shape]
    kinds = {"area": AREA_ROLES, "group": GROUP_ROLES, "household": {Role.SELLER}}
    assert rules.may_give(actor_with(Role.ADMINISTRATOR), role, place) is (role in kinds[shape])


@pytest.mark.parametrize(("code", "may"), [("63.06", True), ("63.06.05", True), ("63", False), ("63.0", False)])
def test_nobody_gives_more_than_his_own_area(code: str, may: bool) -> None:
    place = Place("", code, area_code=code)
    assert rules.may_give(actor_with(Role.ADMINISTRATOR), Role.CURATOR, place) is may


HELD = {
    "seller here": [Held(Role.SELLER, place_for(Role.SELLER, inside=True))],
    "seller there": [Held(Role.SELLER, place_for(Role.SELLER, inside=False))],
    "curator here": [Held(Role.CURATOR, place_for(Role.CURATOR, inside=True))],
    "administrator of the province": [Held(Role.ADMINISTRATOR, Place("", PROVINCE, area_code=PROVINCE))],
    "seller here and curator here": [
        Held(Role.SELLER, place_for(Role.SELLER, inside=True)),
        Held(Role.CURATOR, place_for(Role.CURATOR, inside=True)),
    ],
    "seller here and curator there": [
        Held(Role.SELLER, place_for(Role.SELLER, inside=True)),
        Held(Role.CURATOR, place_for(Role.CURATOR, inside=False)),
    ],
    "buyer": [Held(Role.BUYER, None)],
    "buyer and seller here": [Held(Role.BUYER, None), Held(Role.SELLER, place_for(Role.SELLER, inside=True))],
    "nothing": [],
}
LOOKED_AFTER = {
    Role.ADMINISTRATOR: {
        "seller here",
        "curator here",
        "seller here and curator here",
        "buyer",
        "buyer and seller here",
        "nothing",
    },
    Role.MENTOR: {"seller here"},
}


@pytest.mark.parametrize("holder", Role)
@pytest.mark.parametrize("held", HELD)
def test_an_account_is_looked_after_only_by_who_could_give_all_of_it(holder: Role, held: str) -> None:
    expected = held in LOOKED_AFTER.get(holder, set())
    assert rules.may_look_after(actor_with(holder), HELD[held]) is expected


@pytest.mark.parametrize("holder", Role)
def test_what_is_offered_is_what_may_be_given(holder: Role) -> None:
    offered = set(rules.givable(actor_with(holder)))
    assert offered == {given for actor, given in ALLOWED if actor is holder}


@pytest.fixture
def office(app: Flask) -> dict[str, Any]:
    """Return a group with a household, its mentor, and an administrator."""
    group = make.group()
    household = make.household(group)
    return {
        "group": group,
        "household": household,
        "administrator": make.user(Role.ADMINISTRATOR),
        "mentor": make.user(Role.MENTOR, group_id=group.id),
        "somebody": make.user(Role.BUYER),
    }


def household_place(household_id: int) -> Place:
    return scopes.scopes().households([household_id])[household_id]


def give(actor: User | None, user: User, role: Role, place: Place) -> RoleAssignment:
    with unit_of_work():
        return service.grant_role(user.id, role, place, actor)


def test_a_role_is_given_once_with_a_trace(office: dict[str, Any]) -> None:
    place = household_place(office["household"].id)
    first = give(office["mentor"], office["somebody"], Role.SELLER, place)
    second = give(office["administrator"], office["somebody"], Role.SELLER, place)
    assert first.id == second.id
    assert (first.household_id, first.given_by_id) == (office["household"].id, office["mentor"].id)
    trace = db.session.scalars(select(AuditEntry)).one()
    assert (trace.action, trace.subject_id, trace.detail["role"]) == ("role.give", office["somebody"].id, "seller")


def test_the_say_of_a_mentor_ends_with_the_membership(office: dict[str, Any]) -> None:
    with unit_of_work():
        for membership in db.session.scalars(select(Membership)):
            membership.ends_on = dt.date(2021, 1, 1)
    place = household_place(office["household"].id)
    with pytest.raises(Forbidden):
        give(office["mentor"], office["somebody"], Role.SELLER, place)
    assert give(office["administrator"], office["somebody"], Role.SELLER, place).id


def test_nobody_changes_his_own_roles(office: dict[str, Any]) -> None:
    me = office["administrator"]
    own = me.assignments[0].id
    with pytest.raises(Forbidden):
        give(me, me, Role.TREASURER, scopes.place_of_area(HOME))
    with pytest.raises(Forbidden), unit_of_work():
        service.end_role(own, me)
    assert [grant.role for grant in me.grants] == [Role.ADMINISTRATOR]


def test_an_ended_role_is_gone_at_once_and_may_be_given_again(office: dict[str, Any]) -> None:
    place = household_place(office["household"].id)
    assignment = give(office["mentor"], office["somebody"], Role.SELLER, place)
    with unit_of_work():
        service.end_role(assignment.id, office["mentor"])
    assert Role.SELLER not in {grant.role for grant in office["somebody"].grants}
    again = give(office["mentor"], office["somebody"], Role.SELLER, place)
    assert again.id != assignment.id
    assert Role.SELLER in {grant.role for grant in office["somebody"].grants}


def test_a_role_is_ended_only_by_who_could_give_it(office: dict[str, Any]) -> None:
    stranger = make.user(Role.ADMINISTRATOR, area_code=AWAY)
    curator = make.user(Role.CURATOR)
    for actor in (stranger, office["mentor"]):
        with pytest.raises(Forbidden), unit_of_work():
            service.end_role(curator.assignments[0].id, actor)
    with pytest.raises(NotFound), unit_of_work():
        service.end_role(2**40, office["administrator"])


def test_a_mentor_cannot_take_over_an_account_by_giving_it_a_role(office: dict[str, Any]) -> None:
    curator = make.user(Role.CURATOR)
    give(office["mentor"], curator, Role.SELLER, household_place(office["household"].id))
    assert not queries.may_look_after(office["mentor"], curator)
    with pytest.raises(Forbidden), unit_of_work():
        service.make_code(curator.id, office["mentor"])
    with pytest.raises(Forbidden), unit_of_work():
        service.set_active(curator.id, False, office["mentor"])


def test_a_new_user_has_no_password_and_needs_a_free_phone(office: dict[str, Any]) -> None:
    place = household_place(office["household"].id)
    profile = Profile("Siti", "+6281234567890")
    with unit_of_work():
        user = service.create_user(profile, Role.SELLER, place, office["mentor"])
    assert user.password_hash is None
    with pytest.raises(InvalidInput) as taken, unit_of_work():
        service.create_user(profile, Role.SELLER, place, office["mentor"])
    assert taken.value.field == "phone"


def test_a_refused_role_leaves_no_account_behind(office: dict[str, Any]) -> None:
    before = len(db.session.scalars(select(User)).all())
    with pytest.raises(Forbidden), unit_of_work():
        service.create_user(
            Profile("Siti", "+6281234567890"), Role.CURATOR, scopes.place_of_area(HOME), office["mentor"]
        )
    assert len(db.session.scalars(select(User)).all()) == before


def test_the_installation_itself_makes_the_first_administrator(app: Flask) -> None:
    runner = app.test_cli_runner()
    made = runner.invoke(
        args=["accounts", "administrator", "--name", "Dewi", "--phone", "0812 3456 7890", "--area", HOME]
    )
    user = db.session.scalars(select(User)).one()
    assert made.exit_code == 0, made.output
    assert [(g.role, g.area_code) for g in user.grants] == [(Role.ADMINISTRATOR, HOME)]
    for wrong in (["--phone", "12", "--area", HOME], ["--phone", "081299999999", "--area", "99.99"]):
        assert runner.invoke(args=["accounts", "administrator", "--name", "X", *wrong]).exit_code != 0
    assert len(db.session.scalars(select(User)).all()) == 1


def test_roles_begin_and_end_by_the_local_day(app: Flask) -> None:
    import time_machine

    user = make.user(Role.CURATOR)
    with unit_of_work():
        user.assignments[0].starts_on = dt.date(2026, 11, 22)
    with time_machine.travel(dt.datetime(2026, 11, 21, 15, 59, tzinfo=dt.UTC)):
        assert user.grants == ()
    with time_machine.travel(dt.datetime(2026, 11, 21, 16, 1, tzinfo=dt.UTC)):
        assert len(user.grants) == 1
    assert db.session.get(Area, HOME) is not None
