"""What can go wrong, one row of the table each: SQL that breaks it, and the checks that must see it."""

from marketplace.reports.checks import bills, goods, ledger, mentoring, once, orders, people, snapshots, treasury
from tests.reports import corruptions_at_tents as tents
from tests.reports import corruptions_at_tills as tills
from tests.reports import corruptions_in_field as in_field
from tests.reports import corruptions_of_aid as given
from tests.reports import corruptions_of_cases as of_cases
from tests.reports import corruptions_of_market as market
from tests.reports import corruptions_of_registry as of_registry
from tests.reports import corruptions_of_stock
from tests.reports import corruptions_of_trainings as trainings
from tests.reports import corruptions_on_paper as paper
from tests.reports.breaking import booked, breaks, component, entry, first, line, order

GONE = first("household", "forgotten_on IS NOT NULL")

PARCEL_ENTRY = "id IN (SELECT entry_id FROM journal_line WHERE account = 'packing_fund')"
PAID = first("order_event", "action = 'pay'")
CONFIRMED = first("payment", "state = 'confirmed'")
OPEN_BILL = first("payment", "state = 'pending' AND provider = 'transfer'")
OTHER_BILL = "(SELECT max(id) FROM payment WHERE state = 'pending' AND provider = 'transfer')"
FINAL = first("snapshot", "is_final AND people > 0 AND status <> 'no_data'")

ORDERS = [
    breaks(
        orders.goods,
        sql=f"UPDATE orders SET goods_amount = goods_amount + 1, total = total + 1 WHERE id = {order('expired')}",
    ),
    breaks(
        orders.totals,
        sql=f"UPDATE orders SET delivery_fee = delivery_fee + 1 WHERE id = {order('expired')}",
        unchecked="orders.ck_orders_total_sum",
    ),
    breaks(
        orders.lines,
        sql=f"UPDATE order_line SET unit_price = unit_price + 1 WHERE id = {line('expired')}",
        unchecked="order_line.ck_order_line_amount_product",
    ),
    breaks(
        orders.line_parts,
        sql=(
            f"UPDATE order_component SET amount = amount + 1 WHERE id = {component('expired')}",
            "UPDATE order_share SET amount = amount + 1 WHERE id ="
            f" (SELECT min(id) FROM order_share WHERE component_id = {component('expired')})",
        ),
    ),
    breaks(
        orders.shares,
        sql="UPDATE order_share SET amount = amount + 1 WHERE id ="
        f" (SELECT min(id) FROM order_share WHERE component_id = {component('expired')})",
    ),
    breaks(
        orders.components,
        sql=f"UPDATE order_component SET quantity = quantity + 1 WHERE id = {component('expired')}",
    ),
    breaks(orders.parcel_prices, sql="UPDATE recipe SET price = price + 1000"),
    breaks(orders.parcel_packing, sql="UPDATE recipe SET packing_cost = packing_cost - 1"),
    breaks(orders.reduced, sql=f"UPDATE orders SET reduced_amount = 1 WHERE id = {order('expired')}"),
    breaks(
        orders.reduced_lines,
        orders.reduced_shares,
        sql=f"UPDATE order_line SET reduced_quantity = 1 WHERE id = {line('expired')}",
    ),
    breaks(
        orders.adjustments,
        orders.reduced,
        sql="UPDATE order_adjustment SET amount = amount + 1 WHERE id = (SELECT min(id) FROM order_adjustment)",
    ),
    breaks(
        orders.reduced_shares,
        sql=f"UPDATE order_share SET reduced_amount = reduced_amount - 1 WHERE component_id = {component('cancelled')}",
    ),
    breaks(orders.moments, sql=f"UPDATE orders SET packed_at = placed_at WHERE id = {order('processing')}"),
    breaks(
        orders.last_steps,
        orders.chain,
        sql="INSERT INTO order_event (order_id, action, from_state, to_state, note, at)"
        f" VALUES ({order('expired')}, 'cancel', 'awaiting_payment', 'cancelled', '', '2026-01-01 00:00:00')",
    ),
    breaks(
        orders.chain,
        sql=f"UPDATE order_event SET from_state = 'processing' WHERE id = {PAID}",
    ),
    breaks(orders.steps, sql="UPDATE order_event SET action = 'fly' WHERE id = (SELECT min(id) FROM order_event)"),
    breaks(
        orders.returns,
        ledger.returned_once,
        ledger.returned_amounts,
        sql=f"UPDATE order_adjustment SET kind = 'returned' WHERE order_id = {order('cancelled')}",
    ),
    breaks(
        orders.returned_whole,
        orders.last_steps,
        orders.moments,
        sql=f"UPDATE orders SET state = 'returned' WHERE id = {order('completed')}",
    ),
]

