"""Find proposals, goods and grants: the statement that fetches also holds what the actor may see."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..areas.models import Area
from ..extensions import db
from ..shared.errors import NotFound
from ..shared.policy import Actor, Role, area_holds, areas_of, groups_of, may
from . import rules
from .goods_models import Handover, Item
from .models import Fund, Proposal, ProposalFile, ProposalState, ProposalStep
from .money_models import Drawing, DrawingState, Grant, Receipt, Tranche

ALL = rules.SEERS | rules.OWN_WRITERS


def covered(actor: Actor, roles: Iterable[Role]) -> ColumnElement[bool]:
    """Return the condition that a proposal lies in an area, or is of a group, of the actor's roles."""
    inside = (Proposal.village_code.startswith(code, autoescape=True) for code in areas_of(actor, roles))
    return or_(false(), *inside, Proposal.group_id.in_(groups_of(actor, roles)))


def proposals_for(actor: Actor, roles: Iterable[Role], state: ProposalState | None = None) -> Select[Any]:
    """Select the proposals that an actor sees, the latest first."""
    found = select(Proposal).where(covered(actor, roles))
    if state is not None:
        found = found.where(Proposal.state == state)
    return found.options(joinedload(Proposal.group), joinedload(Proposal.village)).order_by(Proposal.id.desc())


def may_do(actor: Actor, roles: Iterable[Role], proposal: Proposal) -> bool:
    """Tell whether one of the actor's roles covers a proposal."""
    return may(actor, roles, area_code=proposal.village_code, group_id=proposal.group_id)


def get_proposal_for(actor: Actor, proposal_id: int, roles: Iterable[Role] = ALL) -> Proposal:
    """Return a proposal with all that belongs to it. Raises NotFound for who has none of the roles for it."""
    found = select(Proposal).where(Proposal.id == proposal_id, covered(actor, roles))
    loaders = (joinedload(Proposal.group), joinedload(Proposal.village), joinedload(Proposal.fund))
    proposal: Proposal | None = db.session.scalar(found.options(*loaders))
    if proposal is None:
        raise NotFound
    return proposal


def get_file_for(actor: Actor, file_id: int) -> ProposalFile:
    """Return a photo of a proposal. Raises NotFound."""
    file = db.session.get(ProposalFile, file_id)
    if file is None:
        raise NotFound
    get_proposal_for(actor, file.proposal_id)
    return file


def get_handover_for(actor: Actor, handover_id: int) -> Handover:
    """Return a hand-over of goods. Raises NotFound."""
    handover = db.session.get(Handover, handover_id)
    if handover is None or not may_do(actor, ALL, handover.proposal):
        raise NotFound
    return handover


def get_item_for(actor: Actor, item_id: int, roles: Iterable[Role] = ALL) -> Item:
    """Return a piece that was handed over. Raises NotFound."""
    item = db.session.get(Item, item_id)
    if item is None or not may_do(actor, roles, item.handover.proposal):
        raise NotFound
    return item


def items_for(actor: Actor, roles: Iterable[Role]) -> Select[Any]:
    """Select the pieces that an actor sees, the latest first."""
    found = select(Item).join(Item.handover).join(Handover.proposal).where(covered(actor, roles))
    loaders = (
        joinedload(Item.handover).joinedload(Handover.proposal).joinedload(Proposal.group),
        joinedload(Item.handover).joinedload(Handover.proposal).joinedload(Proposal.village),
        joinedload(Item.household),
        selectinload(Item.looks),
    )
    return found.options(*loaders).order_by(Item.id.desc())


@dataclass(frozen=True)
class DistrictSum:
    """What was handed over in a district: in how many villages, to how many families by name, pieces and rupiah."""

    name: str
    villages: int
    families: int
    pieces: int
    value: int


