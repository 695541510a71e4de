"""Gettext with types: `_` now, `_n` with a plural, `_l` when the text is shown.

A page asks for fifty texts: the catalogue of its language is kept here, instead of looked up through contexts.
"""

from typing import Any, TypeAlias

from flask import Flask, request
from flask_babel import get_domain, get_locale, lazy_gettext
from flask_babel.speaklater import LazyString

Text: TypeAlias = str | LazyString

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT = "id"

_catalogues: dict[Any, Any] = {}


def _catalogue() -> Any:
    """Return the texts of the reader's language; outside of an application every text stays as it is."""
    locale = get_locale()
    found = _catalogues.get(locale)
    if found is None:
        found = _catalogues[locale] = get_domain().get_translations()
    return found


def _(message: str, **values: object) -> str:
    """Return the message in the reader's language."""
    text: str = _catalogue().ugettext(message)
    return text % values if values else text


def _n(singular: str, plural: str, num: int, **values: object) -> str:
    """Return the message for a number, which the text may name as %(num)s."""
    text: str = _catalogue().ungettext(singular, plural, num)
    return text % {"num": num, **values}


def _l(message: str, **values: object) -> LazyString:
    """Return a text that is put into the reader's language when it is shown."""
    return lazy_gettext(message, **values)


def asked_language() -> str | None:
    """Return the language that the address itself asks for by `?bahasa=`, or None."""
    asked = request.args.get("bahasa", "")
    return asked if asked in LANGUAGES else None


def chosen_language() -> str | None:
    """Return the language that the address asks for, else the one chosen by the switch, or None."""
    return asked_language() or chosen_by_switch()


def chosen_by_switch() -> str | None:
    """Return the language that this browser keeps, or None."""
    chosen = request.cookies.get("lang", "")
    return chosen if chosen in LANGUAGES else None


def init_app(app: Flask) -> None:
    """Let templates ask the same way."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: _catalogue().ugettext(message),
        lambda singular, plural, num: _catalogue().ungettext(singular, plural, num),
        newstyle=True,
    )
