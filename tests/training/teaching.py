"""Make agencies, potentials and trainings for tests in one line each. Call inside `app`."""

import datetime as dt
import itertools
from typing import Any

from marketplace.areas.models import Agency, Commodity
from marketplace.extensions import db
from marketplace.groups.models import BusinessKind, Household, Person
from marketplace.shared import clock
from marketplace.shared.transaction import unit_of_work
from marketplace.training import attendance, partners, service
from marketplace.training.models import Mark, Trainee, Training, TrainingClass, TrainingDay, TrainingKind
from marketplace.training.partners import AgencyContent, Named
from marketplace.training.rules import ClassContent, Step, TrainingContent
from tests import make

_numbers = itertools.count(1)


def today() -> dt.date:
    return clock.today("Asia/Makassar")


def agency(regency: str = make.REGENCY, name: str = "") -> Agency:
    with unit_of_work():
        return partners.add_agency(regency, AgencyContent(name or f"Dinas Perindustrian {next(_numbers)}"), None)


def commodity(name: str = "") -> int:
    """Return the id of a commodity."""
    with unit_of_work():
        return partners.commodity_called(name or f"Komoditas {next(_numbers)}")


def named(commodity_id: int, area: str = make.REGENCY, *, days_ago: int = 30, by: Agency | None = None) -> int:
    """Let an agency name a commodity for an area; return the potential's id."""
    of = by or agency(area[:5])
    word = db.session.get_one(Commodity, commodity_id).name
    with unit_of_work():
        day = today() - dt.timedelta(days=days_ago)
        return partners.name_potential(area[:5], Named(area, word, of.id, day), None).id


def content(by: Agency | None = None, regency: str = make.REGENCY, **values: Any) -> TrainingContent:
    who = by or agency(regency)
    usual = {"title": f"Tata boga {next(_numbers)}", "kind": TrainingKind.TRAINING, "business_kind": BusinessKind.FOOD}
    return TrainingContent(**{**usual, "agency_id": who.id, **values})


def planned(regency: str = make.REGENCY, by: Agency | None = None, **values: Any) -> Training:
    with unit_of_work():
        return service.plan(regency, content(by, regency, **values), None)


def days_back(count: int) -> list[dt.date]:
    """Return so many days, the last of them today."""
    return [today() - dt.timedelta(days=back) for back in reversed(range(count))]


def with_class(training: Training, places: int = 10, days: int = 2, name: str = "A") -> TrainingClass:
    with unit_of_work():
        return service.add_class(training.id, ClassContent(name, "Aula", places), days_back(days), None)


def people(count: int, **values: Any) -> list[Person]:
    """Return so many people, each the head of a family."""
    families: list[Household] = [make.household(people=1, **values) for _number in range(count)]
    return [family.people[0] for family in families]


def put_in(of: TrainingClass, *persons: Person) -> list[Trainee]:
    with unit_of_work():
        service.add_people(of.id, [person.id for person in persons], None)
    return trainees(of)


def trainees(of: TrainingClass) -> list[Trainee]:
    return list(db.session.query(Trainee).filter_by(class_id=of.id).order_by(Trainee.id))


def days_of(of: TrainingClass) -> list[TrainingDay]:
    return list(db.session.query(TrainingDay).filter_by(class_id=of.id).order_by(TrainingDay.held_on))


def step(training: Training, what: Step, reason: str = "") -> None:
    with unit_of_work():
        service.take_step(training.id, what, reason, None)


def all_came(of: TrainingClass, *who: Trainee, actor_id: int | None = None) -> None:
    """Let everybody (or only those) come on all days; the others were absent."""
    came = {trainee.id for trainee in who or trainees(of)}
    marks = {each.id: Mark.CAME if each.id in came else Mark.ABSENT for each in trainees(of)}
    for day in days_of(of):
        with unit_of_work():
            attendance.mark_day(day.id, marks, actor_id)


def held(count: int = 3, *, finished: bool = True, regency: str = make.REGENCY, **values: Any) -> TrainingClass:
    """Return a class whose people all came on both days."""
    training = planned(regency, **values)
    of = with_class(training)
    village = make.VILLAGE if regency == make.REGENCY else f"{regency}.01"
    put_in(of, *people(count, village_code=village, district_code=village[:8], regency_code=regency))
    step(training, Step.START)
    all_came(of)
    if finished:
        step(training, Step.FINISH)
    return of


def certified(of: TrainingClass) -> int:
    """Give everybody of a class' training his certificate; return how many."""
    with unit_of_work():
        return attendance.issue_certificates(of.training_id, None)
