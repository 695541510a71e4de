"""What can go wrong with what tills told; see corruptions.py."""

from marketplace.reports.checks import tills
from tests.reports.breaking import breaks, first

SALE = first("till_event", "kind = 'sale' AND state = 'booked'")
BACK = first("till_event", "kind <> 'sale' AND state = 'booked'")

ALL = [
    breaks(tills.sales, sql=f"UPDATE till_event SET key = 'x' WHERE id = {SALE}"),
    breaks(
        tills.sales,
        tills.returns,
        sql=f"UPDATE till_event SET state = 'rescue', problem = 'revoked', order_id = NULL WHERE id = {SALE}",
    ),
    breaks(
        tills.sums,
        sql=f"UPDATE till_event SET body = (SELECT body FROM till_event WHERE id = {BACK}) WHERE id = {SALE}",
    ),
    breaks(tills.returns, sql=f"UPDATE till_event SET state = 'rescue', problem = 'no_money' WHERE id = {BACK}"),
    breaks(tills.numbers, sql="UPDATE till_device SET last_sequence = last_sequence - 1"),
]
