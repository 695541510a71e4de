"""How documents write sums and days: in Indonesian, whoever looks at the site in which language."""

import datetime as dt

from babel.dates import format_date
from lokal import terbilang

from ..shared.formats import ZONES

LOCALE = "id"
REGENCY_KINDS = ("Kabupaten ", "Kota ")


def long_day(day: dt.date) -> str:
    """Write a day: `22 November 2026`."""
    return str(format_date(day, "d MMMM y", locale=LOCALE))


def long_moment(moment: dt.datetime) -> str:
    """Write a moment in its own time zone: `22 November 2026, pukul 14.05 WITA`."""
    zone = ZONES.get(str(moment.tzinfo), "UTC")
    return f"{long_day(moment.date())}, pukul {moment:%H.%M} {zone}"


def day_in_words(day: dt.date) -> str:
    """Write a day as minutes do: `Minggu, tanggal dua puluh dua, bulan November, tahun dua ribu dua puluh enam`."""
    weekday, month = (format_date(day, pattern, locale=LOCALE) for pattern in ("EEEE", "MMMM"))
    return f"{weekday}, tanggal {terbilang(day.day)}, bulan {month}, tahun {terbilang(day.year)}"


def sum_in_words(amount: int) -> str:
    """Write an amount as a sentence begins: `Lima puluh ribu rupiah`."""
    words = f"{terbilang(amount)} rupiah"
    return words[0].upper() + words[1:]


def place_of(regency: str) -> str:
    """Return a regency's name as it stands before a date: without what kind of area it is."""
    for kind in REGENCY_KINDS:
        regency = regency.removeprefix(kind)
    return regency


def npwp(digits: str) -> str:
    """Write an organisation's tax number as offices do: `01.234.567.8-901.000`; nothing where it has none."""
    if not digits:
        return ""
    return f"{digits[:2]}.{digits[2:5]}.{digits[5:8]}.{digits[8]}-{digits[9:12]}.{digits[12:]}"
