"""Yards where the market stands: written down, changed, and no longer used."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..shared import audit
from ..shared.errors import InvalidInput, NotFound
from ..shared.i18n import _
from ..shared.policy import Actor, Role, may
from ..shared.transaction import command
from .models import Site
from .stalls import SEERS


@dataclass(frozen=True)
class SiteContent:
    """What is written of a yard; the point on the map in degrees (WGS 84), both or none."""

    name: str
    address: str
    latitude: float | None = None
    longitude: float | None = None


def within(codes: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a site lies in one of some areas."""
    return or_(false(), *(Site.area_code.startswith(code) for code in codes))


def sites_in(area_code: str) -> Select[Site]:
    """Select the sites of a regency, those in use first."""
    return select(Site).where(Site.area_code == area_code).order_by(Site.is_active.desc(), Site.name, Site.id)


def get_site_for(actor: Actor, site_id: int, roles: frozenset[Role] = SEERS) -> Site:
    """Return a site. Raises NotFound, also for officers of elsewhere."""
    site = db.session.get(Site, site_id)
    if site is None or not may(actor, roles, area_code=site.area_code):
        raise NotFound
    return site


@command
def add_site(area_code: str, content: SiteContent, actor_id: int | None) -> Site:
    """Write a site down. Raises InvalidInput where there is one of that name."""
    site = Site(area_code=area_code, **vars(content))
    _written(site)
    audit.record(actor_id, "market_site.add", ("market_site", site.id), name=site.name)
    return site


@command
def change_site(site_id: int, content: SiteContent, actor_id: int | None) -> None:
    """Write anew what a site is called and where it is. Raises InvalidInput where another one has the name."""
    site = db.session.get_one(Site, site_id)
    for name, value in vars(content).items():
        setattr(site, name, value)
    _written(site)
    audit.record(actor_id, "market_site.change", ("market_site", site_id), name=site.name)


def _written(site: Site) -> None:
    with db.session.no_autoflush:
        taken = select(Site.id).where(Site.area_code == site.area_code, Site.name == site.name)
        if set(db.session.scalars(taken)) - {site.id}:
            raise _name_taken()
    db.session.add(site)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise _name_taken() from error


def _name_taken() -> InvalidInput:
    return InvalidInput(_("There is a site of this name already."), field="name")


@command
def set_active(site_id: int, is_active: bool, actor_id: int | None) -> None:
    """End the use of a site, or take it up again: no more days are made there; the days made stay."""
    db.session.get_one(Site, site_id).is_active = is_active
    action = "market_site.resume" if is_active else "market_site.end"
    audit.record(actor_id, action, ("market_site", site_id))
