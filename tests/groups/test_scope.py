"""Who finds which group and which family: every role, in and out of its scope."""

import datetime as dt

import pytest
from flask import Flask

from marketplace.extensions import db
from marketplace.groups import queries
from marketplace.groups.models import Membership
from marketplace.shared.errors import NotFound
from marketplace.shared.policy import AREA_ROLES, GROUP_ROLES, MAKERS, OFFICERS, Role
from tests import make

AREAS = {"63": True, "63.06": True, "63.06.05": True, make.VILLAGE: True, "63.06.06": False, "63.07": False, "6": False}
FAMILY_OFFICERS = {Role.MENTOR, Role.CURATOR, Role.VERIFIER, Role.HEAD, Role.ADMINISTRATOR}


def sees(find: object, *args: object) -> bool:
    try:
        find(*args)  # type: ignore[operator]
    except NotFound:
        return False
    return True


class Somebody:
    """An actor with one role, without an account."""

    def __init__(self, role: Role, **scope: object) -> None:
        from marketplace.shared.policy import Grant

        self.grants = (Grant(role, **scope),)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", sorted(AREA_ROLES))
@pytest.mark.parametrize("area", sorted(AREAS))
def test_area_roles_see_their_area(app: Flask, role: Role, area: str) -> None:
    group = make.group()
    household = make.household(group)
    actor = Somebody(role, area_code=area)
    assert sees(queries.get_group_for, actor, group.id) is AREAS[area]
    sees_families = AREAS[area] and area != "63" and role in FAMILY_OFFICERS
    assert sees(queries.get_household_for, actor, household.id) is sees_families
    listed = [row.Group.id for row in db.session.execute(queries.list_groups(actor))]
    assert listed == ([group.id] if AREAS[area] else [])


@pytest.mark.parametrize("role", sorted(GROUP_ROLES))
@pytest.mark.parametrize("own", [True, False])
def test_group_roles_see_their_group(app: Flask, role: Role, own: bool) -> None:
    group, other = make.group(), make.group()
    household = make.household(group)
    actor = Somebody(role, group_id=group.id if own else other.id)
    assert sees(queries.get_group_for, actor, group.id) is own
    assert sees(queries.get_group_for, actor, group.id, OFFICERS) is (own and role is Role.MENTOR)
    assert sees(queries.get_household_for, actor, household.id) is (own and role is Role.MENTOR)


@pytest.mark.parametrize("own", [True, False])
def test_a_seller_sees_his_groups_and_his_family(app: Flask, own: bool) -> None:
    group = make.group()
    household, other = make.household(group), make.household(make.group())
    actor = Somebody(Role.SELLER, household_id=household.id if own else other.id)
    assert sees(queries.get_group_for, actor, group.id) is own
    assert sees(queries.get_group_for, actor, group.id, OFFICERS) is False
    assert sees(queries.get_household_for, actor, household.id) is False
    assert sees(queries.get_household_for, actor, household.id, MAKERS) is own


def test_a_buyer_sees_nothing(app: Flask) -> None:
    group = make.group()
    household = make.household(group)
    buyer = Somebody(Role.BUYER)
    assert not sees(queries.get_group_for, buyer, group.id)
    assert not sees(queries.get_household_for, buyer, household.id)


def test_a_mentor_loses_sight_of_a_family_that_left_his_group(app: Flask) -> None:
    group, household = make.group(), make.household()
    make.add(
        Membership(
            group_id=group.id,
            household_id=household.id,
            starts_on=dt.date(2020, 1, 1),
            ends_on=queries.today() - dt.timedelta(days=1),
        )
    )
    assert not sees(queries.get_household_for, Somebody(Role.MENTOR, group_id=group.id), household.id)


def search(actor: Somebody, text: str) -> list[str]:
    return [household.name for household in db.session.scalars(queries.search_households(actor, text))]  # type: ignore[arg-type]


def test_families_are_found_by_what_is_known_of_them(app: Flask) -> None:
    make.household(name="Rahmi Contoh", kk_last4="0417")
    head = Somebody(Role.HEAD, area_code="63.06")
    assert search(head, "rahm") == ["Rahmi Contoh"]
    assert search(head, "0417") == ["Rahmi Contoh"]
    assert search(head, "orang") == ["Rahmi Contoh"]
    for too_little in ("", "ra", "%%%", "___", "r%a", "417", "04170", "a1b"):
        assert search(head, too_little) == []
    assert search(Somebody(Role.HEAD, area_code="63.07"), "rahm") == []
