"""What can go wrong with goods: SQL that breaks it, and the checks that must see it."""

from marketplace.reports.checks import stock
from tests.reports.breaking import breaks, first, order

GIVEN_UP = first("hold", "reference = 'order:' || " + order("cancelled"))
TAKEN = first("hold", "state = 'taken'")
RELEASED = first("hold", "state = 'released'")
SOLD = first("stock_movement", "reason = 'sold'")
HELD = first("hold", "state = 'active' AND quantity > 1")

ALL = [
    breaks(
        stock.on_hand, sql="UPDATE stock_level SET on_hand = on_hand + 1 WHERE id = (SELECT min(id) FROM stock_level)"
    ),
    breaks(stock.held, sql=f"UPDATE stock_level SET held = held - 1 WHERE id = {first('stock_level', 'held > 0')}"),
    breaks(
        stock.not_oversold,
        stock.held,
        sql=f"UPDATE stock_level SET held = on_hand + 1 WHERE id = {first('stock_level', 'held > 0')}",
        unchecked="stock_level.ck_stock_level_held_range",
    ),
    breaks(
        stock.open_orders_hold,
        sql=(
            f"UPDATE stock_level SET held = held - 1 WHERE id = (SELECT level_id FROM hold WHERE id = {HELD})",
            f"UPDATE hold SET quantity = quantity - 1 WHERE id = {HELD}",
        ),
    ),
    breaks(
        stock.packed_orders_took,
        stock.sold_movements,
        sql=f"UPDATE hold SET quantity = quantity + 1 WHERE id = {TAKEN}",
    ),
    breaks(
        stock.hold_states,
        sql=(
            f"UPDATE hold SET state = 'active' WHERE id = {GIVEN_UP}",
            "UPDATE stock_level SET held = (SELECT sum(quantity) FROM hold WHERE level_id = stock_level.id"
            " AND state = 'active') WHERE held > 0",
        ),
    ),
    breaks(
        stock.holds_have_owners,
        sql=f"UPDATE hold SET reference = 'order:999' WHERE id = {RELEASED}",
    ),
    breaks(
        stock.sold_movements,
        sql=f"UPDATE stock_movement SET reference = '' WHERE id = {SOLD}",
    ),
    breaks(stock.destroyed, sql="UPDATE stock_movement SET reason = 'spoiled' WHERE reason = 'destroyed'"),
]
