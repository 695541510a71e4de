"""Documents on the office's screens: those of an order, all of an area, and one with what can be done to it."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..orders import screens
from ..orders.models import Order
from ..shared import lists
from ..shared.errors import Forbidden
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from . import files, labels, queries, rules, service
from .drawing import link_of
from .forms import FilterForm, IssueForm, ReasonForm
from .models import Document, DocumentKind
from .shown import papers_of

bp = Blueprint("documents", __name__)

READER = roles(rules.READERS)
ISSUER = roles(rules.GOODS_ISSUERS)
CORRECTOR = roles(rules.CORRECTORS)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "state_of": queries.state_of}


@bp.route("/dinas/dokumen")
@access(READER)
def index() -> ResponseReturnValue:
    """Show the documents of the officer's areas, newest first."""
    form = FilterForm()
    statement = queries.list_for(current_user, form.filters())
    if lists.wants_file() and not form.errors:
        return lists.file_of_people("dokumen", _sheet(lists.rows_of(statement)), current_user.id)
    shown = render_template(
        "documents/index.html",
        page=paginate(statement),
        form=form,
        may_recap=may(current_user, rules.MONEY_ISSUERS, area_code=_area()),
        file_url=lists.file_url(),
    )
    return shown, 422 if form.errors else 200


def _area() -> str:
    return areas.visited_code()


def _sheet(documents: list[Document]) -> Sheet:
    heads = (_l("Number"), _l("Kind"), _l("Date"), _l("For whom"), _l("Order"), _l("Sum"), _l("State"))
    return Sheet(_("Documents"), heads, [_row(document) for document in documents])


def _row(document: Document) -> tuple[Cell, ...]:
    order = document.order.number if document.order else ""
    what, state = str(labels.KINDS[document.kind]), str(labels.STATES[queries.state_of(document)][0])
    return (document.number, what, document.issued_on, document.subject, order, document.amount, state)


@bp.route("/dinas/pesanan/<id:order_id>/dokumen", methods=["GET", "POST"])
@access(READER)
def of_order(order_id: int) -> ResponseReturnValue:
    """Show the documents of an order, and issue one."""
    order = screens.order_for(current_user, order_id)
    form = IssueForm()
    mine = [kind for kind in rules.OF_ORDER if may(current_user, rules.ISSUERS[kind], area_code=order.regency_code)]
    form.offer(mine)
    if form.is_submitted():
        return _issue(order, form, mine)
    return _of_order(order, form, mine)


def _issue(order: Order, form: IssueForm, mine: Sequence[DocumentKind]) -> ResponseReturnValue:
    if not mine:
        raise Forbidden
    kind = form.chosen()
    if kind is not None:
        with form_problems(form):
            document = service.issue(order.id, kind, current_user.id, by_office=True)
            flash(_("%(kind)s %(number)s is ready.", kind=labels.KINDS[kind], number=document.number), "good")
    if form.errors:
        return _of_order(screens.order_for(current_user, order.id), form, mine), 422
    return redirect(url_for("documents.of_order", order_id=order.id, next=lists.back()))


def _of_order(order: Order, form: IssueForm, mine: Sequence[DocumentKind]) -> str:
    papers = papers_of(order, rules.OF_ORDER)
    return render_template("documents/of_order.html", order=order, papers=papers, form=form, mine=mine)


@bp.route("/dinas/dokumen/<id:document_id>")
@access(READER)
def show(document_id: int) -> ResponseReturnValue:
    """Show a document with what it replaces, what replaced it, and what can be done to it."""
    return _page(queries.get_document_for(current_user, document_id))


def _page(document: Document, sent: BaseForm | None = None) -> ResponseReturnValue:
    may_change = may(current_user, rules.CORRECTORS, area_code=document.regency_code)
    page = render_template(
        "documents/show.html",
        document=document,
        successor=queries.successor_of(document),
        link=link_of(document),
        code=rules.grouped(document.code),
        can_cancel=may_change and rules.allows(document.state, rules.Action.CANCEL),
        can_correct=may_change and document.order is not None and rules.allows(document.state, rules.Action.REPLACE),
        forms={name: _reason_form(name, sent) for name in ("cancel", "correct")},
        sent=sent,
    )
    return page, 422 if sent is not None else 200


def _reason_form(name: str, sent: BaseForm | None) -> BaseForm:
    prefix = f"{name}-"
    return sent if sent is not None and sent._prefix == prefix else ReasonForm(formdata=None, prefix=name)


@bp.route("/dinas/dokumen/<id:document_id>.pdf")
@access(READER)
def file(document_id: int) -> Response:
    """Return a document as PDF; who opens it first has it drawn."""
    return files.pdf(queries.get_document_for(current_user, document_id))


@bp.route("/dinas/dokumen/<id:document_id>/batal", methods=["POST"])
@access(CORRECTOR)
def cancel(document_id: int) -> ResponseReturnValue:
    """Let a document be worth nothing."""
    document = queries.get_document_for(current_user, document_id, rules.CORRECTORS)
    form = ReasonForm(prefix="cancel")
    if form.validate_on_submit():
        with form_problems(form):
            service.cancel(document_id, form.reason.data, current_user.id)
    if form.errors:
        return _page(queries.get_document_for(current_user, document_id), form)
    flash(_("%(number)s is cancelled. Its page says so to everybody.", number=document.number), "good")
    return redirect(lists.back() or url_for("documents.show", document_id=document_id))


@bp.route("/dinas/dokumen/<id:document_id>/betulkan", methods=["POST"])
@access(CORRECTOR)
def correct(document_id: int) -> ResponseReturnValue:
    """Issue a document anew under another number, as the order is now."""
    queries.get_document_for(current_user, document_id, rules.CORRECTORS)
    form, new = ReasonForm(prefix="correct"), None
    if form.validate_on_submit():
        with form_problems(form):
            new = service.correct(document_id, form.reason.data, current_user.id)
    if new is None or form.errors:
        return _page(queries.get_document_for(current_user, document_id), form)
    flash(_("%(number)s is ready in its place.", number=new.number), "good")
    return redirect(url_for("documents.show", document_id=new.id, next=lists.back()))
