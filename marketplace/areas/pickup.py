"""Where the buyers of a regency fetch their orders, and when the office is open."""

from dataclasses import dataclass

from ..extensions import db
from ..shared import audit
from ..shared.errors import Forbidden
from ..shared.policy import Actor, Role, may
from ..shared.remember import remembered
from ..shared.transaction import command
from .models import PickupPlace


@dataclass(frozen=True)
class Place:
    """Address and opening hours as the office wrote them; both are empty where it wrote none."""

    address: str = ""
    hours: str = ""


@remembered(60)
def place_of(area_code: str) -> Place:
    """Return where orders of a regency are fetched."""
    row = db.session.get(PickupPlace, area_code)
    return Place(row.address, row.hours) if row else Place()


def written(area_code: str) -> PickupPlace | None:
    """Return what the office wrote, as it is now."""
    return db.session.get(PickupPlace, area_code)


@command
def write(area_code: str, place: Place, actor_id: int | None, actor: Actor) -> None:
    """Say where orders of a regency are fetched. Raises Forbidden outside the actor's area."""
    if not may(actor, {Role.ADMINISTRATOR}, area_code=area_code):
        raise Forbidden
    row = db.session.get(PickupPlace, area_code) or PickupPlace(area_code=area_code)
    row.address, row.hours = place.address, place.hours
    db.session.add(row)
    audit.record(actor_id, "pickup_place.write", ("area", None), area=area_code, address=place.address)
