"""Pay households what is owed to them: prepared in batches, each paid once against a signature or by bank.

What happens to a batch as a whole (another person releases it, it is withdrawn or closed) is in `batches`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..groups.models import Household
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..shared.turn import turn
from . import holdings, payout_rules, rules, service
from .models import BatchState, EntryKind, HouseholdBalance, Payout, PayoutBatch, PayoutMethod, PayoutState
from .payout_rules import Action


@dataclass(frozen=True)
class Choice:
    """A household that is to get its whole balance, and how."""

    household_id: int
    method: PayoutMethod


@command
def prepare_batch(area_code: str, choices: Iterable[Choice], actor_id: int | None) -> PayoutBatch:
    """Prepare payouts of the whole balance of each chosen household of a regency.

    Raises InvalidInput when nobody is chosen, when a balance is not above zero or a bank account is not known,
    and StateConflict when one of them already waits in another batch.
    """
    chosen = {choice.household_id: choice.method for choice in choices}
    households = _households(area_code, chosen)
    batch = PayoutBatch(area_code=area_code, prepared_by_id=actor_id)
    batch.payouts = [_payout(row, balance, chosen[row.id]) for row, balance in households]
    try:
        with db.session.begin_nested():
            db.session.add(batch)
    except IntegrityError as error:
        raise StateConflict(_("One of these families already waits in another batch.")) from error
    audit.record(actor_id, "payout.prepare", ("payout_batch", batch.id), count=len(households))
    return batch


def _households(area_code: str, chosen: dict[int, PayoutMethod]) -> list[tuple[Household, int]]:
    statement = (
        select(Household, HouseholdBalance.balance)
        .join(HouseholdBalance, HouseholdBalance.household_id == Household.id)
        .where(Household.id.in_(chosen), Household.regency_code == area_code)
        .order_by(Household.name, Household.id)
    )
    found = [(household, int(balance)) for household, balance in db.session.execute(statement)]
    if not chosen or len(found) != len(chosen):
        raise InvalidInput(_("Choose at least one family that has a balance."))
    return found


def _payout(household: Household, balance: int, method: PayoutMethod) -> Payout:
    if balance <= 0:
        raise InvalidInput(_("%(name)s has no balance to pay out.", name=household.name))
    if method is PayoutMethod.BANK and household.bank_encrypted is None:
        raise InvalidInput(_("The bank account of %(name)s is not known.", name=household.name))
    return Payout(household_id=household.id, method=method, amount=balance)


@command
def pay(payout_id: int, proof: str, actor_id: int | None) -> Payout:
    """Write down that a payout was made; `proof` is who signed for cash, or the bank's reference.

    Raises StateConflict when it was already decided or its batch is not released, and InvalidInput without proof, for
    a bank reference that another payout carries, when the books hold less money than it, or when the balance has become
    smaller meanwhile (goods came back).
    """
    if not proof:
        raise InvalidInput(_("Please fill this in."), field="proof")
    payout = _get(payout_id)
    if payout.batch.state is not BatchState.RELEASED:
        raise StateConflict(_("Somebody else has to release this batch before it is paid."))
    is_cash = payout.method is PayoutMethod.CASH
    values = {"signed_by": proof} if is_cash else {"bank_reference": proof}
    _turn(payout, Action.PAY, decided_by_id=actor_id, decided_at=clock.now(), **values)
    account = payout_rules.MONEY_FROM[payout.method]
    holdings.secure(payout.batch.area_code, account, payout.amount, "proof")
    if not is_cash:
        _refuse_used(payout, proof)
    event = _event(EntryKind.PAYOUT, payout, "" if is_cash else proof, actor_id)
    service.post(event, rules.payout(account, payout.household_id, payout.amount))
    return payout


@command
def pay_each(proofs: Mapping[int, str], actor_id: int | None) -> list[Payout]:
    """Write down that several payouts were made, all or none; takes payout id → proof.

    Raises InvalidInput where `pay` raises anything, with the field `proof-` and the payout's id.
    """
    # In the order of households, in which all writers move their balances.
    order = select(Payout.id).where(Payout.id.in_(proofs)).order_by(Payout.household_id, Payout.id)
    return [_pay_one(payout_id, proofs[payout_id], actor_id) for payout_id in db.session.scalars(order).all()]


def _pay_one(payout_id: int, proof: str, actor_id: int | None) -> Payout:
    try:
        return pay(payout_id, proof, actor_id)
    except (InvalidInput, StateConflict) as error:
        raise InvalidInput(error.message, field=f"proof-{payout_id}") from error


def _refuse_used(payout: Payout, reference: str) -> None:
    """Refuse a bank reference by which another payout of the regency was made; one marked by mistake frees its own.

    Whoever pays out in the same regency waits for the money that `holdings.secure` holds, so none slips in between.
    """
    statement = (
        select(Household.name, Payout.batch_id)
        .join_from(Payout, PayoutBatch)
        .join(Payout.household)
        .where(
            PayoutBatch.area_code == payout.batch.area_code,
            func.upper(Payout.bank_reference) == rules.as_reference(reference),
            Payout.state.in_((PayoutState.PAID, PayoutState.BOUNCED)),
            Payout.id != payout.id,
        )
    )
    used = db.session.execute(statement.limit(1)).first()
    if used is not None:
        text = _("This reference was used before: %(name)s, batch %(number)s.", name=used.name, number=used.batch_id)
        raise InvalidInput(text, field="proof")


def _event(kind: EntryKind, payout: Payout, memo: str, actor_id: int | None) -> service.Event:
    return service.Event(kind, f"payout:{payout.id}", payout.batch.area_code, memo, actor_id=actor_id)


@command
def return_payout(payout_id: int, reason: str, actor_id: int | None) -> Payout:
    """Undo a payout that was marked as paid by mistake: an entry the other way, and the household is owed it again.

    Raises StateConflict for one that is not paid, InvalidInput without a reason.
    """
    return _undo(payout_id, Action.RETURN, reason, actor_id)


@command
def bounce(payout_id: int, reason: str, actor_id: int | None) -> Payout:
    """Write down that the bank sent a transfer back: an entry the other way, and the household is owed it again.

    Its bank reference stays used. Raises StateConflict for one that is not paid or was paid in cash, InvalidInput
    without a reason.
    """
    return _undo(payout_id, Action.BOUNCE, reason, actor_id)


def _undo(payout_id: int, action: Action, reason: str, actor_id: int | None) -> Payout:
    if not reason:
        raise InvalidInput(_("Please fill this in."), field="reason")
    payout = _get(payout_id)
    if action is Action.BOUNCE and payout.method is not PayoutMethod.BANK:
        raise StateConflict
    _turn(payout, action)
    account = payout_rules.MONEY_FROM[payout.method]
    event = _event(EntryKind.PAYOUT_RETURN, payout, reason, actor_id)
    service.post(event, rules.payout_return(account, payout.household_id, payout.amount))
    audit.record(actor_id, f"payout.{action.value}", ("payout", payout.id), reason=reason, amount=payout.amount)
    return payout


@command
def cancel_payout(payout_id: int, actor_id: int | None) -> Payout:
    """Take a payout out of its batch; the household keeps its balance. Raises StateConflict when it was decided."""
    payout = _get(payout_id)
    _turn(payout, Action.CANCEL, decided_by_id=actor_id, decided_at=clock.now())
    return payout


def _get(payout_id: int) -> Payout:
    payout = db.session.get(Payout, payout_id)
    if payout is None:
        raise NotFound
    return payout


def _turn(payout: Payout, action: Action, **values: Any) -> None:
    turn(payout, payout_rules.transition(payout.state, action), **values)
