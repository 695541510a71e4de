"""What is done to a product that is shown: price, stopping, photos, shares."""

import datetime as dt

import pytest
from flask import Flask

from marketplace.catalog import queries, service
from marketplace.catalog.models import (
    Category,
    PermitKind,
    ProductKind,
    ProductState,
)
from marketplace.catalog.rules import PermitContent, ProductContent, Share
from marketplace.shared.errors import Forbidden, InvalidInput, NotFound, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.catalog.words import content, image_id
from tests.catalog.world import World, fresh, pending, revisions


@pytest.mark.parametrize(
    ("price", "at_once"), [(13_500, True), (16_500, True), (13_499, False), (16_501, False), (15_000, True)]
)
def test_a_trusted_seller_moves_the_price_within_the_band(app: Flask, price: int, at_once: bool) -> None:
    world = World(trusted=True)
    product = world.published()
    world.edit(product, price=price)
    assert (fresh(product).price == price) is at_once
    assert (len(revisions(product)) == 1) is at_once
    if at_once:
        with unit_of_work():
            service.set_price_within_band(product.id, price, world.seller)
    else:
        with pytest.raises(InvalidInput), unit_of_work():
            service.set_price_within_band(product.id, price, world.seller)


def test_the_band_stays_around_the_approved_price(app: Flask) -> None:
    world = World(trusted=True)
    product = world.published()
    world.edit(product, price=16_500)
    world.edit(product, name="Keripik Baru")
    with unit_of_work():
        service.approve(pending(product).id, world.curator)
    assert (fresh(product).price, fresh(product).approved_price) == (16_500, 15_000)
    with pytest.raises(InvalidInput), unit_of_work():
        service.set_price_within_band(product.id, 18_000, world.seller)


def test_an_untrusted_seller_does_not_move_the_price_alone(app: Flask) -> None:
    world = World()
    product = world.published()
    world.edit(product, price=15_500)
    assert (fresh(product).price, pending(product).changes) == (15_000, {"price": 15_500})
    with pytest.raises(Forbidden), unit_of_work():
        service.set_price_within_band(product.id, 15_500, world.seller)
    with unit_of_work():
        service.set_price_within_band(product.id, 15_500, world.curator)
    assert fresh(product).price == 15_500


def test_trust_begins_on_its_day(app: Flask) -> None:
    group = make.group(trusted_from=dt.date(2099, 1, 1))
    seller = make.user(Role.SELLER, household_id=make.household(group).id)
    product = make.product(group, created_by_id=seller.id)
    with pytest.raises(Forbidden), unit_of_work():
        service.set_price_within_band(product.id, 15_500, seller)


def test_stopping_is_free_and_going_on_needs_trust(app: Flask) -> None:
    for trusted, after in ((True, ProductState.PUBLISHED), (False, ProductState.SUBMITTED)):
        world = World(trusted=trusted)
        product = world.published()
        with unit_of_work():
            service.pause(product.id, world.seller)
        assert fresh(product).state is ProductState.PAUSED
        with unit_of_work():
            service.resume(product.id, world.seller)
        assert fresh(product).state is after
        assert fresh(product).published_at is not None


def test_waiting_changes_go_along_when_a_stopped_product_is_handed_in(app: Flask) -> None:
    world = World()
    product = world.published()
    world.edit(product, name="Keripik Baru")
    with unit_of_work():
        service.pause(product.id, world.seller)
        service.resume(product.id, world.seller)
    with unit_of_work():
        service.approve(pending(product).id, world.curator)
    assert (fresh(product).name, fresh(product).state) == ("Keripik Baru", ProductState.PUBLISHED)


def test_a_stopped_product_stays_stopped_when_its_changes_are_approved(app: Flask) -> None:
    world = World()
    product = world.published()
    world.edit(product, name="Keripik Baru")
    with unit_of_work():
        service.pause(product.id, world.seller)
        service.approve(pending(product).id, world.curator)
    assert (fresh(product).name, fresh(product).state) == ("Keripik Baru", ProductState.PAUSED)


