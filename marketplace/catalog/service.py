"""What makers and officers do with products.

Every command takes who acts, fetches the product as his (NotFound otherwise) and locks its row, so that nobody
approves what was changed under his eyes.
"""

import re
import secrets
import unicodedata
from dataclasses import replace

from sqlalchemy import func, select

from ..extensions import db
from ..groups.models import Group
from ..shared import audit, clock
from ..shared.errors import Forbidden, InvalidInput, NotFound, StateConflict
from ..shared.i18n import _l
from ..shared.money import format_rupiah
from ..shared.transaction import command
from ..shared.turn import turn
from . import queries, rules
from .access import Worker, acts_alone
from .labels import CATEGORY_WORDS
from .models import Permit, Product, ProductPhoto, ProductShare, ProductState, Revision, RevisionState
from .rules import Action, ProductContent
from .search import stemmed

SLUG_LENGTH = 120


@command
def create_product(group_id: int, content: ProductContent, actor: Worker) -> Product:
    """List a product of a group as a draft. Raises NotFound, or InvalidInput beside a field of the content."""
    group = queries.get_group_to_list_in(actor, group_id)
    product = Product(
        slug=secrets.token_hex(16),
        group=group,
        district=group.district,
        regency_code=group.regency_code,
        state=ProductState.DRAFT,
        created_by_id=actor.id,
    )
    _apply(product, _checked(group, content))
    db.session.add(product)
    db.session.flush()  # the slug holds the id, so that two products of one name cannot clash
    product.slug = _slug(product)
    _record(actor, "product.create", product)
    return product


@command
def edit_product(product_id: int, content: ProductContent, actor: Worker) -> Product:
    """Change a product: a draft at once, a shown one by a revision that waits for the check.

    Only a price within the band, by somebody who acts alone, changes a shown product at once.
    """
    product = queries.lock_product_for(actor, product_id)
    content = _checked(product.group, content)
    _refuse_other_kind(product, content)
    if product.state in rules.EDITED_AT_ONCE:
        _apply(product, content)
        product.slug = product.slug if product.published_at else _slug(product)
        _record(actor, "product.edit", product)
    elif product.state in rules.SHOWN:
        _propose(product, content, actor)
    else:
        raise StateConflict(_l("This product is being checked. Take it back first if you want to change it."))
    return product


def _refuse_other_kind(product: Product, content: ProductContent) -> None:
    # Stock and recipes hang on what was once on sale as goods.
    if product.published_at is not None and content.kind is not product.kind:
        message = _l("What was on sale as goods cannot become a service, nor the other way. List it anew.")
        raise InvalidInput(message, field="category")


def _propose(product: Product, content: ProductContent, actor: Worker) -> None:
    changes = rules.diff(rules.content_of(product), content)
    at_once = set(changes) == {"price"} and _may_set_price(product, content.price, actor)
    _withdraw_open(product, returned_too=at_once or not changes)
    if at_once:
        _set_price(product, content.price, actor)
    elif changes:
        _hand_in(product, changes, actor)


def _may_set_price(product: Product, price: int, actor: Worker) -> bool:
    band = queries.band_of(product)
    day = queries.today_at(product.regency_code)
    return band is not None and band[0] <= price <= band[1] and acts_alone(actor, product, day)


def _set_price(product: Product, price: int, actor: Worker) -> None:
    audit.record(actor.id, "product.price", ("product", product.id), old=product.price, new=price)
    product.price = price


@command
def set_price_within_band(product_id: int, price: int, actor: Worker) -> Product:
    """Move the price of a shown product at once, rupiah.

    Raises InvalidInput outside the band, Forbidden for a seller who is not trusted yet: his way is `edit_product`.
    """
    product = queries.lock_product_for(actor, product_id)
    band = queries.band_of(product)
    if product.state not in rules.SHOWN or band is None:
        raise StateConflict
    if not acts_alone(actor, product, queries.today_at(product.regency_code)):
        raise Forbidden(_l("A new price of your group goes through the check. Use the form for changes."))
    if not band[0] <= price <= band[1]:
        low, high = format_rupiah(band[0]), format_rupiah(band[1])
        message = _l(
            "You can choose a price from %(low)s to %(high)s. Another price goes through the check.", low=low, high=high
        )
        raise InvalidInput(message, field="price")
    _set_price(product, price, actor)
    return product


@command
def submit(product_id: int, actor: Worker) -> Revision:
    """Hand a product in for the check. Raises InvalidInput when its makers are no longer right."""
    product = queries.lock_product_for(actor, product_id)
    return _submit(product, actor)


