"""Grants cover what lies in their scope, and every route has to say whom it admits."""

import pytest
from flask import Flask

from marketplace.shared.policy import (
    AREA_ROLES,
    GROUP_ROLES,
    PUBLIC,
    SIGNED_IN,
    Access,
    Grant,
    Role,
    UnguardedRoute,
    access,
    area_holds,
    areas_of,
    check_all_guarded,
    groups_of,
    has_role,
    households_of,
    may,
    roles,
)


class Somebody:
    def __init__(self, *grants: Grant) -> None:
        self.grants = grants


@pytest.mark.parametrize(
    ("outer", "inner", "holds"),
    [
        ("63.06", "63.06", True),
        ("63.06", "63.06.05", True),
        ("63.06", "63.06.05.1001", True),
        ("63", "63.06", True),
        ("63.06", "63", False),
        ("63.06", "63.07", False),
        ("63.0", "63.06", False),
        ("6", "63", False),
        ("63.06.05", "63.06.051", False),
    ],
)
def test_an_area_holds_what_its_code_begins(outer: str, inner: str, holds: bool) -> None:
    assert area_holds(outer, inner) is holds


THING = {"area_code": "63.06.05.1001", "group_id": 7, "household_id": 9}


@pytest.mark.parametrize(
    ("grant", "covers"),
    [
        (Grant(Role.MENTOR, group_id=7), True),
        (Grant(Role.MENTOR, group_id=8), False),
        (Grant(Role.MENTOR, area_code="63.06"), True),
        (Grant(Role.MENTOR, area_code="63.07"), False),
        (Grant(Role.MENTOR, household_id=9), True),
        (Grant(Role.MENTOR, household_id=7), False),
        (Grant(Role.MENTOR), False),
        (Grant(Role.CURATOR, area_code="63.06"), False),
    ],
)
def test_a_grant_covers_its_own_scope(grant: Grant, covers: bool) -> None:
    assert may(Somebody(grant), {Role.MENTOR}, **THING) is covers


def test_a_thing_without_a_place_is_covered_by_nobody() -> None:
    grants = [Grant(Role.MENTOR, area_code="63"), Grant(Role.MENTOR, group_id=7), Grant(Role.MENTOR, household_id=9)]
    assert not may(Somebody(*grants), {Role.MENTOR})
    assert not may(Somebody(), {Role.MENTOR}, **THING)


def test_scopes_are_listed_by_role_once_and_sorted() -> None:
    actor = Somebody(
        Grant(Role.CURATOR, area_code="63.07"),
        Grant(Role.CURATOR, area_code="63.06"),
        Grant(Role.HEAD, area_code="63.06"),
        Grant(Role.PACKER, area_code="11"),
        Grant(Role.MENTOR, group_id=2),
        Grant(Role.SELLER, household_id=3),
    )
    assert areas_of(actor, {Role.CURATOR, Role.HEAD}) == ["63.06", "63.07"]
    assert groups_of(actor, GROUP_ROLES) == [2]
    assert households_of(actor, {Role.SELLER}) == [3]
    assert areas_of(actor, {Role.MENTOR}) == []


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("signed_in", [True, False])
def test_access_admits_by_role(role: Role, signed_in: bool) -> None:
    actor = Somebody(Grant(role)) if signed_in else Somebody()
    assert PUBLIC.admits(actor, signed_in=signed_in)
    assert SIGNED_IN.admits(actor, signed_in=signed_in) is signed_in
    rule = roles(Role.MENTOR, AREA_ROLES)
    assert rule.admits(actor, signed_in=signed_in) is (signed_in and role in AREA_ROLES | {Role.MENTOR})
    assert has_role(actor, [role]) is signed_in


@pytest.mark.parametrize(
    ("rule", "role", "hidden"),
    [
        (roles(Role.TREASURER), Role.PACKER, False),
        (roles(Role.TREASURER), Role.MENTOR, False),
        (roles(Role.TREASURER), Role.SELLER, True),
        (roles(Role.TREASURER), Role.BUYER, True),
        (roles(Role.SELLER), Role.GROUP_OFFICER, False),
        (roles(Role.SELLER), Role.HEAD, True),
        (roles(Role.SELLER, Role.CURATOR), Role.HEAD, False),
        (roles(Role.SELLER, Role.CURATOR), Role.BUYER, True),
    ],
)
def test_pages_are_hidden_from_who_has_no_business_on_their_side(rule: Access, role: Role, hidden: bool) -> None:
    assert rule.hides_from(Somebody(Grant(role))) is hidden


def test_an_application_with_a_bare_route_does_not_start() -> None:
    app = Flask("bare")

    @app.route("/guarded")
    @access(PUBLIC)
    def guarded() -> str:
        return ""

    check_all_guarded(app)

    @app.route("/bare")
    def bare() -> str:
        return ""

    with pytest.raises(UnguardedRoute, match="bare"):
        check_all_guarded(app)