def test_what_is_put_away_leaves_the_queue(app: Flask) -> None:
    world = World()
    product = world.published()
    world.edit(product, name="Keripik Baru")
    with unit_of_work():
        service.archive(product.id, world.seller)
    assert queries.queue_counts(world.curator) == (0, 0)
    with pytest.raises(StateConflict):
        world.edit(product, name="Keripik Lagi")


def test_photos_are_added_ordered_and_removed(app: Flask) -> None:
    world = World()
    product = world.draft()
    one, two, three = image_id(), image_id(), image_id()
    with unit_of_work():
        service.add_photo(product.id, (one, two, three), world.seller)
        service.order_photos(product.id, (three, one, two), world.seller)
        service.remove_photo(product.id, one, world.seller)
    assert [photo.image_id for photo in fresh(product).photos] == [three, two]
    with pytest.raises(NotFound), unit_of_work():
        service.remove_photo(product.id, one, world.seller)
    with pytest.raises(StateConflict), unit_of_work():
        service.order_photos(product.id, (three, three), world.seller)
    with pytest.raises(InvalidInput), unit_of_work():
        service.add_photo(product.id, tuple(image_id_range(7)), world.seller)


def image_id_range(count: int) -> list[int]:
    return [-number for number in range(1, count + 1)]


def test_photos_of_a_shown_product_go_through_the_check(app: Flask) -> None:
    world = World()
    product = world.published()
    new = image_id()
    with unit_of_work():
        service.add_photo(product.id, (new,), world.seller)
    assert fresh(product).photos == []
    with unit_of_work():
        service.approve(pending(product).id, world.curator)
    assert [photo.image_id for photo in fresh(product).photos] == [new]


def test_shares_and_permits_can_be_changed_both_ways(app: Flask) -> None:
    world = World()
    product = world.draft(permits=(PermitContent(PermitKind.PIRT, "1", None),))
    halves = (Share(world.neighbour.id, 5_000), Share(world.family.id, 5_000))
    permits = (PermitContent(PermitKind.HALAL, "2", None), PermitContent(PermitKind.PIRT, "3", None))
    world.edit(product, shares=halves, permits=permits)
    row = fresh(product)
    assert {s.household_id: s.basis_points for s in row.shares} == {world.family.id: 5_000, world.neighbour.id: 5_000}
    assert {p.kind: p.number for p in row.permits} == {PermitKind.HALAL: "2", PermitKind.PIRT: "3"}
    world.edit(product, shares=(Share(world.neighbour.id, 10_000),), permits=())
    assert [s.household_id for s in fresh(product).shares] == [world.neighbour.id]


def test_a_service_has_neither_weight_nor_shelf_life(app: Flask) -> None:
    world = World()
    row = fresh(world.draft(category=Category.SERVICE))
    assert (row.kind, row.weight_gram, row.shelf_life_days, row.tracks_stock) == (
        ProductKind.SERVICE,
        None,
        None,
        False,
    )


def test_goods_become_a_service_only_before_they_are_sold(app: Flask) -> None:
    world = World()
    draft = world.draft()
    world.edit(draft, category=Category.SERVICE)
    assert fresh(draft).kind is ProductKind.SERVICE
    with pytest.raises(InvalidInput) as caught:
        world.edit(world.published(), category=Category.SERVICE)
    assert caught.value.field == "category"


def test_a_stranger_of_the_group_is_no_maker(app: Flask) -> None:
    world = World()
    stranger = make.household(make.group())
    with pytest.raises(InvalidInput), unit_of_work():
        service.create_product(world.group.id, content(stranger), world.seller)


def test_a_command_of_a_stranger_finds_nothing(app: Flask) -> None:
    world = World()
    product = world.draft()
    strangers = (
        make.user(Role.SELLER, household_id=make.household(make.group()).id),
        make.user(Role.CURATOR, area_code=make.OTHER_REGENCY),
        make.user(Role.HEAD),
        make.user(Role.BUYER),
    )
    made: ProductContent = content(world.family)
    for stranger in strangers:
        for do in (
            lambda who: service.create_product(world.group.id, made, who),
            lambda who: service.edit_product(product.id, made, who),
            lambda who: service.submit(product.id, who),
            lambda who: service.archive(product.id, who),
        ):
            with pytest.raises(NotFound), unit_of_work():
                do(stranger)
