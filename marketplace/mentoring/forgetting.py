"""What mentors wrote of a family: of visits at its home all goes, photos too; elsewhere its name."""

from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, or_, select

from ..extensions import db
from ..shared import images
from ..shared.forgetting import Forgetter, Whom, Words
from .models import FollowUp, Visit, VisitedHousehold, VisitKind, VisitPhoto
from .plan_models import MentoringPlan, PlanTarget
from .report_models import GroupReport, ReportEvent
from .standing_models import GroupStanding


def _seen(whom: Whom) -> Select[Any]:
    return select(VisitedHousehold.visit_id).where(VisitedHousehold.household_id == whom.household_id)


def _at_home(whom: Whom) -> ColumnElement[bool]:
    """Hold that a visit was at home, with this family and no other."""
    others = exists().where(VisitedHousehold.visit_id == Visit.id, VisitedHousehold.household_id != whom.household_id)
    return Visit.id.in_(_seen(whom)) & (Visit.kind == VisitKind.HOME) & ~others


def _elsewhere(whom: Whom) -> ColumnElement[bool]:
    return or_(Visit.group_id.in_(whom.group_ids), Visit.id.in_(_seen(whom)))


def _home_ids(whom: Whom) -> Select[Any]:
    return select(Visit.id).where(_at_home(whom))


def _ids(whom: Whom) -> Select[Any]:
    return select(Visit.id).where(_elsewhere(whom))


def _plans(whom: Whom) -> ColumnElement[bool]:
    return MentoringPlan.group_id.in_(whom.group_ids)


def _reports(whom: Whom) -> ColumnElement[bool]:
    return GroupReport.group_id.in_(whom.group_ids)


def _drop_photos(whom: Whom) -> None:
    taken = VisitPhoto.visit_id.in_(select(Visit.id).where(_at_home(whom)))
    ids = list(db.session.scalars(select(VisitPhoto.image_id).where(taken)))
    db.session.execute(delete(VisitPhoto).where(taken).execution_options(synchronize_session=False))
    images.drop(ids)


FORGETTER = Forgetter(
    words=(
        Words((FollowUp.what, FollowUp.outcome), lambda w: FollowUp.visit_id.in_(_home_ids(w)), is_own=True),
        Words((Visit.findings,), _at_home, is_own=True),
        Words((Visit.findings,), _elsewhere),
        Words((FollowUp.what, FollowUp.outcome), lambda w: FollowUp.visit_id.in_(_ids(w))),
        Words((MentoringPlan.goal,), _plans),
        Words((PlanTarget.what,), lambda w: PlanTarget.plan_id.in_(select(MentoringPlan.id).where(_plans(w)))),
        Words((GroupReport.story, GroupReport.reason), _reports),
        Words((ReportEvent.note,), lambda w: ReportEvent.report_id.in_(select(GroupReport.id).where(_reports(w)))),
        Words((GroupStanding.note, GroupStanding.reasons), lambda w: GroupStanding.group_id.in_(w.group_ids)),
    ),
    also=_drop_photos,
)
