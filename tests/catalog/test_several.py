"""Products that pass every check are approved together, each with its own audit row; the others are looked at alone."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.catalog import service
from marketplace.catalog.models import Category, Product, ProductState
from marketplace.extensions import db
from marketplace.shared.audit import AuditEntry
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.catalog.words import image_id
from tests.catalog.world import World, fresh

TOLD = "Anyaman bambu yang kuat dibuat ibu-ibu di desa dengan tangan sendiri."
GOOD = {"category": Category.CRAFT, "description": TOLD, "weight_gram": 250, "permits": ()}


def handed_in(world: World, name: str, **values: object) -> tuple[Product, int]:
    """Let the seller hand a product in; return it and the id of what waits."""
    product = world.draft(**{**GOOD, "photos": (image_id(),), "name": name, **values})
    with unit_of_work():
        revision_id = service.submit(product.id, world.seller).id
    return product, revision_id


def approvals() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(AuditEntry.action == "product.approve")) or 0


def ticked(client: FlaskClient, *revision_ids: int) -> str:
    data = {"revisions": [str(each) for each in revision_ids]}
    return client.post("/dinas/kurasi/beberapa", data=data, follow_redirects=True).text


def box(revision_id: int, page: str) -> bool:
    return f'value="{revision_id}"' in page


def test_only_what_passes_is_offered_and_the_rest_says_why(app: Flask, client: FlaskClient) -> None:
    world = World()
    good, first = handed_in(world, "Bakul")
    other, second = handed_in(world, "Tampah")
    _bare, third = handed_in(world, "Nyiru", photos=())
    make.sign_in(client, world.curator)
    page = client.get("/dinas/kurasi").text
    assert [box(each, page) for each in (first, second, third)] == [True, True, False]
    assert "Has no photo" in page
    assert "Tick the products first." in ticked(client)
    told = ticked(client, first, second)
    assert "Approved: Bakul, Tampah." in told
    assert {fresh(good).state, fresh(other).state} == {ProductState.PUBLISHED}
    assert approvals() == 2


def test_what_changed_or_fails_meanwhile_is_named_and_stops_no_other(app: Flask, client: FlaskClient) -> None:
    world = World()
    good, first = handed_in(world, "Bakul")
    bare, second = handed_in(world, "Nyiru", photos=())
    back, third = handed_in(world, "Tampah")
    with unit_of_work():
        service.withdraw_revision(back.id, world.seller)
    make.sign_in(client, world.curator)
    told = ticked(client, first, second, third, 99_999)
    assert "Approved: Bakul." in told
    assert "Not approved: Nyiru. It does not pass all checks any more." in told
    assert "Not approved: Tampah." in told
    states = [fresh(each).state for each in (good, bare, back)]
    assert states == [ProductState.PUBLISHED, ProductState.SUBMITTED, ProductState.DRAFT]
    assert approvals() == 1


def test_curators_of_elsewhere_approve_nothing(app: Flask, client: FlaskClient) -> None:
    world = World()
    product, revision_id = handed_in(world, "Bakul")
    make.sign_in(client, make.user(Role.CURATOR, area_code=make.OTHER_REGENCY))
    assert "Bakul" not in ticked(client, revision_id)
    assert (fresh(product).state, approvals()) == (ProductState.SUBMITTED, 0)
