"""The goods of the demo: photographed, listed by their makers, curated, and packed into parcels."""

import datetime as dt
import signal
from collections.abc import Iterator
from io import BytesIO
from multiprocessing import get_context
from random import Random

from ..accounts.models import User
from ..catalog import service as catalog
from ..catalog.models import WHOLE, Category, PermitKind, Product
from ..catalog.rules import PermitContent, ProductContent, Remarks, Share
from ..extensions import db
from ..parcels import service as parcels
from ..parcels.models import Occasion
from ..parcels.rules import ParcelContent
from ..shared.images import Prepared, prepare, store_all
from ..shared.policy import Role
from . import words
from .catalogue import ParcelWords, ProductWords
from .people import FAMILIES_PER_GROUP, REGENCY, Cast
from .pictures import draw, draw_parcel

PROCESSES = 2
OCCASIONS = {
    "Lebaran": Occasion.LEBARAN, "Ramadan": Occasion.LEBARAN, "Natal": Occasion.NATAL,
    "Hari jadi kabupaten": Occasion.ANNIVERSARY, "Rapat dan kantor": Occasion.MEETING,
    "Pernikahan": Occasion.WEDDING, "Menjenguk": Occasion.THANKS, "Oleh-oleh": Occasion.SOUVENIR,
}  # fmt: skip
MARGIN = 1.06
"""Parcels cost a little more than their parts and packing; what is over goes to the makers."""


def photograph() -> Iterator[tuple[int, Prepared]]:
    """Draw and prepare all photos, each with its number (see `words.PHOTOS`), on both cores."""
    # Those of one palette follow each other, so that a process draws their studio once.
    by_palette = sorted(range(len(words.PRODUCTS)), key=lambda number: words.PRODUCTS[number].picture.palette)
    # A Ctrl-C is for us alone: leaving the pool ends its workers at once.
    with get_context("spawn").Pool(PROCESSES, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        yield from pool.imap(_product_photo, by_palette, chunksize=6)
        yield from pool.imap(_parcel_photo, range(len(words.PARCELS)))
        yield from pool.imap(_place_photo, range(len(words.PLACE_PICTURES)))


def _product_photo(number: int) -> tuple[int, Prepared]:
    return number, prepare(BytesIO(draw(words.PRODUCTS[number].picture, number)))


def _parcel_photo(number: int) -> tuple[int, Prepared]:
    photo = draw_parcel(words.parcel_pictures(words.PARCELS[number]), number)
    return len(words.PRODUCTS) + number, prepare(BytesIO(photo))


def _place_photo(number: int) -> tuple[int, Prepared]:
    photo = draw(list(words.PLACE_PICTURES.values())[number], number)
    return len(words.PRODUCTS) + len(words.PARCELS) + number, prepare(BytesIO(photo))


def keep_photos(photos: list[Prepared]) -> list[int]:
    """Store photos and return the ids of their rows, in order."""
    return [image.id for image in store_all(photos, None)]


def makers_of(cast: Cast, number: int, text: ProductWords) -> tuple[Share, ...]:
    """Return who makes a product: mostly one family of its group, every fifth product two or three together."""
    first = text.group * FAMILIES_PER_GROUP
    turn = sum(1 for other in words.PRODUCTS[:number] if other.group == text.group)
    ids = [cast.families[first + (turn + step) % FAMILIES_PER_GROUP].household_id for step in range(3)]
    if number % 5 == 1:
        return (Share(ids[0], 6_000), Share(ids[1], 4_000))
    if number % 5 == 3 and number % 2:
        return (Share(ids[0], 3_334), Share(ids[1], 3_333), Share(ids[2], 3_333))
    return (Share(ids[0], WHOLE),)


def list_product(cast: Cast, number: int, image_id: int) -> int:
    """List one product as its group's seller does, hand it in, and let the curator approve it."""
    text = words.PRODUCTS[number]
    seller = db.session.get_one(User, cast.sellers[text.group])
    product = catalog.create_product(cast.groups[text.group], content(cast, number, image_id), seller)
    revision = catalog.submit(product.id, seller)
    if number % 23 == 7:
        remarks = Remarks("Foto kurang terang dan keterangan isi belum lengkap.", coach="Pendamping kelompok")
        catalog.return_for_work(revision.id, remarks, cast.user(Role.CURATOR))
        revision = catalog.submit(product.id, seller)
    catalog.approve(revision.id, cast.user(Role.CURATOR))
    return product.id


def content(cast: Cast, number: int, image_id: int) -> ProductContent:
    """Return what the seller writes about a product."""
    text = words.PRODUCTS[number]
    return ProductContent(
        name=text.name,
        category=Category(text.category),
        unit=text.unit,
        price=text.price,
        shares=makers_of(cast, number, text),
        description=text.description,
        weight_gram=text.weight_gram,
        shelf_life_days=text.shelf_life_days,
        permits=_permits(number, text),
        photos=(image_id,),
    )


def _permits(number: int, text: ProductWords) -> tuple[PermitContent, ...]:
    permits = []
    if text.needs_pirt:
        permits.append(PermitContent(PermitKind.PIRT, f"206630601{number:04d}-29", dt.date(2029, 6, 30)))
    if text.needs_halal and number % 4:
        permits.append(PermitContent(PermitKind.HALAL, f"ID6311000{number:07d}", None))
    return tuple(permits)


def offer_parcel(number: int, image_id: int, ids: dict[str, int], curator: User) -> int:
    """Make a parcel of published goods, price it so that no maker gets less than alone, and offer it."""
    text = words.PARCELS[number]
    about = ParcelContent(
        name=text.name,
        occasion=OCCASIONS.get(text.occasion, Occasion.EVERYDAY),
        description=text.description,
        notice_days=1 + number % 3,
        cut_off_hour=14,
    )
    parcel = parcels.create_parcel(REGENCY, about, curator.id, image_id=image_id)
    quantities = {ids[name]: count for name, count in text.components}
    parcels.new_recipe(parcel.id, quantities, _price(text), text.packing_cost, curator.id)
    parcels.offer(parcel.id, curator.id)
    return parcel.id


def _price(text: ParcelWords) -> int:
    alone = sum(words.product_named(name).price * count for name, count in text.components)
    return -(-round(alone * MARGIN + text.packing_cost) // 1_000) * 1_000


def leave_work_for_today(cast: Cast, ids: list[int], luck: Random) -> None:
    """Leave some products in curation, so that the curator's desk is not empty."""
    for number in luck.sample(range(len(ids)), 6):
        product = db.session.get_one(Product, ids[number])
        seller = db.session.get_one(User, cast.sellers[words.PRODUCTS[number].group])
        better = f"{product.description} Kemasan baru, lebih rapat."
        text = content(cast, number, product.photos[0].image_id)
        catalog.edit_product(product.id, _with(text, better), seller)


def _with(text: ProductContent, description: str) -> ProductContent:
    return ProductContent(**{**vars(text), "description": description})
