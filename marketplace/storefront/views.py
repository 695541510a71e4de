"""Look around the shop: everybody may, no account needed."""

from typing import Any

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.queries import time_zone, visited_code
from ..catalog import labels
from ..catalog.models import Product
from ..offices.queries import waiting_for
from ..parcels.labels import OCCASIONS
from ..parcels.models import Occasion, Parcel
from ..parcels.queries import parcel_by_slug
from ..shared import clock
from ..shared.i18n import _
from ..shared.images import Photo, view
from ..shared.paging import page_number, paginate, say_other_page
from ..shared.policy import PUBLIC, access
from ..shared.problems import form_problems
from ..shared.redirects import asked_next
from . import boxes, cards, facts, heads, impact, messages, pieces, queries, rules, service, short, visitor
from .cached import kept, kept_while
from .forms import AddForm, AreaSearch
from .front import Front
from .heads import Head
from .impact import Impact
from .rules import Filters
from .service import Thing

bp = Blueprint("shop", __name__)

HOME_PARCELS = 6
HOME_PRODUCTS = 8
HOME_GROUPS = 6


@bp.record_once
def _stand_in_front(state: BlueprintSetupState) -> None:
    assert isinstance(state.app, Flask)
    state.app.wsgi_app = Front(state.app)  # type: ignore[method-assign]


@bp.app_context_processor
def _for_pages() -> dict[str, Any]:
    return {"base_url": current_app.extensions["config"].base_url, "draw_cards": pieces.draw_cards}


def _own_deeds() -> Impact:
    """Return what the purchases of who is signed in did this year; nothing of a guest."""
    if not current_user.is_authenticated:
        return Impact()
    return impact.of_buyer(current_user.id, clock.today(time_zone(visited_code())).year)


def _to_approve() -> int:
    """Return how many orders of his offices wait for who is signed in; asked once, for the page and for its key."""
    if "to_approve" not in g:
        g.to_approve = sum(waiting_for(current_user.id).values()) if current_user.is_authenticated else 0
    return int(g.to_approve)


def _own_things() -> tuple[Impact, int]:
    return _own_deeds(), _to_approve()


@bp.route("/")
@access(PUBLIC)
@kept_while(_own_things)
def home() -> str:
    """Show what the season asks for, what is new, and who makes it."""
    area = visited_code()
    today = clock.today(time_zone(area))
    own, waiting = _own_things()
    coming = rules.seasons(today)
    parcels = boxes.for_season(area, tuple(each.occasion for each in coming), HOME_PARCELS)
    goods = cards.newest(area, HOME_PRODUCTS)
    return render_template(
        "storefront/home.html",
        head=heads.of_home(next((box.photo for box in parcels if box.photo), None)),
        parcels=parcels,
        season=next((each for each in coming if parcels and parcels[0].occasion is each.occasion), None),
        products=goods,
        groups=queries.groups_with_goods(area, HOME_GROUPS),
        done=impact.of_year(area, today.year),
        own=own,
        waiting=waiting,
        elsewhere=[] if parcels or goods else queries.areas_with_goods(),
        labels=labels,
        occasions=OCCASIONS,
    )


@bp.route("/produk")
@access(PUBLIC)
@kept
def products() -> str:
    """Show the list of all goods and services."""
    return _list(Filters.read({**request.args, "q": ""}), [])


@bp.route("/cari")
@access(PUBLIC)
def search() -> str:
    """Show what fits the words: parcels first, for they are few."""
    filters = Filters.read(request.args)
    first = filters.q and page_number() == 1 and not filters.narrowing
    return _list(filters, boxes.offered(visited_code(), text=filters.q) if first else [])


def _list(filters: Filters, parcels: list[boxes.Box]) -> str:
    area = visited_code()
    page = cards.listed(area, filters, page_number())
    if page.number <= page.pages:  # one after the last says so in its own words
        say_other_page(page.number, page.pages)
    is_bare = not (page.total or parcels or filters.q or filters.narrowing)
    return render_template(
        "storefront/list.html",
        elsewhere=queries.areas_with_goods() if is_bare else None,
        head=_list_head(filters),
        page=page,
        parcels=parcels,
        filters=filters,
        filter_form=pieces.draw_filters(request.path, filters, queries.districts(area), rules.strange(request.args)),
        labels=labels,
    )


def _list_head(filters: Filters) -> Head:
    """Return the head of the list: a category and a page of it are pages of their own, other filters are not."""
    title = str(labels.CATEGORIES[filters.category]) if filters.category else _("All goods")
    number = page_number()
    return heads.of_list(title, {"category": filters.category or "", "page": str(number) if number > 1 else ""})


