"""What waits for an officer about aid: to be checked, decided, paid, released, and receipts to be gone through."""

from typing import Any

from sqlalchemy import Select, exists

from ..aid import rules
from ..aid.models import Proposal, ProposalState, ProposalStep
from ..aid.money_models import Drawing, DrawingState, Grant, Tranche
from ..aid.queries import covered
from ..catalog.access import Worker
from ..groups.queries import today
from ..shared.i18n import _l
from ..shared.policy import Role
from .job import Job, number_of


def _not_mine(actor: Worker) -> Any:
    """Return the condition that somebody wrote nothing of a proposal: what he wrote waits for others."""
    return ~exists().where(
        ProposalStep.proposal_id == Proposal.id,
        ProposalStep.actor_id == actor.id,
        ProposalStep.action.in_(rules.WRITING),
    )


def _to_check(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    waiting = number_of(Proposal.id, Proposal.id, Proposal.submitted_at)
    return waiting.where(Proposal.state == ProposalState.SUBMITTED, covered(actor, roles), _not_mine(actor))


def _to_decide(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    others = Proposal.checked_by_id.is_distinct_from(actor.id)
    waiting = number_of(Proposal.id, Proposal.id, Proposal.checked_at)
    return waiting.where(Proposal.state == ProposalState.CHECKED, others, covered(actor, roles), _not_mine(actor))


def _to_pay(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count the parts that are due and not paid."""
    due = number_of(Tranche.id, Grant.id).join_from(Tranche, Grant).join(Proposal, Proposal.id == Grant.proposal_id)
    return due.where(Tranche.paid_on.is_(None), Tranche.due_on <= today(), covered(actor, roles))


def _drawings(state: DrawingState, since: Any, by: Any) -> Any:
    def count(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
        waiting = number_of(Drawing.id, Drawing.id, since).join_from(Drawing, Grant)
        waiting = waiting.join(Proposal, Proposal.id == Grant.proposal_id)
        return waiting.where(Drawing.state == state, by.is_distinct_from(actor.id), covered(actor, roles))

    return count


JOBS: tuple[Job, ...] = (
    Job(_l("Proposals to check"), "badge-check", "/dinas/bantuan/usulan/{first}", rules.CHECKERS, _to_check),
    Job(_l("Proposals to decide"), "scale", "/dinas/bantuan/usulan/{first}", rules.DECIDERS, _to_decide),
    Job(_l("Parts of grants to pay"), "banknote", "/dinas/bantuan/hibah/{first}", rules.PAYERS, _to_pay),
    Job(
        _l("Drawings to release"),
        "shield-check",
        "/dinas/bantuan/pengambilan/{first}",
        rules.RELEASERS,
        _drawings(DrawingState.ASKED, Drawing.asked_at, Drawing.asked_by_id),
    ),
    Job(
        _l("Receipts of drawings to go through"),
        "receipt-text",
        "/dinas/bantuan/pengambilan/{first}",
        rules.RELEASERS,
        _drawings(DrawingState.PROVED, Drawing.proved_at, Drawing.proved_by_id),
    ),
)
