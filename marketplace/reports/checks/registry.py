"""Lists of registries: what an import says it did is what its rows say, as long as they are kept."""

from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from ...registry.models import ImportState, Outcome, RegistryImport, RegistryRow
from ..check import check, row

SETTLED = (ImportState.CHECKED, ImportState.APPLIED, ImportState.UNDONE)


def _count(condition: ColumnElement[bool]) -> Any:
    counted = select(func.count()).where(RegistryRow.import_id == RegistryImport.id, condition)
    return counted.correlate(RegistryImport).scalar_subquery()


def _kept(statement: Select[Any], *states: ImportState) -> Select[Any]:
    return statement.where(RegistryImport.state.in_(states), RegistryImport.forgotten_at.is_(None))


@check("The new and changed rows that an import tells of are those of its list", "registry_import")
def counts() -> Select[Any]:
    told = RegistryImport.new + RegistryImport.changed
    found = _count(RegistryRow.outcome.in_((Outcome.NEW, Outcome.CHANGED)))
    return _kept(row(RegistryImport.id, told, found), *SETTLED)


@check("Every row of a list came to something", "registry_import")
def outcomes() -> Select[Any]:
    told = RegistryImport.new + RegistryImport.changed + RegistryImport.unchanged + RegistryImport.refused
    return row(RegistryImport.id, RegistryImport.rows, told).where(RegistryImport.state.in_(SETTLED))


@check("A list that is applied is applied whole", "registry_import")
def applied() -> Select[Any]:
    told = RegistryImport.new + RegistryImport.changed
    found = _count(RegistryRow.applied_at.is_not(None))
    return _kept(row(RegistryImport.id, told, found), ImportState.APPLIED, ImportState.UNDONE)


@check("Of a list that is undone only what was worked on since is left", "registry_import")
def undone() -> Select[Any]:
    left = _count(RegistryRow.applied_at.is_not(None) & RegistryRow.undone.is_not(True))
    return _kept(row(RegistryImport.id, RegistryImport.kept, left), ImportState.UNDONE)


@check("A row that was applied and not undone knows its family and its person", "registry_row")
def families() -> Select[Any]:
    knows = case((RegistryRow.household_id.is_not(None) & RegistryRow.person_id.is_not(None), 1), else_=0)
    standing = RegistryRow.applied_at.is_not(None), RegistryRow.undone.is_not(True)
    return row(RegistryRow.id, 1, knows).where(*standing)


CHECKS = (counts, outcomes, applied, undone, families)
