"""Sell something new from a phone: a photo, a name, a price, and it is handed in."""

from dataclasses import replace
from functools import partial

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..groups.models import Group
from ..shared.i18n import _
from ..shared.paging import paginate
from ..shared.policy import MAKERS, access, roles
from ..shared.problems import form_problems
from . import listing, queries, service
from .checklist import EATEN, PACKED
from .forms import QuickForm
from .models import Category

bp = Blueprint("selling", __name__, url_prefix="/penjual/jual")


@bp.route("", methods=["GET", "POST"])
@access(roles(MAKERS))
def create() -> ResponseReturnValue:
    """List a product on one short page and hand it in at once."""
    group = listing.group_to_list_in()
    if group is None:
        page = paginate(queries.groups_to_list_in(current_user))
        return render_template("catalog/choose_group.html", page=page, layout="layouts/seller.html")
    members = queries.makers_of(group)
    form = QuickForm.with_values(members, listing.suggestion(group, members))
    if form.validate_on_submit():
        with form_problems(form):
            product_id = _handed_in(form, group.id)
        if not form.errors:
            flash(_("Handed in: %(name)s. The Dinas Sosial looks at it now.", name=form.name.data), "good")
            return redirect(url_for("my_products.show", product_id=product_id))
    listing.keep_photos(form)
    return _page(form, group), 422 if form.is_submitted() else 200


def _page(form: QuickForm, group: Group) -> str:
    """Draw the form; what most products of a kind need is asked openly, and what is guessed lies under "more"."""
    kind = Category(form.category.data) if form.category.data in set(Category) else None
    return render_template(
        "catalog/sell.html",
        form=form,
        group=group,
        asks_category=kind is None or bool(form.category.errors),
        asks_maker=not form.maker.data or bool(form.maker.errors),
        asks_shelf_life=kind is None or kind in EATEN,
        asks_permit=kind in PACKED,
    )


def _handed_in(form: QuickForm, group_id: int) -> int:
    content, quantity = form.content(), form.quantity.data
    act = partial(_make, form, group_id)
    return listing.once_with_photos(form, [group_id, content, quantity, "submit"], act)


def _make(form: QuickForm, group_id: int, photos: tuple[int, ...]) -> int:
    product = service.create_product(group_id, replace(form.content(), photos=photos), current_user)
    if form.quantity.data and product.tracks_stock:
        # The stock lies on a floor below; `wiring.py` hands over how to count in.
        current_app.extensions["count_in"](product, form.quantity.data, current_user.id)
    service.submit(product.id, current_user)
    return product.id