def _submit(product: Product, actor: Worker) -> Revision:
    content = queries.working_content(product, queries.revisions_of(product.id))
    _move(product, Action.SUBMIT)
    _apply(product, _checked(product.group, content))
    product.submitted_at = clock.now()
    _withdraw_open(product)
    return _hand_in(product, {}, actor)


@command
def withdraw_revision(product_id: int, actor: Worker) -> Product:
    """Take back what was handed in, or drop changes that came back from the check."""
    product = queries.lock_product_for(actor, product_id)
    if product.state is ProductState.SUBMITTED:
        _move(product, Action.WITHDRAW)
    elif product.state not in rules.SHOWN or queries.open_revision(queries.revisions_of(product.id)) is None:
        raise StateConflict
    _withdraw_open(product, returned_too=True)
    _record(actor, "product.withdraw", product)
    return product


@command
def approve(revision_id: int, actor: Worker) -> Product:
    """Show what was handed in to the public: the whole of a new product, or all changes of a shown one.

    Raises StateConflict when it was taken back or changed meanwhile, Forbidden for who handed it in himself,
    InvalidInput when a permit has expired or a maker has left the group.
    """
    product, revision = _to_decide(revision_id, actor)
    content = _checked(product.group, rules.merged(rules.content_of(product), revision.changes))
    if rules.expired(content.permits, queries.today_at(product.regency_code)):
        raise InvalidInput(_l("A permit has expired. It must be renewed or taken out first."))
    _apply(product, content)
    if not revision.changes or "price" in revision.changes:
        product.approved_price = content.price
    if product.state not in rules.SHOWN:
        _move(product, Action.APPROVE)
    product.published_at = product.published_at or clock.now()
    _decide(revision, RevisionState.APPROVED, actor)
    _record(actor, "product.approve", product)
    return product


@command
def return_for_work(revision_id: int, remarks: rules.Remarks, actor: Worker) -> Product:
    """Give back what was handed in, with what must be better, by when and who helps."""
    product, revision = _to_decide(revision_id, actor)
    rules.check_remarks(remarks, queries.today_at(product.regency_code))
    if product.state not in rules.SHOWN:
        _move(product, Action.RETURN)
    revision.reasons, revision.better_by, revision.coach = remarks.reasons, remarks.better_by, remarks.coach
    _decide(revision, RevisionState.RETURNED, actor)
    _record(actor, "product.return", product)
    return product


def _to_decide(revision_id: int, actor: Worker) -> tuple[Product, Revision]:
    product_id = queries.product_of_revision(actor, revision_id).id
    product = queries.lock_product_for(actor, product_id, queries.CURATORS)
    revision = db.session.get_one(Revision, revision_id, populate_existing=True)
    if revision.state is not RevisionState.PENDING:
        raise StateConflict
    if revision.submitted_by_id == actor.id:
        raise Forbidden(_l("You handed this in yourself. Somebody else has to check it."))
    return product, revision


def _decide(revision: Revision, state: RevisionState, actor: Worker) -> None:
    turn(revision, state, decided_by_id=actor.id, decided_at=clock.now())


@command
def pause(product_id: int, actor: Worker) -> Product:
    """Take a product off sale at once: nobody has to go on selling."""
    product = queries.lock_product_for(actor, product_id)
    _move(product, Action.PAUSE)
    _record(actor, "product.pause", product)
    return product


@command
def resume(product_id: int, actor: Worker) -> Product:
    """Put a product back on sale: at once by who acts alone, else by handing it in for the check."""
    product = queries.lock_product_for(actor, product_id)
    if acts_alone(actor, product, queries.today_at(product.regency_code)):
        _move(product, Action.RESUME)
        _record(actor, "product.resume", product)
    elif product.state is ProductState.PAUSED:
        _submit(product, actor)
    else:
        raise StateConflict
    return product


@command
def archive(product_id: int, actor: Worker) -> Product:
    """Put a product away; orders that name it keep it."""
    product = queries.lock_product_for(actor, product_id)
    _move(product, Action.ARCHIVE)
    _withdraw_open(product)
    _record(actor, "product.archive", product)
    return product


@command
def restore(product_id: int, actor: Worker) -> Product:
    """Bring back a product that was put away, as a draft."""
    product = queries.lock_product_for(actor, product_id)
    _move(product, Action.RESTORE)
    _record(actor, "product.restore", product)
    return product


@command
def add_photo(product_id: int, image_ids: tuple[int, ...], actor: Worker) -> Product:
    """Add photos after those a product has. Raises InvalidInput when they become too many."""
    content = _working(product_id, actor)
    return edit_product(product_id, replace(content, photos=(*content.photos, *image_ids)), actor)


