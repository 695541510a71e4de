"""What waits for an officer about families on their way out of aid."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists

from ..catalog.access import Worker
from ..graduation import case_queries
from ..graduation.case_models import Assessment, Case, CaseState, CaseVisit
from ..graduation.case_rules import WATCHED
from ..groups.models import Household
from ..groups.queries import today, visible_households
from ..shared.i18n import _l
from ..shared.policy import Role
from .job import Counting, Job, number_of

MENTOR = frozenset({Role.MENTOR})
VERIFIER = frozenset({Role.VERIFIER})
HEAD = frozenset({Role.HEAD})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
PAGE = "/dinas/graduasi/{first}/kasus"
Narrowing = Callable[[Worker], ColumnElement[bool]]


def _cases(*narrowing: Narrowing) -> Counting:
    """Count the cases of the families that an officer's roles cover."""

    def count(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
        families = visible_households(actor, roles).with_only_columns(Household.id)
        counted = number_of(Case.id, Case.household_id, Case.changed_at)
        return counted.where(Case.household_id.in_(families), *(each(actor) for each in narrowing))

    return count


def _in(*states: CaseState) -> Narrowing:
    return lambda _actor: Case.state.in_(states)


def _assessed(actor: Worker) -> ColumnElement[bool]:
    return exists().where(Assessment.case_id == Case.id)


def _not_assessed(actor: Worker) -> ColumnElement[bool]:
    return ~_assessed(actor)


def _by_others(actor: Worker) -> ColumnElement[bool]:
    """Hold that neither who proposed nor who verified is the reader: he may not go on with it."""
    return Case.proposed_by_id.is_distinct_from(actor.id) & Case.verified_by_id.is_distinct_from(actor.id)


def _warned(_actor: Worker) -> ColumnElement[bool]:
    return Case.warning.is_not(None) & Case.state.in_(WATCHED)


def _changed(_actor: Worker) -> ColumnElement[bool]:
    under_way = (CaseState.PROPOSED, CaseState.VERIFICATION, CaseState.DELIBERATION, CaseState.APPROVED)
    return Case.state.in_(under_way) & case_queries.is_flagged()


def _not_decided(actor: Worker) -> ColumnElement[bool]:
    return Case.decided_by_id.is_distinct_from(actor.id)


def _visits(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count the visits after graduation that should have been made."""
    families = visible_households(actor, roles).with_only_columns(Household.id)
    due = number_of(CaseVisit.id, Case.household_id).join_from(CaseVisit, Case, Case.id == CaseVisit.case_id)
    going = Case.state.in_((CaseState.MONITORED, CaseState.INDEPENDENT))
    return due.where(case_queries.visit_is_due(today()), going, Case.household_id.in_(families))


S = CaseState
JOBS: tuple[Job, ...] = (
    Job(
        _l("Families to take down as they stand now"),
        "clipboard-list",
        PAGE,
        MENTOR,
        _cases(_in(S.RECIPIENT), _not_assessed),
    ),
    Job(_l("Families ready to be proposed"), "trending-up", PAGE, MENTOR, _cases(_in(S.READY))),
    Job(_l("Visits after graduation: due"), "map-pin", PAGE, MENTOR, _visits),
    Job(_l("Proposals to verify at home"), "clipboard-check", PAGE, VERIFIER, _cases(_in(S.PROPOSED), _by_others)),
    Job(
        _l("Village meetings to write down"),
        "users",
        PAGE,
        VERIFIER | ADMINISTRATOR,
        _cases(_in(S.VERIFICATION, S.RELAPSED)),
    ),
    Job(_l("Graduations to decide"), "scale", PAGE, HEAD, _cases(_in(S.DELIBERATION), _by_others)),
    Job(_l("Graduations to write down"), "file-text", PAGE, ADMINISTRATOR, _cases(_in(S.APPROVED))),
    Job(_l("Families without a mentor"), "users", PAGE, HEAD | ADMINISTRATOR, _cases(_in(S.RECIPIENT), _assessed)),
    Job(_l("Postponed graduations"), "clock", "/dinas/graduasi?state=postponed", HEAD, _cases(_in(S.POSTPONED))),
    Job(_l("Appeals to answer"), "scale", PAGE, HEAD | ADMINISTRATOR, _cases(_in(S.APPEALED), _not_decided), True),
    Job(_l("Warnings of a relapse"), "triangle-alert", PAGE, VERIFIER | HEAD, _cases(_warned), True),
    Job(_l("Proposals whose sales changed since"), "triangle-alert", PAGE, HEAD | VERIFIER, _cases(_changed)),
)
