"""One town for all tests of this folder: it is put back before each of them, and whenever a blow left a mark."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import reset
from tests.hostile.place import Found, Place
from tests.payments import paying
from tests.payments.stripe_stub import Stub


@pytest.fixture(scope="package")
def _town(_application: Flask, town: tuple[Place, Stub]) -> Iterator[Place]:
    place, stub = town
    with paying.switched_on(_application, stub.url):
        place.restore()
        yield place
    with _application.app_context():
        reset(_application)


@pytest.fixture(scope="package")
def _forms(_town: Place) -> list[Found]:
    return _town.working()


@pytest.fixture
def place(_town: Place) -> Place:
    """Return the town as it was built."""
    _town.restore()
    return _town


@pytest.fixture
def forms(place: Place, _forms: list[Found]) -> list[Found]:
    """Return one form of each kind that people find in the town, each tried out."""
    return _forms
