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
from .rules import Changes, Reason, number_of
from .world import faults_in, roles_of

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
    whys = reasons_of(import_, rows)
    return [_shown(import_, *each, names) for each in zip(rows, all_changes, whys, strict=True)]


def _shown(import_: RegistryImport, row: RegistryRow, changes: Changes, why: str, names: dict[str, str]) -> Shown:
    cells = cells_of(unpacked(row.cells_encrypted), roles_of(import_))
    return Shown(
        number=row.number,
        name=cells[Column.NAME] or "–",
        kk=masked(cells[Column.KK]),
        nik=masked(cells[Column.NIK]),
        village=cells[Column.VILLAGE],
        reason=str(labels.AGAINST[row.against]) if row.against else why,
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


def reasons_of(import_: RegistryImport, rows: Sequence[RegistryRow]) -> list[str]:
    """Return in words why each row is refused: everything in it that has to be mended; nothing for one that is not."""
    if not any(row.reason for row in rows):
        return [""] * len(rows)
    return [_reasons(row, faults) for row, faults in zip(rows, faults_in(import_, rows), strict=True)]


def _reasons(row: RegistryRow, faults: Sequence[Reason]) -> str:
    if not row.reason:
        return ""
    first = str(labels.REASONS[row.reason]) % {"other": row.other}
    return " ".join([first, *(str(labels.REASONS[fault]) for fault in faults if fault != row.reason)])


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
    return Sheet(_("Refused rows"), heads, _refused(import_))


def _refused(import_: RegistryImport) -> Iterable[list[str]]:
    """Yield rows some hundred at a time: a list may be long."""
    last, width = 0, len(import_.heads)
    while rows := _after(import_.id, last):
        for row, why in zip(rows, reasons_of(import_, rows), strict=True):
            cells = [*unpacked(row.cells_encrypted), *[""] * width][:width]
            yield [*cells, str(row.number), why]
        last = rows[-1].number


def _after(import_id: int, number: int) -> list[RegistryRow]:
    statement = queries.rows_of(import_id, Outcome.REFUSED).where(RegistryRow.number > number).limit(BATCH)
    return list(db.session.scalars(statement))
