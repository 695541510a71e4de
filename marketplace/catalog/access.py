"""Whose products they are: one condition for lists and for single rows, so that the two cannot differ."""

import datetime as dt
from typing import Protocol

from sqlalchemy import ColumnElement, and_, exists, false, or_

from ..groups.models import Group, Membership
from ..groups.queries import membership_in_force
from ..shared.policy import MAKERS, Actor, Role, areas_of, groups_of, households_of, may
from .models import Product, ProductShare

WORKERS = MAKERS | {Role.MENTOR, Role.CURATOR}
"""Who may change a product that is theirs to look after."""
VIEWERS = WORKERS | {Role.HEAD}


class Worker(Actor, Protocol):
    """Somebody signed in."""

    id: int


def covered_by(actor: Worker, roles: frozenset[Role], day: dt.date) -> ColumnElement[bool]:
    """Return the condition that a product is covered by one of these roles of the actor.

    An area covers its products, a group its own; a household covers what it shares in, and what the actor listed
    himself while the household is in the product's group.
    """
    households = households_of(actor, roles)
    shared = exists().where(ProductShare.product_id == Product.id, ProductShare.household_id.in_(households))
    member = exists().where(
        Membership.group_id == Product.group_id, Membership.household_id.in_(households), membership_in_force(day)
    )
    areas = [
        or_(Product.district_code == code, Product.district_code.startswith(code + "."))
        for code in areas_of(actor, roles)
    ]
    return or_(
        false(),
        *areas,
        Product.group_id.in_(groups_of(actor, roles)),
        shared,
        and_(Product.created_by_id == actor.id, member),
    )


def works_on(actor: Worker, product: Product) -> bool:
    """Tell whether the actor may change a product that he sees: a head only looks. Its shares are loaded."""
    if may(actor, WORKERS, area_code=product.district_code, group_id=product.group_id):
        return True
    households = households_of(actor, WORKERS)
    makers = {share.household_id for share in product.shares}
    return bool(makers.intersection(households)) or bool(households and product.created_by_id == actor.id)


def is_curator_of(actor: Actor, product: Product) -> bool:
    """Tell whether the actor curates the area a product comes from."""
    return may(actor, {Role.CURATOR}, area_code=product.district_code)


def is_trusted(group: Group, day: dt.date) -> bool:
    """Tell whether the sellers of a group act alone on a day."""
    return group.trusted_from is not None and group.trusted_from <= day


def acts_alone(actor: Actor, product: Product, day: dt.date) -> bool:
    """Tell whether the actor moves the price within the band and puts a product back on sale without a check."""
    return is_trusted(product.group, day) or is_curator_of(actor, product)
