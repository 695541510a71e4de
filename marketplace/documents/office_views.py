"""The papers of what an office bought, for its members."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..offices.models import OfficeOrder
from ..offices.queries import office_order_for
from ..orders.models import Order
from ..shared.errors import NotFound
from ..shared.fields import BaseForm
from ..shared.i18n import _
from ..shared.policy import SIGNED_IN, access
from ..shared.problems import form_problems
from . import files, labels, queries, rules, service
from .forms import IssueForm
from .shown import offices_papers

bp = Blueprint("office_papers", __name__, url_prefix="/instansi/pesanan")


def _own(office_order_id: int) -> tuple[OfficeOrder, Order]:
    """Return what an office of the user bought, with its order. Raises NotFound also for what is not ordered yet."""
    row = office_order_for(current_user.id, office_order_id)
    if row.order is None:
        raise NotFound
    return row, row.order


@bp.route("/<id:office_order_id>/dokumen", methods=["GET", "POST"])
@access(SIGNED_IN)
def of_order(office_order_id: int) -> ResponseReturnValue:
    """Show the papers of what an office bought, and make one."""
    row, order = _own(office_order_id)
    form = IssueForm()
    form.offer(rules.OF_BUYER)
    kind = form.chosen()
    if kind is not None:
        with form_problems(form):
            document = service.issue(order.id, kind, current_user.id, by_office=False)
            flash(_("%(kind)s %(number)s is ready.", kind=labels.KINDS[kind], number=document.number), "good")
            return redirect(url_for("office_papers.of_order", office_order_id=office_order_id))
    if form.errors:
        row, order = _own(office_order_id)
    page = render_template(
        "documents/of_office.html",
        row=row,
        order=order,
        papers=offices_papers(order),
        url=f"/instansi/pesanan/{row.id}",
        form=form,
        bare_form=BaseForm(formdata=None),
    )
    return page, 422 if form.errors else 200


@bp.route("/<id:office_order_id>/dokumen/<id:document_id>.pdf")
@access(SIGNED_IN)
def file(office_order_id: int, document_id: int) -> Response:
    """Return a paper of what an office bought as PDF."""
    _row, order = _own(office_order_id)
    return files.pdf(queries.buyers_document(order, document_id, rules.OF_OFFICE))
