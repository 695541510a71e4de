"""Another product in the place of pieces that fall short: the office proposes it, the buyer decides.

Without his consent the pieces are left out. With it they are taken off their line, and the product becomes a line of
its own, with shares frozen at that moment and its goods held. He never pays more than before.
"""

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import ScalarSelect, and_, case, func, select
from sqlalchemy.orm import aliased, selectinload

from ..catalog.models import Product, ProductKind, ProductState
from ..extensions import db
from ..ledger import rules as ledger_rules
from ..ledger.models import EntryKind
from ..shared import clock, once
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..stock import service as stock
from ..stock.models import StockLevel
from ..stock.queries import free_by_product
from . import adjustments, pieces, proposals, rules
from .models import AdjustmentKind, Order, OrderLine, OrderState, Substitute
from .proposals import Answer
from .service import frozen_line, locked, post
from .wanted import good_of

MOST_CHOICES = 30
"""As many as somebody looks through on a phone."""


@dataclass(frozen=True)
class Proposal:
    """So many pieces of a line fall short, and what is proposed for them until when."""

    line_id: int
    quantity: int
    product_id: int
    reason: str
    expires_at: dt.datetime


@command
def propose(key: str, order_id: int, proposal: Proposal, actor_id: int | None) -> None:
    """Ask the buyer of an order that is not packed yet whether another product may come; once for each key.

    Raises InvalidInput for a product that costs more or of which not so many are free.
    """
    line_id, quantity, product_id = proposal.line_id, proposal.quantity, proposal.product_id
    claim = once.claim("substitute", key, [order_id, line_id, quantity, product_id, proposal.reason])
    if claim.result_id is not None:
        return
    order = locked(order_id)
    _check_open(order)
    line = pieces.line_among(pieces.lines_of(order), line_id)
    pieces.check_quantity(quantity, line.left)
    proposals.check_none_open(order_id, line_id)
    product = _fitting(order, line, proposal)
    row = Substitute(
        order_id=order_id,
        line_id=line_id,
        quantity=quantity,
        product_id=product_id,
        name=product.name,
        unit=product.unit,
        unit_price=product.price,
        reason=proposal.reason,
        expires_at=proposal.expires_at,
        asked_by_id=actor_id,
    )
    db.session.add(row)
    db.session.flush()  # its id is what the key stands for
    claim.result_id = row.id


def _check_open(order: Order) -> None:
    if order.state is not OrderState.PROCESSING:
        raise StateConflict
    if order.billed_at is not None:
        raise StateConflict(_("This order stands on an office's invoice: leave out what is missing instead."))


def _fitting(order: Order, line: OrderLine, proposal: Proposal) -> Product:
    product = _sold(order, proposal.product_id)
    if product is None or product.id == line.product_id:
        raise InvalidInput(_("Choose another product."), field="product_id")
    if product.price > line.unit_price:
        raise InvalidInput(_("It costs more than what it replaces. The buyer must not pay more."), field="product_id")
    free = free_by_product([product.id]).get(product.id, 0)
    if free < proposal.quantity:
        raise InvalidInput(_("There are %(left)s left of this.", left=free), field="product_id")
    return product


def _sold(order: Order, product_id: int) -> Product | None:
    """Return a product that is sold now in an order's regency."""
    return db.session.scalar(
        select(Product)
        .where(
            Product.id == product_id,
            Product.regency_code == order.regency_code,
            Product.state == ProductState.PUBLISHED,
            Product.kind == ProductKind.GOODS,
        )
        .options(selectinload(Product.shares))
    )


def choices(order: Order) -> list[tuple[str, Product, int]]:
    """Return what may be proposed for some line of an order: id, product, and how many are free.

    What is of the same kind as a line comes first, then what costs hardly less than one; nothing costs more.
    """
    known = [line.product_id for line in order.lines if line.product_id is not None]
    was, cheaper_by = aliased(Product), OrderLine.unit_price - Product.price
    alike = func.min(case((was.category == Product.category, cheaper_by)))
    free = _free()
    statement = (
        select(Product, free)
        .join(OrderLine, and_(OrderLine.order_id == order.id, cheaper_by >= 0))
        .outerjoin(was, was.id == OrderLine.product_id)
        .where(
            OrderLine.quantity > OrderLine.reduced_quantity,
            Product.regency_code == order.regency_code,
            Product.state == ProductState.PUBLISHED,
            Product.kind == ProductKind.GOODS,
            Product.id.not_in(known),
            free > 0,
        )
        .group_by(Product.id)
        .order_by(alike.is_(None), func.coalesce(alike, func.min(cheaper_by)), Product.name)
        .limit(MOST_CHOICES)
    )
    return [(str(product.id), product, int(count)) for product, count in db.session.execute(statement)]


