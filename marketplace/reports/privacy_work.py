"""Families whose file was kept long enough: somebody else than who proposed it makes them anonymous."""

from typing import Any

from sqlalchemy import Select

from ..catalog.access import Worker
from ..groups.forgetting_models import Forgetting, ForgettingState
from ..groups.models import Household
from ..groups.queries import visible_households
from ..shared.i18n import _l
from ..shared.policy import Role
from .job import Job, number_of


def _to_forget(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    families = visible_households(actor, roles).with_only_columns(Household.id)
    waiting = number_of(Forgetting.id, Forgetting.id, Forgetting.proposed_at)
    others = Forgetting.proposed_by_id.is_distinct_from(actor.id)
    return waiting.where(Forgetting.state == ForgettingState.PROPOSED, others, Forgetting.household_id.in_(families))


JOBS: tuple[Job, ...] = (
    Job(
        _l("Families to make anonymous"),
        "eye-off",
        "/dinas/keluarga/anonim",
        frozenset({Role.ADMINISTRATOR}),
        _to_forget,
    ),
)
