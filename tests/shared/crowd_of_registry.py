"""What the pages of registries' lists need in a town: one whose columns are asked, one that was checked."""

from typing import Any

from marketplace.groups.models import RegistrySource
from marketplace.registry import columns, reading, service
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.registry import listing

RAW = listing.csv([listing.row(901), listing.row(902, desil="12")]).encode()


def add_lists(regency: str, village: str, size: int) -> dict[str, Any]:
    """Check so many lists of several rows each, and leave one unsaid; return what addresses need."""
    rows = [listing.row(700 + number, desa=village, desil="12" if number % 2 else "2") for number in range(size * 4)]
    made = [listing.checked(listing.xlsx(rows), regency=regency).id for _number in range(size)]
    return {"import_id": made[0], "registry.choose.import_id": unsaid(regency)}


def unsaid(regency: str) -> int:
    """Upload a list of which the columns are not said yet."""
    table = columns.table_of(reading.rows_of(RAW))
    actor_id = make.user().id
    with unit_of_work():
        return service.upload(regency, RegistrySource.LOCAL, ("warga.csv", RAW), table, actor_id).id
