"""Take back a payment that was booked by mistake: the line of the statement is free for what it was really for."""

from sqlalchemy import select

from ..documents import service as documents
from ..documents.models import DocumentKind
from ..extensions import db
from ..payments import undoing
from ..payments.models import Payment
from ..shared import audit
from ..shared.transaction import command
from ..shared.turn import turn
from . import rules
from .models import StatementLine
from .rules import Action


@command
def take_back(payment_id: int, reason: str, actor_id: int) -> Payment:
    """Undo a confirmed payment and free its line; the receipt of an order that is not paid any more is worth nothing.

    Raises as `payments.undoing.take_back`.
    """
    payment = undoing.take_back(payment_id, reason, actor_id)
    line = db.session.scalar(select(StatementLine).where(StatementLine.payment_id == payment_id))
    if line is not None:
        state = rules.transition(line.state, Action.FREE)
        turn(line, state, outcome=None, payment_id=None, decided_by_id=None, decided_at=None)
        audit.record(actor_id, "statement.free", ("statement_line", line.id), reason=reason)
    receipt = documents.valid_of(payment.order_id, DocumentKind.RECEIPT)
    if receipt is not None and payment.order.paid_at is None:
        documents.cancel(receipt.id, reason, actor_id)
    return payment
