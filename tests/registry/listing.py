"""Lists as registries send them, made for tests, and taken through all steps."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook

from marketplace.extensions import db
from marketplace.groups.models import RegistrySource
from marketplace.registry import columns, reading, service, work
from marketplace.registry.models import RegistryImport
from marketplace.shared.transaction import unit_of_work
from tests import make

HEADS = ("No", "No KK", "NIK", "Nama", "Hubungan Keluarga", "Jenis Kelamin", "Tanggal Lahir", "Alamat", "Desa", "Desil")
VILLAGE = "63.06.05.1001"


def kk(number: int) -> str:
    """Return a KK number."""
    return f"630605010120{number:04}"


def nik(number: int, day: str = "010190") -> str:
    """Return a man's NIK."""
    return f"630605{day}{number:04}"


def row(number: int, **values: Any) -> list[Any]:
    """Return the row of the head of a family, or what `values` say, by the heads' first words in lower case."""
    known: dict[str, Any] = {
        "no": str(number),
        "kk": kk(number),
        "nik": nik(number),
        "nama": f"Budi Contoh {number}",
        "hubungan": "Kepala Keluarga",
        "jenis": "L",
        "lahir": "01/01/1990",
        "alamat": f"Jalan Contoh {number}",
        "desa": VILLAGE,
        "desil": "2",
    }
    assert set(values) <= set(known)
    return list((known | values).values())


def child(number: int, of: int, **values: Any) -> list[Any]:
    """Return the row of a child of the family of a number."""
    return row(
        number,
        **{
            "kk": kk(of),
            "nik": nik(number, "020315"),
            "nama": f"Anak {number}",
            "hubungan": "Anak",
            "lahir": "02/03/2015",
        }
        | values,
    )


def xlsx(rows: Iterable[Sequence[Any]], heads: Sequence[str] = HEADS) -> bytes:
    """Return an Excel file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    for each in (heads, *rows):
        sheet.append(list(each))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def csv(rows: Iterable[Sequence[Any]], sign: str = ";", heads: Sequence[str] = HEADS) -> str:
    """Return a CSV file as text."""
    return "\r\n".join(sign.join(str(cell) for cell in each) for each in (heads, *rows))


def uploaded(raw: bytes, source: RegistrySource = RegistrySource.P3KE, regency: str = make.REGENCY) -> int:
    """Upload a file and say what its columns hold, as they are guessed; return the id of the import."""
    actor_id = make.user().id
    table = columns.table_of(reading.rows_of(raw))
    with unit_of_work():
        made = service.upload(regency, source, ("daftar.xlsx", raw), table, actor_id)
        service.begin(made.id, service.remembered(made), actor_id)
    return made.id


def checked(raw: bytes, source: RegistrySource = RegistrySource.P3KE, regency: str = make.REGENCY) -> RegistryImport:
    """Take a file as far as its preview."""
    import_id = uploaded(raw, source, regency)
    work.run()
    return fresh(import_id)


def applied(raw: bytes, source: RegistrySource = RegistrySource.P3KE) -> RegistryImport:
    """Take a file as far as it goes."""
    made = checked(raw, source)
    with unit_of_work():
        service.apply(made.id, make.user().id)
    work.run()
    return fresh(made.id)


def undone(import_id: int) -> RegistryImport:
    """Undo an import."""
    with unit_of_work():
        service.undo(import_id, make.user().id)
    work.run()
    return fresh(import_id)


def fresh(import_id: int) -> RegistryImport:
    """Load an import anew."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(RegistryImport, import_id)


def counts(made: RegistryImport) -> tuple[int, int, int, int]:
    """Return how many rows are new, changed, unchanged and refused."""
    return made.new, made.changed, made.unchanged, made.refused
