"""Versions of the criteria of an area: a new one from a day on, never a changed one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from ..areas import settings
from ..areas.rules import zone_of
from ..areas.settings import sources_of
from ..extensions import db
from ..shared import audit, clock
from ..shared.errors import Forbidden, InvalidInput, NotFound
from ..shared.i18n import _l
from ..shared.policy import Actor, Role, may
from ..shared.transaction import command
from .case_models import CriteriaSet, Criterion
from .criteria_rules import ALTERNATIVES, OBSERVED, SCHEMA, CriterionKey, CriterionKind


@dataclass(frozen=True)
class NewCriterion:
    """A criterion of a version to be made."""

    key: CriterionKey
    is_required: bool
    parameters: Mapping[str, int]


@dataclass(frozen=True)
class NewSet:
    """A version to be made: of an area, from a day on."""

    area_code: str
    effective_from: dt.date
    source: str
    criteria: Sequence[NewCriterion]


def sets_of(area_code: str) -> Select[CriteriaSet]:
    """Return a SELECT of the versions that hold or held in an area, newest first, with their criteria."""
    statement = select(CriteriaSet).where(CriteriaSet.area_code.in_(sources_of(area_code)))
    statement = statement.options(selectinload(CriteriaSet.criteria), selectinload(CriteriaSet.made_by))
    return statement.order_by(CriteriaSet.effective_from.desc(), CriteriaSet.id.desc())


def get_set(set_id: int, area_code: str) -> CriteriaSet:
    """Return a version that holds or held in an area. Raises NotFound."""
    row = db.session.get(CriteriaSet, set_id)
    if row is None or row.area_code not in sources_of(area_code):
        raise NotFound
    return row


@command
def make_set(new: NewSet, actor_id: int, actor: Actor) -> CriteriaSet:
    """Make the next version of an area's criteria, from today or a later day on.

    Raises Forbidden outside the actor's area, InvalidInput when there is one from that day, when nothing is required,
    or for a number out of its bounds.
    """
    if not may(actor, {Role.ADMINISTRATOR}, area_code=new.area_code):
        raise Forbidden
    settings.get_area_for(actor, new.area_code)
    if new.effective_from < clock.today(zone_of(new.area_code)):
        raise InvalidInput(_l("This holds from today or from a later day."), field="effective_from")
    _check(new.criteria)
    row = CriteriaSet(
        area_code=new.area_code,
        version=_next_version(new.area_code),
        effective_from=new.effective_from,
        source=new.source,
        made_by_id=actor_id,
        criteria=[_row(at, each, new.source) for at, each in enumerate(new.criteria, start=1)],
    )
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        raise InvalidInput(_l("There is a version from that day already."), field="effective_from") from None
    audit.record(actor_id, "criteria.make", ("criteria_set", row.id), version=row.version, area=row.area_code)
    return row


def _next_version(area_code: str) -> int:
    last = db.session.scalar(select(func.max(CriteriaSet.version)).where(CriteriaSet.area_code == area_code))
    return (last or 0) + 1


def _row(position: int, new: NewCriterion, source: str) -> Criterion:
    return Criterion(
        position=position,
        key=new.key,
        kind=CriterionKind.OBSERVED if new.key in OBSERVED else CriterionKind.COMPUTED,
        is_required=new.is_required,
        alternative_to=ALTERNATIVES.get(new.key),
        parameters=dict(new.parameters),
        source=source,
    )


def _check(criteria: Sequence[NewCriterion]) -> None:
    keys = {each.key for each in criteria}
    if not any(each.is_required for each in criteria):
        raise InvalidInput(_l("At least one criterion has to be required."))
    if len(keys) != len(criteria):
        raise InvalidInput(_l("A criterion stands here twice."))
    for each in criteria:
        _check_parameters(each)
        instead = ALTERNATIVES.get(each.key)
        if instead is not None and (each.is_required or instead not in keys):
            raise InvalidInput(
                _l("Another path needs the criterion that it stands in for, and is not required itself.")
            )


def _check_parameters(criterion: NewCriterion) -> None:
    schema = SCHEMA[criterion.key]
    if schema.keys() != criterion.parameters.keys():
        raise InvalidInput(_l("A number of a criterion is missing."))
    for name, number in criterion.parameters.items():
        if not schema[name].low <= number <= schema[name].high:
            raise InvalidInput(_l("A number of a criterion is out of its bounds."), field=f"{criterion.key}-{name}")
