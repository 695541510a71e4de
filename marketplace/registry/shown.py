"""Rows of a list as people read them: numbers by their last digits, changes in words, reasons in plain words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..extensions import db
from ..groups.labels import REGISTRIES, RELATIONS
from ..groups.models import RegistrySource, Relation
from ..shared import personal
from ..shared.exports import Sheet
from ..shared.i18n import _
from . import labels, queries
from .columns import Column, cells_of
from .models import Outcome, RegistryImport, RegistryRow
from .packed import unpacked
from .rules import Changes, number_of
from .world import roles_of

BATCH = 500


@dataclass(frozen=True)
class Shown:
    """One row on the page."""

    number: int
    name: str
    kk: str
    nik: str
    village: str
    reason: str
    changes: list[tuple[str, str, str]]
    """Field, old and new value."""


def shown(import_: RegistryImport, rows: Sequence[RegistryRow]) -> list[Shown]:
    """Return rows as they are shown."""
    all_changes: list[Changes] = [unpacked(row.changes_encrypted) if row.changes_encrypted else {} for row in rows]
    codes = {str(code) for changes in all_changes for code in changes.get("village_code", ())}
    names = queries.village_names(codes) if codes else {}
    return [_shown(import_, row, changes, names) for row, changes in zip(rows, all_changes, strict=True)]


def _shown(import_: RegistryImport, row: RegistryRow, changes: Changes, names: dict[str, str]) -> Shown:
    cells = cells_of(unpacked(row.cells_encrypted), roles_of(import_))
    return Shown(
        number=row.number,
        name=cells[Column.NAME] or "–",
        kk=masked(cells[Column.KK]),
        nik=masked(cells[Column.NIK]),
        village=cells[Column.VILLAGE],
        reason=str(labels.AGAINST[row.against]) if row.against else reason_of(row),
        changes=[
            (str(labels.FIELDS[name]), *(_value(name, value, names) for value in pair))  # type: ignore[misc]
            for name, pair in changes.items()
        ],
    )


def masked(text: str) -> str:
    """Return the last digits of a KK number or NIK, as much as is shown without a reason."""
    return f"••••{personal.last_four(number_of(text))}" if number_of(text) else "–"


LONG = re.compile(r"[0-9]{10,}")
"""So many digits in a row may be somebody's number, also one that was mistyped."""
BETWEEN = re.compile(r"[\s.'`’-]")


def sample_of(text: str) -> str:
    """Return a cell as an example: of a long number the last digits."""
    return LONG.sub(lambda found: f"••••{found[0][-4:]}", BETWEEN.sub("", text)) if _is_long(text) else text


def _is_long(text: str) -> bool:
    return LONG.search(BETWEEN.sub("", text)) is not None


def reason_of(row: RegistryRow) -> str:
    """Return why a row is refused, in words; nothing for one that is not."""
    return str(labels.REASONS[row.reason]) % {"other": row.other} if row.reason else ""


def _value(name: str, value: Any, names: dict[str, str]) -> str:
    if value is None or value == "":
        return "–"
    if name == "registry_source":
        return str(REGISTRIES[RegistrySource(value)])
    if name == "person.relation":
        return str(RELATIONS[Relation(value)])
    if name == "person.wrse":
        return _("Yes") if value else _("No")
    return names.get(str(value), str(value))


def sheet_of(import_: RegistryImport, rows: Sequence[RegistryRow], title: str) -> Sheet:
    """Return rows as a file: numbers by their last digits, as on the page."""
    heads = [_("Row"), _("Name"), _("KK"), _("NIK"), _("Village"), _("What changes"), _("Reason")]
    told = (
        [
            *(str(each.number), each.name, each.kk, each.nik, each.village),
            "; ".join(f"{field}: {old} → {new}" for field, old, new in each.changes),
            each.reason,
        ]
        for each in shown(import_, rows)
    )
    return Sheet(title, heads, told)


def refused_sheet(import_: RegistryImport) -> Sheet:
    """Return the refused rows as they were sent, with why: mended, the file can be uploaded as it is."""
    heads = [*import_.heads, _("Row"), _("Reason")]
    return Sheet(_("Refused rows"), heads, _refused(import_.id, len(import_.heads)))


def _refused(import_id: int, width: int) -> Iterable[list[str]]:
    """Yield rows some hundred at a time: a list may be long."""
    last = 0
    while rows := _after(import_id, last):
        for row in rows:
            cells = [*unpacked(row.cells_encrypted), *[""] * width][:width]
            yield [*cells, str(row.number), reason_of(row)]
        last = rows[-1].number


def _after(import_id: int, number: int) -> list[RegistryRow]:
    statement = queries.rows_of(import_id, Outcome.REFUSED).where(RegistryRow.number > number).limit(BATCH)
    return list(db.session.scalars(statement))