LEDGER = [
    breaks(ledger.entries_balance, sql=booked(entry("payout"), "packing_fund", 5)),
    breaks(
        ledger.balances,
        sql="UPDATE household_balance SET balance = balance + 1 WHERE household_id ="
        " (SELECT min(household_id) FROM household_balance)",
    ),
    breaks(
        ledger.regencies,
        treasury.closes,
        sql=f"UPDATE journal_entry SET area_code = '63.07' WHERE id = {entry('payment')}",
    ),
    breaks(
        ledger.entries_have_orders,
        sql=f"UPDATE journal_entry SET order_id = {order('expired')} WHERE id = {entry('payout')}",
    ),
    breaks(ledger.references, sql=f"UPDATE journal_entry SET reference = 'order:0' WHERE id = {entry('delivery')}"),
    breaks(ledger.paid_once, sql=f"UPDATE journal_entry SET kind = 'stray_payment' WHERE id = {entry('payment')}"),
    breaks(
        ledger.bills_settled,
        sql="UPDATE journal_entry SET reference = 'adjustment:0' || id WHERE kind = 'reduction'"
        " AND reference LIKE 'adjustment:%'",
    ),
    breaks(
        ledger.deposits,
        ledger.delivery_fees,
        sql=(booked(entry("delivery"), "customer_deposits", 5), booked(entry("delivery"), "delivery_fund", -5)),
    ),
    breaks(
        ledger.delivered_once,
        ledger.returned_once,
        sql=f"UPDATE journal_entry SET kind = 'return' WHERE id = {entry('delivery')}",
    ),
    breaks(
        ledger.returned_once,
        ledger.returned_amounts,
        ledger.earning_kinds,
        mentoring.frozen,
        sql=f"UPDATE journal_entry SET kind = 'reduction' WHERE id = {entry('return')}",
    ),
    breaks(
        ledger.returned_amounts,
        sql=f"UPDATE journal_entry SET reference = 'adjustment:0' WHERE id = {entry('return')}",
    ),
    breaks(
        ledger.earnings,
        mentoring.frozen,
        sql=f"UPDATE journal_line SET product_id = NULL WHERE id = {first('journal_line', 'product_id IS NOT NULL')}",
    ),
    breaks(
        ledger.transfers,
        treasury.closes,
        sql="UPDATE journal_line SET account = 'refunds_payable' WHERE account = 'bank' AND entry_id ="
        f" {entry('transfer')}",
    ),
    breaks(
        ledger.packing,
        ledger.delivery_fees,
        sql=(
            "UPDATE journal_line SET amount = amount - 1 WHERE account = 'packing_fund' AND entry_id ="
            f" {entry('delivery', PARCEL_ENTRY)}",
            "UPDATE journal_line SET amount = amount + 1 WHERE account = 'delivery_fund' AND entry_id ="
            f" {entry('delivery', PARCEL_ENTRY)}",
        ),
    ),
    breaks(
        ledger.owed_back,
        bills.refunds,
        sql="UPDATE refund SET amount = amount + 1 WHERE id = (SELECT min(id) FROM refund)",
    ),
    breaks(
        ledger.no_overpaid_refund,
        treasury.closes,
        ledger.owed_back,
        bills.refunds,
        sql=(booked(entry("refund"), "refunds_payable", 9), booked(entry("refund"), "cash", -9)),
    ),
]

