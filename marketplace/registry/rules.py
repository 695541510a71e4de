"""What a row of a list says, and what it would do to what is written down already. Pure: no Flask, no database."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias

from ..groups import rules as groups
from ..groups.models import RegistrySource, Relation, Sex
from ..shared.errors import InvalidInput
from ..shared.exports import FORMULA_SIGNS
from .columns import Cells, Column
from .models import Outcome

NAME_LENGTH = 120
ROUNDED = re.compile(r"[0-9][.,]?[0-9]*E\+?[0-9]+", re.IGNORECASE)
FORMULAS = tuple(sign for sign in FORMULA_SIGNS if sign != "-")
Changes: TypeAlias = dict[str, tuple[str | int | None, str | int | None]]
"""Field → what stands there and what the list says; fields of the person begin with `person.`."""


class Reason(StrEnum):
    """Why a row is refused."""

    NO_KK = "no_kk"
    NO_NIK = "no_nik"
    NO_NAME = "no_name"
    LONG_NAME = "long_name"
    ROUNDED = "rounded"
    FORMULA = "formula"
    KK = "kk"
    NIK = "nik"
    SEX = "sex"
    SEX_NIK = "sex_nik"
    BORN = "born"
    BORN_NIK = "born_nik"
    BORN_LATER = "born_later"
    RELATION = "relation"
    WRSE = "wrse"
    DECILE = "decile"
    NO_VILLAGE = "no_village"
    VILLAGE = "village"
    VILLAGES = "villages"
    OTHER_REGENCY = "other_regency"
    NIK_TWICE = "nik_twice"
    TWO_HEADS = "two_heads"
    NO_HEAD = "no_head"
    ELSEWHERE = "elsewhere"
    OTHER_FAMILY = "other_family"
    OTHER_HEAD = "other_head"
    SAME_PERSON = "same_person"
    STALE = "stale"


class Refused(ValueError):
    """A row that cannot be taken; carries everything that is wrong with it."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(*(reason.value for reason in reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Wanted:
    """What a row says of a person and, for the head of a family, of the family. None: the list does not say."""

    kk: str
    person: groups.PersonContent
    village_code: str
    address: str | None
    decile: int | None
    wrse: bool | None

    @property
    def is_head(self) -> bool:
        """Tell whether the row is of the head of a family."""
        return self.person.relation is Relation.HEAD


RELATIONS: dict[str, Relation] = {
    **dict.fromkeys(("kepala keluarga", "kepala rumah tangga", "kk", "krt", "head", "1"), Relation.HEAD),
    **dict.fromkeys(("istri", "suami", "istri/suami", "suami/istri", "pasangan", "spouse", "2"), Relation.SPOUSE),
    **dict.fromkeys(("anak", "anak kandung", "anak tiri", "anak angkat", "child", "3"), Relation.CHILD),
    **dict.fromkeys(("orang tua", "ayah", "ibu", "orang tua/mertua", "mertua", "parent"), Relation.PARENT),
    **dict.fromkeys(("menantu", "cucu", "famili lain", "famili", "kerabat", "saudara"), Relation.OTHER),
    **dict.fromkeys(("lainnya", "lain-lain", "pembantu", "other"), Relation.OTHER),
}
SEXES = {
    **dict.fromkeys(("p", "perempuan", "wanita", "pr", "2", "f", "female"), Sex.FEMALE),
    **dict.fromkeys(("l", "laki-laki", "laki laki", "pria", "lk", "1", "m", "male"), Sex.MALE),
}
ANSWERS = {
    **dict.fromkeys(("ya", "y", "1", "wrse", "yes", "true", "v", "x"), True),
    **dict.fromkeys(("tidak", "t", "0", "no", "false", "bukan", "-"), False),
}
DAY = re.compile(r"(?P<a>[0-9]{1,4})[-/. ](?P<b>[0-9]{1,2})[-/. ](?P<c>[0-9]{1,4})(?:[T ].*)?")


def relation_of(cells: Cells, roles: Sequence[Column]) -> Relation:
    """Return how a person is related to the head; a list without that column tells of heads alone. Raises Refused."""
    if Column.RELATION not in roles:
        return Relation.HEAD
    found = RELATIONS.get(_words(cells[Column.RELATION]))
    if found is None:
        raise Refused(Reason.RELATION)
    return found


def number_of(text: str) -> str:
    """Return the digits of a KK number or NIK, to tell rows of one family or person by; empty when it has not 16."""
    digits = re.sub(r"[\s.'`’-]", "", text)
    return digits if re.fullmatch(r"[0-9]{16}", digits) else ""


def faults_of(cells: Cells, roles: Sequence[Column], villages: "Villages", today: dt.date) -> tuple[Reason, ...]:
    """Return everything that is wrong with what a row says."""
    try:
        wanted_of(cells, roles, villages, today)
    except Refused as refused:
        return refused.reasons
    return ()