def _free() -> ScalarSelect[int]:
    """Return how many of a product can be sold now, over all its locations."""
    free = func.coalesce(func.sum(StockLevel.on_hand - StockLevel.held), 0)
    return select(free).where(StockLevel.product_id == Product.id).correlate(Product).scalar_subquery()


def _asked(order_id: int, substitute_id: int) -> tuple[Order, Substitute]:
    """Return a locked order and its proposal. Raises NotFound for one of another order."""
    return locked(order_id), proposals.of_order(order_id, substitute_id)


@command
def agree(order_id: int, substitute_id: int, actor_id: int | None) -> None:
    """Take the buyer's consent: the old pieces go, the new line is added and its goods are held.

    Raises StateConflict when the time is over or the question was taken back, InvalidInput and Shortage when the
    product is not there any more.
    """
    order, row = _asked(order_id, substitute_id)
    if row.expires_at < clock.now():
        raise StateConflict(_("The time to answer is over."))
    proposals.transition(row.state, Answer.AGREE)
    _check_open(order)
    line = pieces.line_among(pieces.lines_of(order), row.line_id)
    new = _add_line(order, row)
    stock.hold(order.reference, {row.product_id: row.quantity}, None)
    pieces.free(order, line, row.quantity)
    kind, why = AdjustmentKind.SUBSTITUTED, _("In its place: %(count)s × %(name)s", count=row.quantity, name=row.name)
    taken = pieces.take_off(order, line, row.quantity, kind, why, actor_id).row
    proposals.end(row, Answer.AGREE, new_line_id=new.id, adjustment_id=taken.id)
    less = taken.amount - new.amount
    if order.is_covered and less:
        postings = ledger_rules.reduction(less, pieces.cash_left(order))
        post(order, EntryKind.REDUCTION, f"adjustment:{taken.id}", postings, actor_id)


def _add_line(order: Order, row: Substitute) -> OrderLine:
    product = _sold(order, row.product_id)
    if product is None:
        raise InvalidInput(_("This is not sold any more."))
    priced = rules.price_good(replace(good_of(product), price=row.unit_price), row.quantity)
    line = frozen_line(priced)
    line.order_id = order.id
    db.session.add(line)
    order.goods_amount += priced.amount
    order.total += priced.amount
    db.session.flush()  # the proposal names its line
    return line


@command
def refuse(order_id: int, substitute_id: int, actor_id: int | None) -> None:
    """Take the buyer's refusal: the pieces are left out."""
    order, row = _asked(order_id, substitute_id)
    proposals.end(row, Answer.REFUSE)
    _leave_out(order, row, _("The buyer did not want a substitute."), actor_id)


@command
def withdraw(order_id: int, substitute_id: int) -> None:
    """Take a question back: the order stays as it is."""
    _order, row = _asked(order_id, substitute_id)
    proposals.end(row, Answer.WITHDRAW)


@command
def expire_due(now: dt.datetime) -> int:
    """Leave out what no buyer answered about in time; return how many that were."""
    return sum(_expire(substitute_id, now) for substitute_id in proposals.overdue(now))


def _expire(substitute_id: int, now: dt.datetime) -> bool:
    order, row = _asked(db.session.get_one(Substitute, substitute_id).order_id, substitute_id)
    if (row.state, Answer.EXPIRE) not in proposals.TRANSITIONS or row.expires_at >= now:
        return False
    proposals.end(row, Answer.EXPIRE)
    _leave_out(order, row, _("No answer about a substitute came in time."), None)
    return True


def _leave_out(order: Order, row: Substitute, reason: str, actor_id: int | None) -> None:
    """Leave the pieces out; where nothing else is left of the order, it is cancelled."""
    if sum(line.left for line in pieces.lines_of(order)) == row.quantity:
        adjustments.cancel(order.id, by_buyer=False, reason=reason, actor_id=actor_id)
        return
    adjustments.short_ship(order.id, row.line_id, row.quantity, reason, actor_id)
