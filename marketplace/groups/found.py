"""Why a search shows a family: which of its words or numbers fits, without showing the number."""

from collections.abc import Sequence

from sqlalchemy import select

from ..extensions import db
from ..shared.i18n import _
from . import queries
from .labels import RELATIONS
from .models import Household, Person


def reasons(families: Sequence[Household], text: str) -> dict[int, str]:
    """Return family id → why `search_households` found it by a text, in one query."""
    people = _fitting_people([family.id for family in families], text)
    return {family.id: _reason(family, text, people.get(family.id)) for family in families}


def _fitting_people(household_ids: list[int], text: str) -> dict[int, Person]:
    """Return the first person of each family that fits; who left comes last."""
    statement = select(Person).where(Person.household_id.in_(household_ids), queries.person_fits(text))
    rows = db.session.scalars(statement.order_by(Person.left_on.is_(None), Person.id.desc()))
    return {row.household_id: row for row in rows}


def _reason(family: Household, text: str, person: Person | None) -> str:
    if queries.is_last_digits(text):
        if person is None or family.kk_last4 == text:
            return _("Last digits of the KK")
        return _("Last digits of the NIK of %(name)s", name=person.name)
    if person is None or text.casefold() in family.name.casefold():
        return _("Name of the head of the family")
    if person.left_on is not None:
        return _("%(name)s, who left the family", name=person.name)
    return _("%(name)s (%(relation)s)", name=person.name, relation=str(RELATIONS[person.relation]))
