"""How many people were trained: by training, village, sex, decile and category, counted from the rows."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, extract, func, select
from sqlalchemy.orm import aliased

from ..areas.models import Area
from ..extensions import db
from ..groups.labels import SEXES
from ..groups.models import Person, Sex
from ..shared.i18n import _
from .models import Trainee, Training, TrainingClass
from .queries import NOT_CANCELLED


@dataclass(frozen=True)
class Totals:
    """People who take part, counted in several ways; each way comes to the same sum. Pairs of words and number."""

    people: int
    classes: int
    by_training: list[tuple[str, int]]
    by_village: list[tuple[str, int]]
    by_sex: list[tuple[str, int]]
    by_decile: list[tuple[str, int]]
    by_wrse: list[tuple[str, int]]


def of_training(training_id: int) -> Totals:
    """Count the people of one training."""
    return _totals(lambda statement: statement.where(Training.id == training_id))


def of_year(regency_code: str, year: int) -> Totals:
    """Count the people of all trainings of a regency that were planned in a year and not called off."""
    days = (dt.date(year, 1, 1), dt.date(year, 12, 31))
    return _totals(
        lambda statement: statement.where(
            Training.regency_code == regency_code, Training.planned_on.between(*days), NOT_CANCELLED
        )
    )


def years(regency_code: str) -> list[int]:
    """Return the years in which trainings of a regency were planned that have people, newest first."""
    year = extract("year", Training.planned_on)
    statement = select(year).join(Trainee).where(Training.regency_code == regency_code, NOT_CANCELLED).distinct()
    return sorted(map(int, db.session.scalars(statement)), reverse=True)


def _totals(narrowed: Callable[[Select[Any]], Select[Any]]) -> Totals:
    district = aliased(Area)

    def counted(*keys: Any) -> list[tuple[Any, ...]]:
        statement = (
            select(*keys, func.count())
            .join_from(Trainee, Training, Training.id == Trainee.training_id)
            .join(Person, Person.id == Trainee.person_id)
            .join(Area, Area.code == Trainee.village_code)
            .join(district, district.code == func.substr(Area.code, 1, len("63.06.05")))
        )
        return [tuple(row) for row in db.session.execute(narrowed(statement).group_by(*keys).order_by(*keys))]

    trainings = counted(Training.title, Training.id)
    classes = narrowed(
        select(func.count()).join_from(TrainingClass, Training, Training.id == TrainingClass.training_id)
    )
    return Totals(
        people=sum(row[-1] for row in trainings),
        classes=db.session.scalar(classes) or 0,
        by_training=[(title, count) for title, _key, count in trainings],
        by_village=_villages(counted(Area.name, district.name, Area.code)),
        by_sex=[(str(SEXES[Sex(sex)]), count) for sex, count in counted(Person.sex)],
        by_decile=[(_decile(decile), count) for decile, count in sorted(counted(Trainee.decile), key=_last)],
        by_wrse=[(_("WRSE") if wrse else _("Not WRSE"), count) for wrse, count in counted(Trainee.wrse)],
    )


def _villages(rows: list[tuple[Any, ...]]) -> list[tuple[str, int]]:
    """Return villages with their people; of two with one name each is told with its district."""
    names = Counter(row[0] for row in rows)
    return [(f"{name} ({district})" if names[name] > 1 else name, count) for name, district, _code, count in rows]


def _last(row: tuple[Any, ...]) -> int:
    """Put those without a decile last, on both databases."""
    return row[0] or 99


def _decile(decile: int | None) -> str:
    return _("Decile %(number)s", number=decile) if decile else _("No decile")


def tables(totals: Totals) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return the ways of counting under their names."""
    return [
        (_("By training"), totals.by_training),
        (_("By village"), totals.by_village),
        (_("Women and men"), totals.by_sex),
        (_("By decile"), totals.by_decile),
        (_("By category"), totals.by_wrse),
    ]
