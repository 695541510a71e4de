"""What can go wrong where the market is planned: tents, days and whose turn it is."""

from marketplace.reports.checks import goods, market_days
from tests.reports.breaking import breaks, first

DOWN = first("stall", "state = 'cancelled'")
OFF = first("market_day", "state = 'called_off'")
GROUP = first("stall_group", "1 = 1")

ALL = [
    breaks(market_days.one_regency, sql=f"UPDATE tent SET area_code = '63.07' WHERE id = {first('tent', '1 = 1')}"),
    breaks(
        market_days.groups_stand,
        sql=f"UPDATE stall_group SET stall_id = {DOWN} WHERE id = {GROUP}",
    ),
    breaks(
        market_days.groups_of_regency,
        goods.product_places,
        sql=f"UPDATE kube SET regency_code = '63.07' WHERE id = (SELECT group_id FROM stall_group WHERE id = {GROUP})",
    ),
    breaks(market_days.called_off, sql=f"UPDATE market_day SET note = '' WHERE id = {OFF}"),
    breaks(
        market_days.called_off,
        sql=f"UPDATE stall SET state = 'open', day_id = {OFF} WHERE id = {DOWN}",
    ),
    breaks(market_days.taken_down_empty, sql=f"UPDATE stall SET float_amount = 50000 WHERE id = {DOWN}"),
    breaks(
        market_days.days_of_origin,
        sql="UPDATE market_day SET held_on = '2030-01-07' WHERE id = " + first("market_day", "event_id IS NOT NULL"),
    ),
    breaks(
        market_days.days_of_origin,
        sql="UPDATE market_rule SET starts_on = '2031-01-06', ends_on = NULL",
    ),
]
