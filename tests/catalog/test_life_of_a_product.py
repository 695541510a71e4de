"""From a draft to the shop and back: states, edits and who may do what."""

import datetime as dt
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.catalog import queries, rules, service
from marketplace.catalog.models import (
    PermitKind,
    ProductKind,
    ProductState,
    RevisionState,
)
from marketplace.catalog.rules import PermitContent, Remarks
from marketplace.extensions import db
from marketplace.shared.audit import AuditEntry
from marketplace.shared.errors import Forbidden, InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.catalog.words import content, image_id
from tests.catalog.world import REMARKS, YESTERDAY, World, fresh, pending, revisions


def test_a_draft_keeps_all_its_content(app: Flask) -> None:
    world = World()
    made = content(
        world.family,
        world.neighbour,
        permits=(PermitContent(PermitKind.PIRT, "2063306010001-27", dt.date(2099, 1, 1)),),
        photos=(image_id(), image_id()),
    )
    with unit_of_work():
        product = service.create_product(world.group.id, made, world.seller)
    row = fresh(product)
    assert rules.content_of(row) == made
    assert (row.state, row.kind, row.regency_code) == (ProductState.DRAFT, ProductKind.GOODS, make.REGENCY)
    assert row.slug == f"keripik-pisang-kepok-{row.id}"
    assert "goreng" in row.search_text.split()


def test_two_products_of_one_name_have_two_addresses(app: Flask) -> None:
    world = World()
    assert world.draft().slug != world.draft().slug
    assert world.draft(name="日本茶屋").slug.startswith("produk-")


def test_the_way_into_the_shop(app: Flask) -> None:
    world = World()
    product = world.draft()
    with unit_of_work():
        first = service.submit(product.id, world.seller)
    assert fresh(product).state is ProductState.SUBMITTED
    with unit_of_work():
        service.return_for_work(first.id, replace(REMARKS, better_by=dt.date(2099, 1, 1)), world.curator)
    assert fresh(product).state is ProductState.NEEDS_WORK
    world.edit(product, description="Lebih baik")
    with unit_of_work():
        second = service.submit(product.id, world.seller)
    with unit_of_work():
        service.approve(second.id, world.curator)
    shown = fresh(product)
    assert (shown.state, shown.approved_price, shown.description) == (ProductState.PUBLISHED, 15_000, "Lebih baik")
    assert shown.published_at is not None
    assert revisions(product) == [(1, RevisionState.RETURNED), (2, RevisionState.APPROVED)]
    actions = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == [
        "product.create",
        "product.hand_in",
        "product.return",
        "product.edit",
        "product.hand_in",
        "product.approve",
    ]


def test_an_edit_of_a_shown_product_waits_beside_it(app: Flask) -> None:
    world = World()
    product = world.published()
    world.edit(product, name="Keripik Pisang Madu", price=40_000)
    row = fresh(product)
    assert (row.name, row.price, row.state) == ("Keripik Pisang Kepok", 15_000, ProductState.PUBLISHED)
    assert pending(product).changes == {"name": "Keripik Pisang Madu", "price": 40_000}
    with unit_of_work():
        service.approve(pending(product).id, world.curator)
    row = fresh(product)
    assert (row.name, row.price, row.approved_price) == ("Keripik Pisang Madu", 40_000, 40_000)
    assert "madu" in row.search_text.split()


def test_an_edit_while_another_waits_takes_its_place(app: Flask) -> None:
    world = World()
    product = world.published()
    world.edit(product, name="Keripik Satu")
    seen = pending(product).id
    world.edit(product, unit="kotak")
    assert pending(product).changes == {"name": "Keripik Satu", "unit": "kotak"}
    with pytest.raises(StateConflict), unit_of_work():
        service.approve(seen, world.curator)
    world.edit(product, name="Keripik Pisang Kepok", unit="bungkus")
    assert revisions(product)[1:] == [(2, RevisionState.WITHDRAWN), (3, RevisionState.WITHDRAWN)]


def test_changes_that_came_back_are_gone_on_from_or_dropped(app: Flask) -> None:
    world = World()
    product = world.published()
    world.edit(product, name="Keripik Satu")
    with unit_of_work():
        service.return_for_work(pending(product).id, REMARKS, world.curator)
    assert fresh(product).state is ProductState.PUBLISHED
    world.edit(product, unit="kotak")
    assert pending(product).changes == {"name": "Keripik Satu", "unit": "kotak"}
    with unit_of_work():
        service.return_for_work(pending(product).id, REMARKS, world.curator)
        service.withdraw_revision(product.id, world.seller)
    assert queries.working_content(fresh(product), queries.revisions_of(product.id)).name == "Keripik Pisang Kepok"
    with pytest.raises(StateConflict), unit_of_work():
        service.withdraw_revision(product.id, world.seller)


def test_what_is_being_checked_is_not_edited_but_can_be_taken_back(app: Flask) -> None:
    world = World()
    product = world.draft()
    with unit_of_work():
        revision = service.submit(product.id, world.seller)
    with pytest.raises(StateConflict):
        world.edit(product, name="Keripik Lain")
    with unit_of_work():
        service.withdraw_revision(product.id, world.seller)
    assert fresh(product).state is ProductState.DRAFT
    with pytest.raises(StateConflict), unit_of_work():
        service.approve(revision.id, world.curator)


def test_nobody_approves_what_he_handed_in(app: Flask) -> None:
    world = World()
    product = world.draft()
    with unit_of_work():
        revision = service.submit(product.id, world.curator)
    for decide in (
        lambda: service.approve(revision.id, world.curator),
        lambda: service.return_for_work(revision.id, REMARKS, world.curator),
    ):
        with pytest.raises(Forbidden), unit_of_work():
            decide()
    other = make.user(Role.CURATOR)
    with unit_of_work():
        service.approve(revision.id, other)
    assert fresh(product).state is ProductState.PUBLISHED


def test_an_expired_permit_keeps_a_product_out(app: Flask) -> None:
    world = World()
    expired = PermitContent(PermitKind.HALAL, "ID-1", YESTERDAY)
    product = world.draft(permits=(expired,))
    with unit_of_work():
        revision = service.submit(product.id, world.seller)
    with pytest.raises(InvalidInput), unit_of_work():
        service.approve(revision.id, world.curator)
    assert fresh(product).state is ProductState.SUBMITTED


def test_a_maker_who_left_the_group_stops_the_approval(app: Flask) -> None:
    world = World()
    product = world.draft()
    with unit_of_work():
        revision = service.submit(product.id, world.seller)
    with unit_of_work():
        world.family.memberships[0].ends_on = dt.date(2020, 2, 1)
    with pytest.raises(InvalidInput) as caught, unit_of_work():
        service.approve(revision.id, world.curator)
    assert caught.value.field == "maker"


@pytest.mark.parametrize("bad", [Remarks("pendek"), Remarks("Tulisan yang cukup panjang", YESTERDAY)])
def test_a_return_says_what_and_until_when(app: Flask, bad: Remarks) -> None:
    world = World()
    product = world.draft()
    with unit_of_work():
        revision = service.submit(product.id, world.seller)
    with pytest.raises(InvalidInput), unit_of_work():
        service.return_for_work(revision.id, bad, world.curator)
