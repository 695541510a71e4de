"""How amounts, days and moments are written on screen."""

import datetime as dt
import re
from collections.abc import Sequence

from babel.numbers import format_compact_decimal
from flask import Flask
from flask_babel import format_date, format_datetime, get_locale, get_timezone
from flask_babel import format_decimal as _decimal
from markupsafe import Markup

from .charts import Columns, Point, columns
from .money import format_rupiah

ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
"""Indonesia's time zones by the letters that people know them by."""
LEAST_DIGITS = 9
"""A shorter phone number is written in one piece."""
LONG_WORD = re.compile(r"(\S{19,})")
"""Longer than the words of a language: only such a one may be broken, and every few letters."""
PIECE = re.compile(r".{1,9}")


def day(value: dt.date | None) -> str:
    """Write a date as `21 Nov 2026` in the reader's language; an empty text for None."""
    return "" if value is None else format_date(value, "d MMM yyyy")


def long_day(value: dt.date | None) -> str:
    """Write a date with its weekday: `Sabtu, 21 November 2026`."""
    return "" if value is None else format_date(value, "EEEE, d MMMM yyyy")


def month(value: dt.date) -> str:
    """Write a month as `November 2026`."""
    return str(format_date(value, "MMMM yyyy"))


def short_month(value: dt.date) -> str:
    """Write a month as `Nov 26`."""
    return str(format_date(value, "MMM yy"))


def moment(value: dt.datetime | None) -> str:
    """Write a moment as `21 Nov 2026 14:05 WITA`, in the time of the area that is looked at."""
    if value is None:
        return ""
    return f"{format_datetime(value, 'd MMM yyyy HH:mm')} {ZONES.get(str(get_timezone()), 'UTC')}"


def number(value: int) -> str:
    """Write a whole number with the reader's thousands separator."""
    return str(_decimal(value))


def short(value: int) -> str:
    """Write a number in short for the side of a chart: `1,5 jt` here, `1.5M` in English."""
    return str(format_compact_decimal(value, locale=get_locale(), fraction_digits=1))


def rupiah_columns(points: Sequence[Point]) -> Columns:
    """Place amounts as upright bars, in the order of the points."""
    return columns(points, full=format_rupiah, short=short)


def short_day(value: dt.date) -> str:
    """Write a day as `3 Agt`, where the year is plain."""
    return str(format_date(value, "d MMM"))


def phone(value: str) -> str:
    """Write a number as people read it out, `0812 5000 0306`, with spaces that no line breaks at."""
    digits = "0" + value.removeprefix("+62") if value.startswith("+62") else value
    if not (digits.isascii() and digits.isdigit()) or len(digits) < LEAST_DIGITS:
        return value
    middle = 4 + (len(digits) - 3) // 2
    return "\N{NO-BREAK SPACE}".join((digits[:4], digits[4:middle], digits[middle:]))


def breakable(value: object) -> object:
    """Let a very long word of a text break where it fills its place; what is no bare text stays as it is."""
    if not isinstance(value, str) or isinstance(value, Markup) or not LONG_WORD.search(value):
        return value
    breaks = Markup("<wbr>")
    return Markup("").join(
        breaks.join(PIECE.findall(part)) if LONG_WORD.fullmatch(part) else part for part in LONG_WORD.split(value)
    )


def whole(text: str) -> Markup:
    """Mark a number that is broken over two lines only where it does not fit on one."""
    return Markup('<span class="whole">{}</span>').format(text)


def percent(basis_points: int) -> str:
    """Write a part as `33,33 %`, never parted by the end of a line."""
    whole, rest = divmod(basis_points, 100)
    return (f"{whole},{rest:02}" if rest else str(whole)) + "\N{NO-BREAK SPACE}%"


def init_app(app: Flask) -> None:
    """Make the formats filters of the templates."""
    for name, function in {
        "rupiah": format_rupiah,
        "day": day,
        "long_day": long_day,
        "month": month,
        "short_month": short_month,
        "moment": moment,
        "number": number,
        "phone": phone,
        "breakable": breakable,
        "whole": whole,
        "percent": percent,
    }.items():
        app.jinja_env.filters[name] = function
