"""One small world for all tests of a file: they read it, or undo what they do to it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from marketplace.extensions import db
from marketplace.shared.transaction import rollback
from tests import make
from tests.conftest import reset
from tests.registry import listing
from tests.reports import online_world
from tests.reports.world import World, add_offices, built
from tests.training import trained_in_town


@pytest.fixture(scope="module")
def world(_application: Flask) -> Iterator[World]:
    with _application.app_context():
        reset(_application)
        yield built()
        rollback()
        db.session.remove()


@pytest.fixture(scope="module")
def offices(world: World) -> None:
    """Let offices order in the world as well: for what is about them, for they would be in every other number too."""
    add_offices(world)


@pytest.fixture(scope="module")
def online(world: World) -> None:
    """Let orders be paid, given back and disputed at Stripe as well."""
    online_world.happened(world.order)


@pytest.fixture(scope="module")
def trainings(world: World) -> None:
    """Let people be trained as well, one of them after a correction, and agencies speak of a plan."""
    trained_in_town.add_trainings(make.REGENCY, make.VILLAGE, 2)


@pytest.fixture(scope="module")
def lists(world: World) -> None:
    """Let lists of registries be applied and undone as well."""
    made = listing.applied(listing.xlsx([listing.row(801), listing.row(802, desil="11")]))
    listing.undone(made.id)
    listing.applied(listing.xlsx([listing.row(803), listing.child(804, of=803)]))