BILLS = [
    breaks(
        bills.payments,
        treasury.closes,
        sql=f"UPDATE journal_line SET account = 'qris' WHERE account = 'bank' AND entry_id = {entry('payment')}",
    ),
    breaks(
        bills.payments,
        treasury.closes,
        sql=(booked(entry("delivery"), "cash", 5), booked(entry("delivery"), "bank", -5)),
    ),
    breaks(
        bills.payment_orders,
        ledger.owed_back,
        sql=f"UPDATE payment SET order_id = {order('expired')} WHERE id = {CONFIRMED}",
    ),
    breaks(
        bills.payment_moments,
        sql=f"UPDATE payment SET decided_at = NULL WHERE id = {CONFIRMED}",
    ),
    breaks(
        bills.discounts,
        sql=f"UPDATE payment SET unique_code = 0 WHERE id = {CONFIRMED}",
    ),
    breaks(
        bills.refunds,
        sql=f"UPDATE refund SET method = 'cash' WHERE id = {first('refund', 'method = ' + repr('transfer'))}",
    ),
    breaks(bills.payouts, sql="UPDATE payout SET amount = amount + 1 WHERE state = 'paid'"),
    breaks(bills.payout_returns, sql="UPDATE payout SET state = 'paid' WHERE state = 'returned'"),
    breaks(
        bills.payout_return_households,
        ledger.balances,
        sql="UPDATE journal_line SET household_id = (SELECT max(id) FROM household)"
        f" WHERE account = 'household_payable' AND entry_id = {entry('payout_return')}",
    ),
    breaks(
        bills.holdings,
        treasury.closes,
        sql=(booked(entry("transfer"), "cash", -900_000), booked(entry("transfer"), "bank", 900_000)),
    ),
    breaks(
        bills.payout_households,
        sql="UPDATE payout SET household_id = (SELECT max(id) FROM household) WHERE state = 'paid'",
    ),
    breaks(bills.payout_proofs, sql="UPDATE payout SET signed_by = '' WHERE state = 'paid'"),
    breaks(bills.closed_batches, sql="UPDATE payout_batch SET state = 'closed', released_at = prepared_at"),
    breaks(bills.released_batches, sql="UPDATE payout_batch SET state = 'prepared' WHERE state = 'closed'"),
    breaks(
        bills.two_persons,
        sql="UPDATE payout_batch SET prepared_by_id = released_by_id",
        unchecked="payout_batch.ck_payout_batch_two_persons",
    ),
    breaks(
        bills.bounced_transfers,
        bills.payouts,
        bills.payout_returns,
        bills.payout_proofs,
        sql="UPDATE payout SET method = 'cash' WHERE state = 'bounced'",
    ),
    breaks(
        bills.one_open_bill,
        sql=f"UPDATE payment SET order_id = (SELECT order_id FROM payment WHERE id = {OTHER_BILL})"
        f" WHERE id = {OPEN_BILL}",
    ),
    breaks(bills.open_bills, sql=f"UPDATE payment SET amount = amount - 5000 WHERE id = {OPEN_BILL}"),
    breaks(bills.open_codes, sql=f"DELETE FROM unique_code WHERE payment_id = {OPEN_BILL}"),
    breaks(
        bills.open_sums,
        bills.open_codes,
        sql="UPDATE payment SET (amount, unique_code) ="
        f" (SELECT amount, unique_code FROM payment WHERE id = {OTHER_BILL}) WHERE id = {OPEN_BILL}",
    ),
]

GOODS = [
    breaks(
        goods.product_shares,
        sql="UPDATE product_share SET basis_points = basis_points - 1 WHERE id = (SELECT min(id) FROM product_share)",
    ),
    breaks(goods.product_states, sql="UPDATE product SET published_at = NULL WHERE id = (SELECT min(id) FROM product)"),
    breaks(goods.product_states, sql="UPDATE revision SET state = 'withdrawn'"),
    breaks(
        goods.product_places,
        sql="UPDATE product SET district_code = '63.06.01' WHERE id = (SELECT min(id) FROM product)",
    ),
    breaks(
        goods.recipe_goods,
        sql="UPDATE product SET kind = 'service' WHERE id = (SELECT min(product_id) FROM recipe_item)",
    ),
    breaks(goods.recipe_prices, sql="UPDATE recipe_item SET unit_price = unit_price + 1000000"),
    breaks(goods.parcel_recipes, sql="UPDATE parcel SET recipe_version = 9"),
]

MONTHS = [
    breaks(
        snapshots.net_sales,
        sql="UPDATE snapshot SET net_sales = net_sales + people, income_per_person = income_per_person + 1"
        f" WHERE id = {FINAL}",
    ),
    breaks(
        snapshots.other_income,
        sql="UPDATE snapshot SET other_income = other_income + people, income_per_person = income_per_person + 1"
        f" WHERE id = {FINAL}",
    ),
    breaks(
        snapshots.per_person, sql=f"UPDATE snapshot SET income_per_person = income_per_person + 1 WHERE id = {FINAL}"
    ),
    breaks(snapshots.lines, sql=f"UPDATE snapshot SET line_id = NULL WHERE id = {FINAL}"),
    breaks(
        snapshots.notes,
        sql="UPDATE income_note SET verified_by_id = recorded_by_id WHERE state = 'verified'",
    ),
    breaks(
        snapshots.notes,
        sql="UPDATE income_note SET state = 'rejected', ended_at = '2026-03-11 00:00:00' WHERE state = 'taken_back'",
    ),
    breaks(
        goods.kept_photos,
        sql="INSERT INTO kept_photo (image_id, kept_at) SELECT image_id, '2026-03-11 00:00:00' FROM product_photo",
    ),
    breaks(snapshots.status, sql=f"UPDATE snapshot SET status = 'no_data' WHERE id = {FINAL}"),
]

