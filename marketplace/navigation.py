"""The menu of each role: one row per page that is somebody's daily work."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .shared.i18n import Text, _l
from .shared.policy import (
    AREA_ROLES,
    MAKERS,
    OFFICERS,
    Actor,
    Grant,
    Near,
    Role,
    has_role,
    holds_regency,
    is_of_province,
    near,
)


@dataclass(frozen=True)
class Entry:
    """A page in the menu: its path, its word, its icon and the roles that see it."""

    url: str
    label: Text
    icon: str
    roles: frozenset[Role]
    of_regency: bool = False
    """What it shows belongs to a whole regency, so that a role for a district alone finds nothing there."""
    of_province: bool = False
    """Only for who holds a role for a whole province."""
    also_of_province: bool = False
    """Also for who holds a role for a whole province: it shows sums, numbers or places."""


MARKET = frozenset({Role.CURATOR, Role.PACKER, Role.ADMINISTRATOR, Role.TREASURER, Role.HEAD})
NOTICES = frozenset({Role.PACKER, Role.TREASURER, Role.CURATOR})
TRAINERS = frozenset({Role.CURATOR, Role.HEAD, Role.ADMINISTRATOR, Role.VERIFIER})
TILL = "/kasir"
TILLS = frozenset({Role.PACKER, Role.TREASURER, Role.CURATOR, Role.ADMINISTRATOR})
FIELD = frozenset({Role.MENTOR, Role.VERIFIER, Role.HEAD})

ENTRIES: tuple[Entry, ...] = (
    Entry("/penjual", _l("Home"), "house", MAKERS),
    Entry("/penjual/produk", _l("Products"), "package", MAKERS),
    Entry("/penjual/stok", _l("Stock"), "warehouse", MAKERS),
    Entry("/penjual/pesanan", _l("Prepare"), "clipboard-list", MAKERS),
    Entry("/penjual/pendapatan", _l("Money"), "wallet", MAKERS),
    Entry("/penjual/laporan", _l("Report"), "clipboard-check", frozenset({Role.GROUP_OFFICER})),
    Entry("/dinas", _l("Work list"), "layout-dashboard", OFFICERS, also_of_province=True),
    Entry("/dinas/kurasi", _l("Curation"), "badge-check", frozenset({Role.CURATOR})),
    Entry("/dinas/produk", _l("Products"), "package", frozenset({Role.CURATOR, Role.MENTOR, Role.HEAD})),
    Entry("/dinas/parsel", _l("Parcels"), "gift", frozenset({Role.CURATOR, Role.HEAD}), of_regency=True),
    Entry("/dinas/stok", _l("Stock"), "warehouse", frozenset({Role.CURATOR, Role.PACKER, Role.MENTOR})),
    Entry(
        "/dinas/pesanan",
        _l("Orders"),
        "clipboard-list",
        frozenset({Role.PACKER, Role.TREASURER, Role.CURATOR, Role.HEAD}),
        of_regency=True,
    ),
    Entry("/dinas/pasar", _l("Tent market"), "tent", MARKET, of_regency=True),
    Entry(TILL, _l("Open the till"), "store", TILLS),
    Entry("/dinas/pasar/laporan", _l("Market report"), "chart-column", MARKET, of_regency=True),
    Entry("/dinas/label", _l("Price labels"), "tag", MARKET, of_regency=True),
    Entry("/dinas/pasar/perlu-dilihat", _l("Sales to look at"), "tent", MARKET, of_regency=True),
    Entry("/dinas/kabar", _l("Messages"), "message-circle", NOTICES, of_regency=True),
    Entry("/dinas/pembayaran", _l("Payments"), "banknote", frozenset({Role.TREASURER}), of_regency=True),
    Entry("/dinas/mutasi", _l("Bank statement"), "landmark", frozenset({Role.TREASURER}), of_regency=True),
    Entry("/dinas/loket", _l("Counter"), "hand-coins", frozenset({Role.TREASURER, Role.PACKER}), of_regency=True),
    Entry("/dinas/tagihan", _l("Invoices"), "receipt-text", frozenset({Role.TREASURER}), of_regency=True),
    Entry(
        "/dinas/instansi", _l("Offices"), "building-2", frozenset({Role.TREASURER, Role.ADMINISTRATOR}), of_regency=True
    ),
    Entry("/dinas/pengembalian", _l("Refunds"), "undo-2", frozenset({Role.TREASURER}), of_regency=True),
    Entry(
        "/dinas/dokumen",
        _l("Documents"),
        "file-text",
        frozenset({Role.TREASURER, Role.PACKER, Role.CURATOR, Role.HEAD}),
        of_regency=True,
    ),
    Entry("/dinas/pencairan", _l("Payouts"), "wallet", frozenset({Role.TREASURER}), of_regency=True),
    Entry("/dinas/pencairan/daftar", _l("Payouts to release"), "wallet", frozenset({Role.HEAD}), of_regency=True),
    Entry("/dinas/tutup-hari", _l("Close the day"), "lock", frozenset({Role.TREASURER}), of_regency=True),
    Entry("/dinas/tutup-hari/riwayat", _l("Closed days"), "lock", frozenset({Role.HEAD}), of_regency=True),
    Entry("/dinas/buku", _l("Journal"), "book-open", frozenset({Role.TREASURER, Role.HEAD}), of_regency=True),
    Entry("/dinas/kelompok", _l("Groups"), "users", OFFICERS),
    Entry(
        "/dinas/keluarga",
        _l("Families"),
        "house-heart",
        frozenset({Role.MENTOR, Role.CURATOR, Role.VERIFIER, Role.HEAD, Role.ADMINISTRATOR}),
    ),
    Entry(
        "/dinas/registri",
        _l("Registry lists"),
        "file-spreadsheet",
        frozenset({Role.ADMINISTRATOR, Role.VERIFIER}),
        of_regency=True,
    ),
    Entry("/dinas/pendampingan", _l("Mentoring"), "heart-handshake", FIELD),
    Entry("/dinas/pendampingan/laporan", _l("Four-monthly reports"), "clipboard-list", FIELD),
    Entry("/dinas/pendampingan/keadaan", _l("Standing of groups"), "chart-column", FIELD),
    Entry(
        "/dinas/graduasi",
        _l("Graduation"),
        "trending-up",
        frozenset({Role.MENTOR, Role.VERIFIER, Role.HEAD, Role.ADMINISTRATOR}),
    ),
    Entry("/dinas/pelatihan", _l("Trainings"), "graduation-cap", TRAINERS, of_regency=True),
    Entry("/dinas/rencana", _l("Plans with agencies"), "list-checks", TRAINERS, of_regency=True),
    Entry("/dinas/mitra", _l("Agencies"), "building-2", TRAINERS, of_regency=True, also_of_province=True),
    Entry("/dinas/potensi", _l("Potential of areas"), "sprout", TRAINERS, of_regency=True, also_of_province=True),
    Entry(
        "/dinas/bantuan",
        _l("Aid"),
        "hand-coins",
        frozenset({Role.ADMINISTRATOR, Role.CURATOR, Role.TREASURER, Role.VERIFIER, Role.HEAD, Role.MENTOR}),
    ),
    Entry("/dinas/rekap", _l("Recap"), "chart-column", AREA_ROLES),
    Entry("/dinas/peta", _l("Map"), "map-pin", AREA_ROLES, also_of_province=True),
    Entry("/dinas/sebelum-sesudah", _l("Before and after"), "scale", AREA_ROLES, also_of_province=True),
    Entry("/dinas/provinsi", _l("Province"), "landmark", AREA_ROLES, of_province=True),
    Entry(
        "/dinas/pengguna", _l("Users"), "user-cog", frozenset({Role.ADMINISTRATOR, Role.MENTOR}), also_of_province=True
    ),
    Entry("/dinas/ongkir", _l("Delivery fees"), "truck", frozenset({Role.ADMINISTRATOR})),
    Entry("/dinas/rekening", _l("Office accounts"), "landmark", frozenset({Role.ADMINISTRATOR}), of_regency=True),
    Entry(
        "/dinas/pengaturan",
        _l("Settings"),
        "settings",
        frozenset({Role.ADMINISTRATOR}),
        of_regency=True,
        also_of_province=True,
    ),
)

OF_CASHIER = Entry(TILL, _l("Till"), "store", frozenset())
"""A short word: on a maker's phone it stands beside five others."""


def menu(held: Iterable[Grant], path: str, *, is_cashier: bool = False) -> list[dict[str, Any]]:
    """Return the menu of who holds some roles; the entry that holds `path` most closely is marked active.

    Whoever was put down as cashier of a tent (`is_cashier`) sees the till, whatever his roles.
    """
    actor = Near(tuple(held))
    wide, close = {grant.role for grant in actor.grants if is_of_province(grant)}, near(actor)
    seen = [entry for entry in ENTRIES if _is_for(wide, close, entry)]
    if is_cashier and TILL not in {entry.url for entry in seen}:
        seen.append(OF_CASHIER)
    fitting = [e.url for e in seen if path == e.url or path.startswith(e.url + "/")]
    active = max(fitting, key=len, default="")
    return [{"url": e.url, "label": e.label, "icon": e.icon, "active": e.url == active, "count": None} for e in seen]


def _is_for(wide: set[Role], close: Actor, entry: Entry) -> bool:
    """Tell whether an entry is for who holds these roles for whole provinces and those for less."""
    if wide & entry.roles and (entry.of_province or entry.also_of_province):
        return True
    return not entry.of_province and (holds_regency if entry.of_regency else has_role)(close, entry.roles)
