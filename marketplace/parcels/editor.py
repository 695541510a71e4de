"""What the recipe editor shows beside its fields: the sum, the suggestion and what each family gets."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..catalog.models import Product
from ..shared.money import largest_remainder
from . import queries, rules
from .models import Recipe
from .rules import Component


@dataclass(frozen=True)
class Row:
    """A product in the parcel: what its makers get of one parcel, and what the pieces bring alone."""

    product: Product
    component: Component
    part: int | None
    """Rupiah; None while there is no price, or one below the sum: such a recipe is not saved."""

    @property
    def families(self) -> list[tuple[str, int]]:
        """Return the makers by name with their rupiah of one parcel."""
        shares = self.product.shares
        if self.part is None or not shares:
            return []
        parts = largest_remainder(self.part, [share.basis_points for share in shares])
        return [(share.household.name, part) for share, part in zip(shares, parts, strict=True)]


@dataclass(frozen=True)
class Board:
    """A recipe worked out."""

    rows: list[Row]
    alone: int
    """Price of all pieces one by one, rupiah."""
    packing_cost: int
    price: int | None

    @property
    def suggestion(self) -> int:
        """Return the lowest price at which nobody earns less than alone."""
        return self.alone + self.packing_cost

    @property
    def missing(self) -> int:
        """Return by how much the price is below the sum, rupiah; 0 while there is no price or nothing in it."""
        return 0 if self.price is None or not self.rows else max(self.suggestion - self.price, 0)

    @property
    def surplus(self) -> int:
        """Return by how much the price is above the sum where that is so much that the curator is asked again."""
        if self.price is None or not self.rows or not rules.is_far_above(self.price, self.suggestion):
            return 0
        return self.price - self.suggestion


def board_of(recipe: Recipe) -> Board:
    """Work out a recipe loaded by `recipe_loading`."""
    return _board(
        [item.product for item in recipe.items], queries.components_of(recipe), recipe.price, recipe.packing_cost
    )


def draft_board(
    products: Mapping[int, Product], quantities: Mapping[int, int], price: int | None, packing_cost: int
) -> Board:
    """Work out a recipe that is still being made, at the products' prices of today."""
    known = [products[key] for key in quantities if key in products]
    components = [queries.component_of(product, quantities[product.id], product.price) for product in known]
    return _board(known, components, price, packing_cost)


def _board(products: list[Product], components: list[Component], price: int | None, packing_cost: int) -> Board:
    alone = rules.sum_alone(components)
    parts: list[int | None] = [None] * len(components)
    if price is not None and price >= alone + packing_cost and components:
        parts = [*rules.makers_parts(price, packing_cost, components)]
    rows = [Row(*values) for values in zip(products, components, parts, strict=True)]
    return Board(rows, alone, packing_cost, price)
