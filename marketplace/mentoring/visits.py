"""Commands on visits: written down once however often they are sent, and what was agreed on closed with its outcome."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from ..areas import queries as areas
from ..extensions import db
from ..groups.models import Group
from ..groups.queries import households_of_group
from ..shared import audit, clock, images, once
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _l
from ..shared.images import Stored
from ..shared.transaction import command
from . import rules
from .models import FollowUp, Visit, VisitedHousehold, VisitKind, VisitPhoto
from .rules import VisitContent

SCOPE = "visit"


def known(key: str, content: VisitContent, prints: Sequence[str], actor_id: int) -> int | None:
    """Return the visit that was made of a key before, None for a new one. Raises KeyReused for other content."""
    return once.known(SCOPE, key, _body(content, prints, actor_id))


@command
def record(key: str, content: VisitContent, photos: Sequence[tuple[str, Stored]], actor_id: int) -> int:
    """Write a visit down, once for each key, and return its id; `photos` are fingerprints with what was stored.

    Who may is held by the caller. Raises InvalidInput for what cannot have been, KeyReused for a key that came with
    other content.
    """
    body = _body(content, [each for each, _stored in photos], actor_id)
    return once.only(SCOPE, key, body, lambda: _add(key, content, [stored for _print, stored in photos], actor_id))


def _body(content: VisitContent, prints: Sequence[str], actor_id: int) -> list[object]:
    return [actor_id, asdict(content), *prints]


def check(content: VisitContent) -> Group:
    """Return the group of a visit. Raises InvalidInput for what cannot have been."""
    group = db.session.get_one(Group, content.group_id)
    members = [household.id for household in households_of_group(group.id, content.visited_on)]
    rules.check_visit(content, members, clock.today(areas.time_zone(group.regency_code)))
    return group


def _add(key: str, content: VisitContent, photos: Sequence[Stored], actor_id: int) -> int:
    group = check(content)
    if len(photos) > rules.MOST_PHOTOS:
        raise InvalidInput(_l("A visit has at most %(count)s photos.", count=rules.MOST_PHOTOS), field="photos")
    pictures = images.add_rows(photos, actor_id, private=True)
    visit = Visit(
        key=key,
        kind=content.kind,
        group_id=group.id if content.kind is VisitKind.GROUP else None,
        mentor_id=actor_id,
        visited_on=content.visited_on,
        findings=content.findings,
        families=[VisitedHousehold(household_id=key) for key in sorted(set(content.household_ids))],
        photos=[VisitPhoto(image_id=image.id, position=place) for place, image in enumerate(pictures)],
        follow_ups=[FollowUp(what=each.what, due_on=each.due_on) for each in content.follow_ups],
    )
    db.session.add(visit)
    db.session.flush()  # the audit row names its id
    audit.record(actor_id, "visit.record", ("visit", visit.id))
    return visit.id


@command
def close_follow_up(follow_up_id: int, outcome: str, done_on: dt.date, actor_id: int) -> FollowUp:
    """Close what was agreed on, with what came of it. Raises StateConflict when it is closed already."""
    row = db.session.get(FollowUp, follow_up_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.done_on is not None:
        raise StateConflict(_l("Somebody closed this already: see the visit for what came of it."))
    if done_on < row.visit.visited_on:
        raise InvalidInput(_l("This day is before the visit."), field="done_on")
    if done_on > clock.today(areas.time_zone(areas.home_code())):
        raise InvalidInput(_l("This day has not come yet."), field="done_on")
    row.outcome, row.done_on, row.done_by_id = outcome, done_on, actor_id
    audit.record(actor_id, "follow_up.close", ("follow_up", row.id))
    return row
