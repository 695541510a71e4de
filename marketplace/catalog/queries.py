"""Find products: for those who look after them, for curation, and for the shop."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, exists, func, literal, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from ..accounts.models import User
from ..areas import queries as areas
from ..areas.models import FigureKey
from ..extensions import db
from ..groups import queries as groups
from ..groups.models import Group, Household
from ..shared import clock, images
from ..shared.errors import NotFound
from ..shared.policy import Role
from . import rules
from .access import VIEWERS, WORKERS, Worker, covered_by
from .models import Product, ProductPhoto, ProductShare, ProductState, Revision, RevisionState
from .search import match

CURATORS = frozenset({Role.CURATOR})


def today_at(area_code: str) -> dt.date:
    """Return the day it is where a product comes from."""
    return clock.today(areas.time_zone(area_code))


def _today() -> dt.date:
    return groups.today()


def _whole() -> tuple[ORMOption, ...]:
    """Load a product with all that belongs to it in two queries."""
    return (
        joinedload(Product.group).joinedload(Group.village),
        joinedload(Product.district),
        joinedload(Product.permits),
        joinedload(Product.photos),
        selectinload(Product.shares).joinedload(ProductShare.household),
    )


def get_product_for(
    actor: Worker, product_id: int, roles: frozenset[Role] = VIEWERS, *, fresh: bool = False
) -> Product:
    """Return a product with all that belongs to it, `fresh` from the tables even when it was read before.

    Raises NotFound for who has none of the roles for it.
    """
    return _one(actor, roles, Product.id == product_id, fresh=fresh)


def product_of_revision(actor: Worker, revision_id: int) -> Product:
    """Return the product of a revision for a curator of its area. Raises NotFound."""
    wanted = select(Revision.product_id).where(Revision.id == revision_id)
    return _one(actor, CURATORS, Product.id.in_(wanted), fresh=False)


def _one(actor: Worker, roles: frozenset[Role], condition: ColumnElement[bool], *, fresh: bool) -> Product:
    statement = select(Product).where(condition, covered_by(actor, roles, _today()))
    statement = statement.options(*_whole()).execution_options(populate_existing=fresh)
    product = db.session.scalars(statement).unique().one_or_none()
    if product is None:
        raise NotFound
    return product


def lock_product_for(actor: Worker, product_id: int, roles: frozenset[Role] = WORKERS) -> Product:
    """Return a product inside a command, its row locked: what is decided next is decided on what is seen."""
    statement = select(Product.id).where(Product.id == product_id, covered_by(actor, roles, _today()))
    if db.session.scalar(statement.with_for_update(of=Product)) is None:
        raise NotFound
    return get_product_for(actor, product_id, roles, fresh=True)


def get_group_to_list_in(actor: Worker, group_id: int) -> Group:
    """Return a group in which the actor may list products. Raises NotFound."""
    return groups.get_group_for(actor, group_id, WORKERS)


def groups_to_list_in(actor: Worker) -> Select[Any]:
    """Return the SELECT of the groups in which the actor may list products, by name."""
    statement = groups.visible_groups(actor, WORKERS).options(joinedload(Group.village))
    return statement.order_by(Group.name, Group.id)


def makers_of(group: Group) -> list[Household]:
    """Return the families that can be makers of a group's products now."""
    return groups.households_of_group(group.id, today_at(group.regency_code))


def newest_product(group_id: int, household_id: int | None) -> Product | None:
    """Return the newest product of a group with its shares; one that a family made, if it made any."""
    own = exists().where(ProductShare.product_id == Product.id, ProductShare.household_id == household_id)
    statement = select(Product).where(Product.group_id == group_id).options(selectinload(Product.shares))
    return db.session.scalar(statement.order_by(own.desc(), Product.id.desc()).limit(1))


