"""Proposals on their way from a draft to a decision; nobody writes, checks and decides the same one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select

from ..areas import queries as areas
from ..extensions import db
from ..groups.models import Group
from ..shared import audit, clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import Text, _l
from ..shared.transaction import command
from ..shared.turn import turn
from . import funds, grants, guidance, rules
from .goods_models import Handover
from .models import AidKind, Fund, Proposal, ProposalFile, ProposalLine, ProposalState
from .money_models import Grant
from .rules import Action, Decision, Line
from .steps import locked, locked_draft, note, refuse_author

MOST_FILES = 12


@dataclass(frozen=True)
class ProposalContent:
    """What a proposal says."""

    kind: AidKind
    title: str
    story: str
    lines: Sequence[Line]


@command
def write(group_id: int | None, village_code: str, content: ProposalContent, actor_id: int) -> Proposal:
    """Begin a proposal of a group, or of a village where no group is named.

    Raises InvalidInput for money to a village.
    """
    if group_id is not None:
        village_code = db.session.get_one(Group, group_id).village_code
    _check_kind(group_id, content.kind)
    proposal = Proposal(
        kind=content.kind,
        group_id=group_id,
        village_code=village_code,
        regency_code=village_code[: len("63.06")],
        title=content.title,
        story=content.story,
        written_by_id=actor_id,
    )
    db.session.add(proposal)
    _set_lines(proposal, content.lines)
    note(proposal.id, "write", actor_id)
    audit.record(actor_id, "aid_proposal.write", ("aid_proposal", proposal.id), amount=proposal.amount)
    return proposal


@command
def rewrite(proposal_id: int, content: ProposalContent, actor_id: int) -> Proposal:
    """Write a draft anew. Raises InvalidInput once it was sent."""
    proposal = locked_draft(proposal_id)
    _check_kind(proposal.group_id, content.kind)
    if _says(proposal) == (content.kind, content.title, content.story, list(content.lines)):
        return proposal  # pressed twice, or nothing was changed
    proposal.kind, proposal.title, proposal.story = content.kind, content.title, content.story
    proposal.written_by_id = actor_id
    _set_lines(proposal, content.lines)
    note(proposal_id, "write", actor_id)
    return proposal


def _says(proposal: Proposal) -> tuple[AidKind, str, str, list[Line]]:
    lines = [Line(line.what, line.quantity, line.unit_price, line.unit) for line in proposal.lines]
    return proposal.kind, proposal.title, proposal.story, lines


def _check_kind(group_id: int | None, kind: AidKind) -> None:
    if group_id is None and kind is AidKind.MONEY:
        raise InvalidInput(_l("Money goes to groups only. A village asks for goods."), field="kind")


def _set_lines(proposal: Proposal, lines: Sequence[Line]) -> None:
    if len(lines) > rules.MOST_LINES:
        raise InvalidInput(_l("At most %(count)s lines.", count=rules.MOST_LINES))
    proposal.amount = rules.sum_of(lines)
    proposal.lines.clear()
    db.session.flush()  # the old lines go before the new ones take their places
    proposal.lines = [
        ProposalLine(position=place, amount=line.amount, **vars(line)) for place, line in enumerate(lines)
    ]
    db.session.flush()


@command
def add_files(proposal_id: int, image_ids: Sequence[int], actor_id: int) -> None:
    """Put photos of papers to a draft. Raises InvalidInput once it was sent, or for too many."""
    locked_draft(proposal_id)
    if _count(ProposalFile, proposal_id) + len(image_ids) > MOST_FILES:
        raise InvalidInput(_l("At most %(count)s photos.", count=MOST_FILES), field="photo")
    db.session.add_all(ProposalFile(proposal_id=proposal_id, image_id=key, added_by_id=actor_id) for key in image_ids)
    note(proposal_id, "add_file", actor_id)


def _count(kind: type[ProposalFile] | type[ProposalLine], proposal_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(kind).where(kind.proposal_id == proposal_id)) or 0


def missing(proposal: Proposal) -> list[Text]:
    """Return what a proposal still lacks before it can be sent or called complete."""
    return rules.missing_of_proposal(
        has_story=bool(proposal.story),
        lines=_count(ProposalLine, proposal.id),
        files=_count(ProposalFile, proposal.id),
    )


@command
def submit(proposal_id: int, actor_id: int) -> Proposal:
    """Send a draft to the office. Raises InvalidInput that names all that is missing."""
    proposal = locked(proposal_id)
    after = rules.proposal_after(proposal.state, Action.SUBMIT)
    rules.refuse_while(missing(proposal))
    note(proposal_id, Action.SUBMIT, actor_id)
    turn(proposal, after, submitted_at=clock.now(), written_by_id=actor_id, reason="")
    audit.record(actor_id, "aid_proposal.submit", ("aid_proposal", proposal_id))
    return proposal


@command
def withdraw(proposal_id: int, actor_id: int) -> Proposal:
    """Let a proposal that nobody checked yet rest for good."""
    return _step(proposal_id, Action.WITHDRAW, actor_id)


@command
def send_back(proposal_id: int, reason: str, actor_id: int) -> Proposal:
    """Give a proposal back to those who wrote it, with what is to be mended. Raises Forbidden for an author."""
    refuse_author(proposal_id, actor_id)
    return _step(proposal_id, Action.SEND_BACK, actor_id, reason, reason=reason, checked_at=None, checked_by_id=None)


@command
def check(proposal_id: int, actor_id: int) -> Proposal:
    """Call a proposal complete. Raises Forbidden for an author, InvalidInput that names all that is missing."""
    refuse_author(proposal_id, actor_id)
    proposal = locked(proposal_id)
    rules.proposal_after(proposal.state, Action.CHECK)
    rules.refuse_while(missing(proposal))
    return _step(proposal_id, Action.CHECK, actor_id, checked_at=clock.now(), checked_by_id=actor_id)


def missing_for(proposal: Proposal, decision: Decision) -> list[Text]:
    """Return what stands in the way of approving a proposal."""
    fund = db.session.get(Fund, decision.fund_id) if decision.fund_id is not None else None
    left = None
    if fund is not None and funds.fits(fund, proposal.regency_code):
        left = funds.has_left(fund, proposal.amount)
    zone = areas.time_zone(proposal.regency_code)
    today, sent_on = clock.today(zone), clock.local_date(proposal.submitted_at or clock.now(), zone)
    guided = guidance.was_guided(proposal.group_id, today)
    return rules.missing_of_decision(decision, guided=guided, left=left, sent_on=sent_on, today=today)


@command
def approve(proposal_id: int, decision: Decision, actor_id: int) -> Proposal:
    """Approve a proposal by a decree and promise what it costs; money becomes a grant.

    Raises InvalidInput that names all that is open, Forbidden for who wrote or checked it.
    """
    refuse_author(proposal_id, actor_id)
    proposal = locked(proposal_id)
    rules.proposal_after(proposal.state, Action.APPROVE)
    _refuse_checker(proposal, actor_id)
    rules.refuse_while(missing_for(proposal, decision))
    assert decision.fund_id is not None
    funds.take(decision.fund_id, proposal.amount)
    values: dict[str, Any] = {
        "decree_number": decision.decree_number,
        "decree_on": decision.decree_on,
        "fund_id": decision.fund_id,
    }
    decided = _step(proposal_id, Action.APPROVE, actor_id, decided_at=clock.now(), decided_by_id=actor_id, **values)
    if decided.kind is AidKind.MONEY and decided.group_id is not None:
        whose = {"group_id": decided.group_id, "regency_code": decided.regency_code}
        db.session.add(Grant(proposal_id=proposal_id, amount=decided.amount, **whose))
    return decided


@command
def refuse(proposal_id: int, reason: str, actor_id: int) -> Proposal:
    """Refuse a proposal and say why. Raises Forbidden for who wrote or checked it."""
    refuse_author(proposal_id, actor_id)
    _refuse_checker(locked(proposal_id), actor_id)
    values: dict[str, Any] = {"reason": reason, "decided_at": clock.now(), "decided_by_id": actor_id}
    return _step(proposal_id, Action.REFUSE, actor_id, reason, **values)


@command
def revoke(proposal_id: int, reason: str, actor_id: int) -> Proposal:
    """Take an approval back while nothing was handed over or paid; the proposal then waits for a decision again.

    The fund gets back what was promised, the history keeps the decree. Raises InvalidInput once anything was given.
    """
    proposal = locked(proposal_id)
    rules.proposal_after(proposal.state, Action.REVOKE)
    if _is_handed_over(proposal_id):
        raise InvalidInput(_l("Goods were handed over already: the approval stands."))
    grants.drop(proposal_id)
    assert proposal.fund_id is not None
    fund_id, amount, decree = proposal.fund_id, proposal.amount, proposal.decree_number
    nothing: dict[str, Any] = {"decree_number": "", "decree_on": None, "fund_id": None}
    undone = {**nothing, "decided_at": None, "decided_by_id": None, "reason": ""}
    revoked = _step(proposal_id, Action.REVOKE, actor_id, f"{decree}: {reason}", **undone)
    funds.give_back(fund_id, amount)
    return revoked


def may_revoke(proposal: Proposal) -> bool:
    """Tell whether an approval can still be taken back: nothing was handed over or paid."""
    paid = select(exists().where(Grant.proposal_id == proposal.id, Grant.disbursed > 0))
    return proposal.state is ProposalState.APPROVED and not _is_handed_over(proposal.id) and not db.session.scalar(paid)


def _is_handed_over(proposal_id: int) -> bool:
    return bool(db.session.scalar(select(exists().where(Handover.proposal_id == proposal_id))))


def _refuse_checker(proposal: Proposal, actor_id: int) -> None:
    if proposal.checked_by_id == actor_id:
        raise StateConflict(_l("Another person has to decide than the one who checked it."))


def _step(proposal_id: int, action: Action, actor_id: int, text: str = "", **values: Any) -> Proposal:
    proposal = locked(proposal_id)
    turn(proposal, rules.proposal_after(proposal.state, action), **values)
    note(proposal_id, action, actor_id, text)
    audit.record(actor_id, f"aid_proposal.{action}", ("aid_proposal", proposal_id), reason=text)
    return proposal
