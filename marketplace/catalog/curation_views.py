"""The pages of curation: the queue, and what was handed in beside what is shown."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..shared import clock, lists
from ..shared.exports import Cell, Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from . import labels, queries, service, several, shown
from .forms import ReturnForm, SeveralForm, StepForm
from .models import Product, Revision

bp = Blueprint("curation", __name__, url_prefix="/dinas/kurasi")

CURATOR = roles(queries.CURATORS)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels}


@bp.route("")
@access(CURATOR)
def index() -> ResponseReturnValue:
    """Show what waits for the check, oldest first."""
    statement = queries.queue(current_user)
    if lists.wants_file():
        return lists.file("kurasi", _sheet(lists.rows_of(statement)))
    first, changes = queries.queue_counts(current_user)
    page = paginate(queries.with_content(statement))
    return render_template(
        "catalog/queue.html",
        page=page,
        first=first,
        changes=changes,
        hindrances={each.id: several.hindrances(each.product, each, current_user.id) for each in page.items},
        form=SeveralForm(formdata=None),
        file_url=lists.file_url(),
    )


@bp.route("/beberapa", methods=["POST"])
@access(CURATOR)
def approve_several() -> ResponseReturnValue:
    """Show the ticked products to the public, and say which were not and why."""
    form = SeveralForm()
    if not form.validate_on_submit() or not form.ids():
        flash(_("Tick the products first."), "warn")
    else:
        outcome = several.approve(form.ids(), current_user)
        if outcome.done:
            flash(_("Approved: %(names)s.", names=", ".join(outcome.done)), "good")
        for reason, names in outcome.refused.items():
            flash(_("Not approved: %(names)s. %(reason)s", names=", ".join(names), reason=reason), "warn")
    return redirect(lists.back() or url_for(".index"))


def _sheet(revisions: list[Revision]) -> Sheet:
    heads = (_l("Product"), _l("What"), _l("Price"), _l("Group"), _l("District"), _l("Handed in"))
    return Sheet(_("Curation"), heads, [_row(revision, revision.product) for revision in revisions])


def _row(revision: Revision, product: Product) -> tuple[Cell, ...]:
    what = _("Changes") if revision.changes else _("New")
    price = revision.changes.get("price", product.price)
    handed_in = clock.local_date(revision.submitted_at, areas.time_zone(product.regency_code))
    return (product.name, what, price, product.group.name, product.district.name, handed_in)


@bp.route("/<id:revision_id>")
@access(CURATOR)
def show(revision_id: int) -> str:
    """Show what was handed in beside what buyers see now."""
    return _page(*_load(revision_id), StepForm(formdata=None), ReturnForm(formdata=None))


def _load(revision_id: int) -> tuple[Product, Revision, list[Revision]]:
    product = queries.product_of_revision(current_user, revision_id)
    revisions = queries.revisions_of(product.id)
    return product, next(revision for revision in revisions if revision.id == revision_id), revisions


def _page(
    product: Product, revision: Revision, revisions: list[Revision], step_form: StepForm, return_form: ReturnForm
) -> str:
    return render_template(
        "catalog/revision.html",
        product=product,
        revision=revision,
        step_form=step_form,
        return_form=return_form,
        own=revision.submitted_by_id == current_user.id,
        page=shown.curation_page(product, revision, revisions),
        onward=queries.next_to_check(current_user, revision),
    )


def _name(revision_id: int) -> str:
    return queries.product_of_revision(current_user, revision_id).name


def _onward(revision_id: int) -> ResponseReturnValue:
    """Lead from what was decided to what waits next; to the empty queue when nothing does."""
    *_rest, revision, _revisions = _load(revision_id)
    next_id, _others = queries.next_to_check(current_user, revision)
    return redirect(url_for(".index") if next_id is None else url_for(".show", revision_id=next_id))


@bp.route("/<id:revision_id>/setuju", methods=["POST"])
@access(CURATOR)
def approve(revision_id: int) -> ResponseReturnValue:
    """Show it to the public."""
    form = StepForm()
    if form.validate_on_submit():
        with form_problems(form):
            service.approve(revision_id, current_user)
        if not form.errors:
            flash(_("“%(name)s” is approved. It is in the shop now.", name=_name(revision_id)), "good")
            return _onward(revision_id)
    return _page(*_load(revision_id), form, ReturnForm(formdata=None)), 422


@bp.route("/<id:revision_id>/kembalikan", methods=["POST"])
@access(CURATOR)
def give_back(revision_id: int) -> ResponseReturnValue:
    """Give it back with what must be better."""
    form = ReturnForm()
    if form.validate_on_submit():
        with form_problems(form):
            service.return_for_work(revision_id, form.remarks(), current_user)
        if not form.errors:
            told = _("“%(name)s” is given back. The maker sees what must be better.", name=_name(revision_id))
            flash(told, "good")
            return _onward(revision_id)
    return _page(*_load(revision_id), StepForm(formdata=None), form), 422
