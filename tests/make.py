"""Make rows for tests in one line each; what is not named gets a sensible value. Call inside `app`."""

import datetime as dt
import functools
import itertools
from typing import Any

from flask.testing import FlaskClient

from marketplace.accounts.models import RoleAssignment, User
from marketplace.accounts.passwords import hash_password
from marketplace.catalog.models import WHOLE, Category, Product, ProductKind, ProductShare, ProductState
from marketplace.extensions import db
from marketplace.groups.models import (
    BusinessKind,
    Group,
    Household,
    MemberRole,
    Membership,
    Person,
    RegistrySource,
    Relation,
    Sex,
)
from marketplace.shared import clock, personal
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.models import Location, LocationKind, MovementReason, StockLevel, StockMovement

REGENCY = "63.06"
VILLAGE = "63.06.05.1001"
OTHER_REGENCY = "63.07"
PASSWORD = "kata-sandi-panjang-1"
LONG_AGO = dt.date(2020, 1, 1)
_numbers = itertools.count(1)


def add(*rows: Any) -> Any:
    """Commit rows and return the first."""
    with unit_of_work():
        db.session.add_all(rows)
    return rows[0]


@functools.lru_cache
def _password_hash() -> str:
    return hash_password(PASSWORD)  # slow by design: once is enough


def user(role: Role | None = None, *, name: str | None = None, **scope: Any) -> User:
    """Make a user with one role; its scope is `area_code`, `group_id` or `household_id` (the home regency if none)."""
    number = next(_numbers)
    person = User(
        name=name or f"Pengguna {number}",
        phone=f"+62812{number:08d}",
        password_hash=_password_hash(),
    )
    if role is not None:
        if not scope and role is not Role.BUYER:
            scope = {"area_code": REGENCY}
        person.assignments.append(RoleAssignment(role=role, starts_on=LONG_AGO, **scope))
    return add(person)  # type: ignore[no-any-return]


def group(*, village_code: str = VILLAGE, **values: Any) -> Group:
    """Make a KUBE with its stock location."""
    number = next(_numbers)
    row = Group(
        **{
            "name": f"KUBE {number}",
            "slug": f"kube-{number}",
            "village_code": village_code,
            "district_code": village_code[:8],
            "regency_code": village_code[:5],
            "formed_year": 2019,
            "business_kind": BusinessKind.FOOD,
            **values,
        }
    )
    add(row)
    add(Location(kind=LocationKind.GROUP, name=row.name, area_code=row.regency_code, group_id=row.id))
    return row


def household(member_of: Group | None = None, *, people: int = 4, **values: Any) -> Household:
    """Make a household of some people, a member of a group when one is given."""
    number = next(_numbers)
    village = member_of.village_code if member_of else VILLAGE
    kk = f"6306{number:012d}"
    row = Household(
        **{
            "name": f"Keluarga {number}",
            "kk_encrypted": personal.encrypt(kk, purpose="kk"),
            "kk_hash": personal.lookup_hash(kk, purpose="kk"),
            "kk_last4": kk[-4:],
            "village_code": village,
            "district_code": village[:8],
            "regency_code": village[:5],
            "address_encrypted": personal.encrypt("Jalan Contoh 1", purpose="address"),
            "registry_source": RegistrySource.DTSEN,
            "decile": 2,
            **values,
        }
    )
    row.people = [
        Person(
            name=f"Orang {number}-{index}",
            relation=Relation.HEAD if index == 0 else Relation.OTHER,
            sex=Sex.FEMALE,
            joined_on=LONG_AGO,
        )
        for index in range(people)
    ]
    if member_of is not None:
        row.memberships = [Membership(group_id=member_of.id, role=MemberRole.MEMBER, starts_on=LONG_AGO)]
    return add(row)  # type: ignore[no-any-return]


def product(
    of: Group | None = None,
    *,
    makers: dict[int, int] | None = None,
    stock: int = 0,
    **values: Any,
) -> Product:
    """Make a published product; `makers` maps household id → basis points (one new household if none)."""
    owner = of or group()
    if makers is None:
        makers = {household(owner).id: WHOLE}
    number = next(_numbers)
    now = clock.now()
    row = Product(
        **{
            "slug": f"produk-{number}",
            "group_id": owner.id,
            "district_code": owner.district_code,
            "regency_code": owner.regency_code,
            "kind": ProductKind.GOODS,
            "category": Category.SNACK,
            "state": ProductState.PUBLISHED,
            "name": f"Keripik {number}",
            "unit": "bungkus",
            "price": 15_000,
            "approved_price": 15_000,
            "weight_gram": 200,
            "search_text": "keripik",
            "submitted_at": now,
            "published_at": now,
            **values,
        }
    )
    row.shares = [ProductShare(household_id=key, basis_points=part) for key, part in makers.items()]
    add(row)
    if stock:
        put(row, stock)
    return row


def put(of: Product, quantity: int, location: Location | None = None) -> StockLevel:
    """Put goods on hand at a location (the group's if none), as a movement."""
    place = location or db.session.query(Location).filter_by(group_id=of.group_id).one()
    level = db.session.query(StockLevel).filter_by(product_id=of.id, location_id=place.id).one_or_none()
    if level is None:
        level = add(StockLevel(product_id=of.id, location_id=place.id, on_hand=0, held=0))
    with unit_of_work():
        db.session.add(StockMovement(level_id=level.id, quantity=quantity, reason=MovementReason.PRODUCED))
        level.on_hand += quantity
    return level


def store(area_code: str = REGENCY) -> Location:
    """Make the store of a regency's social office."""
    return add(Location(kind=LocationKind.STORE, name="Gudang Dinas Sosial", area_code=area_code))  # type: ignore[no-any-return]


def sign_in(client: FlaskClient, who: User) -> None:
    """Sign a user in on a test browser, without going through the form."""
    with client.session_transaction() as session:
        session["_user_id"] = who.get_id()
        session["_fresh"] = True
