"""What can go wrong with what went to the tents."""

from marketplace.reports.checks import stock, tents, treasury
from tests.reports.breaking import breaks, first

CLOSED = first("stall", "state = 'closed'")
COUNTED = first("stall_count", "missing > 0")
CLOSED_PLACE = "(SELECT min(location_id) FROM stall WHERE state = 'closed')"
LEFT = f"(SELECT min(id) FROM stock_level WHERE location_id = {CLOSED_PLACE})"
CLOSE = "'transfer:tent-' || " + CLOSED + " || '-close'"

AT_TENT = first("hold", "reference LIKE 'place:%' AND state = 'active' AND quantity > 1")

ALL = [
    breaks(
        stock.tents_hold_all,
        sql=(
            f"UPDATE stock_level SET held = held - 1 WHERE id = (SELECT level_id FROM hold WHERE id = {AT_TENT})",
            f"UPDATE hold SET quantity = quantity - 1 WHERE id = {AT_TENT}",
        ),
    ),
    breaks(
        tents.loads,
        sql=f"UPDATE stall_load_line SET counted = counted - 1 WHERE id = {first('stall_load_line', 'counted > 1')}",
    ),
    breaks(
        tents.counts,
        sql=f"UPDATE stall_count SET missing = missing - 1, spoiled = spoiled + 1 WHERE id = {COUNTED}",
    ),
    breaks(
        tents.expected,
        tents.counts,
        sql=f"UPDATE stall_count SET expected = expected + 1, missing = missing + 1 WHERE id = {COUNTED}",
    ),
    breaks(
        tents.nothing_left,
        stock.on_hand,
        stock.held,
        sql=f"UPDATE stock_level SET on_hand = on_hand + 1, held = held + 1 WHERE id = {LEFT}",
    ),
    breaks(
        tents.handed_in,
        sql=f"UPDATE journal_entry SET reference = reference || 'd' WHERE reference = {CLOSE}",
    ),
    breaks(
        treasury.entered,
        tents.handed_in,
        sql=f"UPDATE stall SET cash_counted = cash_counted + 1 WHERE id = {CLOSED}",
    ),
]
