"""Pieces of pages that are the same for everybody, drawn once for each content.

A piece is known by all it shows, so nothing has to be dropped when a price changes: that is another piece.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from flask import current_app
from flask_babel import get_locale
from markupsafe import Markup

from ..catalog import labels
from .boxes import Box
from .cards import Card
from .rules import Filters
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
    drawn: Markup = _macros("storefront/_filters.html").filter_form(path, filters, districts, labels, SORTS, wrong)
    return drawn


def _macros(name: str) -> Any:
    return current_app.jinja_env.get_template(name).module
