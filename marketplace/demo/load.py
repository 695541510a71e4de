"""Load Hulu Sungai Selatan: a year of the shop, played through the real services, the same for the same seed."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from random import Random
from typing import TypeVar

import click
from sqlalchemy import select

from ..accounts.models import User
from ..catalog.models import Product
from ..extensions import db
from ..shared import clock
from ..shared.images import Prepared
from ..shared.policy import Role
from ..shared.transaction import unit_of_work
from . import cases, goods, offices, papers, people, training, words
from .aid import Aid
from .market import TentMarket
from .mentoring import Mentors
from .people import DEMO_PASSWORD, Cast
from .places import STORIES
from .plan import MONTHS, PlannedOrder, Seller, story
from .trade import Market, moment

__all__ = ["DEMO_PASSWORD", "load_demo", "sign_ins"]

SEED = 2018
"""The year the stall was opened."""
T = TypeVar("T")


def load_demo(
    now: dt.datetime | None = None,
    months: int = MONTHS,
    photograph: Callable[[], Iterator[tuple[int, Prepared]]] = goods.photograph,
) -> None:
    """Fill an empty database with a story of some months that ends the day before `now` (this moment when None)."""
    now = now or clock.now()
    luck, cast = Random(SEED), Cast()  # noqa: S311  (a story, not a secret)
    start = moment(clock.local_date(now, "Asia/Makassar").replace(day=1) - dt.timedelta(days=365), 6)
    drawn = dict(_shown("Drawing photos", photograph(), words.PHOTOS))
    photos = [drawn[number] for number in sorted(drawn)]
    of_places = [photos.pop() for _name in words.PLACE_PICTURES][::-1]
    with clock.at(start):
        _do("People", lambda: _people(cast, luck))
        products, parcels = _goods(cast, photos, start, luck)
    market = Market(cast, products, parcels, now)
    first = start.date() + dt.timedelta(days=1)
    clerks = offices.register(cast, products, first)
    at_tents = TentMarket(cast, offices.neighbours(clerks.values()), now, Random(SEED))  # noqa: S311
    at_tents.open(first)
    played = _trade(market, at_tents, _planned(cast, now, months, luck))
    _do("Trainings", lambda: training.hold(cast, now))
    _do("Offices", lambda: offices.let_them_order(clerks, now))
    _do("Months against the line", lambda: market.reckon(played))
    _do("Mentoring", lambda: Mentors(cast, now, Random(SEED), photos).play())  # noqa: S311
    with unit_of_work():
        goods.leave_work_for_today(cast, products, luck)
    _do("Aid", Aid(cast, now).give)
    _do("Papers", lambda: papers.give_out(cast, now))
    _do("Families on their way out of aid", lambda: cases.play(cast, photos[0], now))
    of_kinds = dict(zip(words.PLACE_PICTURES, of_places, strict=True))
    for place in STORIES:
        _do(place.NAME, partial(place.play, of_kinds, now))


def _people(cast: Cast, luck: Random) -> None:
    with unit_of_work():
        people.prepare_place()
        people.make_staff(cast)
        people.make_groups(cast, luck)
        people.make_buyers(cast)


def _goods(cast: Cast, photos: list[Prepared], start: dt.datetime, luck: Random) -> tuple[list[int], list[int]]:
    with unit_of_work():
        images = goods.keep_photos(photos)
    listed = _list_products(cast, images, start, luck)
    products = [listed[number] for number in range(len(words.PRODUCTS))]
    with unit_of_work():
        curator = cast.user(Role.CURATOR)
        ids = {text.name: products[number] for number, text in enumerate(words.PRODUCTS)}
        pictures = images[len(words.PRODUCTS) :]
        parcels = [goods.offer_parcel(number, image, ids, curator) for number, image in enumerate(pictures)]
    return products, parcels


def _list_products(cast: Cast, images: list[int], start: dt.datetime, luck: Random) -> dict[int, int]:
    """List the products in mixed order, some minutes apart, so that the newest are of many groups."""
    listed = {}
    order = luck.sample(range(len(words.PRODUCTS)), len(words.PRODUCTS))
    for place, number in enumerate(_shown("Listing products", order, len(order))):
        with clock.at(start + dt.timedelta(minutes=5 * place)), unit_of_work():
            listed[number] = goods.list_product(cast, number, images[number])
    return listed


def _planned(cast: Cast, now: dt.datetime, months: int, luck: Random) -> list[PlannedOrder]:
    makes: dict[int, list[tuple[int, int]]] = {}
    for number, text in enumerate(words.PRODUCTS):
        first = goods.makers_of(cast, number, text)[0].household_id
        makes.setdefault(first, []).append((number, text.price))
    sellers = [Seller(family.people, tuple(makes.get(family.household_id, ()))) for family in cast.families]
    yesterday = clock.local_date(now, "Asia/Makassar") - dt.timedelta(days=1)
    return story(sellers, len(cast.buyers), len(words.PARCELS), yesterday, months, luck)


def _trade(market: Market, at_tents: TentMarket, planned: list[PlannedOrder]) -> list[dt.date]:
    """Play the planned orders and return their months."""
    months = [(month, list(part)) for month, part in groupby(planned, lambda order: order.day.replace(day=1))]
    with click.progressbar(length=len(planned), label="A year of trade") as bar:
        at_tents.play_before(months[0][0])
        for month, part in months:
            market.supply(month, part)
            for order in part:
                market.trade(order)
                bar.update(1)
            at_tents.play(month, is_last=month == months[-1][0])
            market.pay_out(month)
            db.session.expunge_all()
    return [month for month, _part in months]


def _shown(label: str, things: Iterable[T], count: int) -> Iterator[T]:
    with click.progressbar(things, length=count, label=label) as bar:
        yield from bar


def _do(label: str, work: Callable[[], None]) -> None:
    click.echo(f"{label}…")
    work()


def sign_ins() -> list[tuple[str, str, str]]:
    """Return role, phone and name of one demo account of each kind; none where no demo was loaded."""
    kinds = [(role.value, phone) for role, _name, phone in people.STAFF]
    kinds += [("mentor", people.MENTOR_PHONE.format(0)), ("seller", people.SELLER_PHONE.format(0))]
    kinds.append(("buyer", people.BUYER_PHONE.format(0)))
    statement = select(User.phone, User.name).where(User.phone.in_([phone for _kind, phone in kinds]))
    names = {str(phone): name for phone, name in db.session.execute(statement)}
    return [(kind, phone, names[phone]) for kind, phone in kinds if phone in names]


def is_loaded() -> bool:
    """Tell whether there is anything for sale already."""
    return db.session.scalar(select(Product.id).limit(1)) is not None
