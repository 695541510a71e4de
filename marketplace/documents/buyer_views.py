"""A buyer's papers: of his account's orders, and of any by its secret link."""

from flask import Blueprint, Response, flash, redirect
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..offices.purchases import are_papers_of
from ..orders import queries as orders
from ..orders.models import Order
from ..shared.errors import NotFound
from ..shared.i18n import _
from ..shared.policy import PUBLIC, SIGNED_IN, access
from . import files, labels, queries, rules, service
from .forms import IssueForm

bp = Blueprint("papers", __name__)


def _own(order_id: int) -> Order:
    order = orders.get_order_for(current_user, order_id)
    if order.buyer_id != current_user.id:
        raise NotFound
    return order


@bp.route("/pesanan/<id:order_id>/dokumen", methods=["POST"])
@access(SIGNED_IN)
def issue_own(order_id: int) -> ResponseReturnValue:
    """Make a paper of one of the account's orders."""
    return _issue(_own(order_id), f"/pesanan/{order_id}", current_user.id)


@bp.route("/p/<token>/dokumen", methods=["POST"])
@access(PUBLIC)
def issue_linked(token: str) -> ResponseReturnValue:
    """Make a paper of the order behind a secret link."""
    return _issue(_linked(token), f"/p/{token}", None)


def _linked(token: str) -> Order:
    """Return the order behind a link. Raises NotFound also for an office's, whose papers are its members' alone."""
    order = orders.order_by_token(token)
    if not are_papers_of(order, current_user.id if current_user.is_authenticated else None):
        raise NotFound
    return order


def _issue(order: Order, back: str, actor_id: int | None) -> ResponseReturnValue:
    form = IssueForm()
    form.offer(rules.OF_BUYER)
    kind = form.chosen()
    if kind is None:
        flash(_("Choose a paper of the list."), "warn")
    else:
        document = service.issue(order.id, kind, actor_id, by_office=False)
        flash(_("%(kind)s %(number)s is ready.", kind=labels.KINDS[kind], number=document.number), "good")
    return redirect(f"{back}#dokumen")


@bp.route("/pesanan/<id:order_id>/dokumen/<id:document_id>.pdf")
@access(SIGNED_IN)
def own_file(order_id: int, document_id: int) -> Response:
    """Return a paper of one of the account's orders as PDF."""
    return files.pdf(queries.buyers_document(_own(order_id), document_id))


@bp.route("/p/<token>/dokumen/<id:document_id>.pdf")
@access(PUBLIC)
def linked_file(token: str, document_id: int) -> Response:
    """Return a paper of the order behind a secret link as PDF."""
    return files.pdf(queries.buyers_document(_linked(token), document_id))