def products_of(actor: Worker, roles: frozenset[Role] = WORKERS) -> Select[Any]:
    """Return the SELECT of the actor's products with their photos; what waits for him comes first."""
    waits = Product.state.in_((ProductState.NEEDS_WORK, ProductState.DRAFT))
    statement = select(Product).where(covered_by(actor, roles, _today()))
    statement = statement.where(Product.state != ProductState.ARCHIVED)
    return statement.options(selectinload(Product.photos)).order_by(waits.desc(), Product.created_at.desc(), Product.id)


@dataclass(frozen=True)
class Filters:
    """What an officer narrows the list of products by."""

    text: str = ""
    state: ProductState | None = None
    district_code: str = ""
    group_id: int | None = None


def office_products(actor: Worker, filters: Filters) -> Select[Any]:
    """Return the SELECT of an officer's products by name, with group and photos."""
    statement = select(Product).join(Product.group).where(covered_by(actor, VIEWERS, _today()))
    if filters.state is not None:
        statement = statement.where(Product.state == filters.state)
    if filters.district_code:
        statement = statement.where(Product.district_code == filters.district_code)
    if filters.group_id is not None:
        statement = statement.where(Product.group_id == filters.group_id)
    statement = statement.options(contains_eager(Product.group), joinedload(Product.district))
    return match(statement, filters.text).order_by(Product.name, Product.id)


def revisions_of(product_id: int) -> list[Revision]:
    """Return what was handed in of a product and what was said of it, and by whom, newest first."""
    statement = select(Revision).where(Revision.product_id == product_id)
    statement = statement.options(
        joinedload(Revision.submitted_by).lazyload(User.assignments),
        joinedload(Revision.decided_by).lazyload(User.assignments),
    )
    return list(db.session.scalars(statement.order_by(Revision.number.desc())))


def open_revision(revisions: Sequence[Revision]) -> Revision | None:
    """Return the newest revision when it waits for the check or came back from it; `revisions` newest first."""
    newest = revisions[0] if revisions else None
    if newest is not None and newest.state in (RevisionState.PENDING, RevisionState.RETURNED):
        return newest
    return None


def working_content(product: Product, revisions: Sequence[Revision]) -> rules.ProductContent:
    """Return the content a maker goes on from: what is shown, with his changes that are not approved yet."""
    content = rules.content_of(product)
    waiting = open_revision(revisions)
    if product.state in rules.SHOWN and waiting is not None:
        return rules.merged(content, waiting.changes)
    return content


def queue(actor: Worker) -> Select[Any]:
    """Return the SELECT of the revisions that wait for this curator, oldest first."""
    return (
        select(Revision)
        .join(Revision.product)
        .join(Product.group)
        .where(Revision.state == RevisionState.PENDING, covered_by(actor, CURATORS, _today()))
        .options(
            contains_eager(Revision.product).contains_eager(Product.group),
            contains_eager(Revision.product).joinedload(Product.district),
        )
        .order_by(Revision.submitted_at, Revision.id)
    )


def with_content(statement: Select[Any]) -> Select[Any]:
    """Return the queue's SELECT with what the checks look at, for one page of it."""
    product = contains_eager(Revision.product)
    return statement.options(
        *(product.selectinload(part) for part in (Product.photos, Product.permits, Product.shares))
    )


def handed_in(actor: Worker, revision_ids: Collection[int]) -> list[tuple[int, int, str]]:
    """Return id, product and its name of those of some revisions that are this curator's, in the order of products."""
    statement = select(Revision.id, Revision.product_id, Product.name).join(Revision.product)
    mine = Revision.id.in_(revision_ids) & covered_by(actor, CURATORS, _today())
    rows = db.session.execute(statement.where(mine).order_by(Product.id, Revision.id))
    return [(revision_id, product_id, name) for revision_id, product_id, name in rows]


