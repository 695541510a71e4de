"""The people of the demo: officers, groups with their families, and buyers. All made up."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from ..accounts import service as accounts
from ..accounts.models import User
from ..accounts.passwords import hash_password
from ..accounts.rules import Place
from ..accounts.service import Profile
from ..accounts.tries import Guess
from ..areas import service as areas
from ..areas.defaults import load_defaults
from ..areas.models import LineKind, PickupPlace
from ..areas.queries import villages_of_regency
from ..extensions import db
from ..groups import service as groups
from ..groups.models import BusinessKind, Group, Household, MemberRole, Programme, RegistrySource, Relation, Sex
from ..groups.rules import BankAccount, GroupContent, HouseholdContent, PersonContent
from ..orders.models import DeliveryFee
from ..payments import accounts as collection
from ..shared import clock
from ..shared.policy import Role
from . import words

REGENCY = "63.06"
DEMO_PASSWORD = "belanja-bersama-2026"  # noqa: S105  (printed at start, for a demo on this machine only)
FAMILIES_PER_GROUP = 5
MENTORS = 3
PICKUP_ADDRESS = "Dinas Sosial (demo), Jalan Melati Contoh No. 12, Kandangan"
PICKUP_HOURS = "Senin–Kamis 08.00–15.30, Jumat 08.00–11.00"

STAFF: tuple[tuple[Role, str, str], ...] = (
    (Role.ADMINISTRATOR, "Hairul Anwar", "+6281250000001"),
    (Role.CURATOR, "Norhasanah Rahmani", "+6281250000002"),
    (Role.TREASURER, "Rusmini Hidayat", "+6281250000003"),
    (Role.PACKER, "Jamhari Noor", "+6281250000004"),
    (Role.VERIFIER, "Badariah Zaini", "+6281250000005"),
    (Role.HEAD, "Abdul Hakim", "+6281250000006"),
)
MENTOR_PHONE = "+62812500001{:02d}"
SELLER_PHONE = "+62812500002{:02d}"
BUYER_PHONE = "+62812500003{:02d}"

KINDS = {
    "Itik": BusinessKind.LIVESTOCK, "Olahan ikan": BusinessKind.FISHERY, "Ikan": BusinessKind.FISHERY,
    "Anyaman": BusinessKind.CRAFT, "Gerabah": BusinessKind.CRAFT, "Alat": BusinessKind.CRAFT,
    "Pandai": BusinessKind.CRAFT, "Kain": BusinessKind.TEXTILE, "Jasa": BusinessKind.SERVICES,
    "Bengkel": BusinessKind.SERVICES, "Jamu": BusinessKind.SERVICES, "Sayur": BusinessKind.FARMING,
    "Jamur": BusinessKind.FARMING, "Beras": BusinessKind.FARMING, "Kacang": BusinessKind.FARMING,
}  # fmt: skip

FEES = {
    "63.06.05": 5_000, "63.06.06": 10_000, "63.06.01": 10_000, "63.06.02": 12_000, "63.06.04": 12_000,
    "63.06.03": 15_000, "63.06.09": 15_000, "63.06.07": 20_000, "63.06.08": 22_000, "63.06.11": 25_000,
    "63.06.10": 30_000,
}  # fmt: skip
FEE_SOURCE = "Demo: tarif kesepakatan dengan kurir setempat"

STATIC_QRIS = (
    "00020101021126680016ID.CO.CONTOH.WWW011893600999000000000102150000000000000010303UMI"
    "51440014ID.CO.QRIS.WWW0215ID10260000000010303UMI52049399530336058"
    "02ID5921DINAS SOSIAL HSS DEMO6009KANDANGAN61057121163041D9E"
)
"""An intact static code of a merchant that does not exist."""


@dataclass
class Family:
    """A household of the demo, by its place in the story."""

    household_id: int
    group: int
    people: int


@dataclass
class Cast:
    """Everybody of the demo, by id."""

    staff: dict[Role, int] = field(default_factory=dict)
    mentors: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    sellers: list[int] = field(default_factory=list)
    """One per group: the family of its chair."""
    families: list[Family] = field(default_factory=list)
    buyers: list[int] = field(default_factory=list)

    def user(self, role: Role) -> User:
        """Return the officer of a role."""
        return db.session.get_one(User, self.staff[role])


def prepare_place() -> None:
    """Load areas, start values, delivery fees and the accounts that take money."""
    areas.load_areas()
    areas.load_villages(REGENCY)
    load_defaults()
    areas.add_poverty_line(
        REGENCY, LineKind.ALL, 598_000, dt.date(2025, 3, 1), "Demo: pengganti garis kemiskinan kabupaten", "Demo"
    )
    for district_code, amount in FEES.items():
        row = DeliveryFee(
            district_code=district_code, amount=amount, effective_from=dt.date(2024, 1, 1), source=FEE_SOURCE
        )
        db.session.add(row)
    db.session.add(PickupPlace(area_code=REGENCY, address=PICKUP_ADDRESS, hours=PICKUP_HOURS))
    collection.add_bank_account(REGENCY, "Bank Banua (demo)", "0012345678901", "Dinas Sosial HSS (demo)", None)
    collection.add_qris(REGENCY, STATIC_QRIS, None)


HOME = Place("Hulu Sungai Selatan", REGENCY, area_code=REGENCY)


def make_staff(cast: Cast, place: Place = HOME, staff: Iterable[tuple[Role, str, str]] = STAFF) -> None:
    """Make the officers of an area, each by role, name and phone."""
    hashed = hash_password(DEMO_PASSWORD)
    for role, name, phone in staff:
        user = accounts.create_user(Profile(name, phone), role, place, None)
        cast.staff[role] = _with_password(user, hashed).id


def _with_password(user: User, hashed: str) -> User:
    """Let a user set his password by a code, as he would with his mentor beside him."""
    code = accounts.make_code(user.id, None)
    done = accounts.use_code(Guess("code", str(user.phone), "127.0.0.1"), code, hashed)
    assert done is not None
    return done


def make_groups(cast: Cast, luck: Random) -> None:
    """Make the thirty groups with five families each, a mentor over every ten, a seller in each."""
    hashed = hash_password(DEMO_PASSWORD)
    by_district: dict[str, list[str]] = {}
    for village in villages_of_regency(REGENCY):
        by_district.setdefault(str(village.parent_code), []).append(village.code)
    for number, text in enumerate(words.GROUPS):
        villages = by_district[words.DISTRICTS[text.district]]
        group = groups.create_group(_group(text, villages[text.village_index % len(villages)]), None)
        cast.groups.append(group.id)
        for place in range(FAMILIES_PER_GROUP):
            family, people = make_family(group.village_code, number * FAMILIES_PER_GROUP + place, luck)
            give_programmes(family, luck)
            since = dt.date(max(group.formed_year, KNOWN_SINCE.year), 3, 1)
            groups.add_membership(group.id, family.id, ROLES[place], since, None)
            cast.families.append(Family(family.id, number, people))
        cast.sellers.append(_seller(cast, group, number, hashed))
        if number % 3 == 0:
            groups.set_trust(group.id, True, None)
    _make_mentors(cast, hashed)


def _group(text: words.GroupWords, village_code: str) -> GroupContent:
    kind = next((kind for start, kind in KINDS.items() if text.business.startswith(start)), BusinessKind.FOOD)
    return GroupContent(text.name, village_code, text.year_formed, kind, text.story)


ROLES = (MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.TREASURER, MemberRole.MEMBER, MemberRole.MEMBER)
KNOWN_SINCE = dt.date(2015, 1, 1)
"""Since when the people of the demo live together."""
YOUNGEST = 2021
"""Year of birth."""


@dataclass(frozen=True)
class Kin:
    """What families of a place have in common."""

    since: dt.date = KNOWN_SINCE
    wrse: float = 0.1
    """The part of the heads that are in that category."""
    sources: tuple[RegistrySource, ...] = (RegistrySource.DTSEN, RegistrySource.P3KE)


def make_family(village_code: str, serial: int, luck: Random, kin: Kin = Kin()) -> tuple[Household, int]:
    """Register a family of a village, as it is on the present day, and return it with the number of its people.

    `serial` names it, once in a district and below 1,240.
    """
    digits = village_code.replace(".", "")[:6]
    people = luck.choice((1, 2, 2, 3, 3, 4, 4, 5))
    content = HouseholdContent(
        name=words.person_name(serial, female=True),
        kk=f"{digits}{luck.randint(1, 28):02d}0119{serial + 1:04d}",
        village_code=village_code,
        address=f"{luck.choice(words.STREETS)} No. {luck.randint(1, 90)} RT 00{luck.randint(1, 4)}",
        registry_source=luck.choice(kin.sources),
        decile=luck.choice((1, 1, 2, 2, 3)),
    )
    who = _Who(digits, serial, kin)
    household = groups.register_household(content, _person(who, 0, luck), None)
    for index in range(1, people):
        groups.add_person(household.id, _person(who, index, luck), None)
    return household, people


@dataclass(frozen=True)
class _Who:
    """Of which district and family a person is, and since when."""

    digits: str
    serial: int
    kin: Kin


def _person(who: _Who, index: int, luck: Random) -> PersonContent:
    relation = (Relation.HEAD, Relation.SPOUSE)[index] if index < 2 else Relation.CHILD
    female = index == 0 or (index > 1 and luck.random() < 0.5)
    youngest = min(YOUNGEST, clock.now().year - 1)
    born = dt.date(luck.randint(1968, 1992) if index < 2 else luck.randint(2006, youngest), luck.randint(1, 12), 7)
    day = born.day + (40 if female else 0)
    nik = f"{who.digits}{day:02d}{born:%m%y}{who.serial * 8 + index + 1:04d}"
    return PersonContent(
        name=words.person_name(who.serial + index * 211, female=female),
        relation=relation,
        joined_on=max(born, who.kin.since),
        nik=nik,
        sex=Sex.FEMALE if female else Sex.MALE,
        born_on=born,
        wrse=index == 0 and luck.random() < who.kin.wrse,
    )


def give_programmes(household: Household, luck: Random) -> None:
    """Let a family receive what families of the demo receive, some of them on a bank account."""
    groups.enrol(household.id, Programme.FOOD, dt.date(2022, 1, 1), None)
    if luck.random() < 0.6:
        groups.enrol(household.id, Programme.PKH, dt.date(2021, 1, 1), None)
    if luck.random() < 0.4:
        account = BankAccount("Bank Banua (demo)", f"7{household.id:09d}", household.name)
        groups.set_bank(household.id, account, None)


def _seller(cast: Cast, group: Group, number: int, hashed: str) -> int:
    """Make the chair's family a seller of its own goods and an officer of its group."""
    family = cast.families[-FAMILIES_PER_GROUP]
    name = db.session.get_one(Household, family.household_id).name
    home = Place(name, group.village_code, household_id=family.household_id, group_ids=frozenset({group.id}))
    user = accounts.create_user(Profile(name, SELLER_PHONE.format(number)), Role.SELLER, home, None)
    accounts.grant_role(user.id, Role.GROUP_OFFICER, _group_place(group), None)
    return _with_password(user, hashed).id


