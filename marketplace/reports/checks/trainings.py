"""Places, days and certificates of trainings."""

from typing import Any

from sqlalchemy import Select, and_, case, exists, func, select
from sqlalchemy.orm import aliased

from ...areas.models import Agency
from ...training.models import (
    Attendance,
    AttendanceCorrection,
    Certificate,
    Mark,
    Trainee,
    Training,
    TrainingClass,
    TrainingDay,
    TrainingState,
)
from ...training.plan_models import AgencyPlan, PlanLine, PlanVoice
from ..check import at_least, at_most, check, row


@check("The places taken in a class are the people in it", "training_class")
def taken() -> Select[Any]:
    people = select(func.count()).where(Trainee.class_id == TrainingClass.id).correlate(TrainingClass)
    return row(TrainingClass.id, TrainingClass.taken, people.scalar_subquery())


@check("No class has more people than places", "training_class", at_most)
def places() -> Select[Any]:
    people = select(func.count()).where(Trainee.class_id == TrainingClass.id).correlate(TrainingClass)
    return row(TrainingClass.id, TrainingClass.places, people.scalar_subquery())


@check("Who takes part is in a class of that training", "trainee")
def classes() -> Select[Any]:
    of = TrainingClass.training_id
    return row(Trainee.id, of, Trainee.training_id).join_from(
        Trainee, TrainingClass, TrainingClass.id == Trainee.class_id
    )


@check("Who came is written down on days of his own class", "training_attendance")
def days() -> Select[Any]:
    joined = row(Attendance.id, Trainee.class_id, TrainingDay.class_id).join_from(Attendance, Trainee)
    return joined.join(TrainingDay, TrainingDay.id == Attendance.day_id)


@check("Who came is written down of trainings that began only", "training_attendance")
def begun() -> Select[Any]:
    unbegun = case((Training.state == TrainingState.PLANNED, 1), else_=0)
    joined = row(Attendance.id, 0, unbegun).join_from(Attendance, Trainee)
    return joined.join(Training, Training.id == Trainee.training_id)


@check("A correction keeps what was written before what stands now", "training_attendance_was", at_least)
def corrections() -> Select[Any]:
    later = exists().where(
        Attendance.id == AttendanceCorrection.attendance_id, Attendance.marked_at >= AttendanceCorrection.marked_at
    )
    return row(AttendanceCorrection.id, 1, case((later, 1), else_=0))


@check("A certificate says on how many of his days somebody came", "training_certificate")
def attended() -> Select[Any]:
    came = select(func.count()).where(Attendance.trainee_id == Trainee.id, Attendance.mark == Mark.CAME)
    held = select(func.count()).where(TrainingDay.class_id == Trainee.class_id)
    percent = (
        came.correlate(Trainee).scalar_subquery() * 100 // func.nullif(held.correlate(Trainee).scalar_subquery(), 0)
    )
    joined = row(Certificate.id, percent, Certificate.attended_percent)
    return joined.join_from(Certificate, Trainee, Trainee.id == Certificate.trainee_id)


@check("Certificates are given for trainings that are done", "training_certificate")
def done() -> Select[Any]:
    joined = row(Certificate.id, TrainingState.DONE.value, Training.state).join_from(Certificate, Trainee)
    return joined.join(Training, Training.id == Trainee.training_id)


@check("Numbers of certificates run without a gap", "training_certificate", at_most)
def numbers() -> Select[Any]:
    other = aliased(Certificate)
    own = and_(Certificate.regency_code == other.regency_code, Certificate.year == other.year)
    count = select(func.count(other.id)).where(own).correlate(Certificate).scalar_subquery()
    return row(Certificate.id, count, Certificate.sequence)


@check("Who speaks of a line of a plan works for its area", "agency_plan_voice")
def voices() -> Select[Any]:
    """The agency's area is the plan's or its province."""
    inside = AgencyPlan.area_code.startswith(Agency.area_code)
    joined = row(PlanVoice.id, 1, case((inside, 1), else_=0)).join_from(PlanVoice, Agency)
    return joined.join(PlanLine, PlanLine.id == PlanVoice.line_id).join(AgencyPlan, AgencyPlan.id == PlanLine.plan_id)


CHECKS = (taken, places, classes, days, begun, corrections, attended, done, numbers, voices)
