"""The shape of the demo's words, and short ways to write them down."""

from dataclasses import dataclass
from typing import Literal

from marketplace.demo.picture_spec import PaletteName, PictureSpec, Vessel

Category = Literal["snack", "meal", "drink", "spice", "fresh", "craft", "textile", "home", "beauty", "service"]
Kind = Literal["goods", "service"]
Season = Literal["even", "ramadan", "harvest", "wedding", "school", "dry"]
"""When a product sells or is made most."""


@dataclass(frozen=True)
class GroupWords:
    """A KUBE of the demo."""

    name: str
    district: str
    village_index: int
    """Which village of the district, counted modulo their number."""
    business: str
    year_formed: int
    story: str


@dataclass(frozen=True)
class ProductWords:
    """One product or service of a KUBE."""

    name: str
    group: int
    category: Category
    kind: Kind
    unit: str
    price: int
    weight_gram: int | None
    shelf_life_days: int | None
    description: str
    needs_pirt: bool
    needs_halal: bool
    season: Season
    picture: PictureSpec


@dataclass(frozen=True)
class ParcelWords:
    """A gift parcel: goods by name with how many of each, and what packing costs."""

    name: str
    occasion: str
    description: str
    components: tuple[tuple[str, int], ...]
    packing_cost: int


def photo(
    vessel: Vessel, palette: PaletteName, emoji: str = "", label: str = "", fill: str = "", tint: str = ""
) -> PictureSpec:
    """Describe a picture; the emoji codes stand in one string with spaces."""
    return PictureSpec(vessel, palette, tuple(emoji.split()), label, fill, tint)


def packed(
    group: int, name: str, category: Category, unit: str, price: int, weight: int, days: int,
    season: Season, description: str, picture: PictureSpec,
) -> ProductWords:  # fmt: skip
    """Describe packed food, which needs a home-food number and a halal certificate."""
    return ProductWords(
        name, group, category, "goods", unit, price, weight, days, description, True, True, season, picture
    )


def cooked(
    group: int, name: str, category: Category, unit: str, price: int, weight: int, days: int,
    season: Season, description: str, picture: PictureSpec,
) -> ProductWords:  # fmt: skip
    """Describe food sold fresh from the kitchen: halal, but too short-lived for a home-food number."""
    return ProductWords(
        name, group, category, "goods", unit, price, weight, days, description, False, True, season, picture
    )


def fresh(
    group: int, name: str, unit: str, price: int, weight: int, days: int,
    season: Season, description: str, picture: PictureSpec,
) -> ProductWords:  # fmt: skip
    """Describe what comes straight from field, pond or stable and needs no permit."""
    return ProductWords(
        name, group, "fresh", "goods", unit, price, weight, days, description, False, False, season, picture
    )


def made(
    group: int, name: str, category: Category, unit: str, price: int, weight: int,
    season: Season, description: str, picture: PictureSpec,
) -> ProductWords:  # fmt: skip
    """Describe goods that are not eaten."""
    return ProductWords(
        name, group, category, "goods", unit, price, weight, None, description, False, False, season, picture
    )


def work(
    group: int, name: str, unit: str, price: int, season: Season, description: str, picture: PictureSpec
) -> ProductWords:
    """Describe a service."""
    return ProductWords(
        name, group, "service", "service", unit, price, None, None, description, False, False, season, picture
    )
