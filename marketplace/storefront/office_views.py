"""Order what is in the basket for an office: it becomes an offer at prices that hold, for its approver."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.queries import time_zone
from ..offices.models import Office
from ..offices.queries import memberships
from ..orders.models import DeliveryMethod
from ..shared import clock
from ..shared.i18n import _
from ..shared.policy import SIGNED_IN, access
from ..shared.problems import form_problems
from . import queries, service, visitor
from .forms import OfficeForm
from .queries import Contents
from .summary import summary_of

bp = Blueprint("basket_for_office", __name__)


@bp.route("/keranjang/instansi", methods=["GET", "POST"])
@access(SIGNED_IN)
def offer() -> ResponseReturnValue:
    """Ask for which of his offices the basket is, and where it goes."""
    found = queries.contents(visitor.owner())
    offices = [each.office for each in memberships(current_user.id)]
    if not found.lines:
        flash(_("Your basket is empty."))
        return redirect("/keranjang")
    form = _form(found, offices)
    is_asking = request.form.get("go") == "count"
    if not is_asking and form.validate_on_submit():
        with form_problems(form):
            made = service.offer_to_office(
                visitor.owner(), form.key.data, int(form.office_id.data), form.delivery(), current_user.id
            )
            visitor.recount(queries.count_of(visitor.owner()))
            return redirect(url_for("office_orders.show", office_order_id=made), 303)
    summary = summary_of(found, form.delivery_method.data, form.known_village)
    page = render_template("storefront/for_office.html", basket=found, form=form, offices=offices, summary=summary)
    return page, 422 if form.is_submitted() and not is_asking else 200


def _form(found: Contents, offices: list[Office]) -> OfficeForm:
    regency = found.regency_code
    known = {}
    fees = queries.fees(regency, clock.today(time_zone(regency)))
    if offices and offices[0].village_code and fees:
        first = offices[0]
        known = {"street": first.street, "rt_rw": first.rt_rw, "village_code": str(first.village_code)}
        known["delivery_method"] = DeliveryMethod.OFFICE.value
    form = OfficeForm(data=known)
    choices = tuple((str(office.id), office.name) for office in offices)
    form.offer(choices, fees, queries.districts(regency), queries.villages(regency))
    return form
