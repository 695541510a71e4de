"""Who came on which day, and certificates for those who came often enough."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..areas.models import FigureKey
from ..areas.queries import figure, time_zone
from ..documents import facts, papers, words
from ..extensions import db
from ..groups.models import Person
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.series import next_number
from ..shared.transaction import command
from . import rules, service
from .labels import ON_PAPER
from .models import (
    Attendance,
    AttendanceCorrection,
    Certificate,
    Mark,
    Trainee,
    Training,
    TrainingClass,
    TrainingDay,
    TrainingState,
)

SERIES = "certificate"


@command
def mark_day(
    day_id: int, marks: Mapping[int, Mark], actor_id: int | None, seen: Mapping[int, Mark] | None = None
) -> int:
    """Write down who came on a day: trainee id → mark; return how many were new or changed.

    `seen` is what stood there when the page was opened: only what differs from it was meant, and where somebody else
    wrote another mark meanwhile, that is said and nothing is written. What was written down before is kept with who
    wrote it and when. Raises StateConflict for that, before the training starts, before the day, and for somebody who
    has his certificate; NotFound for people of another class.
    """
    day = db.session.get(TrainingDay, day_id)
    if day is None:
        raise NotFound
    training = service.locked(day.of_class.training_id)
    _check_markable(training, day)
    known = _known(day_id)
    mine = set(db.session.scalars(select(Trainee.id).where(Trainee.class_id == day.class_id)))
    if not set(marks) <= mine:
        raise NotFound
    meant = marks if seen is None else {key: mark for key, mark in marks.items() if seen.get(key) is not mark}
    changed = {key: mark for key, mark in meant.items() if key not in known or known[key].mark is not mark}
    if seen is not None:
        _check_seen([key for key in changed if key in known and known[key].mark is not seen.get(key)])
    _check_uncertified(changed)
    for trainee_id, mark in sorted(changed.items()):
        _mark(day_id, trainee_id, mark, known.get(trainee_id), actor_id)
    return len(changed)


def _check_markable(training: Training, day: TrainingDay) -> None:
    if training.state not in rules.HELD:
        raise StateConflict(_("Start the training first: then it can be written down who came."))
    if day.held_on > clock.today(time_zone(training.regency_code)):
        raise StateConflict(_("This day is still to come."))


def _check_seen(overtaken: Sequence[int]) -> None:
    if overtaken:
        people = select(Person.name).join(Trainee, Trainee.person_id == Person.id).where(Trainee.id.in_(overtaken))
        names = ", ".join(sorted(db.session.scalars(people)))
        raise StateConflict(_("Somebody else wrote this down meanwhile, look again: %(names)s", names=names))


def _known(day_id: int) -> dict[int, Attendance]:
    rows = db.session.scalars(select(Attendance).where(Attendance.day_id == day_id))
    return {row.trainee_id: row for row in rows}


def _check_uncertified(marks: Mapping[int, Mark]) -> None:
    """Hold that what a certificate rests on does not change under it."""
    if marks and db.session.scalar(select(Certificate.id).where(Certificate.trainee_id.in_(marks)).limit(1)):
        raise StateConflict(_("Somebody of them has a certificate already: his days do not change any more."))


def _mark(day_id: int, trainee_id: int, mark: Mark, row: Attendance | None, actor_id: int | None) -> None:
    if row is None:
        db.session.add(Attendance(trainee_id=trainee_id, day_id=day_id, mark=mark, marked_by_id=actor_id))
        return
    was = {"mark": row.mark, "marked_by_id": row.marked_by_id, "marked_at": row.marked_at}
    db.session.add(AttendanceCorrection(attendance_id=row.id, **was))
    row.mark, row.marked_by_id, row.marked_at = mark, actor_id, clock.now()


def percents(training_id: int) -> dict[int, int]:
    """Return trainee id → on how many of the days of his class he came, percent, rounded down."""
    days = select(func.count()).where(TrainingDay.class_id == Trainee.class_id).correlate(Trainee).scalar_subquery()
    came = (
        select(func.count())
        .where(Attendance.trainee_id == Trainee.id, Attendance.mark == Mark.CAME)
        .correlate(Trainee)
        .scalar_subquery()
    )
    rows = db.session.execute(select(Trainee.id, came, days).where(Trainee.training_id == training_id))
    return {key: rules.percent_of(present, held) for key, present, held in rows}


@command
def issue_certificates(training_id: int, actor_id: int | None) -> int:
    """Give a certificate to everybody who came often enough and has none; return how many.

    Raises StateConflict before the training is done, InvalidInput where nobody is left who is due one.
    """
    training = service.locked(training_id)
    if training.state is not TrainingState.DONE:
        raise StateConflict(_("Certificates are given when the training is done."))
    today = clock.today(time_zone(training.regency_code))
    required = figure(FigureKey.TRAINING_ATTENDANCE_PERCENT, training.regency_code, today)
    reached = percents(training_id)
    due = [trainee for trainee in _without(training_id) if reached[trainee.id] >= required]
    if not due:
        raise InvalidInput(_("Nobody is due a certificate who has none."))
    for trainee in due:
        _issue(training, trainee, (reached[trainee.id], required), actor_id)
    audit.record(actor_id, "training.certificates", ("training", training_id), count=len(due), required=required)
    return len(due)


def _without(training_id: int) -> list[Trainee]:
    statement = (
        select(Trainee)
        .outerjoin(Certificate)
        .where(Trainee.training_id == training_id, Certificate.id.is_(None))
        .order_by(Trainee.id)
        .options(joinedload(Trainee.person), joinedload(Trainee.village))
    )
    return list(db.session.scalars(statement))


def _issue(training: Training, trainee: Trainee, reached: tuple[int, int], actor_id: int | None) -> None:
    today = clock.today(time_zone(training.regency_code))
    content = _content(training, trainee, actor_id)
    sequence = next_number(SERIES, training.regency_code, today.year)
    number = rules.number(training.regency_code, today.year, sequence)
    row = Certificate(
        trainee_id=trainee.id,
        regency_code=training.regency_code,
        year=today.year,
        sequence=sequence,
        number=number,
        attended_percent=reached[0],
        required_percent=reached[1],
        issued_on=today,
        issued_by_id=actor_id,
        content=content | {"number": number},
    )
    db.session.add(row)


def _content(training: Training, trainee: Trainee, actor_id: int | None) -> papers.Content:
    days = list(
        db.session.scalars(
            select(TrainingDay.held_on).where(TrainingDay.class_id == trainee.class_id).order_by(TrainingDay.held_on)
        )
    )
    own = {
        "name": trainee.person.name,
        "village": trainee.village.name,
        "title": training.title,
        "kind": ON_PAPER[training.kind],
        "agency": training.agency.name,
        "class": db.session.get_one(TrainingClass, trainee.class_id).name,
        "first": words.long_day(days[0]),
        "last": words.long_day(days[-1]),
        "days": str(len(days)),
    }
    return papers.working(facts.issuer_in(training.regency_code, actor_id), "", own)
