"""Choose goods, how many labels of each and the paper; get the sheets as PDF."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import RadioField

from ..catalog.models import Product
from ..documents import facts, files
from ..ledger.scope import working_area
from ..parcels.models import Parcel
from ..shared import clock, documents
from ..shared.fields import BaseForm, QuantityField, QueryForm, Required, TextField, options
from ..shared.i18n import _, _l
from ..shared.policy import access, roles
from ..shared.web import MAX_ID
from . import price_labels
from .models import Stall
from .price_labels import MOST_LABELS
from .sheets import PAPERS
from .stalls import SEERS, get_stall_for

bp = Blueprint("price_labels", __name__)

COPIES_AT_MOST = 500


class SearchForm(QueryForm):
    """Which goods to choose from."""

    q = TextField(_l("Product or group"), max_length=80)


class LabelForm(BaseForm):
    """The paper; `_label_form` adds how many of what."""

    paper = RadioField(
        _l("Paper"), [Required()], choices=options((key, paper.name) for key, paper in PAPERS.items()), default="a4-21"
    )
    first = QuantityField(_l("First free label on the sheet"), high=max(paper.each for paper in PAPERS.values()))

    def start(self) -> int:
        """Return the first free label, within the sheet."""
        return min(self.first.data or 1, PAPERS[self.paper.data].each)


Things = list[Product | Parcel]


def _name(thing: Product | Parcel) -> str:
    return f"{'copies' if isinstance(thing, Product) else 'parcels'}-{thing.id}"


def _label_form(things: Things, suggested: dict[int, int]) -> LabelForm:
    fields = {_name(thing): QuantityField(_l("How many labels"), low=0, high=COPIES_AT_MOST) for thing in things}
    kind: type[LabelForm] = type("LabelForm", (LabelForm,), fields)
    known = {_name(each): suggested.get(each.id) for each in things if isinstance(each, Product)}
    return kind(data={"paper": "a4-21", "first": 1, **known})


@bp.route("/dinas/label", methods=["GET", "POST"])
@access(roles(SEERS))
def index() -> ResponseReturnValue:
    """Choose what to print labels or price cards of, and print."""
    area_code, stall = _asked()
    asked = SearchForm()
    asked.validate()
    text = "" if asked.q.errors else (asked.q.data or "")
    products = price_labels.goods(area_code, text, stall)
    parcels = [] if stall else price_labels.parcels(area_code, text)
    things: Things = [*products, *parcels]
    form = _label_form(things, price_labels.there(stall) if stall else {})
    if form.validate_on_submit():
        chosen = [(thing, count) for thing in things if (count := form[_name(thing)].data)]
        if not chosen:
            form.form_errors.append(_("Write how many labels of something."))
        elif sum(count for _thing, count in chosen) > MOST_LABELS:
            form.form_errors.append(_("At most %(count)s labels at once.", count=MOST_LABELS))
        else:
            return _print(form, chosen, area_code)
    page = render_template(
        "tent_market/labels.html",
        form=form,
        asked=asked,
        stall=stall,
        products=products,
        parcels=parcels,
        name=_name,
        most=price_labels.MOST,
    )
    return page, 422 if form.errors else 200


def _asked() -> tuple[str, Stall | None]:
    """Return the regency, and the tent whose goods are asked for."""
    key = request.args.get("stall", "", type=str)
    if not (key.isascii() and key.isdigit() and len(key) < 20 and int(key) <= MAX_ID):
        return working_area(current_user, SEERS), None
    stall = get_stall_for(current_user, int(key))
    return stall.day.site.area_code, stall


def _print(form: LabelForm, chosen: list[Any], area_code: str) -> Response:
    paper = PAPERS[form.paper.data]
    issuer = {"name": facts.issuer_in(area_code, None).name}
    content = price_labels.content(paper, chosen, form.start(), issuer)
    drawn = documents.draw("price_labels", content, current_app.extensions["config"].base_url, clock.now())
    return files.as_pdf(drawn, f"label-{form.paper.data}.pdf")
