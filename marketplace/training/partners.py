"""Agencies that know a trade, and what they named an area's leading commodities."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from ..areas.models import Agency, Area, Commodity, Level, Potential
from ..areas.queries import commodities
from ..areas.rules import province_of
from ..extensions import db
from ..shared import audit
from ..shared.errors import InvalidInput, NotFound
from ..shared.i18n import _
from ..shared.policy import Actor, Role, area_holds
from ..shared.transaction import command
from ..shared.upsert import insert
from .access import SEERS, check_covers

LEVEL_MARKS = {Level.REGENCY: "", Level.DISTRICT: "– ", Level.VILLAGE: "– – "}
"""How deep an area lies, in a list of them; a commodity is named for no whole province."""


@dataclass(frozen=True)
class AgencyContent:
    """What is written down about an agency."""

    name: str
    trade: str = ""
    phone: str | None = None


@dataclass(frozen=True)
class Named:
    """A commodity that an agency named as leading in an area, from a day on."""

    area_code: str
    commodity: str
    agency_id: int
    named_on: dt.date
    source: str = ""


def agencies_in(area_code: str) -> Select[Agency]:
    """Select the agencies of a regency and of its province, or all of a province, by name."""
    inside = or_(
        Agency.area_code.in_((area_code, province_of(area_code))), Agency.area_code.startswith(area_code + ".")
    )
    return select(Agency).where(inside).order_by(Agency.name, Agency.id)


def agency_choices(area_code: str) -> list[tuple[str, str]]:
    """Return id and name of the agencies of a regency or province, for a form."""
    return [(str(agency.id), agency.name) for agency in db.session.scalars(agencies_in(area_code))]


def commodity_choices() -> list[tuple[str, str]]:
    """Return id and name of all commodities, by name."""
    return [(str(key), name) for key, name in commodities()]


def get_agency_for(actor: Actor, agency_id: int, roles: frozenset[Role] = SEERS) -> Agency:
    """Return an agency. Raises NotFound, also for officers of elsewhere."""
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        raise NotFound
    check_covers(actor, agency.area_code, roles)
    return agency


def check_agency(agency_id: int, area_code: str) -> Agency:
    """Return an agency that works for an area. Raises InvalidInput for one of elsewhere."""
    agency = db.session.get(Agency, agency_id)
    if agency is None or not area_holds(agency.area_code, area_code):
        raise InvalidInput(_("Choose an agency of this area."), field="agency_id")
    return agency


@command
def add_agency(area_code: str, content: AgencyContent, actor_id: int | None) -> Agency:
    """Write an agency down. Raises InvalidInput for a name that is there already."""
    agency = Agency(area_code=area_code, **vars(content))
    _write(agency)
    audit.record(actor_id, "agency.add", ("agency", agency.id))
    return agency


@command
def change_agency(agency_id: int, content: AgencyContent, actor_id: int | None) -> Agency:
    """Write anew what is known of an agency. Raises InvalidInput for another one's name."""
    agency = db.session.get_one(Agency, agency_id)
    for name, value in vars(content).items():
        setattr(agency, name, value)
    _write(agency)
    audit.record(actor_id, "agency.change", ("agency", agency_id))
    return agency


def _write(agency: Agency) -> None:
    db.session.add(agency)
    try:
        db.session.flush()
    except IntegrityError:
        raise InvalidInput(_("An agency with this name is there already."), field="name") from None


def potentials_in(area_code: str) -> Select[Potential]:
    """Select what was named for a regency or province and the areas in it: what holds first, then by commodity."""
    statement = select(Potential).join(Potential.commodity).where(_inside(area_code))
    ordered = statement.order_by(Potential.ended_on.is_not(None), Commodity.name, Potential.area_code, Potential.id)
    return ordered.options(joinedload(Potential.commodity), joinedload(Potential.agency))


def _inside(area_code: str) -> ColumnElement[bool]:
    return or_(Potential.area_code == area_code, Potential.area_code.startswith(area_code + "."))


