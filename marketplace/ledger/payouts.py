"""Pay households what is owed to them: prepared in batches, each paid once against a signature or by bank."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, exists, func, select, update
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..groups.models import Household
from ..groups.privacy import Secret, as_bank_account, reveal
from ..groups.rules import BankAccount
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

    Raises StateConflict when it was already decided, and InvalidInput without proof, for a bank reference that another
    payout carries, when the books hold less money than it, or when the balance has become smaller meanwhile (goods
    came back).
    """
    if not proof:
        raise InvalidInput(_("Please fill this in."), field="proof")
    payout = _get(payout_id)
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


def _refuse_used(payout: Payout, reference: str) -> None:
    """Refuse a bank reference by which another payout of the regency was made that was not taken back.

    Whoever pays out in the same regency waits for the money that `holdings.secure` holds, so none slips in between.
    """
    statement = (
        select(Household.name, Payout.batch_id)
        .join_from(Payout, PayoutBatch)
        .join(Payout.household)
        .where(
            PayoutBatch.area_code == payout.batch.area_code,
            func.upper(Payout.bank_reference) == reference.upper(),
            Payout.state == PayoutState.PAID,
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
    if not reason:
        raise InvalidInput(_("Please fill this in."), field="reason")
    payout = _get(payout_id)
    _turn(payout, Action.RETURN)
    account = payout_rules.MONEY_FROM[payout.method]
    event = _event(EntryKind.PAYOUT_RETURN, payout, reason, actor_id)
    service.post(event, rules.payout_return(account, payout.household_id, payout.amount))
    audit.record(actor_id, "payout.return", ("payout", payout.id), reason=reason, amount=payout.amount)
    return payout


@command
def cancel_payout(payout_id: int, actor_id: int | None) -> Payout:
    """Take a payout out of its batch; the household keeps its balance. Raises StateConflict when it was decided."""
    payout = _get(payout_id)
    _turn(payout, Action.CANCEL, decided_by_id=actor_id, decided_at=clock.now())
    return payout


@command
def close_batch(batch_id: int, actor_id: int | None) -> None:
    """Close a batch. Raises StateConflict while one of its payouts is neither paid nor cancelled."""
    waiting = exists().where(Payout.batch_id == batch_id, Payout.state == PayoutState.PENDING)
    result = db.session.execute(
        update(PayoutBatch)
        .where(PayoutBatch.id == batch_id, PayoutBatch.state == BatchState.PREPARED, ~waiting)
        .values(state=BatchState.CLOSED, closed_at=clock.now())
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise StateConflict(_("Mark every payout as paid or cancelled before you close the batch."))
    audit.record(actor_id, "payout.close", ("payout_batch", batch_id))


@command
def reveal_accounts(batch: PayoutBatch, actor_id: int | None) -> dict[int, BankAccount]:
    """Return household id → bank account for the open bank payouts of a batch; each look leaves an audit row."""
    reason = f"payout batch {batch.id}"
    return {
        payout.household_id: as_bank_account(reveal(payout.household_id, Secret.BANK, reason, actor_id))
        for payout in batch.payouts
        if payout.method is PayoutMethod.BANK and payout.state is PayoutState.PENDING
    }


def _get(payout_id: int) -> Payout:
    payout = db.session.get(Payout, payout_id)
    if payout is None:
        raise NotFound
    return payout


def _turn(payout: Payout, action: Action, **values: Any) -> None:
    turn(payout, payout_rules.transition(payout.state, action), **values)
