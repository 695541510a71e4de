"""Take a family's words out of rows: its own texts whole, and its names and numbers out of what others wrote.

Each package says which of its columns may hold them (`Forgetter`); `groups/forgetting.py` goes through all.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, inspect, select, update
from sqlalchemy.orm import InstrumentedAttribute

from ..extensions import db
from .i18n import Text

MARK = "(dihapus)"
"""Stands where words of a forgotten family stood."""
BETWEEN = r"[\s.\-]{0,2}"
"""What people put between the digits of a number."""
SHORTEST = 3
"""A name of fewer letters is a part of too many words."""
COUNTRY = "+62"
Column: TypeAlias = InstrumentedAttribute[Any]


@dataclass(frozen=True)
class Whom:
    """A family that is to be forgotten: the ids of what is its own, and the words by which it is known."""

    household_id: int
    regency_code: str
    person_ids: tuple[int, ...]
    user_ids: tuple[int, ...]
    """Accounts of nobody else."""
    group_ids: tuple[int, ...]
    """Groups that it was ever in: others wrote about it there."""
    names: tuple[str, ...]
    """Also addresses and e-mail addresses: whatever is found as it is written."""
    numbers: tuple[str, ...]
    """NIK, KK, accounts and phones (`+62…`): found whatever stands between their digits."""

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = [_spaced(name) for name in sorted(self.names, key=len, reverse=True) if len(name) >= SHORTEST]
        parts = [*map(_digits, self.numbers), *names]
        return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)

    def cleaned(self, value: Any) -> Any:
        """Return a text, or what is made of texts, with a mark in place of each of the family's words."""
        if isinstance(value, str):
            return self._pattern.sub(MARK, value)
        if isinstance(value, dict):
            return {key: self.cleaned(part) for key, part in value.items()}
        return [self.cleaned(part) for part in value] if isinstance(value, list) else value


def _spaced(name: str) -> str:
    inside = r"\s+".join(map(re.escape, name.split()))
    return rf"(?<!\w){inside}(?!\w)"


def _digits(number: str) -> str:
    head = ""
    if number.startswith(COUNTRY):
        head, number = rf"(?:\+?62|0){BETWEEN}", number[len(COUNTRY) :]
    digits = BETWEEN.join(letter for letter in number if letter.isdigit())
    return rf"(?<!\d){head}{digits}(?!\d)"


Tie: TypeAlias = Callable[[Whom], ColumnElement[bool]]
"""Tells which rows of a table may hold words about a family."""


@dataclass(frozen=True)
class Words:
    """Columns of one table that may hold words about a family, and of which rows."""

    columns: tuple[Column, ...]
    tied: Tie
    is_own: bool = False
    """The text is about nobody else: all of it goes, not only names and numbers."""


@dataclass(frozen=True)
class Forgetter:
    """What a package does when a family is forgotten."""

    words: tuple[Words, ...] = ()
    also: Callable[[Whom], None] | None = None
    """What is more than texts: accounts, files."""
    seen_to: tuple[Column, ...] = ()
    """Columns that `also` sees to."""
    obstacles: Callable[[Whom], Iterable[Text]] | None = None
    """Says what stands against forgetting it now."""
    last_day: Callable[[Whom], date | None] | None = None
    """Tells the last day on which something happened, from which the time to keep runs."""

    def forget(self, whom: Whom) -> None:
        """Take a family's words out of the package's rows."""
        for each in self.words:
            (_blank if each.is_own else _clean)(whom, each)
        if self.also is not None:
            self.also(whom)

    @property
    def columns(self) -> Iterator[Column]:
        """Yield the columns that are looked after."""
        yield from self.seen_to
        for each in self.words:
            yield from each.columns


def _blank(whom: Whom, words: Words) -> None:
    for column in words.columns:
        statement = update(column.class_).where(words.tied(whom), column != "").values({column: MARK})
        db.session.execute(statement.execution_options(synchronize_session=False))


def _clean(whom: Whom, words: Words) -> None:
    model = words.columns[0].class_
    key = inspect(model).primary_key[0]
    for identifier, *values in db.session.execute(select(key, *words.columns).where(words.tied(whom))).all():
        pairs = zip(words.columns, values, strict=True)
        changed = {column: new for column, old in pairs if (new := _fitting(column, whom.cleaned(old))) != old}
        if changed:
            statement = update(model).where(key == identifier).values(changed)
            db.session.execute(statement.execution_options(synchronize_session=False))


def _fitting(column: Column, value: Any) -> Any:
    """Return a text no longer than its column: the mark may be longer than what it stands for."""
    return value[: getattr(column.type, "length", None)] if isinstance(value, str) else value
