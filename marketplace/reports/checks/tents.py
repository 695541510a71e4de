"""What went to the tents of the market days, and what became of it."""

from typing import Any

from sqlalchemy import Select, String, case, cast, exists, func, literal, select, type_coerce, union_all

from ...ledger.models import Account, JournalEntry, JournalLine
from ...stock.models import Location, LocationKind, MovementReason, StockLevel, StockMovement
from ...tent_market.goods_models import Load, LoadLine, LoadState, StallCount
from ...tent_market.models import Stall, StallState
from ..check import amounts, beside, check, joined, reference, row

M = MovementReason
COUNTED = (
    (StallCount.back, M.UNLOADED, -1),
    (StallCount.spoiled, M.SPOILED, -1),
    (StallCount.given, M.GIVEN_AWAY, -1),
    (StallCount.missing, M.MISSING, -1),
    (StallCount.found, M.FOUND, 1),
)
"""Column of a count, why it moved, and whether it came or went."""
IS_CLOSED = Stall.state == StallState.CLOSED
AT_TENT = Location.kind == LocationKind.TENT


@check("What was counted out on a loading list is what moved", "load/product/place")
def loads() -> Select[Any]:
    line = joined(reference("load", LoadLine.load_id), LoadLine.product_id, LoadLine.source_id)
    said = amounts(line, LoadLine.counted).join_from(LoadLine, Load).where(Load.state == LoadState.LOADED)
    level = joined(StockMovement.reference, StockLevel.product_id, StockLevel.location_id)
    moved = amounts(level, -StockMovement.quantity).join_from(StockMovement, StockLevel).join(Location)
    by_list = StockMovement.reference.startswith("load:")
    return beside(said, moved.where(by_list, StockMovement.reason == M.LOADED, ~AT_TENT))


@check("What was counted back at a closed tent is what moved", "stall/product/reason")
def counts() -> Select[Any]:
    said = (
        amounts(
            joined(reference("stall", StallCount.stall_id), StallCount.product_id, literal(reason.value)),
            column * sign,
        )
        .join_from(StallCount, Stall)
        .where(IS_CLOSED)
        for column, reason, sign in COUNTED
    )
    level = joined(StockMovement.reference, StockLevel.product_id, type_coerce(StockMovement.reason, String))
    moved = amounts(level, StockMovement.quantity).join_from(StockMovement, StockLevel).join(Location)
    return beside(union_all(*said), moved.where(AT_TENT, StockMovement.reference.startswith("stall:")))


@check("What should have been in a closed tent is what came less what left before the count", "stall/product")
def expected() -> Select[Any]:
    said = amounts(joined(StallCount.stall_id, StallCount.product_id), StallCount.expected)
    moved = (
        amounts(joined(Stall.id, StockLevel.product_id), StockMovement.quantity)
        .join_from(StockMovement, StockLevel)
        .join(Stall, Stall.location_id == StockLevel.location_id)
        .where(IS_CLOSED, StockMovement.reference != reference("stall", Stall.id))
    )
    return beside(said.join_from(StallCount, Stall).where(IS_CLOSED), moved)


@check("A closed tent has nothing left", "stall")
def nothing_left() -> Select[Any]:
    there = select(func.coalesce(func.sum(StockLevel.on_hand), 0)).where(StockLevel.location_id == Stall.location_id)
    open_place = exists().where(Location.id == Stall.location_id, Location.closed_at.is_(None))
    return row(Stall.id, 0, there.scalar_subquery() + case((open_place, 1), else_=0)).where(IS_CLOSED)


@check("The cash that was counted in a closed tent was handed in", "stall")
def handed_in() -> Select[Any]:
    entry = literal("transfer:tent-").concat(cast(Stall.id, String)).concat("-close")
    booked = (
        select(func.coalesce(func.sum(JournalLine.amount), 0))
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(JournalEntry.reference == entry, JournalLine.account == Account.CASH)
        .scalar_subquery()
    )
    return row(Stall.id, Stall.cash_counted, booked).where(IS_CLOSED)


CHECKS = (loads, counts, expected, nothing_left, handed_in)
