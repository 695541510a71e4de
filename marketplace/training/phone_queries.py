"""What an officer's phone takes along to where there is no signal."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from ..areas.models import Area
from ..extensions import db
from ..groups.models import Person
from ..shared.policy import Actor, areas_of_families
from .access import MANAGERS
from .models import Attendance, Mark, Trainee, Training, TrainingClass, TrainingDay, TrainingState

MOST_DAYS = 200
"""So many days at most: more are not held in two months."""


def days_between(actor: Actor, first: dt.date, last: dt.date) -> list[TrainingDay]:
    """Return the days of trainings under way of which the actor may write down who came, with class and training."""
    statement = (
        select(TrainingDay)
        .join(TrainingDay.of_class)
        .join(TrainingClass.training)
        .where(
            Training.state == TrainingState.RUNNING,
            Training.regency_code.in_(areas_of_families(actor, MANAGERS)),
            TrainingDay.held_on.between(first, last),
        )
        .order_by(TrainingDay.held_on.desc(), TrainingDay.id)
    )
    loaded = statement.options(contains_eager(TrainingDay.of_class).contains_eager(TrainingClass.training))
    return list(db.session.scalars(loaded.limit(MOST_DAYS)))


def people_of(class_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Return class id → who takes part (id, name, village), by name."""
    found: dict[int, list[dict[str, Any]]] = {class_id: [] for class_id in class_ids}
    statement = (
        select(Trainee.class_id, Trainee.id, Person.name, Area.name)
        .join(Person, Person.id == Trainee.person_id)
        .join(Area, Area.code == Trainee.village_code)
        .where(Trainee.class_id.in_(found))
    )
    for class_id, key, name, village in db.session.execute(statement.order_by(Person.name, Trainee.id)):
        found[class_id].append({"id": key, "name": name, "village": village})
    return found


def marks_on(day_ids: Iterable[int]) -> dict[int, dict[int, Mark]]:
    """Return day id → trainee id → what is written down."""
    found: dict[int, dict[int, Mark]] = {day_id: {} for day_id in day_ids}
    statement = select(Attendance.day_id, Attendance.trainee_id, Attendance.mark).where(Attendance.day_id.in_(found))
    for day_id, trainee_id, mark in db.session.execute(statement):
        found[day_id][trainee_id] = mark
    return found
