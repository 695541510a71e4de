"""Make a family anonymous: proposed by somebody or by the time to keep it, confirmed by another, never undone.

Every package takes its own words out (`shared/forgetting.py`); rows of money stay as they are.
"""

import datetime as dt
import json
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, exists, or_, select

from ..accounts.forgetting import accounts_of
from ..areas import queries as areas
from ..areas.models import FigureKey
from ..areas.rules import zone_of
from ..extensions import db
from ..shared import audit, clock, personal
from ..shared.audit import AuditEntry
from ..shared.errors import Forbidden, NotFound, StateConflict
from ..shared.forgetting import MARK, Forgetter, Whom, Words
from ..shared.i18n import Text, _l
from ..shared.transaction import command
from ..shared.turn import turn
from . import rules
from .forgetting_models import Forgetting, ForgettingState
from .models import AssistanceEnrolment, Group, Household, Membership, Person

MOST = 100
"""So many families are proposed in one night; the others follow."""


def forgetters() -> Sequence[Forgetter]:
    """Return what every package does when a family is forgotten."""
    found: Sequence[Forgetter] = current_app.extensions["forgetters"]
    return found


def whom(household: Household, aliases: Iterable[str] = ()) -> Whom:
    """Gather the ids and the words by which a family is known; `aliases` are names that no form ever asked for."""
    own, _shared = accounts_of(household.id)
    here = [person for person in household.people if not _lives_elsewhere(person)]
    names = [household.name, *(person.name for person in here), *(user.name for user in own)]
    numbers = [personal.decrypt(person.nik_encrypted, purpose="nik") for person in here if person.nik_encrypted]
    numbers.append(personal.decrypt(household.kk_encrypted, purpose="kk"))
    names += [*_address(household), *(user.email for user in own if user.email), *aliases]
    if household.bank_encrypted is not None:
        account = json.loads(personal.decrypt(household.bank_encrypted, purpose="bank"))
        names.append(account["holder"])
        numbers.append(account["number"])
    numbers += [user.phone for user in own if user.phone]
    groups = {membership.group_id for membership in household.memberships}
    return Whom(
        household_id=household.id,
        regency_code=household.regency_code,
        person_ids=tuple(person.id for person in household.people),
        user_ids=tuple(user.id for user in own),
        group_ids=tuple(sorted(groups)),
        names=tuple(dict.fromkeys(name.strip() for name in names if name.strip())),
        numbers=tuple(dict.fromkeys(number for number in numbers if number)),
    )


def _address(household: Household) -> list[str]:
    address = personal.decrypt(household.address_encrypted, purpose="address")
    return [address, *address.splitlines()]


def _lives_elsewhere(person: Person) -> bool:
    """Tell whether somebody left for another family that is known: there, his name stays."""
    other = exists().where(Person.nik_hash == person.nik_hash, Person.household_id != person.household_id)
    return person.nik_hash is not None and bool(db.session.scalar(select(other)))


def obstacles(household: Household) -> list[Text]:
    """Say what stands against making a family anonymous now; nothing where it may be."""
    known = whom(household)
    return [said for each in forgetters() if each.obstacles for said in each.obstacles(known)]


@command
def propose(household_id: int, reason: str, actor_id: int) -> Forgetting:
    """Propose to make a family anonymous before its time. Raises StateConflict when something stands against it."""
    rules.check_reason(reason)
    household = _locked(household_id)
    if open_proposal(household_id) is not None:
        raise StateConflict(_l("It is proposed already."))
    _check_free(household)
    row = Forgetting(household_id=household_id, reason=reason, proposed_by_id=actor_id)
    db.session.add(row)
    audit.record(actor_id, "household.propose_forgetting", ("household", household_id), reason=reason)
    return row


def open_proposal(household_id: int) -> Forgetting | None:
    """Return the proposal of a family that waits, if any."""
    waiting = select(Forgetting).where(Forgetting.state == ForgettingState.PROPOSED)
    return db.session.scalar(waiting.where(Forgetting.household_id == household_id))


def _locked(household_id: int) -> Household:
    household = db.session.get(Household, household_id, with_for_update=True, populate_existing=True)
    if household is None:
        raise NotFound
    if household.forgotten_on is not None:
        raise StateConflict(_l("This family was made anonymous."))
    return household


def _check_free(household: Household) -> None:
    for said in obstacles(household):
        raise StateConflict(said)


