"""Commands on trainings: planned, started, finished, cancelled; their classes, days and people.

A place is given away in the UPDATE that asks for it, so that the last one goes to one person only.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import CursorResult, delete, exists, select, update
from sqlalchemy.exc import IntegrityError

from ..areas.models import Commodity
from ..areas.queries import time_zone
from ..extensions import db
from ..groups.models import Household, Person
from ..groups.rules import is_present
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..shared.turn import turn
from . import partners, rules
from .models import Attendance, Trainee, Training, TrainingClass, TrainingDay
from .rules import ClassContent, Step, TrainingContent

SHARED = {"read": True}
"""Keeps a training in its state without keeping others from giving places away."""


@command
def plan(regency_code: str, content: TrainingContent, actor_id: int | None) -> Training:
    """Plan a training. Raises InvalidInput where its commodity does not fit the area and no reason is given."""
    training = Training(regency_code=regency_code, planned_on=clock.today(time_zone(regency_code)))
    _fill(training, content)
    training.created_by_id = actor_id
    db.session.add(training)
    db.session.flush()  # the audit row names its id
    audit.record(actor_id, "training.plan", ("training", training.id), reason=training.misfit_reason[:500])
    return training


@command
def change(training_id: int, content: TrainingContent, actor_id: int | None) -> None:
    """Write anew what a training is. Raises StateConflict once it is over, InvalidInput as `plan`."""
    training = locked_open(training_id)
    _fill(training, content)
    audit.record(actor_id, "training.change", ("training", training_id), reason=training.misfit_reason[:500])


def _fill(training: Training, content: TrainingContent) -> None:
    partners.check_agency(content.agency_id, training.regency_code)
    if content.commodity_id is not None and db.session.get(Commodity, content.commodity_id) is None:
        raise InvalidInput(_("Choose again."), field="commodity_id")
    with db.session.no_autoflush:
        fitting = is_fitting(training, content.commodity_id, villages_of(training.id) if training.id else [])
    rules.check_reason(is_fitting=fitting, reason=content.misfit_reason)
    for name, value in vars(content).items():
        setattr(training, name, value)


def is_fitting(training: Training, commodity_id: int | None, villages: Sequence[str]) -> bool:
    """Tell whether a commodity is a leading one where people live who take part, as it was named by then.

    What is about no commodity fits everywhere. As long as nobody takes part, one place of the regency is enough.
    """
    if commodity_id is None:
        return True
    named = partners.areas_named(training.regency_code, commodity_id, training.planned_on)
    return bool(named) and rules.fits(named, villages)


def villages_of(training_id: int) -> list[str]:
    """Return the villages from which people take part."""
    return list(db.session.scalars(select(Trainee.village_code).where(Trainee.training_id == training_id).distinct()))


def locked(training_id: int, *, shared: bool = False) -> Training:
    """Return a training that nobody else turns meanwhile."""
    lock = SHARED if shared else True
    training = db.session.get(Training, training_id, with_for_update=lock, populate_existing=True)
    if training is None:
        raise NotFound
    return training


def locked_open(training_id: int, *, shared: bool = False) -> Training:
    """Return a training that is planned or running. Raises StateConflict for one that is over."""
    training = locked(training_id, shared=shared)
    if training.state not in rules.OPEN:
        raise StateConflict(_("This training is over: nothing of it can be changed."))
    return training


@command
def take_step(training_id: int, step: Step, reason: str, actor_id: int | None) -> None:
    """Start, finish or cancel a training. Raises StateConflict, InvalidInput for what is missing before."""
    training = locked(training_id)
    state = rules.transition(training.state, step)
    if step is Step.START:
        _check_startable(training_id)
    if step is Step.FINISH:
        _check_finishable(training)
    if step is Step.CANCEL and not reason.strip():
        raise InvalidInput(_("Write why it is cancelled."), field="reason")
    turn(training, state, **({"cancel_reason": reason} if step is Step.CANCEL else {}))
    audit.record(actor_id, f"training.{step}", ("training", training_id), reason=reason)


def _check_startable(training_id: int) -> None:
    mine = TrainingClass.training_id == training_id
    day = exists().where(TrainingDay.class_id == TrainingClass.id)
    bare = db.session.scalars(select(TrainingClass.name).where(mine, ~day | (TrainingClass.taken == 0))).all()
    if bare or db.session.scalar(select(TrainingClass.id).where(mine).limit(1)) is None:
        raise StateConflict(_("Each class needs days and people before the training starts."))


def _check_finishable(training: Training) -> None:
    last = db.session.scalar(
        select(TrainingDay.held_on)
        .join(TrainingClass)
        .where(TrainingClass.training_id == training.id)
        .order_by(TrainingDay.held_on.desc())
        .limit(1)
    )
    if last is not None and last > clock.today(time_zone(training.regency_code)):
        raise StateConflict(_("The last day of this training is still to come."))


@command
def add_class(training_id: int, content: ClassContent, days: Sequence[dt.date], actor_id: int | None) -> TrainingClass:
    """Add a class with its days. Raises InvalidInput for a name that another class has."""
    locked_open(training_id)
    row = TrainingClass(training_id=training_id, **vars(content))
    row.days = [TrainingDay(held_on=day) for day in sorted(set(days))]
    _write_class(row)
    audit.record(actor_id, "training.class", ("training", training_id), class_id=row.id, places=content.places)
    return row


@command
def change_class(class_id: int, content: ClassContent, actor_id: int | None) -> None:
    """Write anew what a class is. Raises InvalidInput for fewer places than are taken."""
    row = _locked_class(class_id)
    if content.places < row.taken:
        raise InvalidInput(_("%(count)s places are taken already.", count=row.taken), field="places")
    for name, value in vars(content).items():
        setattr(row, name, value)
    _write_class(row)
    audit.record(actor_id, "training.change_class", ("training_class", class_id), places=content.places)


def _write_class(row: TrainingClass) -> None:
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        raise InvalidInput(_("This training has a class with this name already."), field="name") from None


def _locked_class(class_id: int) -> TrainingClass:
    """Return a class of a training that is not over; nobody gives its places away meanwhile."""
    row = db.session.get(TrainingClass, class_id)
    if row is None:
        raise NotFound
    locked_open(row.training_id, shared=True)
    return db.session.get_one(TrainingClass, class_id, with_for_update=True, populate_existing=True)


@command
def add_day(class_id: int, held_on: dt.date, actor_id: int | None) -> None:
    """Add a day to a class. Raises InvalidInput for one that it has."""
    _locked_class(class_id)
    db.session.add(TrainingDay(class_id=class_id, held_on=held_on))
    try:
        db.session.flush()
    except IntegrityError:
        raise InvalidInput(_("The class has this day already."), field="held_on") from None
    audit.record(actor_id, "training.add_day", ("training_class", class_id), held_on=held_on.isoformat())


@command
def drop_day(day_id: int, actor_id: int | None) -> None:
    """Take a day out of a class. Raises StateConflict where it is written down who came."""
    day = db.session.get(TrainingDay, day_id)
    if day is None:
        raise NotFound
    _locked_class(day.class_id)
    if db.session.scalar(select(Attendance.id).where(Attendance.day_id == day_id).limit(1)) is not None:
        raise StateConflict(_("It is written down already who came on this day."))
    db.session.execute(delete(TrainingDay).where(TrainingDay.id == day_id))
    audit.record(actor_id, "training.drop_day", ("training_class", day.class_id), held_on=day.held_on.isoformat())


@command
def add_people(class_id: int, person_ids: Sequence[int], actor_id: int | None) -> int:
    """Give places of a class to some people, all or none; return how many.

    Raises InvalidInput where fewer places are left, where somebody takes part already or lives elsewhere, and where
    the training does not fit where they live and no reason is written down.
    """
    row = db.session.get(TrainingClass, class_id)
    if row is None:
        raise NotFound
    training = locked_open(row.training_id, shared=True)
    people = _people(training, person_ids)
    villages = sorted({household.village_code for _person, household in people})
    if not training.misfit_reason and not is_fitting(training, training.commodity_id, villages):
        raise InvalidInput(
            _("Where some of them live this commodity is no leading one. Write a reason at the training first.")
        )
    _take_places(class_id, len(people))
    db.session.add_all(_trainee(row, person, household, actor_id) for person, household in people)
    try:
        db.session.flush()
    except IntegrityError:
        raise InvalidInput(_("Somebody of them takes part in this training already.")) from None
    audit.record(actor_id, "training.add_people", ("training_class", class_id), people=[p.id for p, _h in people])
    return len(people)


def _people(training: Training, person_ids: Sequence[int]) -> list[tuple[Person, Household]]:
    """Return people with their families, by id. Raises InvalidInput for none, and for those of elsewhere or gone."""
    if not person_ids:
        raise InvalidInput(_("Tick at least one person."))
    statement = select(Person, Household).join(Person.household).where(Person.id.in_(person_ids))
    found = [(person, household) for person, household in db.session.execute(statement.order_by(Person.id))]
    today = clock.today(time_zone(training.regency_code))
    here = [row for row in found if row[1].regency_code == training.regency_code and is_present(row[0], today)]
    if len(here) != len(set(person_ids)):
        raise InvalidInput(_("Somebody of them does not live here any more. Look at the list again."))
    return here


def _trainee(row: TrainingClass, person: Person, household: Household, actor_id: int | None) -> Trainee:
    return Trainee(
        training_id=row.training_id,
        class_id=row.id,
        person_id=person.id,
        household_id=household.id,
        village_code=household.village_code,
        decile=household.decile,
        source=household.registry_source,
        wrse=person.wrse,
        added_by_id=actor_id,
    )


def _take_places(class_id: int, count: int) -> None:
    """Count people in, if there is room for all of them: asked and counted in one statement."""
    statement = (
        update(TrainingClass)
        .where(TrainingClass.id == class_id, TrainingClass.taken + count <= TrainingClass.places)
        .values(taken=TrainingClass.taken + count)
        .execution_options(synchronize_session=False)
    )
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    row = db.session.get_one(TrainingClass, class_id, populate_existing=True)
    if result.rowcount != 1:
        left = row.places - row.taken
        raise InvalidInput(_("There are only %(left)s places left in this class.", left=left))


@command
def take_out(trainee_id: int, actor_id: int | None) -> int:
    """Take somebody out of a training; return his class. Raises StateConflict once he came to it."""
    trainee = db.session.get(Trainee, trainee_id)
    if trainee is None:
        raise NotFound
    row = _locked_class(trainee.class_id)
    if db.session.scalar(select(Attendance.id).where(Attendance.trainee_id == trainee_id).limit(1)) is not None:
        raise StateConflict(_("It is written down already when this person came."))
    if db.session.execute(delete(Trainee).where(Trainee.id == trainee_id).returning(Trainee.id)).first() is None:
        raise NotFound
    row.taken -= 1
    audit.record(actor_id, "training.take_out", ("training_class", row.id), person=trainee.person_id)
    return row.id
