"""Everything the demo of Hulu Sungai Selatan is told with: groups, goods, parcels, people, offices.

All persons, groups and stories are made up; districts, villages and kinds of goods are those of the place.
"""

from marketplace.demo.catalogue import GroupWords, ParcelWords, ProductWords
from marketplace.demo.catalogue_food import FOOD
from marketplace.demo.catalogue_goods import GOODS
from marketplace.demo.catalogue_groups import GROUPS
from marketplace.demo.catalogue_kitchen import KITCHEN
from marketplace.demo.catalogue_parcels import PARCELS
from marketplace.demo.catalogue_places import PLACE_PICTURES
from marketplace.demo.picture_spec import PictureSpec

__all__ = [
    "BUYERS", "DISTRICTS", "FAMILY_NAMES", "FEMALE_NAMES", "GROUPS", "MALE_NAMES", "OFFICES", "PARCELS",
    "PHOTOS", "PLACE_PICTURES", "PRODUCTS", "STREETS", "GroupWords", "ParcelWords", "ProductWords", "parcel_pictures",
    "person_name", "product_named",
]  # fmt: skip

DISTRICTS: dict[str, str] = {
    "Sungai Raya": "63.06.01",
    "Padang Batung": "63.06.02",
    "Telaga Langsat": "63.06.03",
    "Angkinang": "63.06.04",
    "Kandangan": "63.06.05",
    "Simpur": "63.06.06",
    "Daha Selatan": "63.06.07",
    "Daha Utara": "63.06.08",
    "Kalumpang": "63.06.09",
    "Loksado": "63.06.10",
    "Daha Barat": "63.06.11",
}
"""The eleven kecamatan with their codes (Kemendagri)."""

PRODUCTS: tuple[ProductWords, ...] = FOOD + KITCHEN + GOODS
PHOTOS = len(PRODUCTS) + len(PARCELS) + len(PLACE_PICTURES)
"""So many are drawn: of every product, then of every parcel, then those of the other places."""

MALE_NAMES: tuple[str, ...] = (
    "Ahmad", "Abdul", "Akhmad", "Anang", "Arbain", "Aspian", "Basuni", "Burhan", "Darmawan", "Fahrudin",
    "Gazali", "Hamdani", "Hairul", "Hasan", "Husaini", "Idris", "Ilham", "Jamhari", "Juhri", "Kaspul",
    "Khairul", "Mahyudin", "Mansyur", "Mahlan", "Masrani", "Misran", "Muhammad", "Mukhlis", "Norman",
    "Rahmadi", "Ramli", "Riduan", "Rusli", "Rusdi", "Sabran", "Saidi", "Sarkani", "Suriani", "Syahrani",
    "Taufik", "Yusran", "Zainal",
)  # fmt: skip
FEMALE_NAMES: tuple[str, ...] = (
    "Aisyah", "Arbayah", "Asmah", "Badariah", "Dahlia", "Fatimah", "Fitriah", "Galuh", "Halimah",
    "Hamidah", "Hayati", "Helda", "Hairiyah", "Inayah", "Jamilah", "Jumiati", "Kamariah", "Khadijah",
    "Lathifah", "Mahrita", "Maimunah", "Mariatul", "Masitah", "Mastora", "Murni", "Nadiah", "Norhasanah",
    "Norhayati", "Noorlaila", "Rahmah", "Raudah", "Rusmini", "Rusnah", "Saudah", "Siti", "Sumiati",
    "Syarifah", "Wahidah", "Yuliana", "Zahrah", "Zubaidah", "Zulaiha",
)  # fmt: skip
FAMILY_NAMES: tuple[str, ...] = (
    "Abidin", "Anwar", "Arsyad", "Asnawi", "Aulia", "Azhar", "Badrun", "Bakri", "Fadillah", "Fauzi",
    "Firdaus", "Hakim", "Hanafi", "Hidayat", "Ismail", "Jauhari", "Karim", "Kurnia", "Latif", "Luthfi",
    "Mahfuz", "Maulana", "Mulyani", "Munawar", "Nafis", "Noor", "Pahlevi", "Qomar", "Rahim", "Rahmani",
    "Rasyid", "Ridha", "Rizani", "Subhan", "Salim", "Saputra", "Sarwani", "Sofyan", "Syakir", "Taufani",
    "Usman", "Wahid", "Yamani", "Zaini",
)  # fmt: skip
STREETS: tuple[str, ...] = (
    "Jl. Kamboja", "Jl. Melati", "Jl. Anggrek", "Jl. Kenanga", "Jl. Teratai", "Jl. Flamboyan", "Jl. Pinang",
    "Jl. Rambutan", "Jl. Langsat", "Jl. Aren", "Jl. Kayu Manis", "Jl. Purun", "Jl. Haruan", "Jl. Papuyu",
    "Jl. Amandit", "Jl. Titian Ulin", "Gang Sepakat", "Gang Keluarga", "Gang Musyawarah", "Gang Rukun",
)  # fmt: skip

OFFICES: tuple[tuple[str, str], ...] = (
    ("Dinas Perdagangan Kab. Hulu Sungai Selatan", "agency"),
    ("Dinas Pendidikan dan Kebudayaan Kab. Hulu Sungai Selatan", "agency"),
    ("Dinas Kesehatan Kab. Hulu Sungai Selatan", "agency"),
    ("Dinas Pertanian Kab. Hulu Sungai Selatan", "agency"),
    ("Dinas Perikanan Kab. Hulu Sungai Selatan", "agency"),
    ("Dinas Pariwisata Kab. Hulu Sungai Selatan", "agency"),
    ("Badan Perencanaan Pembangunan Daerah Kab. Hulu Sungai Selatan", "agency"),
    ("Sekretariat Daerah Kab. Hulu Sungai Selatan", "agency"),
    ("Kantor Kecamatan Kandangan", "agency"),
    ("Kantor Kecamatan Daha Selatan", "agency"),
    ("SDN 1 Kandangan Kota", "school"),
    ("SMPN 1 Kandangan", "school"),
    ("SMPN 2 Daha Selatan", "school"),
    ("SMAN 1 Kandangan", "school"),
    ("SMKN 1 Kandangan", "school"),
    ("MTsN 1 Hulu Sungai Selatan", "school"),
    ("Hotel Melati Amandit", "business"),
    ("Toko Oleh-oleh Titian Ulin", "business"),
    ("Rumah Makan Pinang Habang", "business"),
    ("Koperasi Pegawai Sejahtera", "business"),
)
"""Buyers' offices with their kind; agencies and schools bear general names, businesses are made up."""

BUYERS: tuple[str, ...] = tuple(
    f"{first} {FAMILY_NAMES[(number * 7 + 3) % len(FAMILY_NAMES)]}"
    for number, first in enumerate((*MALE_NAMES[:30], *FEMALE_NAMES[:30]))
)
"""Sixty civil servants who buy."""

_BY_NAME = {product.name: product for product in PRODUCTS}


def product_named(name: str) -> ProductWords:
    """Return the product of a name; raises KeyError where there is none."""
    return _BY_NAME[name]


def parcel_pictures(parcel: ParcelWords) -> list[PictureSpec]:
    """Return the pictures of the goods in a parcel, in the order of its recipe."""
    return [product_named(name).picture for name, _ in parcel.components]


def person_name(number: int, *, female: bool) -> str:
    """Return the name of the person of a number; no two of the first 1,800 of either sex are the same."""
    first = FEMALE_NAMES if female else MALE_NAMES
    turn, place = divmod(number, len(first))
    return f"{first[place]} {FAMILY_NAMES[(turn + place * 5) % len(FAMILY_NAMES)]}"
