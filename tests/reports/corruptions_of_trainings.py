"""What can go wrong with trainings."""

from marketplace.reports.checks import trainings
from tests.reports.breaking import breaks

CERTIFIED = "(SELECT min(trainee_id) FROM training_certificate)"
OF_CERTIFIED = f"(SELECT class_id FROM trainee WHERE id = {CERTIFIED})"
HELD = f"(SELECT training_id FROM trainee WHERE id = {CERTIFIED})"
LAST = "(SELECT max(id) FROM training_certificate)"

ALL = [
    breaks(trainings.taken, sql=f"UPDATE training_class SET taken = taken - 1 WHERE id = {OF_CERTIFIED}"),
    breaks(
        trainings.places,
        sql=f"UPDATE training_class SET places = 1 WHERE id = {OF_CERTIFIED}",
        unchecked="training_class.ck_training_class_taken_range",
    ),
    breaks(
        trainings.classes,
        sql=f"UPDATE training_class SET training_id = (SELECT min(id) FROM training) WHERE id = {OF_CERTIFIED}",
    ),
    breaks(
        trainings.days,
        sql="UPDATE training_attendance SET day_id ="
        f" (SELECT max(id) FROM training_day WHERE class_id <> {OF_CERTIFIED})"
        f" WHERE id = (SELECT min(id) FROM training_attendance WHERE trainee_id = {CERTIFIED})",
    ),
    breaks(
        trainings.begun,
        sql="UPDATE training SET state = 'planned' WHERE state = 'running'",
    ),
    breaks(
        trainings.corrections,
        sql="UPDATE training_attendance_was SET marked_at = '2099-01-01 00:00:00'",
    ),
    breaks(
        trainings.attended,
        sql="UPDATE training_attendance SET mark = 'absent' WHERE id ="
        f" (SELECT min(id) FROM training_attendance WHERE trainee_id = {CERTIFIED})",
    ),
    breaks(trainings.done, sql=f"UPDATE training SET state = 'running' WHERE id = {HELD}"),
    breaks(trainings.numbers, sql=f"UPDATE training_certificate SET sequence = sequence + 1 WHERE id = {LAST}"),
    breaks(
        trainings.voices,
        sql="UPDATE agency SET area_code = '63.07' WHERE id = (SELECT max(agency_id) FROM agency_plan_voice)",
    ),
]
