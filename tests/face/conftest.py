"""The town of the hostile tests with long names, served in Indonesian to a real Chromium."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.catalog.models import Product
from marketplace.extensions import cache, db
from marketplace.groups.models import Group, Household
from marketplace.parcels.models import Parcel
from marketplace.shared import gaya
from marketplace.shared.transaction import unit_of_work
from tests.conftest import make_app, reset
from tests.hostile.place import PHOTO, Place
from tests.journeys.conftest import CATALOGUE, serving, whole
from tests.payments import paying
from tests.payments.stripe_stub import Stub
from tests.texts import indonesian

AN_HOUR = 3600
LONG = "Rengginang Singkong Mempertanggungjawabkannya Manis Gurih Pedas Asli Loksado Rasa Gula Aren"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "face" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Street:
    """The town as it is served: its address, who its people are, and which pages they come to."""

    place: Place
    app: Flask
    base: str


@pytest.fixture(scope="package")
def street(_application: Flask, database_url: str, town: tuple[Place, Stub]) -> Iterator[Street]:
    """Open the town once for all looks at it, for nothing here writes."""
    assert CATALOGUE.exists(), "compile the catalogue first: make translations"
    place, stub = town
    with paying.switched_on(_application, stub.url):
        place.restore()
        with _application.app_context():
            _name_at_length()
            cache.clear()
        with indonesian():
            shop = make_app(database_url, Path(_application.extensions["config"].data_dir))
            paying.switch_on(shop, stub.url)
            # Kept by the browser as those of WhiteNoise are: a page is looked at, not how its files travel.
            shop.config.update(WTF_CSRF_ENABLED=True, SEND_FILE_MAX_AGE_DEFAULT=AN_HOUR)
            shop.register_blueprint(gaya.bp)
            yield from _serve(place, shop)
    with _application.app_context():
        reset(_application)


def _serve(place: Place, shop: Flask) -> Iterator[Street]:
    with serving(_with_photos(whole(shop))) as address:
        yield Street(place, shop, address)
    with shop.app_context():
        db.engine.dispose()


def _with_photos(application: Callable[..., Any]) -> Callable[..., Any]:
    """Answer for every photo, for the town has rows of them without their files.

    A route of the browser could do so too, but it then keeps nothing at all from one page to the next.
    """
    head = [
        ("Content-Type", "image/jpeg"),
        ("Content-Length", str(len(PHOTO))),
        ("Cache-Control", f"max-age={AN_HOUR}"),
    ]

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if not environ["PATH_INFO"].startswith("/foto/"):
            return application(environ, start_response)
        start_response("200 OK", head)
        return [PHOTO]

    return answer


def _name_at_length() -> None:
    """Give everything whose name is shown a name as long as people give."""
    with unit_of_work():
        for table, longest in ((Product, 80), (Parcel, 80), (Group, 80), (User, 80)):
            for row in db.session.scalars(select(table)):
                row.name = f"{LONG[: longest - 4]} {row.id}"
        for family in db.session.scalars(select(Household)):
            family.name = f"{LONG.replace(' ', '').lower()[:76]} {family.id}"