def _say_strange(name: str, *, is_known: bool) -> None:
    """Say on top of the page what its address asks for that there is not."""
    asked = request.args.get(name, "").strip()
    if asked and not is_known:
        value = asked[: rules.LONGEST_SHOWN]
        flash(_("We do not know “%(value)s”. Choose again.", value=value), "warn")


@bp.route("/produk/<slug>", methods=["GET", "POST"])
@access(PUBLIC)
@kept_while(cards.free_of)
def product(slug: str) -> ResponseReturnValue:
    """Show one product; a POST puts it into the basket."""
    form = AddForm()
    if form.is_submitted():
        known, name = queries.asked_for(Product, slug)
        if _added(form, Thing(product_id=known), name):
            return redirect("/keranjang")
    row = queries.product_page(slug)
    card, others = cards.with_neighbours(row.id, row.group_id)
    photos = [photo for photo in (view(each.image, row.name) for each in row.photos) if photo]
    return render_template(
        "storefront/product.html",
        head=heads.of_product(row, card, photos),
        product=row,
        card=card,
        others=others,
        photos=photos,
        ready_on=None if card.is_service else queries.promised_day(row.regency_code, [card]),
        address=short.address_of(card.short_name),
        message=messages.of_product(row, card),
        known=facts.of_product(row),
        form=form,
        labels=labels,
    ), _status(form)


@bp.route("/parsel")
@access(PUBLIC)
@kept
def parcels() -> str:
    """Show the parcels, all or those for one occasion."""
    asked = request.args.get("occasion", "")
    occasion = next((each for each in Occasion if each == asked), None)
    _say_strange("occasion", is_known=occasion is not None)
    found = boxes.offered(visited_code(), occasion)
    title = str(OCCASIONS[occasion]) if occasion else _("Parcels")
    head = heads.of_list(title, {"occasion": occasion or ""}, found[0].photo if found else None)
    return render_template(
        "storefront/parcels.html",
        head=head,
        parcels=found,
        occasion=occasion,
        occasions=OCCASIONS,
        elsewhere=() if found or cards.count(visited_code(), Filters()) else queries.areas_with_goods(),
    )


@bp.route("/parsel/<slug>", methods=["GET", "POST"])
@access(PUBLIC)
@kept_while(boxes.free_of)
def parcel(slug: str) -> ResponseReturnValue:
    """Show what is in a parcel and who made it; a POST puts it into the basket."""
    form = AddForm()
    if form.is_submitted():
        known, name = queries.asked_for(Parcel, slug)
        if _added(form, Thing(parcel_id=known), name):
            return redirect("/keranjang")
    row = parcel_by_slug(slug)
    box = boxes.of_slug(slug)
    return render_template(
        "storefront/parcel.html",
        head=heads.of_parcel(row, box),
        parcel=row,
        box=box,
        items=[(item, _first_photo(item.product)) for item in row.recipe.items] if row.recipe else [],
        ready_on=queries.promised_day(row.regency_code, [box]),
        address=short.address_of(box.short_name),
        message=messages.of_parcel(box),
        form=form,
        occasions=OCCASIONS,
    ), _status(form)


def _first_photo(product: Product) -> Photo | None:
    return view(product.photos[0].image, product.name) if product.photos else None


def _added(form: AddForm, thing: Thing, name: str) -> bool:
    """Put a thing into the visitor's basket if the form was sent and nothing is wrong with it."""
    if not form.validate_on_submit():
        return False
    with form_problems(form):
        visitor.remember(service.add(visitor.owner(), thing, form.quantity.data))
    if form.errors:
        return False
    flash(_("%(name)s is in your basket.", name=name), "good")
    return True


def _status(form: AddForm) -> int:
    return 422 if form.is_submitted() else 200


@bp.route("/daerah")
@access(PUBLIC)
def pick_area() -> str:
    """Search a regency by its name; those that have goods come first."""
    form = AreaSearch()
    text = form.q.data if form.validate() else ""
    selling = {code for code, _name in queries.areas_with_goods()}
    page = paginate(queries.search_areas(text, selling))
    return render_template("storefront/pick_area.html", form=form, page=page, selling=selling, back=asked_next())


@bp.route("/kelompok/<slug>")
@access(PUBLIC)
def group(slug: str) -> str:
    """Show a group, its village and what it sells."""
    row = queries.group_page(slug)
    page = cards.of_group(row.id, page_number())
    head = heads.of_group(row, next((card.photo for card in page.items if card.photo), None))
    return render_template("storefront/group.html", head=head, group=row, page=page)
