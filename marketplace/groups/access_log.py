"""Who looked at families' files, who changed them and why: read from the audit's rows."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from ..accounts.labels import ROLES
from ..accounts.models import User
from ..areas.rules import zone_of
from ..extensions import db
from ..shared import clock
from ..shared.audit import AuditEntry
from ..shared.i18n import Text, _, _l
from ..shared.policy import OFFICERS, Actor, Role
from .labels import FIELDS
from .models import Household
from .privacy import Page, Secret
from .queries import visible_households

READERS = frozenset({Role.HEAD, Role.ADMINISTRATOR})
SUBJECT = "household"
LOOKS: dict[str, Text] = {
    "household.view": _l("Opened"),
    "household.reveal": _l("Saw in full"),
    "household.search_number": _l("Found by a full number"),
    "household.file": _l("Took out the whole file"),
}
"""What only reads."""
CHANGES: dict[str, Text] = {
    "household.register": _l("Registered the family"),
    "household.update": _l("Changed the family"),
    "household.set_bank": _l("Wrote down the bank account"),
    "household.propose_forgetting": _l("Proposed to make the family anonymous"),
    "household.keep": _l("Kept the file"),
    "household.forget": _l("Made the family anonymous"),
    "person.add": _l("Added a person"),
    "person.update": _l("Changed a person"),
    "person.leave": _l("Wrote down that a person left"),
    "membership.add": _l("Took the family into a group"),
    "membership.end": _l("Ended the family's time in a group"),
    "programme.enrol": _l("Wrote down a programme"),
    "programme.end": _l("Wrote down the end of a programme"),
    "income_note.add": _l("Wrote down costs or income"),
    "case.file": _l("Brought a photo or a paper"),
    "assessment.make": _l("Held the family against the criteria"),
}
OTHERS: tuple[tuple[str, Text], ...] = (
    ("case.", _l("Took a step on the way out of aid")),
    ("income_note.", _l("Decided on costs or income")),
)
PAGES: dict[str, Text] = {
    Page.FAMILY: _l("the family's page"),
    Page.MONTHS: _l("its months"),
    Page.EARNINGS: _l("its earnings"),
    Page.CASE: _l("its case"),
    Page.PAPERS: _l("its photos and papers"),
}
SECRETS: dict[str, Text] = {
    Secret.KK: _l("KK number"),
    Secret.NIK: _l("NIK"),
    Secret.ADDRESS: _l("Address"),
    Secret.BANK: _l("Bank account"),
}


@dataclass(frozen=True)
class Narrowing:
    """What the log is narrowed to; nothing is all."""

    text: str = ""
    looks_only: bool = False
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class Line:
    """One look or change, as it is read: who by name for the office, by role for the family."""

    at: dt.datetime
    household_id: int | None
    family: str
    who: str
    role: str
    what: str
    reason: str


def log_for(actor: Actor, narrowing: Narrowing) -> Select[Any]:
    """Select (entry, family, user) of the families that an officer answers for, the latest first."""
    covered = visible_households(actor, READERS).with_only_columns(Household.id)
    statement = _entries().where(AuditEntry.subject_id.in_(covered))
    if narrowing.looks_only:
        statement = statement.where(AuditEntry.action.in_(LOOKS))
    if narrowing.text:
        fits = (Household.name, User.name)
        statement = statement.where(or_(*(each.icontains(narrowing.text, autoescape=True) for each in fits)))
    return statement.where(*_between(narrowing))


def of_family(household_id: int) -> Select[Any]:
    """Select (entry, family, user) of one family, the latest first."""
    return _entries().where(AuditEntry.subject_id == household_id)


def _entries() -> Select[Any]:
    columns: tuple[Any, ...] = (AuditEntry, Household, User)
    found = select(*columns).join(Household, Household.id == AuditEntry.subject_id)
    found = found.outerjoin(User, User.id == AuditEntry.actor_id).where(AuditEntry.subject_type == SUBJECT)
    return found.order_by(AuditEntry.id.desc())


def _between(narrowing: Narrowing) -> Iterable[ColumnElement[bool]]:
    day = dt.timedelta(days=1)
    if narrowing.since is not None:
        yield AuditEntry.at >= dt.datetime.combine(narrowing.since, dt.time(), dt.UTC) - day / 3
    if narrowing.until is not None:
        yield AuditEntry.at < dt.datetime.combine(narrowing.until + day, dt.time(), dt.UTC) - day / 3


def lines(rows: Iterable[tuple[AuditEntry, Household, User | None]]) -> list[Line]:
    """Return log entries as they are read, with the time it was where the family lives."""
    return [_line(*row) for row in rows]


def _line(entry: AuditEntry, family: Household, user: User | None) -> Line:
    at = entry.at.astimezone(clock.zone(zone_of(family.regency_code)))
    name = user.name if user else _("The system")
    return Line(at, family.id, family.name, name, role_of(user, at.date()), _what(entry), entry.reason)


def role_of(user: User | None, day: dt.date) -> str:
    """Say as what somebody worked on a day, without his name."""
    if user is None:
        return _("The system")
    held = [row.role for row in user.assignments if row.in_force(day) and row.role in OFFICERS]
    words = [str(ROLES[role]) for role in sorted(set(held), key=list(Role).index)]
    return ", ".join(words) or _("Another account")


def _what(entry: AuditEntry) -> str:
    known = LOOKS.get(entry.action) or CHANGES.get(entry.action)
    known = known or next((text for start, text in OTHERS if entry.action.startswith(start)), entry.action)
    parts = [str(known), _detail(entry.detail), _changes(entry.detail.get("changes", {}))]
    return ": ".join(part for part in parts if part)


def _detail(detail: Mapping[str, Any]) -> str:
    found = PAGES.get(detail.get("page", "")) or SECRETS.get(detail.get("what", ""))
    return str(found or "")


def _changes(changes: Mapping[str, list[str] | None]) -> str:
    """Write which fields were corrected; of what is personal not from what to what."""
    parts = []
    for name, pair in changes.items():
        label = str(FIELDS.get(name, name))
        parts.append(label if pair is None else f"{label} {pair[0] or '–'} → {pair[1] or '–'}")
    return ", ".join(parts)


def looks_at(household_id: int, most: int) -> list[Line]:
    """Return the latest looks at a family's file."""
    rows = db.session.execute(of_family(household_id).where(AuditEntry.action.in_(LOOKS)).limit(most)).all()
    return lines((entry, family, user) for entry, family, user in rows)
