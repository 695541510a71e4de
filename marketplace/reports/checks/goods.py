"""What is sold: makers' shares, recipes, places, and the states of curation."""

from typing import Any

from sqlalchemy import Select, String, case, exists, func, type_coerce

from ...catalog.models import (
    WHOLE,
    Product,
    ProductKind,
    ProductPhoto,
    ProductShare,
    ProductState,
    Revision,
    RevisionState,
)
from ...groups.models import Group
from ...parcels.models import Parcel, ParcelState, Recipe, RecipeItem
from ...shared.kept_photos import KeptPhoto
from ..check import at_least, check, joined, like, row

S = ProductState
SIGNS = {
    S.DRAFT: "_-",
    S.SUBMITTED: "_W",
    S.NEEDS_WORK: "_-",
    S.PUBLISHED: "P_",
    S.PAUSED: "P_",
    S.ARCHIVED: "_-",
}
"""What a product has in a state: a day of publication (P), a revision that waits (W); `_` may be either."""


@check("The shares of a product's makers are the whole", "product")
def product_shares() -> Select[Any]:
    statement = row(Product.id, WHOLE, func.sum(ProductShare.basis_points))
    return statement.outerjoin_from(Product, ProductShare).group_by(Product.id)


@check("A photo that waits for its form belongs to no product", "kept_photo")
def kept_photos() -> Select[Any]:
    used = exists().where(ProductPhoto.image_id == KeptPhoto.image_id)
    return row(KeptPhoto.image_id, "waiting", case((used, "on a product"), else_="waiting"))


@check("A product's state fits its publication and its revisions", "product", like)
def product_states() -> Select[Any]:
    waiting = exists().where(Revision.product_id == Product.id, Revision.state == RevisionState.PENDING)
    published = Product.published_at.is_not(None) & Product.approved_price.is_not(None)
    found = case((published, "P"), else_="-") + case((waiting, "W"), else_="-")
    return row(Product.id, case(*((Product.state == state, signs) for state, signs in SIGNS.items())), found)


@check("A product is listed where its group is", "product")
def product_places() -> Select[Any]:
    statement = row(
        Product.id,
        joined(Group.district_code, Group.regency_code),
        joined(Product.district_code, Product.regency_code),
    )
    return statement.join_from(Product, Group)


@check("A recipe holds goods, which can be counted", "recipe_item")
def recipe_goods() -> Select[Any]:
    statement = row(RecipeItem.id, ProductKind.GOODS.value, type_coerce(Product.kind, String))
    return (
        statement.join_from(RecipeItem, Product)
        .join(Recipe, Recipe.id == RecipeItem.recipe_id)
        .join(Parcel, (Parcel.id == Recipe.parcel_id) & (Parcel.recipe_version == Recipe.version))
        .where(Parcel.state != ParcelState.ARCHIVED)
    )


@check("A recipe pays its makers no less than their goods earn alone", "recipe", at_least)
def recipe_prices() -> Select[Any]:
    alone = func.sum(RecipeItem.quantity * RecipeItem.unit_price)
    statement = row(Recipe.id, alone + Recipe.packing_cost, Recipe.price)
    return statement.outerjoin_from(Recipe, RecipeItem).group_by(Recipe.id)


@check("A parcel on offer has the recipe that it is sold by", "parcel")
def parcel_recipes() -> Select[Any]:
    current = (Recipe.parcel_id == Parcel.id) & (Recipe.version == Parcel.recipe_version)
    statement = row(Parcel.id, Parcel.recipe_version, Recipe.version).outerjoin_from(Parcel, Recipe, current)
    return statement.where(Parcel.state.in_((ParcelState.OFFERED, ParcelState.PAUSED)))


CHECKS = (product_shares, kept_photos, product_states, product_places, recipe_goods, recipe_prices, parcel_recipes)
