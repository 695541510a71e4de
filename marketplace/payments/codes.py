"""Unique codes: taken in the transaction that makes the bill, kept a while after it closed."""

import datetime as dt
import secrets

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..areas import queries as areas
from ..areas.models import FigureKey
from ..extensions import db
from ..shared import clock
from ..shared.errors import InvalidInput
from ..shared.i18n import _
from . import rules
from .models import Payment, PaymentState, UniqueCode

TRIES = 50
"""Each failed try means that another bill got the code at the same moment."""


def take(account_id: int, payment: Payment, due: int) -> int:
    """Give a bill a unique code, at random among the free ones of the account.

    Where money of the order was taken back, the code of that bill: who sends what he was first asked for has paid.
    Raises InvalidInput when none is free.
    """
    now = clock.now()
    known = _code_of_before(account_id, payment)
    _drop_old(account_id, now)
    for _try in range(TRIES):
        free = _free(account_id, due)
        if not free:
            break
        code = known if known in free else secrets.choice(free)
        if _insert(account_id, code, payment, now):
            return code
    raise InvalidInput(_("Too many transfers are open just now. Choose another way to pay."), field="payment_method")


def _code_of_before(account_id: int, payment: Payment) -> int:
    """Return the code of the order's bill whose money was taken back, free now for the next one; 0 without any.

    The office may have another account by now: there the code is taken too, where it is free.
    """
    statement = select(Payment).where(
        Payment.order_id == payment.order_id,
        Payment.state == PaymentState.TAKEN_BACK,
        Payment.unique_code > 0,
    )
    before = db.session.scalar(statement.order_by(Payment.id.desc()).limit(1))
    if before is None:
        return 0
    own = delete(UniqueCode).where(UniqueCode.payment_id == before.id, UniqueCode.account_id == account_id)
    db.session.execute(own.execution_options(synchronize_session=False))
    return before.unique_code


def _drop_old(account_id: int, now: dt.datetime) -> None:
    still_open = select(Payment.id).where(Payment.state.in_(rules.OPEN))
    db.session.execute(
        delete(UniqueCode)
        .where(
            UniqueCode.account_id == account_id,
            UniqueCode.reserved_until <= now,
            UniqueCode.payment_id.not_in(still_open),
        )
        .execution_options(synchronize_session=False)
    )


def _free(account_id: int, due: int) -> list[int]:
    used = db.session.execute(
        select(UniqueCode.code, Payment.amount)
        .join(Payment, Payment.id == UniqueCode.payment_id)
        .where(UniqueCode.account_id == account_id)
    ).all()
    return rules.free_codes(due, {code for code, _amount in used}, {amount for _code, amount in used})


def _insert(account_id: int, code: int, payment: Payment, now: dt.datetime) -> bool:
    values = {
        "account_id": account_id,
        "code": code,
        "payment_id": payment.id,
        "reserved_until": _until(payment, payment.expires_at or now),
    }
    try:
        with db.session.begin_nested():
            db.session.execute(insert(UniqueCode).values(values))
    except IntegrityError:  # taken by another bill a moment ago
        return False
    return True


def _until(payment: Payment, closed: dt.datetime) -> dt.datetime:
    hours = areas.figure(FigureKey.CODE_RESERVE_HOURS, payment.order.regency_code, closed.date())
    return closed + dt.timedelta(hours=hours)


def keep_a_while(payment: Payment) -> None:
    """Keep the code of a bill that closes now, so that late money is not taken for another's."""
    db.session.execute(
        update(UniqueCode)
        .where(UniqueCode.payment_id == payment.id)
        .values(reserved_until=_until(payment, clock.now()))
        .execution_options(synchronize_session=False)
    )