def goods_by_district(actor: Actor, roles: Iterable[Role]) -> list[DistrictSum]:
    """Return what was handed over of what an actor sees, by district; districts without any are left out."""
    counts = (Proposal.village_code.distinct(), Item.household_id.distinct(), Item.id)
    found = (
        select(Area.name, *(func.count(each) for each in counts), func.sum(Item.value))
        .join_from(Item, Handover, Handover.id == Item.handover_id)
        .join(Proposal, Proposal.id == Handover.proposal_id)
        .join(Area, Area.code == func.substr(Proposal.village_code, 1, len("63.06.01")))
        .where(covered(actor, roles))
        .group_by(Area.code, Area.name)
        .order_by(Area.name, Area.code)
    )
    return [DistrictSum(name, *map(int, rest)) for name, *rest in db.session.execute(found)]


def steps_of(proposal_id: int) -> list[ProposalStep]:
    """Return what was done with a proposal and by whom, in order."""
    found = select(ProposalStep).where(ProposalStep.proposal_id == proposal_id).options(joinedload(ProposalStep.actor))
    return list(db.session.scalars(found.order_by(ProposalStep.id)))


def handovers_of(proposal_id: int) -> list[Handover]:
    """Return the hand-overs of a proposal with their pieces."""
    found = select(Handover).where(Handover.proposal_id == proposal_id).order_by(Handover.id)
    return list(db.session.scalars(found.options(selectinload(Handover.items).joinedload(Item.household))))


def grants_for(actor: Actor, roles: Iterable[Role]) -> Select[Any]:
    """Select the grants that an actor sees, the latest first."""
    found = select(Grant).join(Grant.proposal).where(covered(actor, roles))
    return found.options(joinedload(Grant.group), joinedload(Grant.proposal)).order_by(Grant.id.desc())


@dataclass(frozen=True)
class GrantSums:
    """Grants together: how many groups have one, and rupiah."""

    groups: int
    granted: int
    disbursed: int
    drawn: int

    @property
    def balance(self) -> int:
        """Return what is left in the accounts, rupiah."""
        return self.disbursed - self.drawn


def sums_of_grants(actor: Actor, roles: Iterable[Role]) -> GrantSums:
    """Sum the grants that an actor sees."""
    sums = (func.sum(Grant.amount), func.sum(Grant.disbursed), func.sum(Grant.drawn))
    found = select(func.count(Grant.group_id.distinct()), *sums).join(Grant.proposal).where(covered(actor, roles))
    groups, *amounts = db.session.execute(found).one()
    return GrantSums(groups, *(int(amount or 0) for amount in amounts))


def get_grant_for(actor: Actor, grant_id: int, roles: Iterable[Role] = ALL) -> Grant:
    """Return a grant. Raises NotFound."""
    grant: Grant | None = db.session.scalar(grants_for(actor, roles).where(Grant.id == grant_id))
    if grant is None:
        raise NotFound
    return grant


def grant_of(proposal_id: int) -> Grant | None:
    """Return the grant that came of a proposal."""
    return db.session.scalar(select(Grant).where(Grant.proposal_id == proposal_id))


def get_tranche_for(actor: Actor, tranche_id: int, roles: Iterable[Role]) -> Tranche:
    """Return a part of a grant. Raises NotFound."""
    tranche = db.session.get(Tranche, tranche_id)
    if tranche is None or not may_do(actor, roles, tranche.grant.proposal):
        raise NotFound
    return tranche


def get_drawing_for(actor: Actor, drawing_id: int, roles: Iterable[Role] = ALL) -> Drawing:
    """Return a drawing. Raises NotFound."""
    drawing = db.session.get(Drawing, drawing_id)
    if drawing is None or not may_do(actor, roles, drawing.grant.proposal):
        raise NotFound
    return drawing


def drawings_of(grant_id: int) -> list[Drawing]:
    """Return the drawings of a grant with who asked, the latest first."""
    found = select(Drawing).where(Drawing.grant_id == grant_id).options(joinedload(Drawing.asked_by))
    return list(db.session.scalars(found.order_by(Drawing.id.desc())))


def get_receipt_for(actor: Actor, receipt_id: int) -> Receipt:
    """Return a receipt of a drawing. Raises NotFound."""
    receipt = db.session.get(Receipt, receipt_id)
    if receipt is None:
        raise NotFound
    get_drawing_for(actor, receipt.drawing_id)
    return receipt


