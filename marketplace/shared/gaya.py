"""`/gaya`: every macro in every state, each with the call that drew it; only where the application runs in debug.

Its words are for developers, so they stand in plain English outside the catalogue.
"""

import re
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Flask, current_app, render_template, render_template_string
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, MultipleFileField
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectField

from . import charts
from .fields import BaseForm, QuantityField, Required, RupiahField, TextAreaField, TextField, options
from .paging import Page
from .policy import PUBLIC, access
from .web import asset

bp = Blueprint("gaya", __name__)

SAMPLES = "gaya/samples.html"
SAMPLE = re.compile(r"\{# == (?P<title>.+?) #\}\n(?P<source>.*?)(?=\{# == |\Z)", re.DOTALL)
"""A title, and all that follows until the next."""
LONG = "Rengginang Singkong Manis Gurih Pedas Asli Loksado Rasa Gula Aren Mempertanggungjawabkannya 250 gram"
TOKENS = (
    *("paper", "surface", "sunk", "ink", "ink-2", "line", "edge", "awning", "awning-2", "on-awning", "primary"),
    *("primary-2", "on-primary", "link", "kunyit", "on-kunyit", "neutral", "neutral-soft", "info", "info-soft"),
    *("good", "good-soft", "warn", "warn-soft", "bad", "bad-soft"),
)


class SampleForm(BaseForm):
    """One field of each kind."""

    class Meta(BaseForm.Meta):
        csrf = False

    name = TextField("Name", [Required()])
    price = RupiahField("Price", [Required()])
    quantity = QuantityField("Quantity", [Required()], default=1)
    note = TextAreaField("Note")
    kind = SelectField("Kind", choices=options([("food", "Food"), ("craft", "Craft")]))
    delivery = RadioField("Delivery", choices=options([("pickup", "I come for it"), ("address", "Bring it")]))
    agreed = BooleanField("I agree", [Required()])
    photo = FileField("Photo")
    photos = MultipleFileField("Photos", render_kw={"multiple": True})


@bp.route("/gaya")
@access(PUBLIC)
def show() -> ResponseReturnValue:
    """Show all samples."""
    things = _things()
    drawn = [(title, source, _draw(source, things)) for title, source in samples()]
    return render_template("gaya/index.html", samples=drawn, tokens=TOKENS)


def samples() -> list[tuple[str, str]]:
    """Return title and source of each sample, in order."""
    loader = current_app.jinja_env.loader
    source = loader.get_source(current_app.jinja_env, SAMPLES)[0] if loader else ""
    return [(found["title"], found["source"].strip()) for found in SAMPLE.finditer(source)]


def _draw(source: str, things: dict[str, Any]) -> Markup:
    return Markup(render_template_string(source, **things))  # noqa: S704 (our own template, escaped while drawn)


def _things() -> dict[str, Any]:
    """Return what the samples are drawn with."""
    wrong = SampleForm(MultiDict({"wrong-price": "lima belas", "wrong-quantity": "0"}), prefix="wrong")
    wrong.validate()
    return {
        "form": SampleForm(MultiDict(), prefix="sample"),
        "off": SampleForm(MultiDict(), prefix="off"),
        "narrowed": SampleForm(MultiDict(), prefix="narrowed"),
        "wrong": wrong,
        "long": LONG,
        "picture": _picture(),
        "item": _item,
        "page": Page([], 2, 24, 70),
        "charts": charts,
        "digits": str,
    }


def _picture() -> SimpleNamespace:
    mark = asset("img/mark.svg")
    sizes = {"srcset": f"{mark} 480w", "webp_srcset": f"{mark} 480w", "width": 480, "height": 480}
    return SimpleNamespace(src=mark, largest=mark, alt="The mark of the shop", **sizes)


def _item(**other: Any) -> SimpleNamespace:
    """Return a product as a card shows it, some of its values replaced."""
    usual = {"url": "#", "name": "Keripik pisang", "photo": None, "price": 15_000, "unit": "pack", "place": "Loksado"}
    return SimpleNamespace(**{**usual, "badges": [], "available": "", "can_be_had": True, **other})


def init_app(app: Flask) -> None:
    """Open the page where the application runs in debug; elsewhere there is none."""
    if app.debug:
        app.register_blueprint(bp)
