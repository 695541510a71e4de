"""What can go wrong with offices, documents and what providers told."""

from marketplace.reports.checks import documents, ledger, offices, online, orders
from tests.reports.breaking import booked, breaks, entry, first

ASKED = first("refund", "state = 'requested'")
ONLINE = [
    breaks(
        online.asked_is_owed, online.given_was_received, sql=f"UPDATE refund SET amount = 900000 WHERE id = {ASKED}"
    ),
    breaks(
        online.refund_orders,
        sql="UPDATE refund SET payment_id = (SELECT max(id) FROM payment WHERE provider = 'stripe')"
        f" WHERE id = {ASKED}",
    ),
    breaks(
        online.names,
        sql=f"UPDATE payment SET charge_reference = NULL WHERE id = {first('payment', 'charge_reference IS NOT NULL')}",
    ),
    breaks(online.disputes, sql="UPDATE dispute SET state = 'won' WHERE state = 'open'"),
    breaks(online.disputes, sql="UPDATE dispute SET amount = amount + 1 WHERE state = 'lost'"),
]

PAPER = first("document", "kind = 'invoice' AND state = 'valid'")
SERIES = "kind = 'invoice'"
LAST = f"(SELECT max(id) FROM document WHERE {SERIES})"
DOCUMENTS = [
    breaks(documents.last_numbers, documents.replaced, sql=f"DELETE FROM document WHERE id = {LAST}"),
    breaks(documents.last_numbers, sql="UPDATE number_series SET last_number = last_number + 1 WHERE name = 'invoice'"),
    breaks(documents.no_gaps, sql=f"UPDATE document SET sequence = sequence + 1 WHERE id = {LAST}"),
    breaks(documents.replaced, sql="UPDATE document SET state = 'cancelled' WHERE state = 'replaced'"),
    breaks(
        documents.regencies,
        documents.last_numbers,
        documents.no_gaps,
        sql=f"UPDATE document SET regency_code = '63.07' WHERE id = {PAPER}",
    ),
    breaks(documents.printed, sql=f"UPDATE document SET number = '0009/TGH/63.06/2026' WHERE id = {PAPER}"),
    breaks(documents.sums, sql=f"UPDATE document SET amount = 900000000 WHERE id = {PAPER}"),
]

BILLED = "billed_at IS NOT NULL"
OWED = f"(SELECT min(id) FROM orders WHERE {BILLED} AND state = 'processing' AND paid_at IS NULL)"
ORDERED = first("office_order", "state = 'ordered'")

REMINDER = first("notice", "kind = 'invoice_due'")
OFFICES_PAPER = first("document", "kind = 'office_invoice'")
DOCUMENTS += [
    breaks(
        documents.office_invoices,
        documents.printed,
        sql=f"UPDATE document SET number = 'TG-1' WHERE id = {OFFICES_PAPER}",
    ),
    breaks(
        documents.one_invoice,
        sql=f"UPDATE document SET order_id = {OWED}, amount = NULL WHERE id = {PAPER}",
    ),
]

OFFICES = [
    breaks(
        ledger.billed_once,
        ledger.paid_once,
        sql=f"UPDATE journal_entry SET kind = 'payment' WHERE id = {entry('invoice')}",
    ),
    breaks(
        ledger.receivables,
        sql=(
            booked(entry("invoice_payment"), "receivables", 7),
            booked(entry("invoice_payment"), "refunds_payable", -7),
        ),
    ),
    breaks(ledger.settled, sql=f"UPDATE orders SET paid_at = billed_at WHERE id = {OWED}"),
    breaks(
        offices.offers,
        sql="UPDATE office_order SET goods_amount = goods_amount + 1, total = total + 1 WHERE state = 'draft'",
    ),
    breaks(
        offices.ordered,
        offices.offers,
        sql="UPDATE office_order_line SET unit_price = unit_price + 1 WHERE id ="
        f" (SELECT min(id) FROM office_order_line WHERE office_order_id = {ORDERED})",
    ),
    breaks(offices.approved, sql=f"UPDATE office_order SET purchase_number = '' WHERE id = {ORDERED}"),
    breaks(offices.approvers, sql="UPDATE office_member SET role = 'member'"),
    breaks(offices.invoiced, sql="UPDATE invoice SET amount = amount + 1 WHERE id = (SELECT min(id) FROM invoice)"),
    breaks(offices.numbers, sql="UPDATE invoice SET serial = 9 WHERE id = (SELECT max(id) FROM invoice)"),
    breaks(
        offices.reminders,
        sql=f"UPDATE notice SET source = 'invoice_due:99' WHERE id = {REMINDER}",
    ),
    breaks(offices.credit, sql="UPDATE office SET verified_at = NULL", unchecked="office.ck_office_credit_of_verified"),
]

EXPIRED = first("orders", "state = 'expired'")
SUBSTITUTES = [
    breaks(orders.substitutes, sql="UPDATE substitute SET quantity = quantity + 1 WHERE state = 'agreed'"),
    breaks(orders.substitute_prices, sql="UPDATE substitute SET unit_price = 40000 WHERE state = 'asked'"),
    breaks(
        orders.asked,
        sql=f"UPDATE substitute SET order_id = {EXPIRED} WHERE state = 'asked'",
    ),
]

ALL = [*SUBSTITUTES, *ONLINE, *OFFICES, *DOCUMENTS]
