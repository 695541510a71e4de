"""Aid: funds are not promised beyond what is in them, and accounts of grants are what their movements say."""

from typing import Any

from sqlalchemy import Select, case, exists, func, literal, or_, select, union_all

from ...aid import rules
from ...aid.goods import SERIES
from ...aid.goods_models import Handover, Item
from ...aid.models import Fund, FundRule, Proposal, ProposalLine, ProposalState, ProposalStep
from ...aid.money_models import (
    Drawing,
    DrawingState,
    EntryKind,
    Grant,
    GrantEntry,
    PlannedCost,
    Receipt,
    Tranche,
)
from ...shared.series import NumberSeries
from ..check import amounts, beside, check, joined, row, within

RELEASED = (DrawingState.RELEASED, DrawingState.PROVED, DrawingState.SETTLED)
PROVED = (DrawingState.PROVED, DrawingState.SETTLED)


def _sum(column: Any, *conditions: Any) -> Any:
    return select(func.coalesce(func.sum(column), 0)).where(*conditions).scalar_subquery()


@check("A fund has promised what was approved from it", "aid_fund/what")
def promised() -> Select[Any]:
    said = union_all(
        amounts(joined(Fund.id, literal("sum")), Fund.promised), amounts(joined(Fund.id, literal("count")), Fund.taken)
    )
    approved = Proposal.state == ProposalState.APPROVED
    found = union_all(
        amounts(joined(Proposal.fund_id, literal("sum")), Proposal.amount).where(approved),
        amounts(joined(Proposal.fund_id, literal("count")), literal(1)).where(approved),
    )
    return beside(said, found)


@check("No fund has promised more than is in it", "aid_fund", within)
def within_funds() -> Select[Any]:
    by_money = Fund.rule == FundRule.MONEY
    limit = case((by_money, Fund.budget), else_=Fund.quota)
    return row(Fund.id, limit, case((by_money, Fund.promised), else_=Fund.taken))


@check("A proposal asks for the sum of its lines", "aid_proposal")
def budgets() -> Select[Any]:
    return row(Proposal.id, _sum(ProposalLine.amount, ProposalLine.proposal_id == Proposal.id), Proposal.amount)


@check("Nobody checked or decided a proposal that he wrote", "aid_proposal")
def authors() -> Select[Any]:
    wrote = exists().where(
        ProposalStep.proposal_id == Proposal.id,
        ProposalStep.action.in_(rules.WRITING),
        or_(ProposalStep.actor_id == Proposal.checked_by_id, ProposalStep.actor_id == Proposal.decided_by_id),
    )
    return row(Proposal.id, 0, case((wrote, 1), else_=0))


@check("What was handed over of a proposal is worth what its pieces are", "aid_proposal")
def handed() -> Select[Any]:
    pieces = select(func.coalesce(func.sum(Item.value), 0)).join(Item.handover)
    return row(Proposal.id, pieces.where(Handover.proposal_id == Proposal.id).scalar_subquery(), Proposal.handed)


@check("The numbers of handover records of aid run from 1 without a gap", "regency/year")
def numbers() -> Select[Any]:
    key = joined(NumberSeries.area_code, NumberSeries.year)
    given = amounts(key, NumberSeries.last_number).where(NumberSeries.name == SERIES)
    whose = (Handover.regency_code, Handover.year)
    counted = select(joined(*whose).label("key"), func.count().label("amount")).group_by(*whose)
    highest = select(joined(*whose).label("key"), func.max(Handover.sequence).label("amount")).group_by(*whose)
    return beside(union_all(given, given), union_all(counted, highest))


@check("A grant is what its proposal was approved for", "aid_grant")
def granted() -> Select[Any]:
    approved = case((Proposal.state == ProposalState.APPROVED, Proposal.amount), else_=0)
    return row(Grant.id, approved, Grant.amount).join_from(Grant, Proposal)


@check("A grant has planned and paid what its parts say", "aid_grant/what")
def parts() -> Select[Any]:
    said = union_all(
        amounts(joined(Grant.id, literal("planned")), Grant.planned),
        amounts(joined(Grant.id, literal("paid")), Grant.disbursed),
    )
    found = union_all(
        amounts(joined(Tranche.grant_id, literal("planned")), Tranche.amount),
        amounts(joined(Tranche.grant_id, literal("paid")), Tranche.amount).where(Tranche.paid_on.is_not(None)),
    )
    return beside(said, found)


@check("The account of a grant holds what its movements sum to, never below zero", "aid_grant")
def balances() -> Select[Any]:
    moved = _sum(GrantEntry.amount, GrantEntry.grant_id == Grant.id)
    return row(Grant.id, moved, case((Grant.drawn <= Grant.disbursed, Grant.disbursed - Grant.drawn), else_=-1))


@check("Each movement of a grant's account is of a part or a drawing of it", "aid movement")
def movements() -> Select[Any]:
    key = (GrantEntry.kind, GrantEntry.grant_id)
    found = amounts(joined(*key, func.coalesce(GrantEntry.tranche_id, GrantEntry.drawing_id)), GrantEntry.amount)
    paid = amounts(joined(literal(EntryKind.PAID_IN.value), Tranche.grant_id, Tranche.id), Tranche.amount)
    drawn = amounts(joined(literal(EntryKind.DRAWN.value), Drawing.grant_id, Drawing.id), -Drawing.amount)
    back = amounts(joined(literal(EntryKind.PUT_BACK.value), Drawing.grant_id, Drawing.id), Drawing.rest)
    should = union_all(
        paid.where(Tranche.paid_on.is_not(None)),
        drawn.where(Drawing.state.in_(RELEASED)),
        back.where(Drawing.state == DrawingState.SETTLED, Drawing.rest > 0),
    )
    return beside(should, found)


@check("A drawing is what its plan sums to", "aid_drawing")
def plans() -> Select[Any]:
    return row(Drawing.id, _sum(PlannedCost.amount, PlannedCost.drawing_id == Drawing.id), Drawing.amount)


@check("Receipts and rest sum to what was drawn", "aid_drawing")
def receipts() -> Select[Any]:
    sent = _sum(Receipt.amount, Receipt.drawing_id == Drawing.id, Receipt.round == Drawing.round)
    return row(Drawing.id, Drawing.amount, sent + Drawing.rest).where(Drawing.state.in_(PROVED))


CHECKS = (
    promised,
    within_funds,
    budgets,
    authors,
    handed,
    numbers,
    granted,
    parts,
    balances,
    movements,
    plans,
    receipts,
)
