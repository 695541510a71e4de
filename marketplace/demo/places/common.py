"""What every place of the demo needs: its officers, its groups with families and goods, and sales on a past day."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from sqlalchemy import select

from ...accounts.models import User
from ...accounts.passwords import hash_password
from ...accounts.rules import Place
from ...accounts.service import Profile
from ...areas import service as areas
from ...areas.models import Area, Level, PickupPlace
from ...areas.queries import time_zone
from ...catalog import service as catalog
from ...catalog.models import WHOLE, Category, PermitKind
from ...catalog.rules import PermitContent, ProductContent, Share
from ...extensions import db
from ...groups import service as groups
from ...groups.models import RegistrySource
from ...groups.queries import households_of_group
from ...groups.rules import GroupContent
from ...mentoring import visits
from ...mentoring.models import VisitKind
from ...mentoring.rules import ToDo, VisitContent
from ...orders import service as orders
from ...orders.models import DeliveryMethod
from ...orders.wanted import Buyer, Delivery, LineRequest, PlaceOrder
from ...payments import accounts as collection
from ...payments import service as payments
from ...shared import clock, images
from ...shared.images import Prepared
from ...shared.policy import Role
from ...shared.transaction import unit_of_work
from ...stock import movements
from .. import people, words
from ..payday import Payday
from ..people import DEMO_PASSWORD, KNOWN_SINCE, ROLES, Cast, Family, Kin
from ..trade import moment

STAFF = tuple(role for role, _name, _phone in people.STAFF)
"""Officers in the order of the last digits of their phones."""
MENTOR_NAMES, STAFF_NAMES = 940, 900
"""Numbers of persons from which the names of mentors and officers are taken, after those of the first place."""


BUYERS, BUYER_NAMES = 6, 1_100
"""Officers of other offices who buy, and the number of a person from which their names are taken."""


SPARE = 2


@dataclass(frozen=True)
class Setting:
    """Where a story plays."""

    code: str
    """Of the regency or city."""
    name: str
    series: int
    """1 to 99, of its phone numbers."""
    first_serial: int
    """Number of the first family, see `people.make_family`: another place has other names."""

    sources: tuple[RegistrySource, ...] = (RegistrySource.DTSEN, RegistrySource.P3KE)
    """Where its families are known from."""

    def phone(self, kind: int, number: int) -> str:
        """Return a phone number: of an officer (kind 0, number 1 to 6), a mentor (kind 1)."""
        return f"+6281250{self.series:02d}{kind}{number:03d}"


@dataclass(frozen=True)
class Said:
    """One line of the recap: what, its figure as counted from the rows, and the address of the page that shows it."""

    what: str
    figure: str
    page: str


class Story(Protocol):
    """A module that tells of one place."""

    NAME: str

    def play(self, photos: Mapping[str, Prepared], now: dt.datetime) -> None:
        """Play the story up to a moment, on top of the areas and start values that the first place brought."""

    def recap(self) -> list[Said]:
        """Return what the story adds up to."""


@dataclass(frozen=True)
class Good:
    """What a group sells; the picture is one of `words.PLACE_PICTURES`."""

    name: str
    category: Category
    unit: str
    price: int
    picture: str
    description: str
    weight_gram: int | None = 500
    shelf_life_days: int | None = None
    is_packed_food: bool = False


class Diary:
    """What happens in a place, written down in any order and played day by day, up to the last one."""

    def __init__(self, scene: "Scene") -> None:
        self.scene = scene
        self.days: dict[dt.date, list[Callable[[], object]]] = {}

    def add(self, day: dt.date, act: Callable[[], object]) -> None:
        """Let something happen on a day, after what was written down for it before."""
        self.days.setdefault(day, []).append(act)

    def play(self) -> None:
        """Play all days that have come, each in one transaction, at noon where an act says nothing else."""
        for day in sorted(day for day in self.days if day <= self.scene.today):
            with clock.at(self.scene.on(day, 12)), unit_of_work():
                for act in self.days[day]:
                    act()


class Scene:
    """A place with its people, and what is done there as every place does it.

    Nothing here ends a transaction; what takes a day happens on it, the rest at the caller's time.
    """

    def __init__(self, setting: Setting, photos: Mapping[str, Prepared], now: dt.datetime) -> None:
        self.setting = setting
        self.photos = photos
        self.now = now
        self.today = clock.local_date(now, time_zone(setting.code))
        self.luck = Random(setting.code)  # noqa: S311  (a story, not a secret)
        self.cast = Cast()
        self.kept: dict[str, int] = {}
        """Picture → id of its row."""
        self.mentor_of: dict[int, int] = {}
        """Group → its mentor."""
        self.families: dict[int, list[Family]] = {}
        """By group."""
        self._group_of: dict[int, int] = {}
        """Product → its group."""
        self._sold = 0
        self._serials = self._count()

    def _count(self) -> Iterator[int]:
        yield from range(self.setting.first_serial, 1_240)

    # When

    def ago(self, days: int, hour: int = 10) -> dt.datetime:
        """Return a moment of the place so many days before the last one, never after it."""
        return self.on(self.today - dt.timedelta(days=days), hour)

    def on(self, day: dt.date, hour: int = 10, minute: int = 0) -> dt.datetime:
        """Return a moment of the place on a day, never after the last one."""
        return min(self.now, moment(day, hour, minute, self.setting.code))

    # Who

    def appoint(self) -> None:
        """Load the villages and make the officers."""
        code, name = self.setting.code, self.setting.name
        areas.load_villages(code)
        first = STAFF_NAMES + 10 * self.setting.series
        staff = [
            (role, words.person_name(first + number, female=number % 2 == 0), self.setting.phone(0, number))
            for number, role in enumerate(STAFF, start=1)
        ]
        people.make_staff(self.cast, Place(name, code, area_code=code), staff)

    def settle(self) -> None:
        """Make all that an office needs which sells: besides its officers a counter, and an account for transfers."""
        self.appoint()
        code, name = self.setting.code, self.setting.name
        address = f"Dinas Sosial {name} (demo), Jalan Contoh No. {self.setting.series}"
        db.session.add(PickupPlace(area_code=code, address=address, hours=people.PICKUP_HOURS))
        number = f"00{self.setting.series:02d}345678901"
        collection.add_bank_account(code, "Bank Contoh (demo)", number, f"Dinas Sosial {name} (demo)", None)

    def villages(self, district: str | None = None) -> list[str]:
        """Return the codes of the villages of the place, or of a district of it."""
        inside = Area.code.startswith((district or self.setting.code) + ".")
        return list(
            db.session.scalars(select(Area.code).where(inside, Area.level == Level.VILLAGE).order_by(Area.code))
        )

    def found(
        self, content: GroupContent, families: int, *, member_since: dt.date = KNOWN_SINCE, wrse: float = 0.1
    ) -> int:
        """Register a group with so many families, who have been members since a day, and return its id."""
        since = min(KNOWN_SINCE, member_since)
        own = [self.family(content.village_code, since=since, wrse=wrse) for _place in range(families)]
        return self.unite(content, own, member_since)

    def unite(self, content: GroupContent, own: Sequence[Family], member_since: dt.date) -> int:
        """Register a group of families that are known, and return its id."""
        group = groups.create_group(content, None)
        self.cast.groups.append(group.id)
        self.families[group.id] = list(own)
        for place, family in enumerate(own):
            family.group = len(self.cast.groups) - 1
            groups.add_membership(group.id, family.household_id, ROLES[min(place, 4)], member_since, None)
        return group.id

    def family(self, village_code: str, *, since: dt.date = KNOWN_SINCE, wrse: float = 0.1) -> Family:
        """Register a family that is in no group yet."""
        kin = Kin(since, wrse, self.setting.sources)
        made, people_in = people.make_family(village_code, next(self._serials), self.luck, kin)
        family = Family(made.id, len(self.cast.groups) - 1, people_in)
        self.cast.families.append(family)
        return family

    def make_mentors(self, count: int) -> None:
        """Make mentors who share the groups made so far among them."""
        hashed = hash_password(DEMO_PASSWORD)
        for number in range(count):
            own = self.cast.groups[number::count]
            name = words.person_name(MENTOR_NAMES + 10 * self.setting.series + number, female=number % 2 == 1)
            mentor_id = people.make_mentor(Profile(name, self.setting.phone(1, number)), own, hashed)
            self.cast.mentors.append(mentor_id)
            self.mentor_of |= dict.fromkeys(own, mentor_id)

    # What

    def offer(self, group_id: int, good: Good) -> int:
        """List what a family of a group makes, by its mentor, let it be approved, and return its id."""
        mentor = db.session.get_one(User, self.mentor_of[group_id])
        makers = self.families[group_id]
        maker = makers[len(self._group_of) % len(makers)]
        permits = (PermitContent(PermitKind.PIRT, f"2066{group_id:010d}", dt.date(2029, 6, 30)),)
        content = ProductContent(
            name=good.name,
            category=good.category,
            unit=good.unit,
            price=good.price,
            shares=(Share(maker.household_id, WHOLE),),
            description=good.description,
            weight_gram=good.weight_gram,
            shelf_life_days=good.shelf_life_days,
            permits=permits if good.is_packed_food else (),
            photos=(self._picture(good.picture),),
        )
        product = catalog.create_product(group_id, content, mentor)
        revision = catalog.submit(product.id, mentor)
        catalog.approve(revision.id, self.cast.user(Role.CURATOR))
        self._group_of[product.id] = group_id
        return product.id

    def _picture(self, name: str) -> int:
        if name not in self.kept:
            self.kept[name] = images.store(self.photos[name], None).id
        return self.kept[name]

    def sell(self, day: dt.date, wanted: Mapping[int, int]) -> None:
        """Let an office buy products (id → how many): made, ordered, packed and paid for at the counter on one day.

        A few more are made than it buys, so that the shop has some.
        """
        self._sold += 1
        packer, treasurer = self.cast.staff[Role.PACKER], self.cast.staff[Role.TREASURER]
        with clock.at(self.on(day, 9, self._sold % 60)):
            for product_id, quantity in wanted.items():
                place = movements.location_of_group(self._group_of[product_id])
                movements.receive(product_id, place.id, quantity + SPARE, packer)
            order = orders.place(self._order(day, wanted))
            payment = payments.start_first(order)
            orders.pack(order.id, packer)
            payments.collect_cash(payment.id, order.due_amount, treasurer)

    def _order(self, day: dt.date, wanted: Mapping[int, int]) -> PlaceOrder:
        number = self._sold % BUYERS
        name = words.person_name(BUYER_NAMES + 10 * self.setting.series + number, female=number % 2 == 0)
        return PlaceOrder(
            regency_code=self.setting.code,
            key=f"demo-{self.setting.code}-{day}-{self._sold}",
            buyer=Buyer(None, name, self.setting.phone(3, number), f"Kantor {number + 1} {self.setting.name} (demo)"),
            delivery=Delivery(DeliveryMethod.PICKUP),
            lines=tuple(LineRequest(quantity, product_id=key) for key, quantity in wanted.items()),
            payment_method="cash",
            keep_for=payments.time_to_pay("cash", self.setting.code),
        )

    def pay_out(self, day: dt.date) -> None:
        """Pay all families what they are owed."""
        Payday(self.cast, self.setting.code).pay(self.on(day, 14), lambda _household_id: True)

    def visit(self, group_id: int, day: dt.date, findings: str, to_do: Sequence[ToDo] = ()) -> int:
        """Let the mentor visit a group and speak with all of its families; return the visit's id."""
        with clock.at(self.on(day, 15)):
            met = tuple(household.id for household in households_of_group(group_id, day))
            content = VisitContent(VisitKind.GROUP, group_id, day, findings, met, tuple(to_do))
            return visits.record(f"demo-{group_id}-{day}", content, [], self.mentor_of[group_id])
