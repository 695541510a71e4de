"""What can go wrong on the way out of aid."""

from marketplace.reports.checks import cases, mentoring
from tests.reports.breaking import breaks, first

FOLLOWED = "state = 'monitored'"

ALL = [
    breaks(cases.last_event, sql="UPDATE graduation_case SET state = 'recipient' WHERE state = 'ready'"),
    breaks(cases.unbroken, sql="UPDATE case_event SET from_state = 'ready' WHERE action = 'verify'"),
    breaks(
        cases.three_people,
        sql=f"UPDATE graduation_case SET decided_by_id = verified_by_id WHERE {FOLLOWED}",
        unchecked="graduation_case.ck_graduation_case_verifier_decides",
    ),
    breaks(cases.three_people, sql=f"UPDATE graduation_case SET proposed_by_id = mentor_id + 3 WHERE {FOLLOWED}"),
    breaks(
        cases.proofs,
        sql=f"UPDATE graduation_case SET ministry_reference = '' WHERE {FOLLOWED}",
        unchecked="graduation_case.ck_graduation_case_proof_of_graduation",
    ),
    breaks(cases.proofs, sql="DELETE FROM village_minutes"),
    breaks(cases.proposals, sql="UPDATE case_event SET assessment_id = NULL WHERE action = 'propose'"),
    breaks(cases.proposals, cases.results, sql="UPDATE assessment SET holds = false"),
    breaks(cases.visits, mentoring.homes, sql="DELETE FROM visited_household"),
    breaks(cases.visits, sql="UPDATE visit SET visited_on = '2020-01-01'"),
    breaks(cases.warnings, sql="UPDATE graduation_case SET warning = 'shock' WHERE state = 'ready'"),
    breaks(cases.required, cases.same_criteria, sql="UPDATE criterion SET is_required = false"),
    breaks(cases.frozen, sql=f"UPDATE assessment SET sha256 = 'x' WHERE id = {first('assessment', '1 = 1')}"),
    breaks(cases.same_criteria, sql="UPDATE assessment SET set_id = 1"),
    breaks(cases.numbers, sql="UPDATE criterion SET parameters = '{\"berapa\": 1}' WHERE set_id = 1"),
]
