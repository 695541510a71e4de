"""Find groups and families: the statement that fetches also holds what the actor may see."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload, selectinload

from ..areas import queries as areas
from ..areas.models import Area, Level
from ..extensions import db
from ..shared import clock, personal
from ..shared.errors import NotFound
from ..shared.policy import (
    MAKERS,
    OFFICERS,
    Actor,
    Role,
    area_holds,
    areas_of,
    areas_of_families,
    groups_of,
    households_of,
)
from .models import BusinessKind, Group, Household, MemberRole, Membership, Person

FAMILY_OFFICERS = frozenset({Role.MENTOR, Role.CURATOR, Role.VERIFIER, Role.HEAD, Role.ADMINISTRATOR})
"""Who may look up families: money and parcels are handled without it."""
SHORTEST_NAME = 3
LAST_DIGITS = 4


def today() -> dt.date:
    """Return the day it is in the home area: memberships and roles are in force by it."""
    return clock.today(areas.time_zone(areas.home_code()))


def membership_in_force(day: dt.date) -> ColumnElement[bool]:
    """Return the condition that a membership holds on a day."""
    return and_(Membership.starts_on <= day, or_(Membership.ends_on.is_(None), Membership.ends_on >= day))


def _within(column: InstrumentedAttribute[str], codes: Iterable[str]) -> ColumnElement[bool]:
    return or_(false(), *(or_(column == code, column.startswith(code + ".")) for code in codes))


def visible_groups(actor: Actor, roles: Iterable[Role]) -> Select[Any]:
    """Return the SELECT of the groups that one of these roles of the actor covers.

    A role for an area covers the groups in it, a role for a household the groups it is a member of today.
    """
    member = exists().where(
        Membership.group_id == Group.id,
        Membership.household_id.in_(households_of(actor, roles)),
        membership_in_force(today()),
    )
    covered = or_(_within(Group.village_code, areas_of(actor, roles)), Group.id.in_(groups_of(actor, roles)), member)
    return select(Group).where(covered)


def get_group_for(actor: Actor, group_id: int, roles: Iterable[Role] = OFFICERS | MAKERS) -> Group:
    """Return a group with its village and district. Raises NotFound for who has none of the roles for it."""
    statement = visible_groups(actor, roles).where(Group.id == group_id)
    group: Group | None = db.session.scalar(statement.options(joinedload(Group.village), joinedload(Group.district)))
    if group is None:
        raise NotFound
    return group


def sees_members(actor: Actor, group: Group, roles: Iterable[Role] = OFFICERS | MAKERS) -> bool:
    """Tell whether an actor who sees a group may read which families are in it: not by a role for a province."""
    near = any(area_holds(code, group.village_code) for code in areas_of_families(actor, roles))
    return near or group.id in groups_of(actor, roles) or bool(households_of(actor, roles))


def group_by_slug(slug: str) -> Group | None:
    """Return the group with a slug and its village and district, for the public page."""
    statement = select(Group).where(Group.slug == slug)
    return db.session.scalar(statement.options(joinedload(Group.village), joinedload(Group.district)))


def list_groups(
    actor: Actor, *, text: str = "", district_code: str = "", kind: BusinessKind | None = None
) -> Select[Any]:
    """Return the SELECT of (group, number of member families today) for an officer's list, by name."""
    members = (
        select(func.count(Membership.household_id.distinct()))
        .where(Membership.group_id == Group.id, membership_in_force(today()))
        .scalar_subquery()
    )
    statement = visible_groups(actor, OFFICERS).add_columns(members.label("members"))
    if text:
        statement = statement.where(Group.name.icontains(text, autoescape=True))
    if district_code:
        statement = statement.where(Group.district_code == district_code)
    if kind is not None:
        statement = statement.where(Group.business_kind == kind)
    return statement.options(joinedload(Group.village)).order_by(Group.name, Group.id)


def districts_of_groups(actor: Actor, roles: Iterable[Role] = OFFICERS) -> list[tuple[str, str]]:
    """Return (code, name) of the districts that have groups the actor sees."""
    codes = visible_groups(actor, roles).with_only_columns(Group.district_code)
    rows = db.session.execute(select(Area.code, Area.name).where(Area.code.in_(codes)).order_by(Area.name))
    return [(code, name) for code, name in rows]


def members_of(group_id: int) -> list[Membership]:
    """Return all memberships of a group, past ones too, with household and who attends: offices first, by name."""
    statement = select(Membership).where(Membership.group_id == group_id).join(Membership.household)
    statement = statement.options(contains_eager(Membership.household), joinedload(Membership.person))
    rank = case({role.value: place for place, role in enumerate(MemberRole)}, value=Membership.role)
    return list(db.session.scalars(statement.order_by(rank, Household.name, Membership.id)))