@command
def remove_photo(product_id: int, image_id: int, actor: Worker) -> Product:
    """Take a photo off a product. Raises NotFound when it has no such photo."""
    content = _working(product_id, actor)
    if image_id not in content.photos:
        raise NotFound
    rest = tuple(other for other in content.photos if other != image_id)
    return edit_product(product_id, replace(content, photos=rest), actor)


@command
def order_photos(product_id: int, image_ids: tuple[int, ...], actor: Worker) -> Product:
    """Put the photos of a product in another order. Raises StateConflict when they are not the same photos."""
    content = _working(product_id, actor)
    if sorted(image_ids) != sorted(content.photos):
        raise StateConflict
    return edit_product(product_id, replace(content, photos=image_ids), actor)


@command
def put_photos_back(product_id: int, image_ids: tuple[int, ...], actor: Worker) -> Product:
    """Give a product the photos it had, in their order; those added since stay behind them."""
    content = _working(product_id, actor)
    added = tuple(image_id for image_id in content.photos if image_id not in image_ids)
    return edit_product(product_id, replace(content, photos=(*image_ids, *added)), actor)


def _working(product_id: int, actor: Worker) -> ProductContent:
    product = queries.lock_product_for(actor, product_id)
    return queries.working_content(product, queries.revisions_of(product.id))


def _checked(group: Group, content: ProductContent) -> ProductContent:
    return rules.check_content(content, {household.id for household in queries.makers_of(group)})


def _move(product: Product, action: Action) -> None:
    """Change the state, and only from the one that was seen."""
    turn(product, rules.transition(product.state, action))


def _withdraw_open(product: Product, *, returned_too: bool = False) -> None:
    waiting = queries.open_revision(queries.revisions_of(product.id))
    if waiting is not None and (returned_too or waiting.state is RevisionState.PENDING):
        waiting.state = RevisionState.WITHDRAWN
        db.session.flush()  # the next one may only be pending after this one is not


def _hand_in(product: Product, changes: dict[str, object], actor: Worker) -> Revision:
    last = db.session.scalar(select(func.max(Revision.number)).where(Revision.product_id == product.id))
    revision = Revision(product=product, number=(last or 0) + 1, changes=changes, submitted_by_id=actor.id)
    db.session.add(revision)
    _record(actor, "product.hand_in", product)
    return revision


def _apply(product: Product, content: ProductContent) -> None:
    for name in ("name", "category", "kind", "unit", "price", "description", "weight_gram", "shelf_life_days"):
        setattr(product, name, getattr(content, name))
    # Rows that stay are kept: the new ones go in before the old ones go out, and would clash.
    shares = {share.household_id: share for share in product.shares}
    product.shares = [shares.get(s.household_id) or ProductShare(household_id=s.household_id) for s in content.shares]
    for share, wanted_share in zip(product.shares, content.shares, strict=True):
        share.basis_points = wanted_share.basis_points
    permits = {permit.kind: permit for permit in product.permits}
    product.permits = [permits.get(p.kind) or Permit(kind=p.kind) for p in content.permits]
    for permit, wanted_permit in zip(product.permits, content.permits, strict=True):
        permit.number, permit.expires_on = wanted_permit.number, wanted_permit.expires_on
    photos = {photo.image_id: photo for photo in product.photos}
    product.photos = [photos.get(image_id) or ProductPhoto(image_id=image_id) for image_id in content.photos]
    for position, photo in enumerate(product.photos):
        photo.position = position
    product.search_text = stemmed(_searched(product))


def refresh_group(group: Group) -> None:
    """Let all products of a group be found by its present name and village; runs inside the command that changed it."""
    db.session.expire(group, ["village"])
    statement = select(Product).where(Product.group_id == group.id).order_by(Product.id).with_for_update(key_share=True)
    for product in db.session.scalars(statement.execution_options(populate_existing=True)):
        product.search_text = stemmed(_searched(product))


def _searched(product: Product) -> str:
    group = product.group
    places = (group.name, group.village.name, product.district.name)
    return " ".join((product.name, CATEGORY_WORDS[product.category], *places, product.description))


def _slug(product: Product) -> str:
    plain = unicodedata.normalize("NFKD", product.name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:SLUG_LENGTH].strip("-")
    return f"{words or 'produk'}-{product.id}"


def _record(actor: Worker, action: str, product: Product) -> None:
    audit.record(actor.id, action, ("product", product.id))
