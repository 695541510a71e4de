"""Names of a family in what was asked for and given to its groups and to it."""

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from ..extensions import db
from ..shared.forgetting import MARK, Forgetter, Whom, Words
from .goods_models import Handover, Item, ItemCheck
from .models import Guidance, Proposal, ProposalStep
from .money_models import Drawing, Grant, PlannedCost, Receipt


def _handovers(whom: Whom) -> Select[Any]:
    """Select the hand-overs to the family, its groups, or its village."""
    own = select(Item.handover_id).where(Item.household_id == whom.household_id)
    of_groups = select(Proposal.id).where(Proposal.group_id.in_(whom.group_ids))
    return select(Handover.id).where(or_(Handover.id.in_(own), Handover.proposal_id.in_(of_groups)))


def _proposals(whom: Whom) -> ColumnElement[bool]:
    given = select(Handover.proposal_id).where(Handover.id.in_(_handovers(whom)))
    return or_(Proposal.group_id.in_(whom.group_ids), Proposal.id.in_(given))


def _their(whom: Whom) -> Select[Any]:
    return select(Proposal.id).where(_proposals(whom))


def _grants(whom: Whom) -> ColumnElement[bool]:
    return Drawing.grant_id.in_(select(Grant.id).where(Grant.group_id.in_(whom.group_ids)))


def _drawings(whom: Whom) -> Select[Any]:
    return select(Drawing.id).where(_grants(whom))


def _items(whom: Whom) -> Select[Any]:
    return select(Item.id).where(Item.handover_id.in_(_handovers(whom)))


def _take_off_papers(whom: Whom) -> None:
    """Let the records of goods name the family no more, nor bear what its hand drew."""
    for row in db.session.scalars(select(Handover).where(Handover.id.in_(_handovers(whom)))):
        content = row.content
        if whom.cleaned(row.signed_name) != row.signed_name:
            row.signed_name, row.signature = MARK, ""
            content = content | {"signature": "", "signed_name": MARK}
        row.content = whom.cleaned(content)


FORGETTER = Forgetter(
    words=(
        Words((Proposal.title, Proposal.story, Proposal.reason), _proposals),
        Words((ProposalStep.note,), lambda whom: ProposalStep.proposal_id.in_(_their(whom))),
        Words((Guidance.topic,), lambda whom: Guidance.group_id.in_(whom.group_ids)),
        Words((Drawing.purpose, Drawing.reason), _grants),
        Words((PlannedCost.what,), lambda whom: PlannedCost.drawing_id.in_(_drawings(whom))),
        Words((Receipt.what,), lambda whom: Receipt.drawing_id.in_(_drawings(whom))),
        Words((ItemCheck.note,), lambda whom: ItemCheck.item_id.in_(_items(whom))),
    ),
    also=_take_off_papers,
    seen_to=(Handover.signed_name, Handover.signature, Handover.content),
)
