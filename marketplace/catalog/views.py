"""The pages of those who look after products: makers on a phone, mentors and curators at a desk.

Both use the same views under their own address and layout.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import URLSafeSerializer

from ..groups.queries import districts_of_groups
from ..shared import images, lists, undo
from ..shared.errors import NotFound
from ..shared.i18n import _
from ..shared.paging import paginate
from ..shared.policy import MAKERS, Role, access, has_role, roles
from ..shared.problems import form_problems
from . import labels, listing, queries, service, shown
from .access import VIEWERS, WORKERS
from .forms import FilterForm, PhotoForm, PriceForm, ProductForm, StepForm
from .models import Product
from .rules import MAX_PHOTOS, ProductContent

maker_pages = Blueprint("my_products", __name__, url_prefix="/penjual/produk")
office_pages = Blueprint("products", __name__, url_prefix="/dinas/produk")

STEPS: Mapping[str, Callable[[int, Any], object]] = {
    "ajukan": service.submit,
    "tarik": service.withdraw_revision,
    "jeda": service.pause,
    "lanjut": service.resume,
    "simpan": service.archive,
    "kembali": service.restore,
}
"""Word in the address → what it does."""


@maker_pages.context_processor
def _maker_context() -> dict[str, Any]:
    return {"layout": "layouts/seller.html", "labels": labels}


@office_pages.context_processor
def _office_context() -> dict[str, Any]:
    return {"layout": "layouts/work.html", "labels": labels}


@maker_pages.route("")
@access(roles(MAKERS))
def index() -> str:
    """Show a maker his products; what waits for him comes first."""
    page = paginate(queries.products_of(current_user, MAKERS))
    waiting = queries.has_waiting([product.id for product in page.items])
    sold_out = queries.sold_out(page.items)
    values = {"page": page, "waiting": waiting, "sold_out": sold_out}
    return render_template("catalog/mine.html", photo=queries.first_photo, **values)


@office_pages.route("", endpoint="index")
@access(roles(Role.MENTOR, Role.CURATOR, Role.HEAD))
def office_index() -> ResponseReturnValue:
    """Show an officer the products he looks after, narrowed by what he asks for."""
    form = FilterForm.of(districts_of_groups(current_user))
    filters = form.filters()
    if form.group.errors:  # no field of the page, but a link's: there is no such group
        raise NotFound
    statement = queries.office_products(current_user, filters)
    if lists.wants_file() and not form.errors:
        return lists.file("produk", shown.sheet(lists.rows_of(statement)))
    page = paginate(statement)
    waiting = queries.has_waiting([product.id for product in page.items])
    may_add = has_role(current_user, WORKERS)
    values = {"page": page, "waiting": waiting, "form": form, "may_add": may_add}
    return render_template("catalog/index.html", **values, file_url=lists.file_url()), 422 if form.errors else 200


@maker_pages.route("/baru", methods=["GET", "POST"])
@office_pages.route("/baru", methods=["GET", "POST"])
@access(roles(WORKERS))
def create() -> ResponseReturnValue:
    """List a product: first the group when there are several, then the form."""
    group = listing.group_to_list_in()
    if group is None:
        page = paginate(queries.groups_to_list_in(current_user))
        return render_template("catalog/choose_group.html", page=page)
    members = queries.makers_of(group)
    form = ProductForm.with_values(members, listing.first_values(members))
    if form.validate_on_submit():
        with form_problems(form):
            product_id = _listed(form, group.id)
        if not form.errors:
            return _done(product_id)
    listing.keep_photos(form)
    return render_template("catalog/form.html", form=form, group=group, product=None), _status(form)


def _listed(form: ProductForm, group_id: int) -> int:
    content, submits = form.content(), request.form.get("then") == "submit"

    def act(photos: tuple[int, ...]) -> int:
        product = service.create_product(group_id, replace(content, photos=photos), current_user)
        if submits:
            service.submit(product.id, current_user)
        return product.id

    return listing.once_with_photos(form, [group_id, content, submits], act)


def _status(form: Any) -> int:
    return 422 if form.is_submitted() else 200


def _done(product_id: int) -> ResponseReturnValue:
    flash(_("Saved."), "good")  # what happens now stands on the page itself
    return redirect(url_for(".show", product_id=product_id))


@maker_pages.route("/<id:product_id>")
@office_pages.route("/<id:product_id>")
@access(roles(VIEWERS))
def show(product_id: int) -> str:
    """Show a product to those who look after it: where it stands, what to do, what was said of it."""
    product = queries.get_product_for(current_user, product_id)
    return _page_of(product, PriceForm(formdata=None, price=product.price))


def _page_of(product: Product, price_form: PriceForm) -> str:
    revisions = queries.revisions_of(product.id)
    return render_template(
        "catalog/product.html",
        product=product,
        price_form=price_form,
        step_form=StepForm(formdata=None),
        page=shown.maker_page(product, revisions, current_user),
    )


@maker_pages.route("/<id:product_id>/ubah", methods=["GET", "POST"])
@office_pages.route("/<id:product_id>/ubah", methods=["GET", "POST"])
@access(roles(WORKERS))
def edit(product_id: int) -> ResponseReturnValue:
    """Change a product; of a shown one the change waits for the check."""
    product = queries.get_product_for(current_user, product_id, WORKERS)
    now = queries.working_content(product, queries.revisions_of(product.id))
    form = ProductForm.of(queries.makers_of(product.group), now)
    if form.validate_on_submit():
        with form_problems(form):
            _edited(form, product_id, now.photos)
        if not form.errors:
            return _done(product_id)
        product = queries.get_product_for(current_user, product_id, WORKERS)
    listing.keep_photos(form)
    return render_template("catalog/form.html", form=form, group=product.group, product=product), _status(form)


def _edited(form: ProductForm, product_id: int, photos: tuple[int, ...]) -> None:
    content = form.content()

    def act(more: tuple[int, ...]) -> int:
        whole = replace(content, photos=(*photos, *more))
        return service.edit_product(product_id, whole, current_user).id

    listing.once_with_photos(form, [product_id, content], act)


@maker_pages.route("/<id:product_id>/harga", methods=["POST"])
@office_pages.route("/<id:product_id>/harga", methods=["POST"])
@access(roles(WORKERS))
def price(product_id: int) -> ResponseReturnValue:
    """Move the price within the band."""
    product = queries.get_product_for(current_user, product_id, WORKERS)
    form = PriceForm()
    if form.validate_on_submit():
        with form_problems(form):
            service.set_price_within_band(product_id, form.price.data, current_user)
        if not form.errors:
            flash(_("The new price holds from now on."), "good")
            return redirect(url_for(".show", product_id=product_id))
        product = queries.get_product_for(current_user, product_id, WORKERS)
    return _page_of(product, form), 422


@maker_pages.route("/<id:product_id>/<any(ajukan, tarik, jeda, lanjut, simpan, kembali):step>", methods=["POST"])
@office_pages.route("/<id:product_id>/<any(ajukan, tarik, jeda, lanjut, simpan, kembali):step>", methods=["POST"])
@access(roles(WORKERS))
def take_step(product_id: int, step: str) -> ResponseReturnValue:
    """Hand in, take back, stop, go on, put away, or bring back."""
    if _try(partial(STEPS[step], product_id, current_user)):
        _tell_step(product_id, step)
    return redirect(url_for(".show", product_id=product_id))


def _try(act: Callable[[], object]) -> bool:
    """Do what a button asks for; when it no longer fits (a second tab, a double press), say so on the page."""
    form = StepForm()
    with form_problems(form):
        act()
    for message in form.form_errors:
        flash(message, "warn")
    return not form.form_errors


def _tell_step(product_id: int, step: str) -> None:
    """Say what was done, with the way back where there is one."""
    product = queries.get_product_for(current_user, product_id)
    text, back = shown.told_after(product, step, current_user)
    if back:
        undo.offer(text, url_for(".take_step", product_id=product_id, step=back))
    else:
        flash(text, "good")


@maker_pages.route("/<id:product_id>/foto", methods=["GET", "POST"])
@office_pages.route("/<id:product_id>/foto", methods=["GET", "POST"])
@access(roles(WORKERS))
def photos(product_id: int) -> ResponseReturnValue:
    """Show the photos of a product in order, and take more; or put them back as they were before the last press."""
    if "undo" in request.form:
        return _put_photos_back(product_id, request.form["undo"])
    form = PhotoForm()
    now = _working(product_id)
    if form.validate_on_submit():
        with form_problems(form):
            add = partial(service.add_photo, product_id, actor=current_user)
            listing.once_with_photos(form, [product_id], lambda photos: add(photos).id)
        if not form.errors:
            flash(_("The photos are there."), "good")
            return redirect(url_for(".photos", product_id=product_id))
    listing.keep_photos(form)
    gallery = _gallery(product_id, now)
    return render_template("catalog/photos.html", form=form, most=MAX_PHOTOS, **gallery), _status(form)


def _put_photos_back(product_id: int, sealed: str) -> ResponseReturnValue:
    queries.get_product_for(current_user, product_id, WORKERS)
    known, before = _seal().loads_unsafe(sealed)
    if not known or before[0] != product_id:
        raise NotFound
    if _try(partial(service.put_photos_back, product_id, tuple(before[1:]), current_user)):
        flash(_("The photos are as they were."), "good")
    return redirect(url_for(".photos", product_id=product_id))


def _working(product_id: int) -> ProductContent:
    product = queries.get_product_for(current_user, product_id, WORKERS)
    return queries.working_content(product, queries.revisions_of(product_id))


def _gallery(product_id: int, content: ProductContent) -> dict[str, Any]:
    found = queries.images_by_id(content.photos)
    return {
        "product_id": product_id,
        "name": content.name,
        "gallery": [(image_id, images.view(found[image_id], content.name)) for image_id in content.photos],
        "step_form": StepForm(formdata=None),
    }


@maker_pages.route("/<id:product_id>/foto/<id:image_id>/hapus", methods=["POST"])
@office_pages.route("/<id:product_id>/foto/<id:image_id>/hapus", methods=["POST"])
@access(roles(WORKERS))
def remove_photo(product_id: int, image_id: int) -> ResponseReturnValue:
    """Take one photo off."""
    before = _working(product_id).photos
    if _try(partial(service.remove_photo, product_id, image_id, current_user)):
        _tell_photos(_("The photo is taken off."), product_id, before)
    return redirect(url_for(".photos", product_id=product_id))


@maker_pages.route("/<id:product_id>/foto/<id:image_id>/depan", methods=["POST"])
@office_pages.route("/<id:product_id>/foto/<id:image_id>/depan", methods=["POST"])
@access(roles(WORKERS))
def photo_first(product_id: int, image_id: int) -> ResponseReturnValue:
    """Put one photo before all others: it stands in the lists."""
    photos = _working(product_id).photos
    if image_id not in photos:
        raise NotFound
    others = tuple(other for other in photos if other != image_id)
    if _try(partial(service.order_photos, product_id, (image_id, *others), current_user)):
        _tell_photos(_("This photo is the first now."), product_id, photos)
    return redirect(url_for(".photos", product_id=product_id))


def _tell_photos(text: str, product_id: int, before: tuple[int, ...]) -> None:
    """Say what was done to the photos, with the way back to how they were."""
    undo.offer(text, url_for(".photos", product_id=product_id), _seal().dumps([product_id, *before]))


def _seal() -> URLSafeSerializer:
    # Signed, or anybody's picture could be named.
    return URLSafeSerializer(current_app.secret_key or "", salt="photos-before")
