"""What happened to proposals, and who is an author of one."""

from sqlalchemy import exists, select

from ..extensions import db
from ..shared.errors import Forbidden, InvalidInput, NotFound
from ..shared.i18n import _l
from . import rules
from .models import Proposal, ProposalState, ProposalStep


def note(proposal_id: int, action: str, actor_id: int, text: str = "") -> None:
    """Add a step to a proposal's history, inside the running command."""
    db.session.add(ProposalStep(proposal_id=proposal_id, action=action, actor_id=actor_id, note=text))


def is_author(proposal_id: int, user_id: int) -> bool:
    """Tell whether somebody wrote anything of a proposal."""
    wrote = exists().where(
        ProposalStep.proposal_id == proposal_id,
        ProposalStep.actor_id == user_id,
        ProposalStep.action.in_(rules.WRITING),
    )
    return bool(db.session.scalar(select(wrote)))


def refuse_author(proposal_id: int, actor_id: int) -> None:
    """Refuse whoever wrote a proposal. Raises Forbidden."""
    if is_author(proposal_id, actor_id):
        raise Forbidden(_l("Another person has to do this than those who wrote the proposal."))


def locked(proposal_id: int) -> Proposal:
    """Return a proposal with its row locked. Raises NotFound."""
    found = db.session.get(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def locked_draft(proposal_id: int) -> Proposal:
    """Return a proposal that may still be written. Raises InvalidInput once it was sent."""
    found = locked(proposal_id)
    if found.state is not ProposalState.DRAFT:
        raise InvalidInput(_l("The proposal was sent: it can be changed when it is sent back."))
    return found
