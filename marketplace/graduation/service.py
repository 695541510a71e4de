"""Reckon the months of households, close them, and take notes of costs and other income."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from ..areas import queries as areas
from ..areas.models import FigureKey, PovertyLine
from ..extensions import db
from ..groups.models import Household, Person
from ..ledger import queries as ledger
from ..shared import audit, clock
from ..shared.errors import Forbidden, InvalidInput, NotFound
from ..shared.i18n import _l
from ..shared.transaction import command
from ..shared.turn import turn
from ..shared.upsert import insert
from . import queries, rules
from .models import IncomeNote, NoteKind, Snapshot
from .rules import NoteStep


@command
def build_month(area_code: str, month: dt.date) -> int:
    """Reckon a month of every household of a regency and return how many there are.

    Done again it gives the same; months that are final stay as they are, also when two workers build at once.
    """
    return _build(area_code, month)


@command
def close_month(area_code: str, month: dt.date) -> int:
    """Reckon a month a last time and make it final; return how many households it closed.

    Raises StateConflict before the month is over, by the regency's calendar.
    """
    rules.check_is_over(month, clock.today(areas.time_zone(area_code)))
    return _close(area_code, month)


def _close(area_code: str, month: dt.date) -> int:
    inside = select(Household.id).where(Household.regency_code == area_code)
    # Whoever writes a note holds its household: no note can come between the last reckoning and the end.
    db.session.execute(inside.order_by(Household.id).with_for_update(key_share=True))
    _build(area_code, month)
    closed = db.session.execute(
        update(Snapshot)
        .where(Snapshot.month == month, Snapshot.is_final.is_(False), Snapshot.household_id.in_(inside))
        .values(is_final=True)
        .execution_options(synchronize_session=False)
    )
    return int(closed.rowcount)  # type: ignore[attr-defined]


@command
def refresh(now: dt.datetime) -> None:
    """Reckon the running month wherever families live, and the earlier ones until they are closed.

    For the job worker: harmless to run at any time and twice.
    """
    for area_code in db.session.scalars(select(Household.regency_code).distinct()).all():
        today = clock.local_date(now, areas.time_zone(area_code))
        open_days = queries.open_days(area_code, today)
        for month in _unfinished(area_code, today):
            if rules.is_due(month, today, open_days):
                _close(area_code, month)
            else:
                _build(area_code, month)


@command
def forget_families(household_ids: Collection[int]) -> None:
    """Drop the snapshots of families that were entered by mistake: they were reckoned, nobody wrote them."""
    db.session.execute(delete(Snapshot).where(Snapshot.household_id.in_(household_ids)))


def _unfinished(area_code: str, today: dt.date) -> Iterator[dt.date]:
    """Yield the months after the last final one up to the running one."""
    running = clock.month_of(today)
    last_final = db.session.scalar(
        select(func.max(Snapshot.month))
        .join(Snapshot.household)
        .where(Household.regency_code == area_code, Snapshot.is_final)
    )
    month = clock.add_months(last_final, 1) if last_final else clock.add_months(running, -1)
    while month <= running:
        yield month
        month = clock.add_months(month, 1)


def _build(area_code: str, month: dt.date, only: int | None = None) -> int:
    """Write the month's snapshots of a regency, or of one household, where they are not final."""
    rows = list(_rows(area_code, month, only))
    if rows:
        db.session.execute(_upsert(), rows)
        db.session.expire_all()
    return len(rows)


def _upsert() -> Any:
    statement = insert(Snapshot)
    fixed = {"id", "household_id", "month", "is_final"}
    changed = {c.name: statement.excluded[c.name] for c in Snapshot.__table__.columns if c.name not in fixed}
    return statement.on_conflict_do_update(
        index_elements=["household_id", "month"], set_=changed, where=Snapshot.is_final.is_(False)
    )


def _rows(area_code: str, month: dt.date, only: int | None) -> Iterator[dict[str, Any]]:
    """Yield the columns of every snapshot, in the order of households, so that two builders never cross."""
    statement = select(Household.id, Household.village_code).where(Household.regency_code == area_code)
    if only is not None:
        statement = statement.where(Household.id == only)
    sales = ledger.monthly_net_sales(area_code, month)
    people = _head_counts(area_code, rules.last_day(month))
    notes = _note_sums(area_code, month)
    multiplier = areas.figure(FigureKey.LINE_MULTIPLIER_PERCENT, area_code, month)
    lines = {urban: areas.poverty_line(area_code, month, urban=urban) for urban in (True, False)}
    now = clock.now()
    for household_id, village_code in db.session.execute(statement.order_by(Household.id)).all():
        line = lines[rules.is_urban(village_code)]
        noted = notes[household_id]
        known = rules.MonthInput(
            sales=sales.get(household_id, 0),
            costs=noted.get(NoteKind.COST, 0),
            other_income=noted.get(NoteKind.OTHER_INCOME, 0),
            people=people.get(household_id, 0),
            line=line.amount if line else None,
            multiplier_percent=multiplier,
            has_data=household_id in sales or bool(noted),
        )
        yield _columns(household_id, month, known, line) | {"computed_at": now}