def next_to_check(actor: Worker, revision: Revision) -> tuple[int | None, int]:
    """Return what this curator looks at after a revision, and how many others wait: the next one, else the oldest."""
    this = (revision.submitted_at, revision.id)
    later = tuple_(Revision.submitted_at, Revision.id) > tuple_(*map(literal, this))
    statement = (
        select(Revision.id, func.count().over())
        .join(Revision.product)
        .where(Revision.state == RevisionState.PENDING, Revision.id != revision.id)
        .where(covered_by(actor, CURATORS, _today()))
        .order_by(later.desc(), Revision.submitted_at, Revision.id)
        .limit(1)
    )
    found = db.session.execute(statement).first()
    return (None, 0) if found is None else (found[0], found[1])


def queue_counts(actor: Worker) -> tuple[int, int]:
    """Return how many first checks and how many changes of shown products wait for this curator."""
    first = func.count().filter(Product.state == ProductState.SUBMITTED)
    statement = select(first, func.count()).select_from(Revision).join(Revision.product)
    statement = statement.where(Revision.state == RevisionState.PENDING, covered_by(actor, CURATORS, _today()))
    firsts, whole = db.session.execute(statement).one()
    return firsts, whole - firsts


def has_waiting(product_ids: Collection[int]) -> dict[int, RevisionState]:
    """Return product → state, for those whose change of shown content waits or came back."""
    later = Revision.__table__.alias()
    newest = ~exists().where(later.c.product_id == Revision.product_id, later.c.number > Revision.number)
    statement = select(Revision.product_id, Revision.state).where(
        Revision.product_id.in_(product_ids),
        Revision.state.in_((RevisionState.PENDING, RevisionState.RETURNED)),
        newest,
    )
    return dict(db.session.execute(statement).all())


def names_of_households(household_ids: Collection[int]) -> dict[int, str]:
    """Return id → name, for those who look after the products."""
    rows = db.session.execute(select(Household.id, Household.name).where(Household.id.in_(household_ids)))
    return dict(rows.all())


def images_by_id(image_ids: Collection[int]) -> dict[int, images.Image]:
    """Return id → picture."""
    rows = db.session.scalars(select(images.Image).where(images.Image.id.in_(image_ids)))
    return {image.id: image for image in rows}


def sold_out(products: Sequence[Product]) -> set[int]:
    """Return the ids of the goods on sale of which nothing is left to sell, or nothing was counted yet.

    The stock lies on a floor below; `wiring.py` hands its answer over.
    """
    free = current_app.extensions["free_by_product"]([product.id for product in products])
    return {p.id for p in products if p.tracks_stock and p.state is ProductState.PUBLISHED and free[p.id] <= 0}


def band_of(product: Product) -> tuple[int, int] | None:
    """Return the price band of a product today; None before its first approval."""
    if product.approved_price is None:
        return None
    day = today_at(product.regency_code)
    percent = areas.figure(FigureKey.PRICE_BAND_PERCENT, product.regency_code, day)
    return rules.price_band(product.approved_price, percent)


def first_photos(names: Mapping[int, str]) -> dict[int, images.Photo]:
    """Return product id → the photo that stands for it in lists, for those (id → name) that have one."""
    earlier = ProductPhoto.__table__.alias()
    first = ~exists().where(
        earlier.c.product_id == ProductPhoto.product_id,
        tuple_(earlier.c.position, earlier.c.id) < tuple_(ProductPhoto.position, ProductPhoto.id),
    )
    image = images.Image
    statement = (
        select(ProductPhoto.product_id, image.token, image.width, image.height)
        .join(image, image.id == ProductPhoto.image_id)
        .where(ProductPhoto.product_id.in_(names), first)
    )
    rows = db.session.execute(statement)
    return {key: images.photo_of(token, width, height, names[key]) for key, token, width, height in rows}


def first_photo(product: Product) -> images.Photo | None:
    """Return the photo that stands for a product in lists."""
    photos: list[ProductPhoto] = product.photos
    return images.view(photos[0].image, product.name) if photos else None
