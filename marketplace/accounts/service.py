"""Make accounts, give and end roles, make and use one-time codes, set passwords.

`actor` is who does it; None stands for the installation itself (command line, demo), which may do everything.
Passwords come hashed: hashing is slow and is done before the command begins.
"""

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..shared import audit, clock, personal
from ..shared.errors import Forbidden, InvalidInput, NotFound
from ..shared.i18n import _l
from ..shared.policy import Role
from ..shared.transaction import command
from . import queries, rules, scopes
from .models import CodePurpose, OneTimeCode, RoleAssignment, User, today
from .rules import Place
from .tries import Guess, judge


@dataclass(frozen=True)
class Profile:
    """What an account says of its person; phone as `+62…`, e-mail in lower case."""

    name: str
    phone: str | None
    email: str | None = None
    office_name: str = ""
    locale: str = "id"


@command
def register_buyer(profile: Profile, password_hash: str) -> User:
    """Make a buyer's account at his own wish. Raises InvalidInput when phone or e-mail is taken."""
    user = _add_user(profile, password_hash)
    user.assignments.append(RoleAssignment(role=Role.BUYER, starts_on=today()))
    return user


@command
def create_user(profile: Profile, role: Role, place: Place, actor: User | None) -> User:
    """Make an account with its first role and no password yet: its person sets that by a code (`make_code`).

    Raises InvalidInput when phone or e-mail is taken, Forbidden when the role is not the actor's to give.
    """
    user = _add_user(profile, None)
    grant_role(user.id, role, place, actor)
    return user


def _add_user(profile: Profile, password_hash: str | None) -> User:
    user = User(password_hash=password_hash, **vars(profile))
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        raise _taken(profile) from None
    return user


def _taken(profile: Profile) -> InvalidInput:
    """Say whether it was the phone or the e-mail: the database names its constraint in its own words."""
    if profile.phone and db.session.scalar(select(User.id).where(User.phone == profile.phone)):
        return InvalidInput(_l("There is an account with this phone number already."), field="phone")
    return InvalidInput(_l("There is an account with this e-mail address already."), field="email")


@command
def grant_role(
    user_id: int, role: Role, place: Place, actor: User | None, starts_on: dt.date | None = None
) -> RoleAssignment:
    """Give a role from a day (today) on; the same role for the same place in force is returned as it is.

    Raises Forbidden when it is not the actor's to give, or the account is his own.
    """
    user = queries.get_user(user_id)
    _check_may_give(actor, user, role, place)
    wanted = (role, place.area_code, place.group_id, place.household_id)
    for held in user.current_assignments():
        if (held.role, held.area_code, held.group_id, held.household_id) == wanted:
            return held
    assignment = RoleAssignment(
        role=role,
        area_code=place.area_code,
        group_id=place.group_id,
        household_id=place.household_id,
        starts_on=starts_on or today(),
        given_by_id=actor.id if actor else None,
    )
    user.assignments.append(assignment)
    db.session.flush()  # the audit row names its id
    _record(actor, "role.give", user, role=role.value, assignment_id=assignment.id)
    return assignment


@command
def end_role(assignment_id: int, actor: User | None) -> None:
    """End a role at once. Raises NotFound, or Forbidden when it is not the actor's to end."""
    assignment = db.session.get(RoleAssignment, assignment_id)
    place = scopes.places_of([assignment]).of(assignment) if assignment else None
    if assignment is None or place is None:
        raise NotFound
    _check_may_give(actor, assignment.user, assignment.role, place)
    yesterday = today() - dt.timedelta(days=1)
    if assignment.ends_on is None or assignment.ends_on > yesterday:
        assignment.ends_on = yesterday
        _record(actor, "role.end", assignment.user, role=assignment.role.value, assignment_id=assignment.id)


def _check_may_give(actor: User | None, user: User, role: Role, place: Place) -> None:
    if actor is None:
        return
    if actor.id == user.id:
        raise Forbidden(_l("Nobody changes his own roles. Ask another administrator."))
    if not rules.may_give(actor, role, place):
        raise Forbidden(_l("This role is not yours to give."))


@command
def set_active(user_id: int, is_active: bool, actor: User | None) -> None:
    """Close an account, ending its sessions, or open it again. Raises Forbidden when it is not the actor's to close."""
    user = queries.get_user(user_id)
    _check_may_look_after(actor, user)
    if user.is_active == is_active:
        return
    user.is_active = is_active
    user.session_epoch += 1
    _record(actor, "user.open" if is_active else "user.close", user)


