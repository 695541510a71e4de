"""A batch as a whole: released by another person than who prepared it, withdrawn before that, closed at its end."""

from sqlalchemy import exists, select, update

from ..extensions import db
from ..groups.privacy import Secret, as_bank_account, reveal
from ..groups.rules import BankAccount, check_reason
from ..shared import audit, clock
from ..shared.errors import Forbidden, InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..shared.turn import turn
from . import payout_rules
from .models import BatchState, Payout, PayoutBatch, PayoutMethod, PayoutState
from .payout_rules import BatchAction


@command
def release(batch_id: int, actor_id: int | None) -> PayoutBatch:
    """Let a batch be paid: the second person's word that the families and sums are right.

    Raises Forbidden for who prepared it, StateConflict when it was released or withdrawn before or nobody is in it.
    """
    batch = _get(batch_id)
    if actor_id is not None and batch.prepared_by_id == actor_id:
        raise Forbidden(_("You prepared this batch: another treasurer or the head has to release it."))
    if not _has_waiting(batch_id):
        raise StateConflict(_("Nobody is left in this batch to be paid."))
    state = payout_rules.batch_transition(batch.state, BatchAction.RELEASE)
    turn(batch, state, released_by_id=actor_id, released_at=clock.now())
    audit.record(actor_id, "payout.release", ("payout_batch", batch_id))
    return batch


@command
def withdraw(batch_id: int, reason: str, actor_id: int | None) -> PayoutBatch:
    """Give up a batch that is not released; its families can be chosen again.

    Raises InvalidInput without a reason, StateConflict when it was released or withdrawn before.
    """
    if not reason:
        raise InvalidInput(_("Please fill this in."), field="reason")
    batch, now = _get(batch_id), clock.now()
    state = payout_rules.batch_transition(batch.state, BatchAction.WITHDRAW)
    turn(batch, state, closed_at=now, reason=reason)
    db.session.execute(
        update(Payout)
        .where(Payout.batch_id == batch_id, Payout.state == PayoutState.PENDING)
        .values(state=PayoutState.CANCELLED, decided_by_id=actor_id, decided_at=now)
        .execution_options(synchronize_session="fetch")
    )
    audit.record(actor_id, "payout.withdraw", ("payout_batch", batch_id), reason=reason)
    return batch


@command
def close(batch_id: int, actor_id: int | None) -> None:
    """Close a batch. Raises StateConflict while one of its payouts is neither paid nor cancelled."""
    batch = _get(batch_id)
    state = payout_rules.batch_transition(batch.state, BatchAction.CLOSE)
    if _has_waiting(batch_id):
        raise StateConflict(_("Mark every payout as paid or cancelled before you close the batch."))
    turn(batch, state, closed_at=clock.now())
    audit.record(actor_id, "payout.close", ("payout_batch", batch_id))


def _has_waiting(batch_id: int) -> bool:
    """Tell whether a payout waits in a batch; none is ever added to it, nor waits again."""
    waiting = exists().where(Payout.batch_id == batch_id, Payout.state == PayoutState.PENDING)
    return bool(db.session.scalar(select(waiting)))


@command
def reveal_accounts(batch: PayoutBatch, reason: str, actor_id: int | None) -> dict[int, BankAccount]:
    """Return household id → bank account for the open bank payouts of a batch; each look leaves an audit row.

    Raises StateConflict before the batch is released, InvalidInput for a reason too short to be one.
    """
    check_reason(reason)
    if batch.state is not BatchState.RELEASED:
        raise StateConflict(_("Somebody else has to release this batch before it is paid."))
    return {
        payout.household_id: as_bank_account(reveal(payout.household_id, Secret.BANK, reason, actor_id))
        for payout in batch.payouts
        if payout.method is PayoutMethod.BANK and payout.state is PayoutState.PENDING
    }


def _get(batch_id: int) -> PayoutBatch:
    batch = db.session.get(PayoutBatch, batch_id)
    if batch is None:
        raise NotFound
    return batch
