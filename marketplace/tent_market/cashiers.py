"""Who may be cashier of a tent: officers of the regency, and those who act for the groups that sell in it."""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import lazyload

from ..accounts.models import RoleAssignment, User, today
from ..extensions import db
from ..groups.models import Membership
from ..groups.queries import membership_in_force
from ..shared.policy import MAKERS, Role, area_holds
from .models import Stall, StallGroup
from .stalls import MANAGERS, area_of

OFFICERS = MANAGERS | {Role.TREASURER}


def candidates(stall: Stall) -> list[User]:
    """Return who can be made cashier of a tent: those of its groups first, then the officers, each by name."""
    groups = select(StallGroup.group_id).where(StallGroup.stall_id == stall.id)
    families = select(Membership.household_id).where(Membership.group_id.in_(groups), membership_in_force(today()))
    day, area_code = today(), area_of(stall)
    theirs = or_(RoleAssignment.group_id.in_(groups), RoleAssignment.household_id.in_(families))
    in_force = (RoleAssignment.starts_on <= day) & (RoleAssignment.ends_on.is_(None) | (RoleAssignment.ends_on >= day))
    rows = db.session.execute(
        select(User, RoleAssignment.area_code)
        .join(RoleAssignment, RoleAssignment.user_id == User.id)
        .where(User.is_active, in_force)
        .where((RoleAssignment.role.in_(MAKERS) & theirs) | RoleAssignment.role.in_(OFFICERS))
        .order_by(RoleAssignment.area_code.is_not(None), User.name, User.id)
        .options(lazyload(User.assignments))
    )
    return _once(user for user, code in rows if code is None or area_holds(code, area_code))


def _once(users: Iterable[User]) -> list[User]:
    return list({user.id: user for user in users}.values())
