"""The account of a grant: parts that are planned and paid in. Not the shop's ledger, and never a family's income."""

import datetime as dt
import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import IntegrityError

from ..areas import queries as areas
from ..extensions import db
from ..groups.rules import BankAccount, check_bank_account
from ..shared import audit, clock, personal
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _l
from ..shared.transaction import command
from .money_models import EntryKind, Grant, GrantEntry, Tranche

PURPOSE = "grant_bank"


def locked(grant_id: int) -> Grant:
    """Return a grant with its row locked. Raises NotFound."""
    grant = db.session.get(Grant, grant_id, with_for_update=True, populate_existing=True)
    if grant is None:
        raise NotFound
    return grant


def drop(proposal_id: int) -> None:
    """Take away the grant of a proposal with its plan. Raises InvalidInput once anything of it was paid."""
    grant = db.session.scalar(select(Grant).where(Grant.proposal_id == proposal_id).with_for_update())
    if grant is None:
        return
    if grant.disbursed:
        raise InvalidInput(_l("Money of this grant was paid already: the approval stands."))
    db.session.execute(delete(Tranche).where(Tranche.grant_id == grant.id))
    db.session.delete(grant)
    db.session.flush()


def move(grant_id: int, condition: Any, message: Any, **values: Any) -> None:
    """Change the sums of a grant in one UPDATE that asks whether they allow it. Raises InvalidInput with a message."""
    db.session.flush()  # else what was changed about a row before would be forgotten with the old sums
    result: Any = db.session.execute(
        update(Grant)
        .where(Grant.id == grant_id, condition)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise InvalidInput(message, field="amount")
    db.session.expire_all()


@command
def set_bank(grant_id: int, account: BankAccount, actor_id: int) -> Grant:
    """Keep the account of the group into which a grant is paid; not while a part of it was paid already."""
    checked = check_bank_account(account)
    grant = locked(grant_id)
    if grant.disbursed:
        raise InvalidInput(_l("Money was paid into this account already: it stays."), field="number")
    grant.bank_encrypted = personal.encrypt(json.dumps(asdict(checked)), purpose=PURPOSE)
    grant.bank_last4 = personal.last_four(checked.number)
    audit.record(actor_id, "aid_grant.set_bank", ("aid_grant", grant_id))
    return grant


@command
def bank_of(grant_id: int, reason: str, actor_id: int) -> BankAccount:
    """Return the account of a grant to who pays into it, and write down that he saw it. Raises NotFound for none."""
    grant = db.session.get(Grant, grant_id)
    if grant is None or grant.bank_encrypted is None:
        raise NotFound
    audit.record(actor_id, "aid_grant.reveal", ("aid_grant", grant_id), reason=reason)
    return BankAccount(**json.loads(personal.decrypt(grant.bank_encrypted, purpose=PURPOSE)))


@command
def plan_tranche(grant_id: int, amount: int, due_on: dt.date, actor_id: int) -> Tranche:
    """Plan a part of a grant. Raises InvalidInput where the parts would be more than the whole."""
    grant = locked(grant_id)
    enough = Grant.planned + amount <= Grant.amount
    move(grant_id, enough, _l("The parts would be more than the grant."), planned=Grant.planned + amount)
    number = max((tranche.number for tranche in grant.tranches), default=0) + 1
    row = Tranche(grant_id=grant_id, number=number, amount=amount, due_on=due_on, planned_by_id=actor_id)
    db.session.add(row)
    db.session.flush()
    audit.record(actor_id, "aid_grant.plan", ("aid_grant", grant_id), number=number, amount=amount)
    return row


@command
def disburse(tranche_id: int, reference: str, paid_on: dt.date, actor_id: int) -> Tranche:
    """Write down that a part was paid into the group's account.

    Raises StateConflict when it was paid before, or by who planned it; InvalidInput without an account, for a day to
    come, or a reference of the bank that another part has.
    """
    tranche = db.session.get(Tranche, tranche_id)
    if tranche is None:
        raise NotFound
    grant = locked(tranche.grant_id)
    db.session.refresh(tranche)
    _check_payable(tranche, paid_on, actor_id)
    tranche.paid_on, tranche.bank_reference, tranche.paid_by_id = paid_on, reference, actor_id
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as error:
        raise InvalidInput(_l("Another part has this reference already."), field="reference") from error
    enough = Grant.disbursed + tranche.amount <= Grant.planned
    move(grant.id, enough, _l("The parts would be more than the grant."), disbursed=Grant.disbursed + tranche.amount)
    enter(grant.id, EntryKind.PAID_IN, tranche.amount, actor_id, tranche_id=tranche_id)
    audit.record(actor_id, "aid_grant.disburse", ("aid_grant", grant.id), number=tranche.number)
    return tranche


def _check_payable(tranche: Tranche, paid_on: dt.date, actor_id: int) -> None:
    grant = tranche.grant
    if tranche.paid_on is not None:
        raise StateConflict(_l("This part was paid already."))
    if tranche.planned_by_id == actor_id:
        raise StateConflict(_l("Another person has to pay it than the one who planned it."))
    if grant.bank_encrypted is None:
        raise InvalidInput(_l("The bank account of the group is missing."))
    if paid_on > clock.today(areas.time_zone(grant.regency_code)):
        raise InvalidInput(_l("This day is still to come."), field="paid_on")


def enter(grant_id: int, kind: EntryKind, amount: int, actor_id: int, **what: int) -> None:
    """Add a movement of a grant's account, inside the running command."""
    db.session.add(GrantEntry(grant_id=grant_id, kind=kind, amount=amount, actor_id=actor_id, **what))
