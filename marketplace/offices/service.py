"""Write down offices, who belongs to them, and what the social office allows them."""

import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from .models import Office, OfficeKind, OfficeMember, OfficeRole

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Those of an invitation: none that is read as another."""
CODE_LENGTH = 10
MOST_MEMBERS = 50


@dataclass(frozen=True)
class OfficeContent:
    """What an office is called and where it is."""

    regency_code: str
    kind: OfficeKind
    name: str
    street: str
    village_code: str | None
    treasurer_name: str
    phone: str
    npwp: str = ""
    rt_rw: str = ""


@command
def register(content: OfficeContent, user_id: int) -> Office:
    """Write down an office; who does it is its first member and approver."""
    office = Office(**vars(content), invitation_code=_new_code(), created_by_id=user_id)
    office.members.append(OfficeMember(user_id=user_id, role=OfficeRole.APPROVER))
    db.session.add(office)
    db.session.flush()  # the audit row names its id
    audit.record(user_id, "office.register", ("office", office.id))
    return office


def _new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _number in range(CODE_LENGTH))


@command
def change(office_id: int, content: OfficeContent, user_id: int) -> None:
    """Correct what is written of an office; under another name it is to be verified anew, and has no credit until then.

    What it owes already stays as it is.
    """
    office = locked(office_id)
    if office.name != content.name:
        office.verified_at, office.verified_by_id, office.allows_credit = None, None, False
    for field, value in vars(content).items():
        setattr(office, field, value)
    audit.record(user_id, "office.change", ("office", office_id))


def locked(office_id: int) -> Office:
    """Return an office with its row locked until the end of the transaction. Raises NotFound."""
    statement = select(Office).where(Office.id == office_id).with_for_update()
    office = db.session.scalar(statement.execution_options(populate_existing=True))
    if office is None:
        raise NotFound
    return office


@command
def join(code: str, user_id: int) -> Office:
    """Let somebody join the office whose invitation he has. Raises InvalidInput for a code that is no office's."""
    office_id = db.session.scalar(select(Office.id).where(Office.invitation_code == code.strip().upper()))
    if office_id is None:
        raise InvalidInput(_("No office has this code. Ask your colleague for it again."), field="code")
    office = locked(office_id)
    _add(office, user_id)
    audit.record(user_id, "office.join", ("office", office.id))
    return office


def _add(office: Office, user_id: int) -> OfficeMember:
    """Add a member; one who left is a member again. Raises InvalidInput for one who is in, or when it is full."""
    found = _member(office.id, user_id)
    if found is not None and found.left_at is None:
        raise InvalidInput(_("This person belongs to the office already."))
    if len(office.active_members) >= MOST_MEMBERS:
        raise InvalidInput(_("An office has at most %(most)s members.", most=MOST_MEMBERS))
    member = found or OfficeMember(office_id=office.id, user_id=user_id)
    member.role, member.left_at = OfficeRole.MEMBER, None
    try:
        with db.session.begin_nested():
            db.session.add(member)
    except IntegrityError as error:  # joined by himself a moment ago
        raise StateConflict from error
    return member


def _member(office_id: int, user_id: int) -> OfficeMember | None:
    return db.session.scalar(
        select(OfficeMember).where(OfficeMember.office_id == office_id, OfficeMember.user_id == user_id)
    )


@command
def set_role(office_id: int, member_id: int, role: OfficeRole | None, actor_id: int) -> None:
    """Make a member an approver or not, or (None) let him go. Raises InvalidInput for the last approver."""
    office = locked(office_id)
    member = next((each for each in office.active_members if each.id == member_id), None)
    if member is None:
        raise NotFound
    others = [each for each in office.active_members if each.role is OfficeRole.APPROVER and each.id != member_id]
    if role is not OfficeRole.APPROVER and not others:
        raise InvalidInput(_("Somebody has to approve. Make another member an approver first."))
    if role is None:
        member.left_at = clock.now()
    else:
        member.role = role
    audit.record(actor_id, "office.set_role", ("office", office_id), member=member_id, role=role and role.value)


@command
def new_invitation(office_id: int, actor_id: int) -> None:
    """Give an office another invitation code; who has the old one joins no more."""
    office = locked(office_id)
    office.invitation_code = _new_code()
    audit.record(actor_id, "office.new_invitation", ("office", office_id))


@command
def verify(office_id: int, actor_id: int) -> None:
    """Say that an office is what it says. Raises StateConflict when somebody did already."""
    office = locked(office_id)
    if office.verified_at is not None:
        raise StateConflict
    office.verified_at, office.verified_by_id = clock.now(), actor_id
    audit.record(actor_id, "office.verify", ("office", office_id))


@command
def set_credit(office_id: int, *, allowed: bool, limit: int, actor_id: int) -> None:
    """Let an office pay later up to a limit, rupiah, or not (any more). What it owes already stays as it is.

    Raises InvalidInput for an office that was not verified, and for credit without a limit.
    """
    office = locked(office_id)
    if allowed and office.verified_at is None:
        raise InvalidInput(_("Verify the office first."))
    if allowed and not limit:
        raise InvalidInput(_("Write up to which sum it may owe."), field="limit")
    office.allows_credit, office.credit_limit = allowed, limit
    audit.record(actor_id, "office.set_credit", ("office", office_id), allowed=allowed, limit=limit)