def wanted_of(cells: Cells, roles: Sequence[Column], villages: "Villages", today: dt.date) -> Wanted:
    """Return what a row says. Raises Refused with everything that cannot be: who mends a list mends it once."""
    if any(text.lstrip().startswith(FORMULAS) for text in cells.by_kind.values()):
        raise Refused(Reason.FORMULA)
    wrong: list[Reason] = []
    of_person = _read(
        {
            "nik": lambda: _number(cells[Column.NIK], Reason.NO_NIK, Reason.NIK, today),
            "name": lambda: _name(cells[Column.NAME]),
            "relation": lambda: relation_of(cells, roles),
            "sex": lambda: _sex(cells[Column.SEX]),
            "born_on": lambda: _born(cells[Column.BORN]),
            "wrse": lambda: _answer(cells[Column.WRSE]),
        },
        wrong,
    )
    person = _read({"person": lambda: _person(of_person, today)}, wrong) if not wrong else {}
    of_family = _read(
        {
            "kk": lambda: _number(cells[Column.KK], Reason.NO_KK, Reason.KK, today),
            "village_code": lambda: villages.find(cells[Column.VILLAGE], cells[Column.DISTRICT]),
            "decile": lambda: _decile(cells[Column.DECILE]),
        },
        wrong,
    )
    if wrong:
        raise Refused(*wrong)
    return Wanted(**person, **of_family, address=cells[Column.ADDRESS] or None, wrse=of_person["wrse"])


def _read(readers: Mapping[str, Callable[[], Any]], wrong: list[Reason]) -> dict[str, Any]:
    """Return what each reader finds; what it refuses is added to `wrong`."""
    found = {}
    for name, reader in readers.items():
        try:
            found[name] = reader()
        except Refused as refused:
            wrong.extend(refused.reasons)
    return found


def _number(text: str, missing: Reason, wrong: Reason, today: dt.date) -> str:
    if not text:
        raise Refused(missing)
    if ROUNDED.fullmatch(text):
        raise Refused(Reason.ROUNDED)
    try:
        return groups.read_number(text, today, "")
    except InvalidInput:
        raise Refused(wrong) from None


def _name(text: str) -> str:
    if sum(sign.isalpha() for sign in text) < 2:
        raise Refused(Reason.NO_NAME)
    if len(text) > NAME_LENGTH:
        raise Refused(Reason.LONG_NAME)
    return text


def _words(text: str) -> str:
    return re.sub(r"\s*/\s*", "/", " ".join(re.sub(r"^[0-9]+[.)]\s*", "", text.casefold()).split()))


def _sex(text: str) -> Sex | None:
    if not text:
        return None
    if _words(text) not in SEXES:
        raise Refused(Reason.SEX)
    return SEXES[_words(text)]


def _answer(text: str) -> bool | None:
    if not text:
        return None
    if _words(text) not in ANSWERS:
        raise Refused(Reason.WRSE)
    return ANSWERS[_words(text)]


def _decile(text: str) -> int | None:
    if not text:
        return None
    found = re.fullmatch(r"(?:desil\s*)?0?([1-9]|10)(?:[.,]0+)?", text.casefold())
    if found is None:
        raise Refused(Reason.DECILE)
    return int(found[1])


def _born(text: str) -> dt.date | None:
    """Return a day written as 22/11/1990 or 1990-11-22; months by name and days as numbers are refused."""
    if not text:
        return None
    found = DAY.fullmatch(text)
    if found is None:
        raise Refused(Reason.BORN)
    a, b, c = int(found["a"]), int(found["b"]), int(found["c"])
    try:
        return dt.date(a, b, c) if len(found["a"]) == 4 else dt.date(c, b, a)
    except ValueError:
        raise Refused(Reason.BORN) from None


WRONG = {"sex": Reason.SEX_NIK, "born_on": Reason.BORN_NIK, "wrse": Reason.WRSE, "nik": Reason.NIK}


def _person(said: Mapping[str, Any], today: dt.date) -> groups.PersonContent:
    person = groups.PersonContent(joined_on=today, **{**said, "wrse": bool(said["wrse"])})
    if person.born_on is not None and person.born_on > today:
        raise Refused(Reason.BORN_LATER)
    try:
        return groups.complete(person, today)
    except InvalidInput as error:
        raise Refused(WRONG[error.field or "nik"]) from None