@command
def make_code(user_id: int, actor: User | None) -> str:
    """Make a code of eight digits with which the person sets a password; an older one ends. Shown only now.

    Raises Forbidden when the account is not the actor's to look after.
    """
    user = queries.get_user(user_id)
    _check_may_look_after(actor, user)
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    _end_codes(user)
    row = OneTimeCode(
        user_id=user.id,
        purpose=CodePurpose.RESET_PASSWORD if user.password_hash else CodePurpose.FIRST_PASSWORD,
        code_hash=_code_hash(user.id, code),
        made_by_id=actor.id if actor else None,
        expires_at=clock.now() + rules.CODE_LIFE,
    )
    db.session.add(row)
    _record(actor, "code.make", user)
    return code


def _check_may_look_after(actor: User | None, user: User) -> None:
    if actor is not None and not queries.may_look_after(actor, user):
        raise Forbidden


@command
def use_code(guess: Guess, code: str, password_hash: str) -> User | None:
    """Set the password of whoever holds this code, ending his sessions; None when code or identifier is wrong.

    Raises Locked after too many wrong ones.
    """
    user = judge(guess, lambda: _take_code(guess.identifier, code))
    if user is not None:
        _set_password(user, password_hash)
        _record(user, "code.use", user)
    return user


def _take_code(identifier: str, code: str) -> User | None:
    """Use up the newest open code of a user if it is this one; of two at once only one gets it."""
    user = queries.find_by_identifier(identifier)
    if user is None or not user.is_active:
        return None
    now = clock.now()
    still_open = (OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > now)
    newest = select(OneTimeCode).where(OneTimeCode.user_id == user.id, *still_open).order_by(OneTimeCode.id.desc())
    row = db.session.scalar(newest.limit(1))
    if row is None or not hmac.compare_digest(row.code_hash, _code_hash(user.id, code)):
        return None
    use_up = update(OneTimeCode).where(OneTimeCode.id == row.id, *still_open).values(used_at=now)
    return user if db.session.scalar(use_up.returning(OneTimeCode.id)) else None


def _code_hash(user_id: int, code: str) -> str:
    return personal.lookup_hash(f"{user_id}:{code}", purpose="one-time-code")


@command
def sign_in(guess: Guess, checked_hash: str | None) -> User | None:
    """Let somebody in whose password fitted `checked_hash` (None: it fitted none); None when he may not.

    Raises Locked after too many wrong tries, also for a right password.
    """
    return judge(guess, lambda: _holder(queries.find_by_identifier(guess.identifier), checked_hash))


def _holder(user: User | None, checked_hash: str | None) -> User | None:
    """Return the user if he is active and his password is still the one that was checked."""
    if user is None or checked_hash is None or not user.is_active:
        return None
    return user if user.password_hash == checked_hash else None


@command
def sign_out(user_id: int) -> None:
    """End every session of a user."""
    queries.get_user(user_id).session_epoch += 1


@command
def change_password(user_id: int, guess: Guess, checked_hash: str | None, password_hash: str) -> User | None:
    """Set a new password, ending all sessions; `checked_hash` is the old one that fitted (None: it did not).

    Returns None when the old password was wrong. Raises Locked after too many wrong ones.
    """
    user = judge(guess, lambda: _holder(queries.get_user(user_id), checked_hash))
    if user is not None:
        _set_password(user, password_hash)
    return user


def _set_password(user: User, password_hash: str) -> None:
    """Set a password; whatever gave entry before (sessions, open codes) is worth nothing then."""
    user.password_hash = password_hash
    user.session_epoch += 1
    _end_codes(user)


def _end_codes(user: User) -> None:
    db.session.execute(delete(OneTimeCode).where(OneTimeCode.user_id == user.id, OneTimeCode.used_at.is_(None)))


@command
def save_profile(user_id: int, name: str, office_name: str, locale: str) -> User:
    """Change what people may change of their account themselves."""
    user = queries.get_user(user_id)
    user.name, user.office_name, user.locale = name, office_name, locale
    return user


def _record(actor: User | None, action: str, user: User, **detail: Any) -> None:
    audit.record(actor.id if actor else None, action, ("user", user.id), **detail)
