"""What can go wrong with aid."""

from marketplace.reports.checks import aid
from tests.reports.breaking import breaks, first

FUND = first("aid_fund", "rule = 'money' AND promised > 1")
APPROVED = first("aid_proposal", "state = 'approved' AND kind = 'goods'")
GRANT = first("aid_grant", "drawn > 0")
PAID = first("aid_tranche", "paid_on IS NOT NULL")
SETTLED = first("aid_drawing", "state = 'settled'")

ALL = [
    breaks(aid.promised, sql=f"UPDATE aid_fund SET promised = promised - 1 WHERE id = {FUND}"),
    breaks(
        aid.within_funds,
        sql=f"UPDATE aid_fund SET budget = promised - 1 WHERE id = {FUND}",
        unchecked="aid_fund.ck_aid_fund_within_budget",
    ),
    breaks(
        aid.budgets,
        sql="UPDATE aid_proposal_line SET unit_price = unit_price + 1, amount = amount + quantity"
        " WHERE id = (SELECT min(id) FROM aid_proposal_line)",
    ),
    breaks(
        aid.authors,
        sql=f"UPDATE aid_proposal_step SET actor_id = (SELECT checked_by_id FROM aid_proposal WHERE id = {APPROVED})"
        f" WHERE proposal_id = {APPROVED} AND action = 'add_file'",
    ),
    breaks(aid.handed, sql=f"UPDATE aid_proposal SET handed = handed - 1 WHERE id = {APPROVED}"),
    breaks(aid.numbers, sql="UPDATE number_series SET last_number = last_number + 1 WHERE name = 'aid_handover'"),
    breaks(
        aid.granted,
        sql=f"UPDATE aid_grant SET amount = amount + 1 WHERE id = {GRANT}",
    ),
    breaks(
        aid.parts,
        aid.movements,
        sql=f"UPDATE aid_tranche SET amount = amount - 1 WHERE id = {PAID}",
    ),
    breaks(aid.balances, sql=f"UPDATE aid_grant SET drawn = drawn - 1 WHERE id = {GRANT}"),
    breaks(
        aid.movements,
        sql="UPDATE aid_entry SET drawing_id = (SELECT max(id) FROM aid_drawing WHERE state = 'asked')"
        f" WHERE drawing_id = {SETTLED} AND kind = 'drawn'",
    ),
    breaks(aid.plans, sql=f"UPDATE aid_plan_line SET amount = amount + 1 WHERE drawing_id = {SETTLED}"),
    breaks(aid.receipts, sql=f"UPDATE aid_receipt SET amount = amount + 1 WHERE drawing_id = {SETTLED}"),
]
