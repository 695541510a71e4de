"""Payments that a buyer's bank takes back: shown to the treasurer, who answers at the provider; booked as they go.

The provider holds the money back at once, so it leaves its balance at once; lost, it is borne by the office: the
families delivered, and keep what they earned.
"""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from ..extensions import db
from ..ledger import rules as ledger_rules
from ..ledger.models import EntryKind
from ..ledger.rules import Posting
from ..orders import service as orders
from ..orders.models import Order
from ..shared import audit, clock
from ..shared.errors import NotFound
from ..shared.policy import Actor, may
from ..shared.turn import turn
from . import rules, service
from .facts import Taken, doubtful, payment_of_charge, taken
from .models import Dispute, DisputeState, Doubt, Payment
from .provider import DisputeStanding, Provider
from .queries import TREASURERS


def take(provider: Provider, fact: DisputeStanding) -> Taken:
    """Take in how a dispute stands at its provider, inside a running command."""
    found = payment_of_charge(provider.code, fact.charge)
    if found is None:
        return doubtful(Doubt.UNKNOWN, fact.reference, fact.money)
    payment, order = service.locked(found.id)
    if not fact.money.is_rupiah:
        return doubtful(Doubt.SUM, fact.reference, fact.money, payment, order.number)
    known = _known(fact.reference)
    dispute = known or _opened(payment, order, fact)
    held = _hold_back(dispute, order, provider, fact)
    decided = _decide(dispute, order, provider, fact)
    dispute.answer_by = fact.answer_by
    return taken(payment, fact.reference, moved=known is None or held or decided)


def _known(reference: str) -> Dispute | None:
    statement = select(Dispute).where(Dispute.provider_reference == reference)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def _opened(payment: Payment, order: Order, fact: DisputeStanding) -> Dispute:
    dispute = Dispute(
        payment_id=payment.id,
        provider_reference=fact.reference,
        amount=fact.money.amount,
        state=DisputeState.OPEN,
        is_held_back=False,
        reason=fact.reason[:60],
        opened_at=fact.opened_at,
    )
    db.session.add(dispute)
    db.session.flush()  # its id is the entries' reference
    audit.record(None, "payment.dispute", ("order", order.id), amount=dispute.amount)
    return dispute


def _hold_back(dispute: Dispute, order: Order, provider: Provider, fact: DisputeStanding) -> bool:
    """Book what the provider holds back, once; a mere question may still become such a dispute."""
    if dispute.is_held_back or not fact.is_held_back or dispute.state is not DisputeState.OPEN:
        return False
    dispute.is_held_back = True
    _post(dispute, order, EntryKind.DISPUTE, ledger_rules.dispute(provider.money_account, dispute.amount))
    return True


def _decide(dispute: Dispute, order: Order, provider: Provider, fact: DisputeStanding) -> bool:
    if not rules.dispute_moves(dispute.state, fact.state):
        return False
    turn(dispute, fact.state, decided_at=clock.now())
    if dispute.is_held_back and fact.state is DisputeState.LOST:
        _post(dispute, order, EntryKind.DISPUTE_LOST, ledger_rules.dispute_lost(dispute.amount))
    elif dispute.is_held_back:
        _post(dispute, order, EntryKind.DISPUTE_WON, ledger_rules.dispute_won(provider.money_account, dispute.amount))
    audit.record(None, "payment.dispute", ("order", order.id), amount=dispute.amount, state=fact.state.value)
    return True


def _post(dispute: Dispute, order: Order, kind: EntryKind, postings: list[Posting]) -> None:
    orders.post(order, kind, f"dispute:{dispute.id}", postings, None)


def listed(area_code: str, *, only_open: bool) -> Select[Any]:
    """Select the disputes of a regency with payment and order: what has to be answered first, then the newest."""
    statement = (
        select(Dispute)
        .join(Dispute.payment)
        .join(Payment.order)
        .options(contains_eager(Dispute.payment).contains_eager(Payment.order))
        .where(Order.regency_code == area_code)
    )
    if only_open:
        statement = statement.where(Dispute.state == DisputeState.OPEN)
        return statement.order_by(Dispute.answer_by.is_(None), Dispute.answer_by, Dispute.id)
    return statement.order_by(Dispute.id.desc())


def get_for(actor: Actor, dispute_id: int) -> Dispute:
    """Return a dispute of the treasurer's area with payment and order. Raises NotFound."""
    whole = joinedload(Dispute.payment).joinedload(Payment.order)
    dispute = db.session.get(Dispute, dispute_id, options=[whole])
    if dispute is None or not may(actor, TREASURERS, area_code=dispute.payment.order.regency_code):
        raise NotFound
    return dispute


def lost_of(order_id: int) -> int:
    """Return what the buyer of an order got back by his bank in disputes, rupiah."""
    statement = select(Dispute.amount).join(Payment).where(Payment.order_id == order_id)
    lost = statement.where(Dispute.state == DisputeState.LOST, Dispute.is_held_back)
    return sum(db.session.scalars(lost))
