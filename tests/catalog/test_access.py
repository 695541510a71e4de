"""Which products are whose: every role × own, other group, other area; the list and the row agree."""

from collections.abc import Callable

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.catalog import queries
from marketplace.catalog.access import VIEWERS, WORKERS
from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.shared.errors import NotFound
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make

# What each role sees of: own share, own listing, of the group, other group of the district, other regency.
SEES = {
    Role.SELLER: "share listed",
    Role.GROUP_OFFICER: "share listed group",
    Role.MENTOR: "share listed group",
    Role.CURATOR: "share listed group district",
    Role.HEAD: "share listed group district",
    Role.TREASURER: "",
    Role.PACKER: "",
    Role.VERIFIER: "",
    Role.ADMINISTRATOR: "",
    Role.BUYER: "",
}


def world(role: Role) -> tuple[User, dict[str, Product]]:
    group = make.group()
    family, neighbour = make.household(group), make.household(group)
    scope: dict[str, object] = {}
    if role is Role.SELLER:
        scope = {"household_id": family.id}
    elif role in (Role.GROUP_OFFICER, Role.MENTOR):
        scope = {"group_id": group.id}
    who = make.user(role, **scope)
    return who, {
        "share": make.product(group, makers={family.id: 4_000, neighbour.id: 6_000}),
        "listed": make.product(group, makers={neighbour.id: 10_000}, created_by_id=who.id),
        "group": make.product(group, makers={neighbour.id: 10_000}),
        "district": make.product(make.group()),
        "regency": make.product(make.group(), district_code="63.07.01", regency_code=make.OTHER_REGENCY),
    }


def found(call: Callable[[], object]) -> bool:
    try:
        call()
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("role", Role)
def test_every_role_sees_what_is_its(app: Flask, role: Role) -> None:
    who, products = world(role)
    seen = {name for name, row in products.items() if found(lambda row=row: queries.get_product_for(who, row.id))}
    assert seen == set(SEES[role].split())


@pytest.mark.parametrize("role", Role)
def test_every_role_works_on_what_it_sees_but_the_head(app: Flask, role: Role) -> None:
    who, products = world(role)
    works = {
        name for name, row in products.items() if found(lambda row=row: queries.lock_product_for(who, row.id, WORKERS))
    }
    assert works == (set() if role is Role.HEAD else set(SEES[role].split()))


@pytest.mark.parametrize("role", Role)
def test_the_list_shows_what_the_row_allows(app: Flask, role: Role) -> None:
    who, products = world(role)
    listed = {row.id for row in db.session.scalars(queries.products_of(who, VIEWERS))}
    assert listed == {products[name].id for name in SEES[role].split()}
    office = {row.id for row in db.session.scalars(queries.office_products(who, queries.Filters()))}
    assert office == listed


def test_who_left_the_group_loses_what_he_listed_for_others(app: Flask) -> None:
    who, products = world(Role.SELLER)
    with unit_of_work():
        products["share"].shares[0].household.memberships[0].ends_on = make.LONG_AGO
    assert not found(lambda: queries.get_product_for(who, products["listed"].id))
    assert found(lambda: queries.get_product_for(who, products["share"].id))


def test_a_missing_product_is_not_found(app: Flask) -> None:
    assert not found(lambda: queries.get_product_for(make.user(Role.CURATOR), 2**40))
