"""What holds for groups, families and their numbers. Pure: no Flask, no database."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from lokal import NikInfo, parse_nik

from ..shared.errors import InvalidInput
from ..shared.i18n import Text, _l
from .models import BusinessKind, MemberRole, RegistrySource, Relation, Sex

OFFICES = frozenset({MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.TREASURER})
"""Held by one household at a time."""
SLUG_LENGTH = 120
REASON_LENGTH = 10
"""A reason for seeing personal data has at least so many letters."""
FIRST_YEAR = 1980


@dataclass(frozen=True)
class GroupContent:
    """What is written down about a KUBE; the public sees all of it."""

    name: str
    village_code: str
    formed_year: int
    business_kind: BusinessKind
    story: str = ""
    phone: str | None = None
    commodity_id: int | None = None


@dataclass(frozen=True)
class HouseholdContent:
    """What is written down about a family; a number or address of None stays as it is."""

    name: str
    kk: str | None
    village_code: str
    address: str | None
    registry_source: RegistrySource
    decile: int | None


@dataclass(frozen=True)
class PersonContent:
    """What is written down about a person; sex and birthday may be left to the NIK."""

    name: str
    relation: Relation
    joined_on: dt.date
    nik: str | None = None
    sex: Sex | None = None
    born_on: dt.date | None = None
    wrse: bool = False


@dataclass(frozen=True)
class BankAccount:
    """Where a household is paid by transfer."""

    bank: str
    number: str
    holder: str


class Span(Protocol):
    """Something that holds from a day and until a day, both counted; without end while it is None."""

    @property
    def starts_on(self) -> dt.date: ...
    @property
    def ends_on(self) -> dt.date | None: ...


class MemberSpan(Span, Protocol):
    """A household's time in a group."""

    @property
    def household_id(self) -> int: ...
    @property
    def role(self) -> MemberRole: ...


class Stay(Protocol):
    """A person's time in a household; the day of leaving is not counted."""

    @property
    def joined_on(self) -> dt.date: ...
    @property
    def left_on(self) -> dt.date | None: ...


def in_force(span: Span, day: dt.date) -> bool:
    """Tell whether something holds on a day."""
    return span.starts_on <= day and (span.ends_on is None or day <= span.ends_on)


def is_present(stay: Stay, day: dt.date) -> bool:
    """Tell whether a person belongs to the household on a day."""
    return stay.joined_on <= day and (stay.left_on is None or day < stay.left_on)


def age_on(born_on: dt.date, day: dt.date) -> int:
    """Return the full years of life on a day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def check_not_future(day: dt.date, today: dt.date, field: str) -> None:
    """Refuse a day that is still to come."""
    if day > today:
        raise InvalidInput(_l("This day is still to come."), field=field)


def check_end(starts_on: dt.date, ends_on: dt.date, today: dt.date, field: str) -> None:
    """Refuse an end before the start or after today."""
    check_not_future(ends_on, today, field)
    if ends_on < starts_on:
        raise InvalidInput(_l("The end cannot be before the start."), field=field)


def check_formed_year(year: int, today: dt.date) -> None:
    """Refuse a year in which no group can have been formed."""
    if not FIRST_YEAR <= year <= today.year:
        raise InvalidInput(
            _l("The year must be between %(first)s and %(last)s.", first=FIRST_YEAR, last=today.year),
            field="formed_year",
        )


def check_membership(household_id: int, role: MemberRole, starts_on: dt.date, existing: Iterable[MemberSpan]) -> None:
    """Refuse a second membership of a household at the same time, and a second holder of an office."""
    meeting = [m for m in existing if m.ends_on is None or starts_on <= m.ends_on]
    if any(m.household_id == household_id for m in meeting):
        raise InvalidInput(_l("This family is a member of the group at that time already."), field="starts_on")
    if role in OFFICES and any(m.role is role for m in meeting):
        raise InvalidInput(_l("Somebody else holds this role at that time. End it first."), field="role")


def check_no_overlap(starts_on: dt.date, existing: Iterable[Span]) -> None:
    """Refuse a programme that the family receives at that time already."""
    if any(span.ends_on is None or starts_on <= span.ends_on for span in existing):
        raise InvalidInput(_l("The family receives this programme at that time already."), field="starts_on")


PROBLEMS: dict[str, Text] = {
    "format": _l("The number has 16 digits."),
    "province": _l("The first two digits are no province. Please check them."),
    "wilayah": _l("Digits 3 to 6 are no district. Please check them."),
    "birth_date": _l("Digits 7 to 12 are no date. Please check them."),
    "serial": _l("The last four digits cannot be 0000."),
}


def read_number(text: str, today: dt.date, field: str) -> str:
    """Return the 16 digits of a KK number or NIK, which are built alike.

    Raises InvalidInput that says which digits cannot be.
    """
    return _parse(text, today, field).nik or ""


def _parse(text: str, today: dt.date, field: str) -> NikInfo:
    info = parse_nik(text, reference_date=today)
    if info.errors:
        raise InvalidInput(PROBLEMS[info.errors[0].code], field=field)
    return info


def complete(person: PersonContent, today: dt.date) -> PersonContent:
    """Return a person whose sex and birthday are known and fit the NIK, if there is one."""
    check_not_future(person.joined_on, today, "joined_on")
    known = _with_nik(person, today) if person.nik else person
    if known.sex is None:
        raise InvalidInput(_l("Choose one, or fill in the NIK."), field="sex")
    if known.born_on is not None:
        check_not_future(known.born_on, today, "born_on")
    if known.wrse and known.sex is not Sex.FEMALE:
        raise InvalidInput(_l("Only a woman can be in this category."), field="wrse")
    return known


def _with_nik(person: PersonContent, today: dt.date) -> PersonContent:
    info = _parse(person.nik or "", today, "nik")
    sex = Sex.FEMALE if info.gender == "P" else Sex.MALE
    born_on = dt.date.fromisoformat(info.birth_date or "")
    if person.sex not in (None, sex):
        raise InvalidInput(_l("This does not fit the NIK."), field="sex")
    # A NIK has two digits of the year: the century is known only from the birthday itself.
    if person.born_on is not None and f"{person.born_on:%d%m%y}" != f"{born_on:%d%m%y}":
        raise InvalidInput(_l("This does not fit the NIK."), field="born_on")
    return replace(person, nik=info.nik, sex=sex, born_on=person.born_on or born_on)


def is_same(person: PersonContent, name: str, born_on: dt.date | None) -> bool:
    """Tell whether a person has this name and birthday, as far as it is known."""
    return person.name.casefold() == name.casefold() and person.born_on == born_on


def check_bank_account(account: BankAccount) -> BankAccount:
    """Return the account with a number of digits only. Raises InvalidInput when it cannot be one."""
    number = re.sub(r"[ .-]", "", account.number)
    if not re.fullmatch(r"[0-9]{6,20}", number):
        raise InvalidInput(_l("An account number has 6 to 20 digits."), field="number")
    return replace(account, number=number)


def check_reason(reason: str) -> None:
    """Refuse a reason too short to be one."""
    if sum(letter.isalpha() for letter in reason) < REASON_LENGTH:
        raise InvalidInput(_l("Say in a few words why you need to see this."), field="reason")


def slug_of(name: str) -> str:
    """Return a name as it stands in an address: plain letters, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-") or "kube"


def free_slug(name: str, taken: Iterable[str]) -> str:
    """Return the name's slug, numbered when others have it."""
    slug, used = slug_of(name), set(taken)
    numbered = (f"{slug}-{number}" for number in range(2, len(used) + 3))
    return next(candidate for candidate in (slug, *numbered) if candidate not in used)
