"""Accounts of a family that is forgotten: nobody signs in with them any more, and they name nobody."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import delete, or_, select, update

from ..extensions import db
from ..shared.forgetting import MARK, Forgetter, Whom
from ..shared.i18n import Text, _l
from ..shared.policy import OFFICERS
from .models import OneTimeCode, RoleAssignment, User, today


def accounts_of(household_id: int) -> tuple[list[User], list[User]]:
    """Return the accounts that hold a role for a family: those of it alone, and those that are somebody else's too."""
    named = select(RoleAssignment.user_id).where(RoleAssignment.household_id == household_id)
    found = list(db.session.scalars(select(User).where(User.id.in_(named)).order_by(User.id)))
    own = [user for user in found if not _is_of_others(user, household_id)]
    return own, [user for user in found if user not in own]


def _is_of_others(user: User, household_id: int) -> bool:
    other = (row for row in user.assignments if row.household_id not in (None, household_id))
    return any(row.in_force(today()) for row in other)


def _obstacles(whom: Whom) -> Iterable[Text]:
    own, _shared = accounts_of(whom.household_id)
    if any(grant.role in OFFICERS for user in own for grant in user.grants):
        yield _l("Somebody of the family works for the programme: his roles have to end first.")


def _close(whom: Whom) -> None:
    yesterday = today() - dt.timedelta(days=1)
    of_family = or_(RoleAssignment.household_id == whom.household_id, RoleAssignment.user_id.in_(whom.user_ids))
    going = or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on > yesterday)
    db.session.execute(update(RoleAssignment).where(of_family, going).values(ends_on=yesterday))
    db.session.execute(delete(OneTimeCode).where(OneTimeCode.user_id.in_(whom.user_ids)))
    for user_id in whom.user_ids:
        values = {
            "name": MARK,
            "phone": None,
            "email": f"dihapus-{user_id}@invalid",
            "office_name": "",
            "password_hash": None,
            "session_epoch": User.session_epoch + 1,
            "is_active": False,
        }
        db.session.execute(update(User).where(User.id == user_id).values(values))


FORGETTER = Forgetter(
    also=_close,
    seen_to=(User.name, User.phone, User.email, User.password_hash, User.office_name, OneTimeCode.code_hash),
    obstacles=_obstacles,
)
