"""Gettext with types: `_` now, `_n` with a plural, `_l` when the text is shown."""

from typing import TypeAlias

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

Text: TypeAlias = str | LazyString

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}


def _(message: str, **values: object) -> str:
    """Return the message in the reader's language."""
    return str(gettext(message, **values))


def _n(singular: str, plural: str, num: int, **values: object) -> str:
    """Return the message for a number, which the text may name as %(num)s."""
    return str(ngettext(singular, plural, num, **values))


def _l(message: str, **values: object) -> LazyString:
    """Return a text that is put into the reader's language when it is shown."""
    return lazy_gettext(message, **values)
