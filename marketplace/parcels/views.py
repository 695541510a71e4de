"""The curator's pages of parcels."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from ..areas import queries as areas
from ..catalog.models import Product
from ..shared import images, lists, once
from ..shared.errors import Forbidden
from ..shared.exports import Cell, Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import Role, access, areas_of, has_role, may, roles
from ..shared.problems import form_problems
from . import editor, labels, queries, rules, service
from .forms import ActionForm, FinishedRecipeForm, NewParcelForm, ParcelFilter, ParcelForm, RecipeForm, recipe_form_of
from .models import Parcel, ParcelState

bp = Blueprint("parcels", __name__)

CURATOR = roles(Role.CURATOR)
VIEWERS = roles(queries.VIEWERS)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels}


@bp.route("/dinas/parsel")
@access(VIEWERS)
def index() -> ResponseReturnValue:
    """Show the parcels of the officer's area, what can be made of them and what has to be mended."""
    form = ParcelFilter()
    form.validate()
    to_mend = bool(form.which.chosen())
    statement = queries.list_for(current_user, form.asked_state(), form.q.data or "", only_to_mend=to_mend)
    if lists.wants_file() and not form.errors:
        return lists.file("parsel", _sheet(lists.rows_of(statement)))
    page = paginate(statement)
    makeable = queries.can_make([parcel.id for parcel in page.items])
    flags = {parcel.id: queries.flags_of(parcel) for parcel in page.items}
    return render_template(
        "parcels/index.html",
        page=page,
        makeable=makeable,
        flags=flags,
        form=form,
        may_change=has_role(current_user, {Role.CURATOR}),
        file_url=lists.file_url(),
    )


def _sheet(parcels: list[Parcel]) -> Sheet:
    makeable = queries.can_make([parcel.id for parcel in parcels])
    heads = (_l("Parcel"), _l("State"), _l("Price"), _l("Can be made now"))
    return Sheet(_("Parcels"), heads, [(*_row(parcel), makeable[parcel.id]) for parcel in parcels])


def _row(parcel: Parcel) -> tuple[Cell, ...]:
    return (parcel.name, str(labels.STATES[parcel.state][0]), parcel.recipe.price if parcel.recipe else None)


@bp.route("/dinas/parsel/baru", methods=["GET", "POST"])
@access(CURATOR)
def create() -> ResponseReturnValue:
    """Make a parcel; its recipe comes next."""
    regency, form = _desk_regency(), NewParcelForm(notice_days=2, cut_off_hour=14)
    if form.validate_on_submit():
        with form_problems(form):
            parcel_id = _created(regency, form)
        if not form.errors:
            flash(_("The parcel is made. Now choose what goes in."), "good")
            return redirect(url_for("parcels.recipe", parcel_id=parcel_id))
    return render_template("parcels/edit.html", form=form, parcel=None), _status(form)


def _created(regency: str, form: NewParcelForm) -> int:
    """Make a parcel once, however often the form is sent, and return its id."""
    content, actor_id = form.content(), current_user.id
    sent = [regency, content, actor_id, [images.fingerprint(file.stream) for file in _photo_sent(form)]]
    made = once.known("parcel", form.key.data, sent)
    if made is not None:
        return made
    image_id = _stored_photo(form)
    return once.only(
        "parcel",
        form.key.data,
        sent,
        lambda: service.create_parcel(regency, content, actor_id, image_id=image_id).id,
    )


def _desk_regency() -> str:
    codes = areas_of(current_user, {Role.CURATOR})
    visited = areas.visited_code()
    if may(current_user, {Role.CURATOR}, area_code=visited):
        return visited
    regencies = [code for code in codes if areas.is_known_regency(code)]
    if not regencies:
        raise Forbidden(_("This page is for officers of the whole regency. Your role is for a part of it."))
    return regencies[0]


def _photo_sent(form: ParcelForm) -> list[FileStorage]:
    upload: FileStorage | None = form.photo.data
    return [upload] if upload and upload.filename else []


def _stored_photo(form: ParcelForm) -> int | None:
    for upload in _photo_sent(form):
        return images.store(images.prepare_for("photo", upload.stream), current_user.id).id
    return None


def _status(form: ParcelForm | RecipeForm) -> int:
    return 422 if form.errors else 200


@bp.route("/dinas/parsel/<id:parcel_id>")
@access(VIEWERS)
def show(parcel_id: int) -> str:
    """Show a parcel: what is in it, what each family gets, what has to be mended, its versions."""
    parcel = queries.get_parcel_for(current_user, parcel_id)
    return render_template(
        "parcels/show.html",
        parcel=parcel,
        photo=images.view(parcel.image, parcel.name),
        board=editor.board_of(parcel.recipe) if parcel.recipe else None,
        flags=queries.flags_of(parcel),
        can_make=queries.can_make([parcel.id])[parcel.id],
        versions=queries.versions_of(parcel.id),
        actions=rules.actions_from(parcel.state) if _changeable(parcel) else [],
        form=ActionForm(formdata=None),
        changeable=_changeable(parcel),
    )


def _changeable(parcel: Parcel) -> bool:
    curates = may(current_user, {Role.CURATOR}, area_code=parcel.regency_code)
    return curates and parcel.state is not ParcelState.ARCHIVED


