"""Certificates of a family's people, and plans in which it was spoken of."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select

from ..extensions import db
from ..shared.forgetting import MARK, Forgetter, Whom, Words
from ..shared.i18n import Text, _l
from .models import Certificate, Trainee, Training, TrainingState
from .plan_models import AgencyPlan, PlanLine, PlanVoice


def _own(whom: Whom) -> Select[Any]:
    return select(Trainee.id).where(Trainee.household_id == whom.household_id)


def _regency(whom: Whom) -> ColumnElement[bool]:
    return Training.regency_code == whom.regency_code


def _lines(whom: Whom) -> ColumnElement[bool]:
    plans = select(AgencyPlan.id).where(AgencyPlan.area_code.startswith(whom.regency_code))
    return PlanLine.plan_id.in_(plans)


def _voices(whom: Whom) -> ColumnElement[bool]:
    return PlanVoice.line_id.in_(select(PlanLine.id).where(_lines(whom)))


def _take_names_off(whom: Whom) -> None:
    """Let certificates name nobody: their numbers and days stay."""
    for row in db.session.scalars(select(Certificate).where(Certificate.trainee_id.in_(_own(whom)))):
        named = {key: MARK for key in ("name", "born") if row.content.get(key)}
        row.content = whom.cleaned(row.content | named)


def _obstacles(whom: Whom) -> Iterable[Text]:
    going = Training.state.in_((TrainingState.PLANNED, TrainingState.RUNNING))
    mine = exists().where(Trainee.training_id == Training.id, Trainee.household_id == whom.household_id)
    if db.session.scalar(select(exists().where(going, mine))):
        yield _l("Somebody of the family takes part in a training that is not over.")


FORGETTER = Forgetter(
    words=(
        Words((Training.misfit_reason, Training.cancel_reason), _regency),
        Words((PlanLine.what, PlanLine.story, PlanLine.proposed_by), _lines),
        Words((PlanVoice.name, PlanVoice.said), _voices),
    ),
    also=_take_names_off,
    seen_to=(Certificate.content,),
    obstacles=_obstacles,
)
