"""Find trainings, whom to choose for them, and what they came to; public questions of the packages below."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from ..accounts.models import User
from ..areas.models import Agency, Potential
from ..extensions import db
from ..groups.models import Household, Membership, Person, RegistrySource
from ..groups.queries import visible_households
from ..shared.errors import NotFound
from ..shared.policy import Actor, Role
from . import partners
from .access import SEERS, check_covers
from .models import (
    Attendance,
    AttendanceCorrection,
    Certificate,
    Mark,
    Trainee,
    Training,
    TrainingClass,
    TrainingDay,
    TrainingKind,
    TrainingState,
)

NAME_ONLY = lazyload(User.assignments)
"""Of who wrote something down the name is shown, not his roles."""
MOST_WITHOUT = 100
"""So many trainings about no commodity stand below those that do not fit."""
NOT_CANCELLED = Training.state != TrainingState.CANCELLED


@dataclass(frozen=True)
class Wanted:
    """Whom to look for: what is empty narrows nothing."""

    decile_from: int | None = None
    decile_to: int | None = None
    source: RegistrySource | None = None
    wrse: bool = False
    district_code: str = ""
    village_code: str = ""
    born_until: dt.date | None = None
    """Nobody younger."""
    untrained: bool = False
    """Only who had no training of this kind of business yet."""


def trainings_in(regency_code: str, state: TrainingState | None = None, year: int | None = None) -> Select[Any]:
    """Select (training, people, classes, first day) of a regency, newest first."""
    statement = select(Training, _people(), _classes(), _first_day()).where(Training.regency_code == regency_code)
    if state is not None:
        statement = statement.where(Training.state == state)
    if year is not None:
        statement = statement.where(Training.planned_on.between(dt.date(year, 1, 1), dt.date(year, 12, 31)))
    newest = statement.order_by(Training.planned_on.desc(), Training.id.desc())
    return newest.options(joinedload(Training.agency), joinedload(Training.commodity))


def _people() -> Any:
    return select(func.count()).where(Trainee.training_id == Training.id).correlate(Training).scalar_subquery()


def _classes() -> Any:
    return select(func.count()).where(TrainingClass.training_id == Training.id).correlate(Training).scalar_subquery()


def _first_day() -> Any:
    days = select(func.min(TrainingDay.held_on)).join(TrainingClass).where(TrainingClass.training_id == Training.id)
    return days.correlate(Training).scalar_subquery()


def misfits(regency_code: str) -> Select[Any]:
    """Select (training, people, classes, first day) of those whose commodity does not fit where people live.

    It fits where the commodity was a leading one on the day of planning: of the regency, of the district or of the
    village. As long as nobody takes part, one place of the regency is enough.
    """
    named = and_(
        Potential.commodity_id == Training.commodity_id,
        or_(Potential.area_code == Training.regency_code, Potential.area_code.startswith(Training.regency_code + ".")),
        Potential.named_on <= Training.planned_on,
        or_(Potential.ended_on.is_(None), Potential.ended_on >= Training.planned_on),
    )
    home = or_(Trainee.village_code == Potential.area_code, Trainee.village_code.startswith(Potential.area_code + "."))
    outside = exists().where(Trainee.training_id == Training.id, ~exists().where(named, home))
    misfit = or_(~exists().where(named), outside)
    return trainings_in(regency_code).where(Training.commodity_id.is_not(None), NOT_CANCELLED, misfit)


def without_commodity(regency_code: str) -> list[Any]:
    """Return (training, people, classes, first day) of the newest about no commodity."""
    statement = trainings_in(regency_code).where(Training.commodity_id.is_(None), NOT_CANCELLED)
    return list(db.session.execute(statement.limit(MOST_WITHOUT)))


def get_training_for(actor: Actor, training_id: int, roles: frozenset[Role] = SEERS) -> Training:
    """Return a training with its classes, days and agency. Raises NotFound, also for officers of elsewhere."""
    loaders = (
        joinedload(Training.agency),
        joinedload(Training.commodity),
        selectinload(Training.classes).selectinload(TrainingClass.days),
    )
    training = db.session.scalar(select(Training).where(Training.id == training_id).options(*loaders))
    if training is None:
        raise NotFound
    check_covers(actor, training.regency_code, roles)
    return training


def get_class_for(actor: Actor, class_id: int, roles: frozenset[Role] = SEERS) -> TrainingClass:
    """Return a class with its training and days. Raises NotFound, also for officers of elsewhere."""
    loaders = (joinedload(TrainingClass.training).joinedload(Training.agency), selectinload(TrainingClass.days))
    row = db.session.scalar(select(TrainingClass).where(TrainingClass.id == class_id).options(*loaders))
    if row is None:
        raise NotFound
    check_covers(actor, row.training.regency_code, roles)
    return row


def get_day_for(actor: Actor, day_id: int, roles: frozenset[Role] = SEERS) -> TrainingDay:
    """Return a day of a class. Raises NotFound, also for officers of elsewhere."""
    day = db.session.get(TrainingDay, day_id)
    if day is None:
        raise NotFound
    check_covers(actor, day.of_class.training.regency_code, roles)
    return day


def get_trainee_for(actor: Actor, trainee_id: int, roles: frozenset[Role] = SEERS) -> Trainee:
    """Return somebody who takes part. Raises NotFound, also for officers of elsewhere."""
    trainee = db.session.get(Trainee, trainee_id)
    if trainee is None:
        raise NotFound
    check_covers(actor, trainee.of_class.training.regency_code, roles)
    return trainee


def get_certificate_for(actor: Actor, certificate_id: int) -> Certificate:
    """Return a certificate. Raises NotFound, also for officers of elsewhere."""
    certificate = db.session.get(Certificate, certificate_id)
    if certificate is None:
        raise NotFound
    check_covers(actor, certificate.regency_code, SEERS)
    return certificate


def trainees_of(class_id: int) -> list[Trainee]:
    """Return who takes part in a class with village and certificate, by name."""
    statement = select(Trainee).join(Trainee.person).where(Trainee.class_id == class_id)
    loaders = (joinedload(Trainee.person), joinedload(Trainee.village), joinedload(Trainee.certificate))
    return list(db.session.scalars(statement.order_by(Person.name, Trainee.id).options(*loaders)))


def marks_of(class_id: int) -> dict[tuple[int, int], Attendance]:
    """Return (trainee id, day id) → what is written down, with who wrote it and what stood there before."""
    statement = (
        select(Attendance).join(Trainee, Trainee.id == Attendance.trainee_id).where(Trainee.class_id == class_id)
    )
    loaders = (
        joinedload(Attendance.marked_by).options(NAME_ONLY),
        selectinload(Attendance.corrections).joinedload(AttendanceCorrection.marked_by).options(NAME_ONLY),
    )
    return {(row.trainee_id, row.day_id): row for row in db.session.scalars(statement.options(*loaders))}


def candidates(actor: Actor, training: Training, wanted: Wanted, today: dt.date) -> Select[Any]:
    """Select (person, family) whom the actor may choose: living in the regency today, not in the training yet.

    The poorest come first, as the registry says.
    """
    families = visible_households(actor, SEERS).where(Household.regency_code == training.regency_code)
    taking_part = exists().where(Trainee.training_id == training.id, Trainee.person_id == Person.id)
    present = and_(Person.joined_on <= today, or_(Person.left_on.is_(None), Person.left_on > today))
    columns: list[Any] = [Person, Household]
    statement = families.join(Person, Person.household_id == Household.id).with_only_columns(*columns)
    statement = statement.where(present, ~taking_part, *_narrowed(wanted, training))
    poorest = statement.order_by(Household.decile.is_(None), Household.decile, Household.village_code)
    return poorest.order_by(Person.name, Person.id).options(joinedload(Household.village))


def _narrowed(wanted: Wanted, training: Training) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.decile_from is not None:
        found.append(Household.decile >= wanted.decile_from)
    if wanted.decile_to is not None:
        found.append(Household.decile <= wanted.decile_to)
    if wanted.source is not None:
        found.append(Household.registry_source == wanted.source)
    if wanted.wrse:
        found.append(Person.wrse.is_(True))
    if wanted.village_code or wanted.district_code:
        of_village = bool(wanted.village_code)
        place = Household.village_code if of_village else Household.district_code
        found.append(place == (wanted.village_code or wanted.district_code))
    if wanted.born_until is not None:
        found.append(or_(Person.born_on.is_(None), Person.born_on <= wanted.born_until))
    if wanted.untrained:
        found.append(~_trained_in(training))
    return found


def _trained_in(training: Training) -> ColumnElement[bool]:
    """Return the condition that a person was in a training of the same kind of business that was not called off."""
    return exists().where(
        Trainee.person_id == Person.id,
        Trainee.training_id == Training.id,
        Training.business_kind == training.business_kind,
        Training.kind == training.kind,
        NOT_CANCELLED,
    )


@dataclass(frozen=True)
class Attended:
    """A training of somebody of a family, for its timeline."""

    training_id: int
    title: str
    kind: TrainingKind
    agency: str
    person: str
    state: TrainingState
    first_on: dt.date | None
    last_on: dt.date | None
    days: int
    came: int
    certificate: str
    """Its number; empty where there is none."""


def of_household(household_id: int) -> list[Attended]:
    """Return the trainings of a family's people, newest first; those that were called off are none."""
    days = select(
        TrainingDay.class_id,
        func.min(TrainingDay.held_on).label("first"),
        func.max(TrainingDay.held_on).label("last"),
        func.count().label("days"),
    )
    spans = days.group_by(TrainingDay.class_id).subquery()
    came = (
        select(func.count())
        .where(Attendance.trainee_id == Trainee.id, Attendance.mark == Mark.CAME)
        .correlate(Trainee)
        .scalar_subquery()
    )
    statement = (
        select(Training, Agency.name, Person.name, spans.c.first, spans.c.last, spans.c.days, came, Certificate.number)
        .join(Trainee, Trainee.training_id == Training.id)
        .join(Agency, Agency.id == Training.agency_id)
        .join(Person, Person.id == Trainee.person_id)
        .outerjoin(spans, spans.c.class_id == Trainee.class_id)
        .outerjoin(Certificate, Certificate.trainee_id == Trainee.id)
        .where(Trainee.household_id == household_id, NOT_CANCELLED)
        .order_by(spans.c.first.desc(), Trainee.id.desc())
    )
    return [
        Attended(t.id, t.title, t.kind, agency, person, t.state, first, last, held or 0, present, number or "")
        for t, agency, person, first, last, held, present, number in db.session.execute(statement)
    ]