def funds_for(actor: Actor) -> Select[Any]:
    """Select the funds that may be used where an actor works, the newest years first."""
    codes = areas_of(actor, rules.SEERS)
    holding = {code[:length] for code in codes for length in (2, 5) if len(code) >= length}
    inside = (Fund.area_code.startswith(f"{code}.", autoescape=True) for code in codes)
    found = select(Fund).where(or_(Fund.area_code.in_(holding), *inside)).options(joinedload(Fund.area))
    return found.order_by(Fund.year.desc(), Fund.area_code, Fund.name, Fund.id)


def get_fund_for(actor: Actor, fund_id: int, roles: Iterable[Role] = rules.SEERS) -> Fund:
    """Return a fund of the actor's area, or one of the area above that he may use. Raises NotFound."""
    fund = db.session.get(Fund, fund_id)
    codes = areas_of(actor, roles)
    if fund is None or not any(area_holds(code, fund.area_code) or area_holds(fund.area_code, code) for code in codes):
        raise NotFound
    return fund


@dataclass(frozen=True)
class Event:
    """Something that a family or a group received, for its timeline: rupiah are programme money, never income."""

    on: dt.date
    kind: str
    what: str
    amount: int


def of_household(household_id: int) -> list[Event]:
    """Return the goods that a family received, the latest first."""
    found = (
        select(Handover.handed_on, Item.what, Item.value)
        .join(Item.handover)
        .where(Item.household_id == household_id)
        .order_by(Handover.handed_on.desc(), Item.id.desc())
    )
    return [Event(on, "goods", what, value) for on, what, value in db.session.execute(found)]


def of_group(group_id: int) -> list[Event]:
    """Return what a group was granted, given, paid and let draw, the latest first."""
    goods = (
        select(Handover.handed_on, Item.what, Item.value)
        .join(Item.handover)
        .join(Handover.proposal)
        .where(Proposal.group_id == group_id)
    )
    events = [Event(on, "goods", what, value) for on, what, value in db.session.execute(goods)]
    decided = select(Proposal.decree_on, Proposal.title, Proposal.amount).where(
        Proposal.group_id == group_id, Proposal.state == ProposalState.APPROVED
    )
    events += [Event(on, "approved", title, amount) for on, title, amount in db.session.execute(decided) if on]
    paid = select(Tranche.paid_on, Tranche.number, Tranche.amount).join(Tranche.grant)
    paid = paid.where(Grant.group_id == group_id, Tranche.paid_on.is_not(None))
    events += [Event(on, "paid_in", str(number), amount) for on, number, amount in db.session.execute(paid) if on]
    drawn = select(Drawing.released_at, Drawing.purpose, Drawing.amount).join(Drawing.grant)
    drawn = drawn.where(Grant.group_id == group_id, Drawing.released_at.is_not(None))
    events += [Event(at.date(), "drawn", purpose, amount) for at, purpose, amount in db.session.execute(drawn) if at]
    return sorted(events, key=lambda event: event.on, reverse=True)


@dataclass(frozen=True)
class RegencySum:
    """What the groups of a regency were granted out of the funds of a year; amounts in rupiah."""

    code: str
    name: str
    groups: int
    granted: int
    disbursed: int
    drawn: int


def by_regency(province_code: str, year: int) -> list[RegencySum]:
    """Return the grants of a province's regencies in a budget year, by code; regencies without any are left out."""
    sums = (func.sum(Grant.amount), func.sum(Grant.disbursed), func.sum(Grant.drawn))
    found = (
        select(Area.code, Area.name, func.count(Grant.group_id.distinct()), *sums)
        .join_from(Grant, Area, Area.code == Grant.regency_code)
        .join(Proposal, Proposal.id == Grant.proposal_id)
        .join(Fund, Fund.id == Proposal.fund_id)
        .where(Area.parent_code == province_code, Fund.year == year)
        .group_by(Area.code, Area.name)
        .order_by(Area.code)
    )
    return [RegencySum(code, name, groups, *map(int, rest)) for code, name, groups, *rest in db.session.execute(found)]


def to_prove() -> ColumnElement[bool]:
    """Return the condition that a drawing's receipts wait to be gone through."""
    return Drawing.state == DrawingState.PROVED
