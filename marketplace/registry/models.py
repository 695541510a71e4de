"""Lists of poor families as registries give them: files, their rows while they are decided, what their columns hold."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..groups.models import RegistrySource
from ..shared import clock
from ..shared.columns import enum_column, quantity_check


class ImportState(StrEnum):
    UPLOADED = "uploaded"
    """What its columns hold is to be said."""
    READING = "reading"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"
    DROPPED = "dropped"


class RegistryLayout(Model):
    """What the columns of a source's lists hold in a regency: remembered for the next file with the same heads."""

    __tablename__ = "registry_layout"

    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    source: Mapped[RegistrySource] = mapped_column(enum_column(RegistrySource), primary_key=True)
    heads: Mapped[list[str]]
    roles: Mapped[list[str]]
    """One `columns.Column` for each head."""


class RegistryImport(Model):
    """One file of a registry, and what came of it."""

    __tablename__ = "registry_import"
    __table_args__ = (
        *(quantity_check(name) for name in ("rows", "done", "last_line", "new", "changed", "unchanged", "refused")),
        quantity_check("kept"),
        CheckConstraint("state <> 'applied' OR applied_at IS NOT NULL", name="applied_when"),
        Index(None, "regency_code", "id"),
        Index(None, "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    source: Mapped[RegistrySource] = mapped_column(enum_column(RegistrySource))
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    """Keyed hash of the file: the same one sent twice is one import, as long as nothing was said of its columns."""
    content_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The file, until its rows are read."""
    sample_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Its first rows, shown beside the question what the columns hold."""
    head_line: Mapped[int]
    """Number of the row with the heads; 0 where there is none."""
    heads: Mapped[list[str]]
    roles: Mapped[list[str]]
    state: Mapped[ImportState] = mapped_column(enum_column(ImportState), default=ImportState.UPLOADED)
    problem: Mapped[str] = mapped_column(String(40), default="")
    """Which `reading.Trouble` ended it."""
    rows: Mapped[int] = mapped_column(default=0)
    last_line: Mapped[int] = mapped_column(default=0)
    """Number of the last row that was read: where another worker goes on."""
    done: Mapped[int] = mapped_column(default=0)
    """How many rows the running step is through with."""
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    """Rows that undoing left as they are, for somebody worked on them since."""
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    moved_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    """When its state changed last: its rows are kept for a while from then."""
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    applied_at: Mapped[dt.datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[dt.datetime | None]
    forgotten_at: Mapped[dt.datetime | None]
    """When its rows were deleted: from then on it cannot be undone."""


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class RegistryRow(Model):
    """One row of a list: what stands in it, what it would do and what it did. Deleted after a while."""

    __tablename__ = "registry_row"
    __table_args__ = (
        UniqueConstraint("import_id", "number"),
        CheckConstraint("outcome <> 'refused' OR reason <> ''", name="refused_why"),
        CheckConstraint("applied_at IS NULL OR outcome IN ('new', 'changed')", name="applied_outcome"),
        Index(None, "import_id", "outcome", "number"),
        Index(None, "import_id", "kk_hash"),
        Index(None, "import_id", "nik_hash"),
        Index(None, "household_id"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("registry_import.id"))
    number: Mapped[int]
    """Its place in the file, as a table program counts."""
    digest: Mapped[str] = mapped_column(String(64))
    """Keyed hash of its cells: what was looked at is what is applied."""
    cells_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    kk_hash: Mapped[str | None] = mapped_column(String(64))
    nik_hash: Mapped[str | None] = mapped_column(String(64))
    is_head: Mapped[bool]
    """Whether it tells of the head of a family, and so of the family itself."""
    outcome: Mapped[Outcome | None] = mapped_column(enum_column(Outcome))
    reason: Mapped[str] = mapped_column(String(40), default="")
    other: Mapped[int | None]
    """Number of the other row that a reason speaks of."""
    changes_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Field → old and new value, of what was there before."""
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_household: Mapped[bool] = mapped_column(default=False)
    made_person: Mapped[bool] = mapped_column(default=False)
    applied_at: Mapped[dt.datetime | None]
    undone: Mapped[bool | None]
    """None until undoing came by; False when it left the row as it is."""
    against: Mapped[str] = mapped_column(String(40), default="")
    """What stood against undoing it."""
