"""Forms that name the same kept photo at the same moment, and the job that forgets it: one of them gets it."""

import datetime as dt

from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.catalog.models import ProductPhoto
from marketplace.extensions import db
from marketplace.shared import clock, kept_photos
from marketplace.shared.errors import DomainError
from marketplace.shared.images import Image
from marketplace.shared.kept_photos import KeptPhoto
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.races import harness

PHOTOS = 5
COUNT = PHOTOS * harness.PROCESSES


def using(image_ids: tuple[int, ...], user_id: int, products: tuple[int, ...], forgets: bool = False) -> harness.Task:
    """Put each photo on a product of each process; one of them, where it forgets, is the job instead."""

    def task(number: int) -> str:
        key, process = image_ids[number // harness.PROCESSES], number % harness.PROCESSES
        harness.meet()
        try:
            with unit_of_work():
                if forgets and process == 0:
                    return f"forgot {kept_photos.forget_old(clock.now() + dt.timedelta(days=2))}"
                kept_photos.use_up([key], user_id)
                db.session.add(ProductPhoto(product_id=products[process], image_id=key))
        except DomainError:
            return "refused"
        return "used"

    return task


def careless(image_ids: tuple[int, ...], user_id: int, products: tuple[int, ...]) -> harness.Task:
    """Look whether the photo is there, then use it: the mistake that `use_up` does not make."""

    def task(number: int) -> str:
        key, process = image_ids[number // harness.PROCESSES], number % harness.PROCESSES
        there = kept_photos.shown([key], user_id)
        db.session.rollback()
        harness.meet()
        if not there:
            return "refused"
        with unit_of_work():
            kept = db.session.get(KeptPhoto, key)
            if kept is not None:
                db.session.delete(kept)
            db.session.add(ProductPhoto(product_id=products[process], image_id=key))
        return "used"

    return task


def prepared(user: User) -> dict[str, object]:
    pictures = [Image(token=f"uji-balap-{number:06}", width=9, height=9) for number in range(PHOTOS)]
    make.add(*pictures)
    ids = tuple(picture.id for picture in pictures)
    make.add(*(KeptPhoto(image_id=key, user_id=user.id) for key in ids))
    products = tuple(make.product().id for _process in range(harness.PROCESSES))
    return {"image_ids": ids, "user_id": user.id, "products": products}


def test_each_photo_is_used_once(app: Flask, database_url: str) -> None:
    tally = harness.run(database_url, using, COUNT, **prepared(make.user()))
    assert tally == {"used": PHOTOS, "refused": COUNT - PHOTOS}


def test_a_photo_is_used_or_forgotten_never_both(app: Flask, database_url: str) -> None:
    tally = harness.run(database_url, using, COUNT, **prepared(make.user()), forgets=True)
    forgotten = sum(int(answer.split()[1]) * count for answer, count in tally.items() if answer.startswith("forgot"))
    db.session.rollback()
    assert tally["used"] + forgotten == PHOTOS
    assert db.session.scalar(select(func.count()).select_from(ProductPhoto)) == tally["used"]
    assert db.session.scalar(select(func.count()).select_from(Image)) == tally["used"]


def test_control_that_only_looks_uses_it_twice(app: Flask, database_url: str) -> None:
    tally = harness.run(database_url, careless, COUNT, **prepared(make.user()))
    assert tally["used"] > PHOTOS, "the race did not show: these tests prove nothing then"
