"""Which substitutes were proposed for an order, and what may happen to a proposal."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import select

from ..extensions import db
from ..shared import clock
from ..shared.errors import NotFound, StateConflict
from ..shared.i18n import _
from ..shared.moves import move
from ..shared.turn import turn
from .models import Order, OrderLine, Substitute, SubstituteState


class Answer(StrEnum):
    """What can happen to a proposal."""

    AGREE = "agree"
    REFUSE = "refuse"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    """By the office; the order stays as it is."""


S, A = SubstituteState, Answer

TRANSITIONS: dict[tuple[SubstituteState, Answer], SubstituteState] = {
    (S.ASKED, A.AGREE): S.AGREED,
    (S.ASKED, A.REFUSE): S.REFUSED,
    (S.ASKED, A.EXPIRE): S.EXPIRED,
    (S.ASKED, A.WITHDRAW): S.WITHDRAWN,
}


def transition(state: SubstituteState, answer: Answer) -> SubstituteState:
    """Return the state after an answer. Raises StateConflict where it comes too late."""
    return move(TRANSITIONS, state, answer)


def end(row: Substitute, answer: Answer, **values: int) -> None:
    """Bring a proposal to its end, once. Raises StateConflict when it has come to one."""
    turn(row, transition(row.state, answer), answered_at=clock.now(), **values)


def open_of(order_id: int) -> list[Substitute]:
    """Return the proposals that wait for the buyer of an order."""
    waiting = select(Substitute).where(Substitute.order_id == order_id, Substitute.state == SubstituteState.ASKED)
    return list(db.session.scalars(waiting.order_by(Substitute.id).execution_options(populate_existing=True)))


def of_order(order_id: int, substitute_id: int) -> Substitute:
    """Return a proposal. Raises NotFound for one of another order."""
    row = db.session.get(Substitute, substitute_id, populate_existing=True)
    if row is None or row.order_id != order_id:
        raise NotFound
    return row


def check_none_open(order_id: int, line_id: int | None = None) -> None:
    """Raise StateConflict while the buyer of an order was asked about it, or about one of its lines."""
    if any(line_id in (None, row.line_id) for row in open_of(order_id)):
        raise StateConflict(_("An answer about a substitute is still awaited. Settle that first."))


def replaced(order: Order) -> dict[int, int]:
    """Return what what came in the place of pieces cost, by the adjustment that took them off; mostly no query."""
    if not order.reduced_amount:
        return {}
    statement = (
        select(Substitute.adjustment_id, OrderLine.quantity * OrderLine.unit_price)
        .join(OrderLine, OrderLine.id == Substitute.new_line_id)
        .where(Substitute.order_id == order.id)
    )
    return {adjustment_id: amount for adjustment_id, amount in db.session.execute(statement) if adjustment_id}


def overdue(now: dt.datetime) -> list[int]:
    """Return the ids of the proposals that nobody answered in time, oldest first."""
    late = select(Substitute.id).where(Substitute.state == SubstituteState.ASKED, Substitute.expires_at < now)
    return list(db.session.scalars(late.order_by(Substitute.expires_at)))