@bp.route("/dinas/parsel/<id:parcel_id>/ubah", methods=["GET", "POST"])
@access(CURATOR)
def edit(parcel_id: int) -> ResponseReturnValue:
    """Change what is written about a parcel."""
    parcel = _curated(parcel_id)
    form = ParcelForm(obj=parcel, data={"occasion": parcel.occasion.value})
    if form.validate_on_submit():
        with form_problems(form):
            service.edit_parcel(parcel_id, form.content(), current_user.id, image_id=_stored_photo(form))
        if not form.errors:
            flash(_("Saved."), "good")
            return redirect(url_for("parcels.show", parcel_id=parcel_id))
    return render_template("parcels/edit.html", form=form, parcel=parcel), _status(form)


def _curated(parcel_id: int) -> Parcel:
    parcel = queries.get_parcel_for(current_user, parcel_id)
    if not may(current_user, {Role.CURATOR}, area_code=parcel.regency_code):
        raise Forbidden
    return parcel


@bp.route("/dinas/parsel/<id:parcel_id>/status", methods=["POST"])
@access(CURATOR)
def move(parcel_id: int) -> ResponseReturnValue:
    """Offer, pause, resume or archive a parcel."""
    _curated(parcel_id)
    form = ActionForm()
    if form.validate_on_submit():
        with form_problems(form):
            service.MOVES[form.chosen()](parcel_id, current_user.id)
    for message in form.form_errors:
        flash(message, "bad")
    if not form.errors:
        flash(_("Done."), "good")
    return redirect(url_for("parcels.show", parcel_id=parcel_id))


@bp.route("/dinas/parsel/<id:parcel_id>/resep", methods=["GET", "POST"])
@access(CURATOR)
def recipe(parcel_id: int) -> ResponseReturnValue:
    """Work on a recipe: every button but the last only works it out anew and writes nothing."""
    parcel = _curated(parcel_id)
    if request.method == "GET":
        return _recipe_page(parcel, _form_of(parcel))
    form = FinishedRecipeForm() if "save" in request.form else RecipeForm()
    if not form.validate_on_submit():
        return _recipe_page(parcel, form)
    return _save_recipe(parcel, form) if "save" in request.form else _recipe_page(parcel, _next_draft(parcel, form))


def _form_of(parcel: Parcel) -> RecipeForm:
    present = parcel.recipe
    if present is None:
        return recipe_form_of({})
    quantities = {item.product_id: item.quantity for item in present.items}
    surplus = editor.board_of(present).surplus  # as it was saved: who saved it said that it is right
    values = {"price": present.price, "packing_cost": present.packing_cost, "is_meant": True, "warned": surplus}
    return recipe_form_of(quantities, **values)


def _next_draft(parcel: Parcel, form: RecipeForm) -> RecipeForm:
    """Return the editor with the product that was added, without those of 0 pieces, with the price that follows."""
    quantities = form.quantities()
    if form.add.data and len(quantities) < rules.MAX_ITEMS:
        quantities.setdefault(form.add.data, 1)
    products = queries.products_in(parcel.regency_code, quantities)
    quantities = {key: count for key, count in quantities.items() if key in products}
    packing_cost = form.packing_cost.data
    board = editor.draft_board(products, quantities, None, packing_cost or 0)
    price = form.price_for(board.suggestion if board.rows else None)
    return recipe_form_of(quantities, search=form.search.data, packing_cost=packing_cost, price=price)


def _recipe_page(parcel: Parcel, form: RecipeForm) -> ResponseReturnValue:
    quantities = {row["product_id"]: row["quantity"] or 0 for row in form.items.data if row["product_id"]}
    products = queries.products_in(parcel.regency_code, quantities)
    form.name_units({key: product.unit for key, product in products.items()})
    board = _board_of(products, form)
    form.carry(board.suggestion if board.rows else None, board.surplus or None)
    found = [
        row for row in queries.search_goods(parcel.regency_code, form.search.data or "") if row.id not in quantities
    ]
    page = render_template("parcels/recipe.html", parcel=parcel, form=form, products=products, board=board, found=found)
    return page, _status(form)


def _board_of(products: Mapping[int, Product], form: RecipeForm) -> editor.Board:
    kept = {row["product_id"]: row["quantity"] for row in form.items.data if row["product_id"] and row["quantity"]}
    return editor.draft_board(products, kept, form.price.data, form.packing_cost.data or 0)


def _save_recipe(parcel: Parcel, form: RecipeForm) -> ResponseReturnValue:
    parcel_id = parcel.id
    products = queries.products_in(parcel.regency_code, form.quantities())
    if form.price.data is None:  # it follows the suggestion until the curator writes another
        form.price.data = _board_of(products, form).suggestion
    board = _board_of(products, form)
    with form_problems(form):
        rules.check_not_dear(form.price.data, board.suggestion, is_meant=form.means(board.surplus))
        service.new_recipe(parcel_id, form.quantities(), form.price.data, form.packing_cost.data, current_user.id)
    if form.errors:
        return _recipe_page(queries.get_parcel_for(current_user, parcel_id), form)
    flash(_("The recipe is saved."), "good")
    return redirect(url_for("parcels.show", parcel_id=parcel_id))
