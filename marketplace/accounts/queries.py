"""Look up accounts."""

from functools import lru_cache

from sqlalchemy import ColumnElement, Row, Select, bindparam, or_, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..shared.errors import NotFound
from ..shared.fields import as_phone
from ..shared.policy import AREA_ROLES, Role, has_role
from . import rules, scopes
from .models import RoleAssignment, User

SHORTEST_SEARCH = 2


def get_user(user_id: int) -> User:
    """Return a user. Raises NotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound
    return user


def find_for_session(user_id: int) -> User | None:
    """Return a user with his roles in one query: it runs on every request of somebody signed in."""
    return db.session.scalars(_for_session(), {"id": user_id}).unique().one_or_none()


@lru_cache(maxsize=1)
def _for_session() -> Select[User]:
    return select(User).where(User.id == bindparam("id")).options(joinedload(User.assignments))


def session_facts(user_id: int) -> Row[bool, int, str] | None:
    """Return whether an account is active, its session epoch and its language: all that a kept page has to know."""
    return db.session.execute(_facts(), {"id": user_id}).one_or_none()


@lru_cache(maxsize=1)
def _facts() -> Select[bool, int, str]:
    return select(User.is_active, User.session_epoch, User.locale).where(User.id == bindparam("id"))


def normal_identifier(text: str) -> str:
    """Return what somebody signs in with in the form it is stored: `+62…`, or an address in lower case."""
    return as_phone(text) or text.strip().lower()


def find_by_identifier(identifier: str) -> User | None:
    """Return the user with this phone number or e-mail address."""
    column = User.email if "@" in identifier else User.phone
    return db.session.scalar(select(User).where(column == identifier))


def get_user_for(actor: User, user_id: int) -> User:
    """Return a user whom the actor may see: of his area or groups, given a role by him, or a mere buyer.

    Raises NotFound for all others.
    """
    statement = select(User).where(User.id == user_id, or_(_visible(actor), _is_mere_buyer(actor)))
    user = db.session.scalar(statement)
    if user is None:
        raise NotFound
    return user


def search_users(actor: User, text: str, role: Role | None) -> Select[User] | None:
    """Return a SELECT of the users an actor may see, by name; None when too little is asked.

    Officers may be listed by role alone; makers are poor families, and are found, not browsed. A buyer is found by
    his whole number only, so that he can be helped with a new password.
    """
    text = text.strip()
    if len(text) < SHORTEST_SEARCH and role not in AREA_ROLES | {Role.MENTOR}:
        return None
    statement = select(User).where(_matches(actor, text))
    if role is not None:
        statement = statement.where(User.assignments.any(RoleAssignment.role == role))
    return statement.order_by(User.name, User.id)


def _matches(actor: User, text: str) -> ColumnElement[bool]:
    phone = as_phone(text)
    if phone is not None:
        return (User.phone == phone) & or_(_visible(actor), _is_mere_buyer(actor))
    return _visible(actor) & or_(User.name.icontains(text, autoescape=True), User.email == text.lower())


def _visible(actor: User) -> ColumnElement[bool]:
    bounds = scopes.within(actor)
    groups, households = scopes.scopes().ids_within(bounds)
    places = [
        RoleAssignment.given_by_id == actor.id,
        RoleAssignment.group_id.in_(groups),
        RoleAssignment.household_id.in_(households),
        *(RoleAssignment.area_code == code for code in bounds.area_codes),
        *(RoleAssignment.area_code.startswith(code + ".") for code in bounds.area_codes),
    ]
    return User.assignments.any(or_(*places))


def _is_mere_buyer(actor: User) -> ColumnElement[bool]:
    if not has_role(actor, {Role.ADMINISTRATOR}):
        return User.id == actor.id
    return ~User.assignments.any(RoleAssignment.role != Role.BUYER)


def may_look_after(actor: User, user: User) -> bool:
    """Tell whether the actor may make a code for this account, or close it; never for his own."""
    if user.id == actor.id:
        return False
    in_force = user.current_assignments()
    places = scopes.places_of(in_force)
    return rules.may_look_after(actor, [places.held(row) for row in in_force])
