"""Words on payments of what a family bought."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select

from ..extensions import db
from ..orders.forgetting import bought
from ..orders.models import Order
from ..shared import images
from ..shared.forgetting import Forgetter, Whom, Words
from .models import Payment, Refund


def _orders(whom: Whom) -> Select[Any]:
    return select(Order.id).where(bought(whom))


def _paid(whom: Whom) -> ColumnElement[bool]:
    return Payment.order_id.in_(_orders(whom))


def _drop_proofs(whom: Whom) -> None:
    """Remove the photos by which the family showed that it paid."""
    payments = list(db.session.scalars(select(Payment).where(_paid(whom), Payment.proof_id.is_not(None))))
    ids = [payment.proof_id for payment in payments if payment.proof_id is not None]
    for payment in payments:
        payment.proof_id = None
    db.session.flush()
    images.drop(ids)


FORGETTER = Forgetter(
    words=(
        Words((Payment.note, Payment.reason, Payment.instruction), _paid),
        Words((Refund.reason, Refund.problem, Refund.reference), lambda whom: Refund.order_id.in_(_orders(whom))),
    ),
    also=_drop_proofs,
)
