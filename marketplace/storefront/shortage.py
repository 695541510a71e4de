"""Say what falls short of an order by what its buyer put into his basket: he asked for parcels."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ..extensions import db
from ..parcels.models import Parcel, Recipe, RecipeItem
from ..shared.errors import Missing
from ..shared.i18n import _
from .queries import Contents, Line


@dataclass(frozen=True)
class MissingParcel(Missing):
    """A parcel of which fewer can be made than were wanted; `product_id` is the scarce thing inside."""

    def say(self) -> str:
        """Say of the parcel how many can be made."""
        return _("%(name)s: you asked for %(wanted)s, %(free)s can be made.", **vars(self))


@dataclass(frozen=True)
class MissingTogether(Missing):
    """A product that several lines need; `name` lists these."""

    def say(self) -> str:
        """Say which lines need the same thing."""
        return _("%(name)s need the same thing. Together that is %(wanted)s, and %(free)s are left.", **vars(self))


def of_lines(missing: Sequence[Missing], contents: Contents) -> list[Missing]:
    """Return what falls short, each said of the line of the basket that asks for it."""
    inside = _inside(contents)
    said = (_said(each, [line for line in contents.lines if _needs(line, each, inside)]) for each in missing)
    return list({(type(each), each.name): each for each in said}.values())


def _said(missing: Missing, lines: list[Line]) -> Missing:
    if len(lines) > 1:
        names = ", ".join(line.sold.name for line in lines)
        return MissingTogether(missing.product_id, names, missing.wanted, missing.free)
    if lines and lines[0].parcel_id:
        line = lines[0]
        return MissingParcel(missing.product_id, line.sold.name, line.quantity, line.sold.free)
    return missing


def _needs(line: Line, missing: Missing, inside: set[tuple[int, int]]) -> bool:
    return line.product_id == missing.product_id or (line.parcel_id, missing.product_id) in inside


def _inside(contents: Contents) -> set[tuple[int, int]]:
    """Return (parcel id, product id) of what the parcels of a basket hold."""
    recipe = (Recipe.parcel_id == Parcel.id) & (Recipe.version == Parcel.recipe_version)
    statement = select(Parcel.id, RecipeItem.product_id).join(Recipe, recipe).join(RecipeItem)
    rows = db.session.execute(statement.where(Parcel.id.in_([box.id for box in contents.parcels])))
    return {(row[0], row[1]) for row in rows}