def _group_place(group: Group) -> Place:
    return Place(group.name, group.village_code, group_id=group.id, group_ids=frozenset({group.id}))


def _make_mentors(cast: Cast, hashed: str) -> None:
    for number in range(MENTORS):
        profile = Profile(words.person_name(900 + number, female=False), MENTOR_PHONE.format(number))
        cast.mentors.append(make_mentor(profile, cast.groups[number::MENTORS], hashed))


def make_mentor(profile: Profile, group_ids: Sequence[int], hashed: str) -> int:
    """Make the mentor of some groups and return his id."""
    own = [db.session.get_one(Group, group_id) for group_id in group_ids]
    user = accounts.create_user(profile, Role.MENTOR, _group_place(own[0]), None)
    for group in own[1:]:
        accounts.grant_role(user.id, Role.MENTOR, _group_place(group), None)
    return _with_password(user, hashed).id


def make_buyers(cast: Cast) -> None:
    """Make the civil servants and people of offices, schools and businesses who buy."""
    hashed = hash_password(DEMO_PASSWORD)
    for number, name in enumerate(words.BUYERS):
        office = words.OFFICES[number % len(words.OFFICES)][0]
        profile = Profile(name, BUYER_PHONE.format(number), office_name=office)
        cast.buyers.append(accounts.register_buyer(profile, hashed).id)