def _waiting(forgetting_id: int) -> Forgetting:
    row = db.session.get(Forgetting, forgetting_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.state is not ForgettingState.PROPOSED:
        raise StateConflict
    return row


@command
def decline(forgetting_id: int, note: str, actor_id: int) -> Forgetting:
    """Keep a family's file, and say why. The job proposes it again only after another year."""
    rules.check_reason(note)
    row = _waiting(forgetting_id)
    if row.proposed_by_id == actor_id:
        raise Forbidden
    turn(row, ForgettingState.DECLINED, note=note, decided_by_id=actor_id, decided_at=clock.now())
    audit.record(actor_id, "household.keep", ("household", row.household_id), reason=note)
    return row


@command
def confirm(forgetting_id: int, aliases: Sequence[str], actor_id: int) -> Forgetting:
    """Make a family anonymous, for good. Raises Forbidden for who proposed it, StateConflict for what is against it."""
    row = _waiting(forgetting_id)
    if row.proposed_by_id == actor_id:
        raise Forbidden
    household = _locked(row.household_id)
    _check_free(household)
    known = whom(household, aliases)
    # Until it is done, rows that are only added let words be taken out: nobody else sees it in this state.
    turn(row, ForgettingState.RUNNING, decided_by_id=actor_id, decided_at=clock.now())
    audit.record(actor_id, "household.forget", ("household", household.id), proposal=row.id)
    db.session.flush()
    for each in forgetters():
        each.forget(known)
    db.session.flush()
    db.session.expire_all()
    turn(row, ForgettingState.DONE, reason=known.cleaned(row.reason))
    return row


def _empty(known: Whom) -> None:
    """Take the family's own words: what is left are days, relations, and counts."""
    household = db.session.get_one(Household, known.household_id, populate_existing=True)
    household.name = f"{MARK} {household.id}"
    household.kk_encrypted = personal.encrypt("", purpose="kk")
    household.kk_hash, household.kk_last4 = secrets.token_hex(32), ""
    household.address_encrypted = personal.encrypt("", purpose="address")
    household.bank_encrypted = household.bank_last4 = None
    household.forgotten_on = clock.today(zone_of(household.regency_code))
    for person in household.people:
        person.name, person.nik_encrypted, person.nik_hash, person.nik_last4 = MARK, None, None, None
        # The year tells how old somebody was when it counted; the day would tell who.
        person.born_on = person.born_on and person.born_on.replace(month=1, day=1)
    for group in db.session.scalars(select(Group).where(Group.id.in_(known.group_ids))):
        if group.phone and known.cleaned(group.phone) != group.phone:
            group.phone = None


def _logged(known: Whom) -> ColumnElement[bool]:
    return or_(
        (AuditEntry.subject_type == "household") & (AuditEntry.subject_id == known.household_id),
        (AuditEntry.subject_type == "kube") & AuditEntry.subject_id.in_(known.group_ids),
        AuditEntry.actor_id.in_(known.user_ids),
        AuditEntry.reason != "",
    )


def _proposals(known: Whom) -> ColumnElement[bool]:
    return Forgetting.household_id == known.household_id


def _still_in(known: Whom) -> Iterable[Text]:
    household = db.session.get_one(Household, known.household_id)
    today = clock.today(zone_of(household.regency_code))
    if any(row.ends_on is None or row.ends_on >= today for row in household.memberships):
        yield _l("The family is a member of a group.")
    if any(row.ends_on is None or row.ends_on >= today for row in household.enrolments):
        yield _l("The family receives a programme.")


def _last_day(known: Whom) -> dt.date | None:
    household = db.session.get_one(Household, known.household_id)
    days = [clock.local_date(household.created_at, zone_of(household.regency_code))]
    days += [row.ends_on for row in household.memberships if row.ends_on is not None]
    return max([*days, *(row.ends_on for row in household.enrolments if row.ends_on is not None)])


FORGETTER = Forgetter(
    words=(
        Words((Group.story,), lambda known: Group.id.in_(known.group_ids)),
        Words((AuditEntry.reason, AuditEntry.detail), _logged),
        Words((Forgetting.note,), _proposals),
    ),
    also=_empty,
    seen_to=(
        *(Household.name, Household.kk_hash, Household.kk_last4, Household.bank_last4, Forgetting.reason),
        *(Person.name, Person.nik_hash, Person.nik_last4, Group.phone),
    ),
    obstacles=_still_in,
    last_day=_last_day,
)


@command
def propose_due(now: dt.datetime) -> int:
    """Propose the families whose time to keep is over and against which nothing stands; return how many.

    For the job worker: harmless to run at any time and twice.
    """
    found = 0
    for household in db.session.scalars(_candidates(now)).all():
        if found == MOST:
            break
        if is_due(household, clock.local_date(now, zone_of(household.regency_code))) and not obstacles(household):
            db.session.add(Forgetting(household_id=household.id))
            audit.record(None, "household.propose_forgetting", ("household", household.id))
            found += 1
    return found


def _candidates(now: dt.datetime) -> Select[Any]:
    """Select the families that left all groups and programmes at least a year ago and wait for nobody."""
    year_ago = now.date() - dt.timedelta(days=365)
    later = or_(Membership.ends_on.is_(None), Membership.ends_on > year_ago)
    helped = or_(AssistanceEnrolment.ends_on.is_(None), AssistanceEnrolment.ends_on > year_ago)
    lately = or_(Forgetting.decided_at.is_(None), Forgetting.decided_at > now - dt.timedelta(days=365))
    return (
        select(Household)
        .where(
            Household.forgotten_on.is_(None),
            Household.created_at < now - dt.timedelta(days=365),
            ~exists().where(Membership.household_id == Household.id, later),
            ~exists().where(AssistanceEnrolment.household_id == Household.id, helped),
            ~exists().where(Forgetting.household_id == Household.id, lately),
        )
        .order_by(Household.id)
    )


def due_on(household: Household, day: dt.date) -> dt.date | None:
    """Return the day on which a family's time to keep is over; None where no time is set."""
    years = areas.find_figure(FigureKey.FORGET_YEARS, household.regency_code, day)
    known = whom(household)
    last = [found for each in forgetters() if each.last_day and (found := each.last_day(known)) is not None]
    return clock.add_months(clock.month_of(max(last)), 12 * years + 1) if years is not None and last else None


def is_due(household: Household, day: dt.date) -> bool:
    """Tell whether a family's file was kept long enough."""
    due = due_on(household, day)
    return due is not None and due <= day
