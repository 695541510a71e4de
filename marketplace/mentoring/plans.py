"""Commands on plans: a new one for some months, and what was reached of it."""

from ..areas import queries as areas
from ..extensions import db
from ..groups.models import Group
from ..shared import audit, clock
from ..shared.errors import NotFound, StateConflict
from ..shared.transaction import command
from . import rules
from .plan_models import MentoringPlan, PlanTarget
from .rules import PlanContent


@command
def make_plan(group_id: int, content: PlanContent, actor_id: int) -> MentoringPlan:
    """Write a plan down; from now on it is the group's, and the one before stays to be read."""
    rules.check_plan(content)
    plan = MentoringPlan(
        group_id=group_id,
        goal=content.goal,
        starts_on=content.starts_on,
        ends_on=content.ends_on,
        made_by_id=actor_id,
        targets=[PlanTarget(what=each.what, due_on=each.due_on) for each in content.targets],
    )
    db.session.add(plan)
    db.session.flush()  # the audit row names its id
    audit.record(actor_id, "mentoring_plan.make", ("mentoring_plan", plan.id))
    return plan


@command
def reach(target_id: int, group_id: int, actor_id: int) -> PlanTarget:
    """Say that something of a group's plan was reached today. Raises StateConflict when that was said before."""
    target = db.session.get(PlanTarget, target_id, with_for_update=True)
    if target is None or target.plan.group_id != group_id:
        raise NotFound
    if target.reached_on is not None:
        raise StateConflict
    regency = db.session.get_one(Group, group_id).regency_code
    target.reached_on, target.reached_by_id = clock.today(areas.time_zone(regency)), actor_id
    audit.record(actor_id, "plan_target.reach", ("plan_target", target.id))
    return target
