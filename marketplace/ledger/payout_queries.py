"""Read what households are owed and how it is paid out."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ..accounts.models import User
from ..extensions import db
from ..groups.models import Group, Household, Membership
from ..shared.errors import NotFound
from ..shared.policy import Actor, Role, may
from .models import EntryKind, HouseholdBalance, JournalEntry, Payout, PayoutBatch, PayoutMethod, PayoutState

PAYERS = frozenset({Role.TREASURER})
RELEASERS = frozenset({Role.TREASURER, Role.HEAD})
"""Who sees batches and releases those of others: a second treasurer, or the head, so that an office with one treasurer
is not locked out."""


KEPT = (PayoutState.PENDING, PayoutState.PAID)
UNDONE = (PayoutState.RETURNED, PayoutState.BOUNCED)


def owed(area_code: str, *, text: str = "", group_id: int | None = None) -> Select[HouseholdBalance]:
    """Select the balances of a regency that can be paid: above zero, and waiting in no batch; by name."""
    waiting = exists().where(Payout.household_id == Household.id, Payout.state == PayoutState.PENDING)
    statement = (
        select(HouseholdBalance)
        .join(HouseholdBalance.household)
        .options(contains_eager(HouseholdBalance.household).joinedload(Household.village))
        .where(Household.regency_code == area_code, HouseholdBalance.balance > 0, ~waiting)
        .order_by(Household.name, Household.id)
    )
    if text:
        statement = statement.where(Household.name.icontains(text, autoescape=True))
    if group_id is not None:
        member = exists().where(
            Membership.household_id == Household.id, Membership.group_id == group_id, Membership.ends_on.is_(None)
        )
        statement = statement.where(member)
    return statement


def owed_among(area_code: str, household_ids: Collection[int]) -> list[HouseholdBalance]:
    """Return those of some households' balances that can be paid."""
    if not household_ids:
        return []
    return list(db.session.scalars(owed(area_code).where(HouseholdBalance.household_id.in_(household_ids))))


def first(statement: Select[HouseholdBalance], most: int) -> list[HouseholdBalance]:
    """Return the first of selected balances."""
    return list(db.session.scalars(statement.limit(most)))


def sums(area_code: str, statement: Select[HouseholdBalance]) -> tuple[int, int]:
    """Return what a regency's households are owed together, less those that owe, and the sum of selected balances."""
    whole = select(func.sum(HouseholdBalance.balance)).join(Household).where(Household.regency_code == area_code)
    chosen = statement.with_only_columns(HouseholdBalance.balance).order_by(None).subquery()
    part = select(func.sum(chosen.c.balance))
    total, selected = db.session.execute(select(whole.scalar_subquery(), part.scalar_subquery())).one()
    return int(total or 0), int(selected or 0)


def groups_with_balance(area_code: str) -> list[tuple[int, str]]:
    """Return id and name of the groups of a regency one of whose households is owed something."""
    statement = (
        select(Group.id, Group.name)
        .join(Membership)
        .join(HouseholdBalance, HouseholdBalance.household_id == Membership.household_id)
        .where(Group.regency_code == area_code, Membership.ends_on.is_(None), HouseholdBalance.balance > 0)
        .distinct()
        .order_by(Group.name)
    )
    return [(group_id, name) for group_id, name in db.session.execute(statement)]


def batches(area_code: str) -> Select[PayoutBatch]:
    """Select the batches of a regency with their payouts, newest first."""
    return (
        select(PayoutBatch)
        .options(selectinload(PayoutBatch.payouts), joinedload(PayoutBatch.prepared_by))
        .where(PayoutBatch.area_code == area_code)
        .order_by(PayoutBatch.prepared_at.desc(), PayoutBatch.id.desc())
    )


def get_batch_for(actor: Actor, batch_id: int, roles: Collection[Role] = PAYERS) -> PayoutBatch:
    """Return a batch with payouts, households and villages. Raises NotFound, also for officers of elsewhere."""
    payouts = selectinload(PayoutBatch.payouts).joinedload(Payout.household).joinedload(Household.village)
    people = (joinedload(PayoutBatch.prepared_by), joinedload(PayoutBatch.released_by))
    batch = db.session.get(PayoutBatch, batch_id, options=[payouts, *people])
    if batch is None or not may(actor, roles, area_code=batch.area_code):
        raise NotFound
    return batch


def get_payout_for(actor: Actor, payout_id: int) -> Payout:
    """Return a payout with its batch and household. Raises NotFound, also for officers of elsewhere."""
    household = joinedload(Payout.household).joinedload(Household.village)
    payout = db.session.get(Payout, payout_id, options=[joinedload(Payout.batch), household])
    if payout is None or not may(actor, PAYERS, area_code=payout.batch.area_code):
        raise NotFound
    return payout


def signing(batch: PayoutBatch) -> list[Payout]:
    """Return the payouts of a batch for whose cash a family signs or has signed."""
    return [each for each in batch.payouts if each.method is PayoutMethod.CASH and each.state in KEPT]


@dataclass(frozen=True)
class TakenBack:
    """Why a payout was taken back or came back, by whom this was written down and when."""

    reason: str
    who: str
    at: dt.datetime


def taken_back(payouts: Iterable[Payout]) -> dict[int, TakenBack]:
    """Return payout id → why it was undone, as the journal tells it."""
    ids = {f"payout:{payout.id}": payout.id for payout in payouts if payout.state in UNDONE}
    found = db.session.execute(
        select(JournalEntry.reference, JournalEntry.memo, func.coalesce(User.name, ""), JournalEntry.at)
        .outerjoin(User, User.id == JournalEntry.actor_id)
        .where(JournalEntry.kind == EntryKind.PAYOUT_RETURN, JournalEntry.reference.in_(ids))
    )
    return {ids[reference]: TakenBack(memo, who, at) for reference, memo, who, at in found}


@dataclass(frozen=True)
class Standing:
    """What is owed to a household now, what of it lies ready in a batch, and what it was ever paid."""

    balance: int
    pending: int
    paid: int


def standing(household_id: int) -> Standing:
    """Return how a household stands."""
    balance = select(HouseholdBalance.balance).where(HouseholdBalance.household_id == household_id).scalar_subquery()
    pending = func.sum(Payout.amount).filter(Payout.state == PayoutState.PENDING)
    paid = func.sum(Payout.amount).filter(Payout.state == PayoutState.PAID)
    row = db.session.execute(select(balance, pending, paid).where(Payout.household_id == household_id)).one()
    return Standing(*(int(value or 0) for value in row))
