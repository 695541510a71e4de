"""Guidance (bimtek) that groups had: what was written down here, and the trainings in which their members were."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from ..areas import queries as areas
from ..areas.models import Agency
from ..extensions import db
from ..groups.models import Group
from ..shared import audit, clock
from ..shared.errors import InvalidInput
from ..shared.i18n import _l
from ..shared.transaction import command
from ..training import queries as trainings
from .models import Guidance


@dataclass(frozen=True)
class Held:
    """A guidance that a group had: about what, by whom, when."""

    topic: str
    agency: str
    held_on: dt.date


def guidance_of(group_id: int) -> list[Held]:
    """Return every guidance that a group had, the latest first."""
    own = select(Guidance).where(Guidance.group_id == group_id).options(joinedload(Guidance.agency))
    found = [Held(row.topic, row.agency.name, row.held_on) for row in db.session.scalars(own)]
    attended = trainings.guidance_of(group_id)
    found += [Held(training.title, agency.name, held_on) for training, agency, held_on in attended]
    return sorted(found, key=lambda held: held.held_on, reverse=True)


def was_guided(group_id: int | None, day: dt.date) -> bool:
    """Tell whether a group had guidance by a day; a village needs none."""
    return group_id is None or any(held.held_on <= day for held in guidance_of(group_id))


@dataclass(frozen=True)
class GuidanceContent:
    """Which agency guided a group, in what and when."""

    agency_id: int
    topic: str
    held_on: dt.date


@command
def note_guidance(group_id: int, content: GuidanceContent, actor_id: int) -> Guidance:
    """Write down that a group had guidance. Raises InvalidInput for an impossible day, or the same twice."""
    group = db.session.get_one(Group, group_id)
    if content.held_on > clock.today(areas.time_zone(group.regency_code)):
        raise InvalidInput(_l("This day is still to come."), field="held_on")
    if content.held_on.year < group.formed_year:
        raise InvalidInput(_l("The group was formed in %(year)s.", year=group.formed_year), field="held_on")
    row = Guidance(group_id=group_id, noted_by_id=actor_id, **vars(content))
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise InvalidInput(_l("This guidance is written down already."), field="topic") from error
    audit.record(actor_id, "aid_guidance.note", ("kube", group_id), agency=content.agency_id)
    return row


def agencies_of(regency_code: str) -> list[Agency]:
    """Return the agencies that work for a regency or its province, by name."""
    codes = (regency_code, regency_code.partition(".")[0])
    return list(db.session.scalars(select(Agency).where(Agency.area_code.in_(codes)).order_by(Agency.name, Agency.id)))