def households_of_group(group_id: int, on: dt.date) -> list[Household]:
    """Return the member families of a group on a day, by name."""
    member = exists().where(
        Membership.household_id == Household.id, Membership.group_id == group_id, membership_in_force(on)
    )
    return list(db.session.scalars(select(Household).where(member).order_by(Household.name, Household.id)))


def visible_households(actor: Actor, roles: Iterable[Role] = FAMILY_OFFICERS) -> Select[Any]:
    """Return the SELECT of the families that one of these roles of the actor covers.

    A role for a group covers the families that are its members today, one for a province none.
    """
    member = exists().where(
        Membership.household_id == Household.id,
        Membership.group_id.in_(groups_of(actor, roles)),
        membership_in_force(today()),
    )
    covered = or_(
        _within(Household.village_code, areas_of_families(actor, roles)),
        Household.id.in_(households_of(actor, roles)),
        member,
    )
    return select(Household).where(covered)


def get_household_for(actor: Actor, household_id: int, roles: Iterable[Role] = FAMILY_OFFICERS) -> Household:
    """Return a family with its village and district. Raises NotFound for who has none of the roles for it."""
    return _household(visible_households(actor, roles).where(Household.id == household_id))


def get_family_for(actor: Actor, household_id: int, roles: Iterable[Role] = FAMILY_OFFICERS) -> Household:
    """Return a family with its people, memberships and programmes too. Raises NotFound like `get_household_for`."""
    statement = visible_households(actor, roles).where(Household.id == household_id)
    loaders = (
        selectinload(Household.people),
        selectinload(Household.memberships).joinedload(Membership.group),
        selectinload(Household.enrolments),
    )
    return _household(statement.options(*loaders))


def _household(statement: Select[Any]) -> Household:
    household: Household | None = db.session.scalar(
        statement.options(joinedload(Household.village), joinedload(Household.district))
    )
    if household is None:
        raise NotFound
    return household


def is_last_digits(text: str) -> bool:
    """Tell whether a search is for the last four digits of a number."""
    return len(text) == LAST_DIGITS and text.isascii() and text.isdigit()


def person_fits(text: str) -> ColumnElement[bool]:
    """Return the condition that a search for a text is for a person: a part of his name, or his NIK's last digits."""
    return Person.nik_last4 == text if is_last_digits(text) else Person.name.icontains(text, autoescape=True)


def search_households(actor: Actor, text: str) -> Select[Any]:
    """Return the SELECT of families by a part of a name, or by the last four digits of KK or NIK.

    Families whose head or card fits come before those of whom only another person does. Nothing is found by less:
    families are looked up, not browsed.
    """
    statement = visible_households(actor)
    if not is_last_digits(text) and sum(letter.isalpha() for letter in text) < SHORTEST_NAME:
        return statement.where(false())
    own = Household.kk_last4 == text if is_last_digits(text) else Household.name.icontains(text, autoescape=True)
    person = exists().where(Person.household_id == Household.id, person_fits(text))
    ordered = statement.where(or_(own, person)).order_by(case((own, 0), else_=1), Household.name, Household.id)
    return ordered.options(joinedload(Household.village), joinedload(Household.district))


def find_by_number(actor: Actor, number: str) -> tuple[Household, Person | None] | None:
    """Return the family that a full KK number or a NIK names, if the actor covers it; with the person of the NIK."""
    of_nik = and_(
        Person.household_id == Household.id,
        Person.nik_hash == personal.lookup_hash(number, purpose="nik"),
        Person.left_on.is_(None),
    )
    by_kk = Household.kk_hash == personal.lookup_hash(number, purpose="kk")
    statement = visible_households(actor).outerjoin(Person, of_nik).where(or_(by_kk, Person.id.is_not(None)))
    row = db.session.execute(statement.add_columns(Person)).first()
    return None if row is None else (row[0], row[1])


def find_by_kk(number: str, regency_code: str) -> Household | None:
    """Return the family of a KK number in a regency, whoever asks: to know the number is to know the family."""
    kk_hash = personal.lookup_hash(number, purpose="kk")
    return db.session.scalar(
        select(Household).where(Household.kk_hash == kk_hash, Household.regency_code == regency_code)
    )


def villages_in(codes: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the loaded villages of areas as (code, name) under the name of their district."""
    village, district = Area, select(Area).where(Area.level == Level.DISTRICT).subquery()
    rows = db.session.execute(
        select(district.c.name, village.code, village.name)
        .join(district, village.parent_code == district.c.code)
        .where(village.level == Level.VILLAGE, _within(village.code, codes))
        .order_by(district.c.name, village.name)
    )
    grouped: dict[str, list[tuple[str, str]]] = {}
    for district_name, code, name in rows:
        grouped.setdefault(district_name, []).append((code, name))
    return grouped