def _columns(household_id: int, month: dt.date, known: rules.MonthInput, line: PovertyLine | None) -> dict[str, Any]:
    result = rules.month_result(known)
    return {
        "household_id": household_id,
        "month": month,
        "net_sales": result.net_sales,
        "other_income": known.other_income,
        "people": known.people,
        "income_per_person": result.income_per_person,
        "line_id": line.id if line else None,
        "line_amount": result.line_amount,
        "status": result.status,
        "is_final": False,
    }


def _head_counts(area_code: str, day: dt.date) -> dict[int, int]:
    counts = db.session.execute(
        select(Person.household_id, func.count())
        .join(Person.household)
        .where(
            Household.regency_code == area_code,
            Person.joined_on <= day,
            or_(Person.left_on.is_(None), Person.left_on > day),
        )
        .group_by(Person.household_id)
    )
    return {int(household_id): int(count) for household_id, count in counts}


def _note_sums(area_code: str, month: dt.date) -> dict[int, dict[NoteKind, int]]:
    """Return household → kind → sum of the notes that count: every cost, and the other income that was verified."""
    sums = db.session.execute(
        select(IncomeNote.household_id, IncomeNote.kind, func.sum(IncomeNote.amount))
        .join(Household, Household.id == IncomeNote.household_id)
        .where(
            Household.regency_code == area_code,
            IncomeNote.month == month,
            queries.note_counts(),
        )
        .group_by(IncomeNote.household_id, IncomeNote.kind)
    )
    found: dict[int, dict[NoteKind, int]] = defaultdict(dict)
    for household_id, kind, amount in sums:
        found[household_id][kind] = int(amount)
    return found


@dataclass(frozen=True)
class NoteContent:
    """What a family told: a cost of its sales, or an income from elsewhere, in rupiah."""

    month: dt.date
    kind: NoteKind
    amount: int
    description: str


@command
def add_note(household_id: int, content: NoteContent, actor_id: int | None) -> IncomeNote:
    """Write a note into an open month and reckon that month again; other income counts once it is verified."""
    household = _locked_household(household_id)
    today = clock.today(areas.time_zone(household.regency_code))
    rules.check_takes_notes(content.month, today, queries.open_days(household.regency_code, today))
    _refuse_final(household_id, content.month)
    note = IncomeNote(
        household_id=household_id,
        month=content.month,
        kind=content.kind,
        amount=content.amount,
        description=content.description,
        recorded_by_id=actor_id,
    )
    db.session.add(note)
    db.session.flush()
    audit.record(actor_id, "income_note.add", ("household", household_id), note_id=note.id)
    _build(household.regency_code, content.month, only=household_id)
    return note


@command
def verify_note(note_id: int, actor_id: int) -> IncomeNote:
    """Let another income count. Raises Forbidden for who recorded it, StateConflict when it was decided before."""
    note = _get_note(note_id)
    _refuse_own(note, actor_id)
    return _step(note, NoteStep.VERIFY, actor_id, verified_by_id=actor_id, verified_at=clock.now())


@command
def reject_note(note_id: int, reason: str, actor_id: int) -> IncomeNote:
    """Let a note not count and say why. Raises Forbidden for who recorded it: he takes it back."""
    note = _get_note(note_id)
    _refuse_own(note, actor_id)
    return _step(note, NoteStep.REJECT, actor_id, reason=reason, ended_by_id=actor_id, ended_at=clock.now())


@command
def take_back_note(note_id: int, actor_id: int) -> IncomeNote:
    """Let a note that was a mistake not count; it stays to be seen. Raises Forbidden for all but who recorded it."""
    note = _get_note(note_id)
    if note.recorded_by_id != actor_id:
        raise Forbidden(_l("Only who wrote this down can take it back."))
    return _step(note, NoteStep.TAKE_BACK, actor_id, ended_by_id=actor_id, ended_at=clock.now())


def _get_note(note_id: int) -> IncomeNote:
    note = db.session.get(IncomeNote, note_id)
    if note is None:
        raise NotFound
    return note


def _refuse_own(note: IncomeNote, actor_id: int) -> None:
    if note.recorded_by_id == actor_id:
        raise Forbidden(_l("Another person has to verify this."))


def _step(note: IncomeNote, step: NoteStep, actor_id: int, **values: Any) -> IncomeNote:
    """Take a step with a note of an open month and reckon that month again."""
    household = _locked_household(note.household_id)
    _refuse_final(household.id, note.month)
    turn(note, rules.note_after(note.kind, note.state, step), **values)
    audit.record(actor_id, f"income_note.{step}", ("household", household.id), note_id=note.id)
    _build(household.regency_code, note.month, only=household.id)
    return note


def _locked_household(household_id: int) -> Household:
    household = db.session.get(Household, household_id, with_for_update={"key_share": True})
    if household is None:
        raise NotFound
    return household


def _refuse_final(household_id: int, month: dt.date) -> None:
    """Refuse to touch a month whose result is final."""
    final = db.session.scalar(
        select(Snapshot.is_final).where(Snapshot.household_id == household_id, Snapshot.month == month)
    )
    if final:
        raise InvalidInput(_l("This month is closed."), field="month")


@command
def record_export(count: int, actor_id: int | None) -> None:
    """Write down that somebody took the list of families along as a file, and how many were on it."""
    audit.record(actor_id, "graduation.export", ("household", None), count=count)
