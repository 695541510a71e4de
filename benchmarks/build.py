"""Make the databases that are measured, once for each size: the demo's goods as often as it takes.

Rows are put in around the services, for only reading and ordering are measured.
"""

import datetime as dt
import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import insert

from marketplace import Marketplace, create_app
from marketplace.accounts.models import RoleAssignment, User
from marketplace.accounts.passwords import hash_password
from marketplace.areas.queries import villages_of_regency
from marketplace.catalog.models import (
    WHOLE,
    Category,
    Permit,
    PermitKind,
    Product,
    ProductKind,
    ProductPhoto,
    ProductShare,
    ProductState,
)
from marketplace.catalog.search import stemmed
from marketplace.config import ROOT, load
from marketplace.demo import people, words
from marketplace.demo.catalogue import ProductWords
from marketplace.extensions import db
from marketplace.groups.models import BusinessKind, Group, Household, RegistrySource
from marketplace.parcels.models import Occasion, Parcel, ParcelState, Recipe, RecipeItem
from marketplace.shared import clock
from marketplace.shared.images import Image
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.models import Location, LocationKind, MovementReason, StockLevel, StockMovement

BUYER_PHONE = "+6281250009999"
REGENCY = people.REGENCY
STOCK = 900_000
"""Of each thing, so that nothing is sold out while whole orders are measured."""
SHOWN_IN_A_ROW = 10
"""Then comes one that is not published: the indexes have to tell them apart."""
ITEMS_PER_PARCEL = 5

Row = dict[str, Any]


def open_shop(folder: Path) -> Marketplace:
    """Return the application on the database of a folder."""
    return create_app(load({"DATA_DIR": str(folder), "HOME_AREA": REGENCY}))


def built(products: int) -> Path:
    """Return the folder of the database with so many published products; make it if it is not there."""
    folder = ROOT / "instance" / "bench" / f"{products}-{_version()}"
    if not folder.exists():
        making = folder.with_suffix(".part")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        _build(making, products)
        making.rename(folder)
    return folder


def _version() -> str:
    """Return a text that changes with the tables and with what is put into them."""
    sources = [Path(__file__), *sorted(ROOT.glob("migrations/versions/*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:8]


def _build(folder: Path, products: int) -> None:
    app = open_shop(folder)
    with app.app_context():
        upgrade()
        with unit_of_work():
            people.prepare_place()
            _add_buyer()
            _add_groups()
            _add_products(products)
            _add_parcels()
        db.session.remove()
        db.engine.dispose()


def _add(model: type[Any], rows: Sequence[Row]) -> None:
    db.session.execute(insert(model), rows)


def _add_buyer() -> None:
    user = User(name="Pembeli", phone=BUYER_PHONE, password_hash=hash_password(people.DEMO_PASSWORD))
    user.assignments = [RoleAssignment(role=Role.BUYER, starts_on=dt.date(2024, 1, 1))]
    db.session.add(user)


def _add_groups() -> None:
    villages = villages_of_regency(REGENCY)
    for number, text in enumerate(words.GROUPS, 1):
        village = villages[number * 7 % len(villages)].code
        place: Row = {"village_code": village, "district_code": village[:8], "regency_code": REGENCY}
        group: Row = {"name": text.name, "slug": f"kube-{number}", "story": text.story, **place}
        _add(Group, [{"id": number, "formed_year": text.year_formed, "business_kind": BusinessKind.FOOD, **group}])
        _add(Household, [_household(number, place)])
        location: Row = {"id": number, "kind": LocationKind.GROUP, "name": text.name, "area_code": REGENCY}
        _add(Location, [{**location, "group_id": number}])


def _household(number: int, place: Row) -> Row:
    secret = {"kk_encrypted": b"-", "kk_hash": str(number), "kk_last4": "0000", "address_encrypted": b"-"}
    return {"id": number, "name": f"Keluarga {number}", "registry_source": RegistrySource.DTSEN, **secret, **place}


def _add_products(count: int) -> None:
    last = count + count // SHOWN_IN_A_ROW
    numbers = range(1, last + 1)
    districts = {group.id: group.district_code for group in db.session.query(Group)}
    _add(Product, [_product(number, last, districts) for number in numbers])
    _add(ProductShare, [{"product_id": n, "household_id": _group(n), "basis_points": WHOLE} for n in numbers])
    _add(Permit, [_permit(n, kind) for n in numbers for kind in PermitKind if (n + len(kind)) % 3])
    _add(Image, [{"id": n, "token": f"{n:022d}", "width": 1200, "height": 900} for n in numbers])
    _add(ProductPhoto, [{"product_id": n, "image_id": n, "position": 0} for n in numbers])
    _add(StockLevel, [_level(n) for n in numbers])
    _add(StockMovement, [{"level_id": n, "quantity": STOCK, "reason": MovementReason.PRODUCED} for n in numbers])


def _group(number: int) -> int:
    return _text(number).group + 1


def _text(number: int) -> ProductWords:
    return words.PRODUCTS[number % len(words.PRODUCTS)]


def _product(number: int, last: int, districts: dict[int, str]) -> Row:
    text, group_id = _text(number), _group(number)
    moment = clock.now() - dt.timedelta(minutes=last - number)
    return {
        "id": number,
        "slug": slug_of(number),
        "group_id": group_id,
        "district_code": districts[group_id],
        "regency_code": REGENCY,
        "kind": ProductKind(text.kind),
        "category": Category(text.category),
        "state": ProductState.PUBLISHED if is_shown(number) else ProductState.DRAFT,
        "name": f"{text.name} {number}",
        "description": text.description,
        "unit": text.unit,
        "price": text.price + number % 50 * 100,
        "weight_gram": text.weight_gram,
        "shelf_life_days": text.shelf_life_days,
        "search_text": stemmed(f"{text.name} {number} {text.description}"),
        "submitted_at": moment,
        "published_at": moment,
    }


def slug_of(number: int) -> str:
    """Return the name of a product in its address."""
    return f"produk-{number}"


def is_shown(number: int) -> bool:
    """Tell whether a product is published."""
    return number % (SHOWN_IN_A_ROW + 1) != 0


def _permit(number: int, kind: PermitKind) -> Row:
    return {"product_id": number, "kind": kind, "number": f"{kind}-{number}", "expires_on": dt.date(2099, 1, 1)}


def _level(number: int) -> Row:
    return {"id": number, "product_id": number, "location_id": _group(number), "on_hand": STOCK, "held": 0}


def _add_parcels() -> None:
    for number, text in enumerate(words.PARCELS, 1):
        shown = {"regency_code": REGENCY, "state": ParcelState.OFFERED, "occasion": Occasion.EVERYDAY}
        parcel: Row = {"id": number, "slug": f"parsel-{number}", "name": text.name, "description": text.description}
        _add(Parcel, [{**parcel, **shown, "search_text": stemmed(f"{text.name} {text.description}")}])
        recipe: Row = {"id": number, "parcel_id": number, "version": 1}
        _add(Recipe, [{**recipe, "price": 900_000, "packing_cost": text.packing_cost}])
        parts = [n for n in range(number * 12, number * 12 + 12) if is_shown(n) and _text(n).kind == "goods"]
        item: Row = {"recipe_id": number, "quantity": 1, "unit_price": 30_000}
        _add(RecipeItem, [{**item, "product_id": n} for n in parts[:ITEMS_PER_PARCEL]])
