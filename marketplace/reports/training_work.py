"""What waits for an officer about trainings: days of which nobody wrote down who came, and certificates to give."""

from typing import Any

from sqlalchemy import Select, exists

from ..catalog.access import Worker
from ..groups.queries import today
from ..shared.i18n import _l
from ..shared.policy import Role
from ..training.access import MANAGERS
from ..training.models import Attendance, Training, TrainingClass, TrainingDay, TrainingState
from .job import Job, number_of, within


def _unmarked(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count the days up to today of trainings under way of which nothing is written down."""
    joined = number_of(TrainingDay.id, TrainingDay.id).join_from(
        TrainingDay, TrainingClass, TrainingClass.id == TrainingDay.class_id
    )
    return joined.join(Training, Training.id == TrainingClass.training_id).where(
        Training.state == TrainingState.RUNNING,
        TrainingDay.held_on <= today(),
        ~exists().where(Attendance.day_id == TrainingDay.id),
        within(Training.regency_code, actor, roles),
    )


JOBS: tuple[Job, ...] = (
    Job(
        _l("Training days to write down"),
        "clipboard-check",
        "/dinas/pelatihan/hari/{first}/hadir",
        MANAGERS,
        _unmarked,
        True,
    ),
)
