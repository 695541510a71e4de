"""What can go wrong with reports of groups, how they stood, and visits."""

from marketplace.reports.checks import mentoring
from tests.reports.breaking import breaks, first

ENDED = first("group_standing", "ended_at IS NOT NULL")
SOLD = first("report_month", "earned > 0")

ALL = [
    breaks(mentoring.frozen, sql=f"UPDATE report_month SET earned = earned + 1 WHERE id = {SOLD}"),
    breaks(mentoring.months, sql=f"DELETE FROM report_month WHERE id = {SOLD}"),
    breaks(mentoring.last_steps, sql="UPDATE group_report SET state = 'checked' WHERE state = 'accepted'"),
    breaks(
        mentoring.chain,
        sql=f"UPDATE report_event SET from_state = 'sent' WHERE id = {first('report_event', '1 = 1')}",
    ),
    breaks(
        mentoring.standings,
        sql=f"UPDATE group_standing SET ended_at = '2030-01-01 00:00:00' WHERE id = {ENDED}",
    ),
    breaks(
        mentoring.homes,
        sql="INSERT INTO visited_household (visit_id, household_id)"
        " SELECT visit_id, (SELECT max(id) FROM household) FROM visited_household",
    ),
]