def guidance_of(group_id: int) -> list[tuple[Training, Agency, dt.date]]:
    """Return the technical guidance that a group had, newest first: who held it, and the first day a member came.

    A member's day counts for the groups in which his family was on that day.
    """
    member = and_(
        Membership.household_id == Trainee.household_id,
        Membership.group_id == group_id,
        Membership.starts_on <= TrainingDay.held_on,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= TrainingDay.held_on),
    )
    first = (
        select(Trainee.training_id, func.min(TrainingDay.held_on).label("held_on"))
        .join(Attendance, and_(Attendance.trainee_id == Trainee.id, Attendance.mark == Mark.CAME))
        .join(TrainingDay, TrainingDay.id == Attendance.day_id)
        .where(exists().where(member))
        .group_by(Trainee.training_id)
        .subquery()
    )
    statement = (
        select(Training, Agency, first.c.held_on)
        .join(first, first.c.training_id == Training.id)
        .join(Agency, Agency.id == Training.agency_id)
        .where(Training.kind == TrainingKind.GUIDANCE, NOT_CANCELLED)
        .order_by(first.c.held_on.desc(), Training.id.desc())
    )
    return [(training, agency, held_on) for training, agency, held_on in db.session.execute(statement)]


def leading(area_code: str, day: dt.date) -> list[Potential]:
    """Return what is named for a regency and the areas in it on a day, with commodity and agency."""
    return list(db.session.scalars(partners.potentials_in(area_code).where(partners.in_force(day))))
