"""Two at once: one decision per revision, one waiting revision per product, whatever arrives together."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.catalog import queries, rules, service
from marketplace.catalog.models import Product, ProductState, Revision, RevisionState
from marketplace.extensions import db
from marketplace.shared.errors import StateConflict
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.catalog.test_life_of_a_product import REMARKS, World, fresh, revisions


def together(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """Run acts in threads that start at one moment, each in its own transaction; return how each ended."""
    rollback()  # what this thread has read is over; afterwards it reads anew
    start, ends = threading.Barrier(len(acts)), [""] * len(acts)

    def run(index: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    acts[index]()
                ends[index] = "done"
            except StateConflict:
                ends[index] = "conflict"
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def actor(user_id: int) -> make.User:
    return db.session.get_one(make.User, user_id)


def test_a_revision_is_decided_once(app: Flask) -> None:
    world = World()
    product = world.draft()
    with unit_of_work():
        revision_id = service.submit(product.id, world.seller).id
    who = world.curator.id
    ends = together(
        app,
        *[lambda: service.approve(revision_id, actor(who))] * 4,
        *[lambda: service.return_for_work(revision_id, REMARKS, actor(who))] * 4,
    )
    assert sorted(ends) == ["conflict"] * 7 + ["done"]
    assert (fresh(product).state is ProductState.PUBLISHED) is ("done" in ends[:4])


@pytest.mark.parametrize("_round", range(4))
def test_nobody_approves_what_was_changed_under_his_eyes(app: Flask, _round: int) -> None:
    world = World()
    product = world.published()
    world.edit(product, name="Nama Dilihat")
    waits = select(Revision.id).where(Revision.product_id == product.id, Revision.state == RevisionState.PENDING)
    seen = db.session.scalars(waits).one()
    product_id, who, seller = product.id, world.curator.id, world.seller.id
    new = replace(rules.content_of(fresh(product)), name="Nama Tak Dilihat")
    approved, edited = together(
        app,
        lambda: service.approve(seen, actor(who)),
        lambda: service.edit_product(product_id, new, actor(seller)),
    )
    assert edited == "done"
    assert fresh(product).name == ("Nama Dilihat" if approved == "done" else "Keripik Pisang Kepok")
    assert queries.working_content(fresh(product), queries.revisions_of(product_id)).name == "Nama Tak Dilihat"


def test_many_edits_leave_one_that_waits(app: Flask) -> None:
    world = World()
    product = world.published()
    product_id, seller = product.id, world.seller.id
    base = rules.content_of(fresh(product))
    edits = [replace(base, name=f"Keripik {number}") for number in range(6)]
    together(app, *[lambda new=new: service.edit_product(product_id, new, actor(seller)) for new in edits])
    states = [state for _number, state in revisions(product)]
    assert states.count(RevisionState.PENDING) == 1
    assert len(states) == 7
    assert db.session.get_one(Product, product_id).name == base.name
