"""Trainings of the demo: agencies and what they named, what is done, what is under way, a shared plan."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ..areas.queries import time_zone
from ..extensions import db
from ..groups.models import BusinessKind, Household, Person, Relation
from ..shared import clock
from ..shared.policy import Role
from ..shared.transaction import unit_of_work
from ..training import attendance, partners, plans, service
from ..training.models import Mark, Trainee, TrainingDay, TrainingKind
from ..training.partners import AgencyContent, Named
from ..training.plan_models import Answer, LineKind
from ..training.plans import LineContent, Speaker
from ..training.rules import ClassContent, Step, TrainingContent, days_from
from .people import REGENCY, Cast
from .trade import moment

INDUSTRY, FISHERY, FARMING = range(3)
AGENCIES = (
    AgencyContent("Dinas Perindustrian (demo)", "Olahan pangan dan kerajinan"),
    AgencyContent("Dinas Perikanan (demo)", "Budi daya dan olahan ikan"),
    AgencyContent("Dinas Pertanian (demo)", "Tanaman pangan dan ternak"),
)
NAMED = (("Rotan", INDUSTRY), ("Ikan haruan", FISHERY), ("Kacang tanah", FARMING))
LETTER = "Demo: surat mitra tentang komoditas unggulan"
PAID_BY = "APBD Kabupaten (demo)"
BEGAN, COOKED, GUIDED, PACKED = 180, 120, 60, 3
"""So many days ago agencies were asked, and the three began."""
PACKING_DAYS = 6
CLASS_OF = 12
NEVER = 5
"""Each so-manieth person stays away on all days but the first."""


@dataclass(frozen=True)
class Held:
    """What was held: its content, its first day, on how many days, and where."""

    content: TrainingContent
    first: dt.date
    days: int
    room: str = "Aula Dinas Sosial"
    spare: int = 3
    """Places of a class that nobody took."""


def hold(cast: Cast, now: dt.datetime) -> None:
    """Play the last half year of trainings through the services, and a plan that is agreed on.

    The last training is under way, and nobody wrote down yet who came today.
    """
    actor = cast.staff[Role.CURATOR]
    today = clock.local_date(now, time_zone(REGENCY))
    with clock.at(moment(today - dt.timedelta(days=BEGAN), 9)), unit_of_work():
        agencies = [partners.add_agency(REGENCY, each, actor).id for each in AGENCIES]
        for word, place in NAMED:
            named = Named(REGENCY, word, agencies[place], today - dt.timedelta(days=BEGAN), LETTER)
            partners.name_potential(REGENCY, named, actor)
        known = {word: partners.commodity_called(word) for word, _place in NAMED}
    training, guidance = TrainingKind.TRAINING, TrainingKind.GUIDANCE
    fish, rattan = (agencies[FISHERY], known["Ikan haruan"]), (agencies[INDUSTRY], known["Rotan"])
    cooking = TrainingContent("Olahan ikan haruan", training, BusinessKind.FISHERY, *fish, PAID_BY)
    weaving = TrainingContent("Anyaman rotan untuk pasar", guidance, BusinessKind.CRAFT, *rattan, PAID_BY)
    packing = TrainingContent("Kemasan ikan haruan", training, BusinessKind.FISHERY, *fish, PAID_BY)
    people = _heads()
    cooks, guests, weavers, packers = (people[place * CLASS_OF :][:CLASS_OF] for place in range(4))
    hold_training(REGENCY, Held(cooking, today - dt.timedelta(days=COOKED), 4), (cooks, guests), actor)
    hold_training(REGENCY, Held(weaving, today - dt.timedelta(days=GUIDED), 1), (weavers,), actor)
    key, days = begin_training(
        REGENCY, Held(packing, today - dt.timedelta(days=PACKED), PACKING_DAYS), (packers,), actor
    )
    _mark_days(REGENCY, key, [day for day in days if day < today], actor)
    with clock.at(moment(today - dt.timedelta(days=2), 9)), unit_of_work():
        _share_plan(agencies, known["Kacang tanah"], today.year, actor)


def _heads() -> list[int]:
    """Return the heads of the families, the poorest first."""
    heads = select(Person.id).join(Household).where(Person.relation == Relation.HEAD, Person.left_on.is_(None))
    return list(db.session.scalars(heads.order_by(Household.decile, Person.id)))


def hold_training(area_code: str, held: Held, classes: Sequence[Sequence[int]], actor: int) -> int:
    """Plan a training of an area, hold it for classes of people, give certificates, and return its id."""
    key, days = begin_training(area_code, held, classes, actor)
    _mark_days(area_code, key, days, actor)
    with clock.at(moment(days[-1], 16, area_code=area_code)), unit_of_work():
        service.take_step(key, Step.FINISH, "", actor)
        attendance.issue_certificates(key, actor)
    return key


def begin_training(
    area_code: str, held: Held, classes: Sequence[Sequence[int]], actor: int
) -> tuple[int, list[dt.date]]:
    """Plan a training of an area for classes of people, begin it, and return its id and days."""
    days = days_from(held.first, held.days, sundays=False)
    with clock.at(moment(held.first - dt.timedelta(days=14), 9, area_code=area_code)), unit_of_work():
        key = service.plan(area_code, held.content, actor).id
        for place, people in enumerate(classes, start=1):
            content = ClassContent(f"Kelas {place}", held.room, len(people) + held.spare)
            row = service.add_class(key, content, days, actor)
            service.add_people(row.id, people, actor)
    with clock.at(moment(held.first, 8, area_code=area_code)), unit_of_work():
        service.take_step(key, Step.START, "", actor)
    return key, days


def _mark_days(area_code: str, training_id: int, days: Sequence[dt.date], actor: int) -> None:
    for place, day in enumerate(days):
        with clock.at(moment(day, 15, area_code=area_code)), unit_of_work():
            _mark(training_id, day, is_first=place == 0, actor=actor)


def _mark(training_id: int, held_on: dt.date, *, is_first: bool, actor: int) -> None:
    rows = db.session.execute(
        select(TrainingDay.id, Trainee.id)
        .join(Trainee, Trainee.class_id == TrainingDay.class_id)
        .where(Trainee.training_id == training_id, TrainingDay.held_on == held_on)
        .order_by(Trainee.id)
    )
    marks: dict[int, dict[int, Mark]] = {}
    for place, (day_id, trainee_id) in enumerate(rows):
        stays_away = not is_first and place % NEVER == NEVER - 1
        marks.setdefault(day_id, {})[trainee_id] = Mark.EXCUSED if stays_away else Mark.CAME
    for day_id, answers in marks.items():
        attendance.mark_day(day_id, answers, actor)


def _share_plan(agencies: list[int], commodity_id: int, year: int, actor: int) -> None:
    """Let three agencies speak of two proposals, one of which is agreed on."""
    plan = plans.add_plan(REGENCY, year, "Rencana bersama kacang dan kerajinan", actor)
    peanuts = LineContent(LineKind.TRAINING, "Olahan kacang tanah", BusinessKind.FOOD, commodity_id, 24)
    tools = LineContent(LineKind.AID, "Alat anyam untuk pemula", BusinessKind.CRAFT, None, 10)
    line = plans.propose(plan.id, peanuts, Speaker(agencies[FARMING], "Petugas Pertanian (demo)", actor))
    other = plans.propose(plan.id, tools, Speaker(agencies[INDUSTRY], "Petugas Industri (demo)", actor))
    industry = Speaker(agencies[INDUSTRY], "Petugas Industri (demo)", actor)
    plans.speak(line.id, Answer.AGREE, "Kami siapkan pelatih kemasan", industry)
    why = "Pemula sebaiknya ikut bimbingan dulu"
    plans.speak(other.id, Answer.DISAGREE, why, Speaker(agencies[FISHERY], "Petugas Perikanan (demo)", actor))
