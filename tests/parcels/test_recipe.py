"""Recipes: versioned once they may have been sold, and only of what is sold in the same regency."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.catalog.models import Product, ProductKind, ProductState
from marketplace.extensions import db
from marketplace.parcels import queries, service
from marketplace.parcels.models import Parcel, Recipe, RecipeItem
from marketplace.parcels.rules import FlagKind
from marketplace.shared.audit import AuditEntry
from marketplace.shared.errors import InvalidInput, NotFound, StateConflict
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.parcels import build


def change(product: Product, **values: object) -> None:
    with unit_of_work():
        for name, value in values.items():
            setattr(db.session.merge(product), name, value)


def reload(parcel: Parcel) -> Parcel:
    db.session.expire_all()
    return db.session.get_one(Parcel, parcel.id)


def test_the_recipe_of_a_draft_is_replaced(app: Flask) -> None:
    first, second = make.product(price=10_000), make.product(price=20_000)
    parcel = build.draft()
    assert build.set_recipe(parcel, {first: 1, second: 1}, 40_000) == 1
    assert build.set_recipe(parcel, {first: 3, second: 1}, 60_000) == 1
    recipe = queries.current_recipe(parcel)
    assert (recipe.price, [(i.product_id, i.quantity) for i in recipe.items]) == (
        60_000,
        [(first.id, 3), (second.id, 1)],
    )
    assert db.session.scalar(select(func.count()).select_from(RecipeItem)) == 2


def test_a_recipe_that_may_have_been_sold_is_never_changed(app: Flask) -> None:
    first, second = make.product(price=10_000), make.product(price=20_000)
    parcel = build.offered({first: 1, second: 1}, 40_000)
    assert build.set_recipe(parcel, {first: 2, second: 1}, 50_000) == 2
    old = db.session.scalars(select(Recipe).where(Recipe.parcel_id == parcel.id, Recipe.version == 1)).one()
    assert (old.price, [(i.product_id, i.quantity) for i in old.items]) == (40_000, [(first.id, 1), (second.id, 1)])
    assert reload(parcel).recipe_version == 2
    assert [recipe.version for recipe in queries.versions_of(parcel.id)] == [2, 1]


@pytest.mark.parametrize("changed", ["price", "packing", "quantity", "product price"])
def test_every_change_of_a_sold_recipe_is_a_version_and_the_same_again_is_none(app: Flask, changed: str) -> None:
    first, second = make.product(price=10_000), make.product(price=20_000)
    parcel = build.offered({first: 1, second: 1}, 60_000)
    if changed == "product price":
        change(first, price=11_000)
    wanted = {first: 2 if changed == "quantity" else 1, second: 1}
    price, packing = 61_000 if changed == "price" else 60_000, 6_000 if changed == "packing" else 5_000
    assert build.set_recipe(parcel, wanted, price, packing) == 2
    assert build.set_recipe(parcel, wanted, price, packing) == 2


def test_the_items_keep_the_prices_of_that_day(app: Flask) -> None:
    first, second = make.product(price=10_000), make.product(price=20_000)
    parcel = build.offered({first: 2, second: 1}, 60_000)
    change(first, price=50_000)
    assert [item.unit_price for item in queries.current_recipe(parcel).items] == [10_000, 20_000]


@pytest.mark.parametrize("values", [{"state": ProductState.PAUSED}, {"kind": ProductKind.SERVICE}])
def test_only_published_goods_go_in(app: Flask, values: dict[str, object]) -> None:
    parcel, good, other = build.draft(), make.product(), make.product(**values)
    with pytest.raises(InvalidInput) as caught:
        build.set_recipe(parcel, {good: 1, other: 1}, 500_000)
    assert caught.value.field == "items"
    assert db.session.scalar(select(func.count()).select_from(Recipe)) == 0


def test_goods_of_another_regency_do_not_go_in(app: Flask) -> None:
    parcel, good = build.draft(), make.product()
    stranger = make.product(make.group(village_code=make.VILLAGE), regency_code=make.OTHER_REGENCY)
    with pytest.raises(InvalidInput):
        build.set_recipe(parcel, {good: 1, stranger: 1}, 500_000)


@pytest.mark.parametrize(("count", "price"), [(0, 500_000), (-1, 500_000), (1, 30_000)])
def test_strange_pieces_and_low_prices_are_refused(app: Flask, count: int, price: int) -> None:
    parcel, good, other = build.draft(), make.product(), make.product()
    with pytest.raises(InvalidInput):
        build.set_recipe(parcel, {good: 1, other: count}, price)


def test_an_archived_parcel_takes_no_recipe(app: Flask) -> None:
    first, second = make.product(), make.product()
    parcel = build.offered({first: 1, second: 1})
    with unit_of_work():
        service.archive(parcel.id, None)
    with pytest.raises(StateConflict):
        build.set_recipe(parcel, {first: 1, second: 2}, 100_000)


def test_no_offer_without_a_recipe_that_holds(app: Flask) -> None:
    first, second = make.product(price=15_000), make.product(price=15_000)
    parcel = build.draft()
    for prepare in (lambda: None, lambda: change(first, price=90_000), lambda: change(first, state="paused")):
        prepare()
        with pytest.raises(InvalidInput), unit_of_work():
            service.offer(parcel.id, None)
        if queries.current_recipes([parcel.id]):
            continue
        build.set_recipe(parcel, {first: 1, second: 1}, 40_000)
    assert reload(parcel).state == "draft"


def test_how_many_can_be_made(app: Flask) -> None:
    first, second = make.product(stock=7), make.product(stock=9)
    both, one = build.offered({first: 2, second: 3}), build.offered({first: 1, second: 1})
    empty = build.draft()
    assert queries.can_make([both.id, one.id, empty.id]) == {both.id: 3, one.id: 7, empty.id: 0}
    change(second, state=ProductState.PAUSED)
    assert queries.can_make([both.id, one.id]) == {both.id: 0, one.id: 0}
    assert queries.can_make([]) == {}


def test_flags_say_what_to_mend(app: Flask) -> None:
    first, second = make.product(price=15_000), make.product(price=15_000)
    parcel = build.offered({first: 1, second: 1}, 35_000)
    user = make.user(role=make.Role.CURATOR)
    assert queries.flags_of(queries.get_parcel_for(user, parcel.id)) == []
    change(first, price=16_000)
    change(second, state=ProductState.ARCHIVED)
    db.session.expire_all()
    flags = queries.flags_of(queries.get_parcel_for(user, parcel.id))
    assert [(flag.kind, flag.missing) for flag in flags] == [
        (FlagKind.NOT_SOLD, 0),
        (FlagKind.LESS_THAN_ALONE, 1_000),
    ]
    assert [flag.kind for flag in queries.flags_of(queries.get_parcel_for(user, build.draft().id))] == [
        FlagKind.NO_RECIPE
    ]


def test_slugs_are_free_and_every_act_is_written_down(app: Flask) -> None:
    slugs = [build.draft(name="Parsel Hari Raya!").slug for _number in range(3)]
    assert slugs == ["parsel-hari-raya", "parsel-hari-raya-2", "parsel-hari-raya-3"]
    parcel = build.offered({make.product(): 1, make.product(): 1})
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_id == parcel.id).order_by(AuditEntry.id)
    )
    assert list(actions) == ["parcel.create", "parcel.recipe", "parcel.offer"]


def test_the_public_page_shows_offered_and_paused_ones_only(app: Flask) -> None:
    parcel = build.offered({make.product(): 1, make.product(): 1})
    found = queries.parcel_by_slug(parcel.slug)
    assert found.recipe is not None
    assert {item.product.group.village.code for item in found.recipe.items} == {make.VILLAGE}
    with unit_of_work():
        service.pause(parcel.id, None)
    assert queries.parcel_by_slug(parcel.slug).state == "paused"
    with unit_of_work():
        service.archive(parcel.id, None)
    for slug in (parcel.slug, build.draft().slug, "no-such"):
        with pytest.raises(NotFound):
            queries.parcel_by_slug(slug)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("keripik", True),
        ("KERIPIKNYA", True),
        ("berkah lebaran", True),
        ("tal", True),
        ("ripik", False),
        ("sabun", False),
        ("keripik sabun", False),
        (" ", True),
        ("%", False),
        ("' \" \\", False),
    ],
)
def test_search_finds_by_words_of_parcel_and_content(app: Flask, typed: str, found: bool) -> None:
    build.offered({make.product(name="Keripik Talas"): 1, make.product(): 1}, description="Untuk Lebaran")
    statement = queries.matching(select(Parcel), typed)
    assert bool(db.session.scalars(statement).all()) is found