def in_force(day: dt.date) -> ColumnElement[bool]:
    """Return the condition that a commodity was a leading one on a day; the last day counts."""
    return (Potential.named_on <= day) & (Potential.ended_on.is_(None) | (Potential.ended_on >= day))


def areas_named(regency_code: str, commodity_id: int, day: dt.date) -> list[str]:
    """Return the areas in a regency for which a commodity was a leading one on a day."""
    mine = select(Potential.area_code).where(_inside(regency_code), Potential.commodity_id == commodity_id)
    return list(db.session.scalars(mine.where(in_force(day)).order_by(Potential.area_code)))


def area_choices(area_code: str) -> list[tuple[str, str]]:
    """Return code and name of what a commodity may be named for, for a form.

    Of a regency itself, and its districts and villages as far as they are loaded; of a province its regencies.
    """
    inside = or_(Area.code == area_code, Area.code.startswith(area_code + "."))
    levels = (Level.REGENCY,) if area_code == province_of(area_code) else tuple(LEVEL_MARKS)
    rows = db.session.execute(
        select(Area.code, Area.name, Area.level).where(inside, Area.level.in_(levels)).order_by(Area.code)
    )
    return [(code, f"{LEVEL_MARKS[level]}{name}") for code, name, level in rows]


def names_of(codes: Collection[str]) -> dict[str, str]:
    """Return the names of some areas by their code."""
    rows = db.session.execute(select(Area.code, Area.name).where(Area.code.in_(codes)))
    return {row.code: row.name for row in rows}


def get_potential_for(actor: Actor, potential_id: int, roles: frozenset[Role] = SEERS) -> Potential:
    """Return what was named for an area. Raises NotFound, also for officers of elsewhere."""
    potential = db.session.get(Potential, potential_id)
    if potential is None:
        raise NotFound
    check_covers(actor, potential.area_code, roles)
    return potential


@command
def name_potential(area_code: str, named: Named, actor_id: int | None) -> Potential:
    """Write down what an agency named for a part of a regency or province, or for the regency itself.

    Raises InvalidInput for an area of elsewhere, an agency that does not work there, and what is there already.
    """
    area = db.session.get(Area, named.area_code) if area_holds(area_code, named.area_code) else None
    if area is None or area.level not in LEVEL_MARKS:
        raise InvalidInput(_("Choose an area of this regency."), field="area_code")
    check_agency(named.agency_id, named.area_code)
    commodity_id = commodity_called(named.commodity)
    if named.area_code in areas_named(area_code, commodity_id, named.named_on):
        raise InvalidInput(_("This is named for this area already."), field="commodity")
    potential = Potential(
        area_code=named.area_code,
        commodity_id=commodity_id,
        agency_id=named.agency_id,
        named_on=named.named_on,
        source=named.source,
    )
    db.session.add(potential)
    try:
        db.session.flush()
    except IntegrityError:
        raise InvalidInput(_("This is named for this area already."), field="commodity") from None
    audit.record(actor_id, "potential.name", ("potential", potential.id), area=named.area_code)
    return potential


def commodity_called(name: str) -> int:
    """Return the id of a commodity by its name, however its letters are written; a new name makes a new one."""
    plain = " ".join(name.split())
    same = select(Commodity.id).where(func.lower(Commodity.name) == plain.lower()).order_by(Commodity.id).limit(1)
    found = db.session.scalar(same)
    if found is not None:
        return found
    db.session.execute(insert(Commodity).values(name=plain).on_conflict_do_nothing())
    return db.session.scalars(same).one()


@command
def end_potential(potential_id: int, ended_on: dt.date, actor_id: int | None) -> None:
    """Write down the last day on which a commodity is a leading one. Raises InvalidInput for a day before it began."""
    potential = db.session.get_one(Potential, potential_id, with_for_update=True, populate_existing=True)
    if ended_on < potential.named_on:
        raise InvalidInput(_("It cannot end before it began."), field="ended_on")
    potential.ended_on = ended_on
    audit.record(actor_id, "potential.end", ("potential", potential_id), ended_on=ended_on.isoformat())