class Villages:
    """The villages of a regency, by code and by name."""

    def __init__(self, regency_code: str, rows: Sequence[tuple[str, str, str]]) -> None:
        """Take (code, name, name of the district) of each."""
        self.regency = _digits(regency_code)
        self.by_code = {_digits(code): code for code, _name, _district in rows}
        self.by_name: dict[str, list[tuple[str, str]]] = {}
        for code, name, district in rows:
            self.by_name.setdefault(_place(name), []).append((code, _place(district)))

    def find(self, text: str, district: str) -> str:
        """Return the code of a village that is named by code or by name. Raises Refused."""
        if not text:
            raise Refused(Reason.NO_VILLAGE)
        code = _digits(text)
        if re.fullmatch(r"[0-9.\s-]+", text):
            return self._by_code(code)
        fitting = self.by_name.get(_place(text), [])
        where = _place(district)
        if where:
            fitting = [(code, name) for code, name in fitting if where in (name, _digits(code)[:6])]
        if len(fitting) != 1:
            raise Refused(Reason.VILLAGES if fitting else Reason.VILLAGE)
        return fitting[0][0]

    def _by_code(self, code: str) -> str:
        if code in self.by_code:
            return self.by_code[code]
        raise Refused(Reason.VILLAGE if code.startswith(self.regency) else Reason.OTHER_REGENCY)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _place(name: str) -> str:
    plain = re.sub(r"\b(desa|kelurahan|kel|ds|kecamatan|kec)\b\.?", " ", name.casefold())
    return re.sub(r"[^a-z0-9]", "", plain)


@dataclass(frozen=True)
class KnownFamily:
    """A family that is written down."""

    id: int
    name: str
    village_code: str
    regency_code: str
    source: RegistrySource
    decile: int | None
    address: str
    head_id: int | None
    """Who is written down as its head today."""
    unnumbered: frozenset[tuple[str, dt.date | None]] = frozenset()
    """Name and birthday of those in it without a NIK."""


@dataclass(frozen=True)
class KnownPerson:
    """A person who is written down and belongs to a family today."""

    id: int
    household_id: int
    name: str
    relation: Relation
    wrse: bool


@dataclass(frozen=True)
class World:
    """What is to be known of others to judge some rows: what is written down, and what else the file says."""

    regency_code: str
    source: RegistrySource
    families: Mapping[str, KnownFamily]
    """By KK number."""
    people: Mapping[str, KnownPerson]
    """By NIK."""
    headed: frozenset[str] = frozenset()
    """KK numbers whose head this file brings."""


@dataclass(frozen=True)
class Verdict:
    """What a row would do."""

    outcome: Outcome
    reason: Reason | None = None
    changes: Changes = field(default_factory=dict)
    household_id: int | None = None
    person_id: int | None = None


def judge(wanted: Wanted, world: World) -> Verdict:
    """Say what a row would do to what is written down."""
    family, person = world.families.get(wanted.kk), world.people.get(wanted.person.nik or "")
    reason = _against(wanted, world, family, person)
    if reason is not None:
        return Verdict(Outcome.REFUSED, reason)
    changes = {
        **(_family_changes(wanted, family, world.source) if family and wanted.is_head else {}),
        **(_person_changes(wanted, person) if person else {}),
    }
    verdict = Verdict(
        Outcome.CHANGED if changes else Outcome.UNCHANGED,
        None,
        changes,
        family.id if family else None,
        person.id if person else None,
    )
    return verdict if family and person else replace(verdict, outcome=Outcome.NEW)


def _against(wanted: Wanted, world: World, family: KnownFamily | None, person: KnownPerson | None) -> Reason | None:
    """Return what stands against taking a row, None when nothing does."""
    if family is None:
        if person is not None:
            return Reason.OTHER_FAMILY
        return None if wanted.is_head or wanted.kk in world.headed else Reason.NO_HEAD
    if family.regency_code != world.regency_code:
        return Reason.ELSEWHERE
    if person is not None and person.household_id != family.id:
        return Reason.OTHER_FAMILY
    if wanted.is_head and family.head_id not in (None, person.id if person else None):
        return Reason.OTHER_HEAD
    is_there = any(groups.is_same(wanted.person, name, born_on) for name, born_on in family.unnumbered)
    return Reason.SAME_PERSON if person is None and is_there else None


def _family_changes(wanted: Wanted, family: KnownFamily, source: RegistrySource) -> Changes:
    pairs: Changes = {"village_code": (family.village_code, wanted.village_code)}
    pairs["registry_source"] = (family.source.value, source.value)
    if not _alike(family.name, wanted.person.name):
        pairs["name"] = (family.name, wanted.person.name)
    if wanted.decile is not None:
        pairs["decile"] = (family.decile, wanted.decile)
    if wanted.address is not None and not _alike(family.address, wanted.address):
        pairs["address"] = (family.address, wanted.address)
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _person_changes(wanted: Wanted, person: KnownPerson) -> Changes:
    pairs: Changes = {"person.relation": (person.relation.value, wanted.person.relation.value)}
    if not _alike(person.name, wanted.person.name):
        pairs["person.name"] = (person.name, wanted.person.name)
    if wanted.wrse is not None:
        pairs["person.wrse"] = (int(person.wrse), int(wanted.wrse))
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _alike(one: str, other: str) -> bool:
    """Tell whether two texts are the same but for large letters and blanks: registries write names in capitals."""
    return one.casefold().split() == other.casefold().split()
