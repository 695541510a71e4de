"""Draw partials that are the same for many, once for each thing they show."""

from collections.abc import Hashable
from functools import lru_cache

from flask import Flask, current_app
from flask_babel import get_locale
from markupsafe import Markup


def drawn(name: str, **values: Hashable) -> Markup:
    """Return a partial that shows nothing but these values, in the reader's language."""
    return _drawn(name, str(get_locale()), tuple(values.items()))


@lru_cache(maxsize=2000)
def _drawn(name: str, _locale: str, values: tuple[tuple[str, Hashable], ...]) -> Markup:
    template = current_app.jinja_env.get_template(name)
    return Markup(template.render(dict(values)))  # noqa: S704 (escaped there)


def init_app(app: Flask) -> None:
    """Let templates draw this way."""
    app.jinja_env.globals["drawn"] = drawn
