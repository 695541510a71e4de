"""Pieces of pages that are the same for everybody, drawn once for each content.

A piece is known by all it shows, so nothing has to be dropped when a price changes: that is another piece.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import urlencode

from flask import current_app
from flask_babel import get_locale
from markupsafe import Markup

from ..catalog import labels
from ..shared.i18n import _
from ..shared.money import format_rupiah
from .boxes import Box
from .cards import Card
from .rules import Filters, Sort
from .words import SORTS

Pairs: TypeAlias = tuple[tuple[str, str], ...]
"""Code and name of districts, name and text of fields."""


def draw_cards(items: Iterable[Card | Box], eager: bool = False) -> Markup:
    """Draw products or parcels as lists show them; of an eager list the first picture is loaded at once."""
    locale = str(get_locale())
    return Markup("").join(_card(item, eager and not number, locale) for number, item in enumerate(items))


@lru_cache(maxsize=4000)
def _card(item: Card | Box, eager: bool, _locale: str) -> Markup:
    drawn: Markup = _macros("macros/goods.html").product_card(item, eager)
    return drawn


def draw_filters(path: str, filters: Filters, districts: Pairs, wrong: Mapping[str, str]) -> Markup:
    """Draw the form that narrows the list; `wrong` is what was asked for and not understood, by the field's name."""
    return _filters(path, filters, districts, tuple(wrong.items()), str(get_locale()))


@lru_cache(maxsize=500)
def _filters(path: str, filters: Filters, districts: Pairs, wrong: Pairs, _locale: str) -> Markup:
    chosen = [(word, _without(path, filters, name)) for name, word in _chosen(filters, dict(districts)).items()]
    values = (path, filters, chosen, districts, labels, SORTS, wrong)
    drawn: Markup = _macros("storefront/_filters.html").filter_form(*values)
    return drawn


def _chosen(filters: Filters, districts: Mapping[str, str]) -> dict[str, str]:
    """Return what the list is narrowed to, in words, by the name of the filter."""
    words = {
        "kind": filters.kind and str(labels.KINDS[filters.kind]),
        "category": filters.category and str(labels.CATEGORIES[filters.category]),
        "district": districts.get(filters.district, filters.district),
        "low": _("From %(price)s", price=format_rupiah(filters.low)) if filters.low is not None else "",
        "high": _("Up to %(price)s", price=format_rupiah(filters.high)) if filters.high is not None else "",
        "available": filters.available and _("Available now"),
        "halal": filters.halal and _("Halal"),
        "pirt": filters.pirt and "P-IRT",
    }
    return {name: word for name, word in words.items() if word}


def _without(path: str, filters: Filters, name: str) -> str:
    """Return the address of the list without one of its filters."""
    left = {key: value for key, value in filters.as_args().items() if key != name}
    if left.get("sort") == Sort.NEWEST:
        del left["sort"]
    return f"{path}?{urlencode(left)}" if left else path


def _macros(name: str) -> Any:
    return current_app.jinja_env.get_template(name).module