PEOPLE = [
    breaks(
        people.numbers,
        sql="INSERT INTO audit_entry (at, action, subject_type, reason, detail)"
        " VALUES ('2026-01-01 00:00:00', 'household.view', 'household', 'KK 6306050101120009 dicek', '{}')",
    ),
    breaks(
        people.numbers,
        sql=f"UPDATE orders SET note = 'titip 6306.0501.0190-0001 ya' WHERE id = {order('expired')}",
    ),
    breaks(
        people.numbers,
        sql="UPDATE refund SET reference = '6306054502880002' WHERE reference NOT LIKE 'till:%'",
    ),
    breaks(people.households, sql="UPDATE household SET kk_last4 = '0000' WHERE id = (SELECT min(id) FROM household)"),
    breaks(people.households, sql="UPDATE household SET address_encrypted = kk_encrypted"),
    breaks(
        people.persons, sql=f"UPDATE person SET nik_hash = 'x' WHERE id = {first('person', 'nik_hash IS NOT NULL')}"
    ),
    breaks(people.offices, sql="UPDATE membership SET role = 'chair'"),
    breaks(people.forgotten, sql=f"UPDATE person SET name = 'Siti' WHERE household_id = {GONE}"),
    breaks(people.forgotten, sql=f"UPDATE household SET name = 'Siti' WHERE id = {GONE}"),
    breaks(people.two_people, people.households, sql="UPDATE household SET forgotten_on = NULL"),
    breaks(
        people.two_people,
        sql="UPDATE forgetting SET proposed_by_id = decided_by_id WHERE state = 'done'",
        unchecked="forgetting.ck_forgetting_two_people",
    ),
]

ONCE = [
    breaks(
        once.effects,
        once.one_key,
        sql="UPDATE once_key SET result_id = NULL WHERE id = (SELECT min(id) FROM once_key WHERE scope = 'order')",
    ),
    breaks(once.one_key, sql=f"DELETE FROM once_key WHERE scope = 'order' AND result_id = {order('expired')}"),
    breaks(once.references, sql=f"UPDATE orders SET buyer_id = 999 WHERE id = {order('expired')}"),
    breaks(once.uniqueness, sql="DROP INDEX uq_payout_open"),
]

TREASURY = [
    breaks(
        bills.taken_back,
        sql="UPDATE payment SET state = 'taken_back', received_amount = 0, decided_at = created_at, reason = 'x'"
        f" WHERE id = {OPEN_BILL}",
    ),
    breaks(bills.freed, sql="UPDATE payment SET reason = '' WHERE state = 'taken_back'"),
    breaks(treasury.lines, sql="UPDATE statement_line SET amount = amount + 1 WHERE payment_id IS NOT NULL"),
    breaks(
        treasury.matches,
        sql="UPDATE statement_line SET state = 'matched', outcome = 'paid' WHERE state = 'open'",
    ),
    breaks(treasury.fees, sql="UPDATE statement_line SET amount = amount - 1 WHERE outcome = 'fee'"),
    breaks(
        treasury.undone_fees,
        sql=(booked(entry("bank_fee_return"), "bank", 5), booked(entry("bank_fee_return"), "provider_fees", -5)),
    ),
    breaks(treasury.closes, sql="UPDATE day_count SET opening = opening + 1, counted = counted + 1"),
    breaks(treasury.late_entries, treasury.closes, sql="UPDATE day_close SET last_entry_id = 1"),
    breaks(
        treasury.entered,
        treasury.counted,
        sql=(booked(entry("count_difference"), "cash", 1), booked(entry("count_difference"), "count_differences", -1)),
    ),
    breaks(treasury.entered, sql="UPDATE day_count SET booked = booked + 1 WHERE account = 'cash'"),
    breaks(treasury.counted, sql="UPDATE day_count SET counted = counted + 1 WHERE account = 'cash'"),
    breaks(
        treasury.differences,
        sql="UPDATE day_count SET reason = ''",
        unchecked="day_count.ck_day_count_difference_explained",
    ),
]

ALL = [
    *TREASURY,
    *corruptions_of_stock.ALL,
    *ORDERS,
    *LEDGER,
    *BILLS,
    *paper.ALL,
    *market.ALL,
    *trainings.ALL,
    *tents.ALL,
    *tills.ALL,
    *of_cases.ALL,
    *in_field.ALL,
    *given.ALL,
    *GOODS,
    *MONTHS,
    *PEOPLE,
    *of_registry.ALL,
    *ONCE,
]
