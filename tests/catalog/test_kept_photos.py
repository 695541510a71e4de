"""Photos of a form that is refused come back with it: shown, used once, taken off by a tick, forgotten after a day."""

import datetime as dt
import io
import re
import secrets
from typing import Any

import pytest
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from marketplace import jobs
from marketplace.catalog.models import Product, ProductState
from marketplace.extensions import db
from marketplace.shared import clock, images, photo_store
from marketplace.shared.errors import NotFound
from marketplace.shared.images import Image
from marketplace.shared.kept_photos import HEADER, MOST, KeptPhoto, reference
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.catalog.stall import Stall
from tests.shared.pictures import picture

SELL = "/penjual/jual"
TICK = re.compile(r'name="kept_photos"\s+value="([^"]+)"')
AGAIN = "choose them again"


@pytest.fixture
def stall(client: FlaskClient) -> Stall:
    return Stall(client)


def photo(side: int = 120) -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture((side, 90))), "foto.jpg"


def broken() -> tuple[io.BytesIO, str]:
    return io.BytesIO(b"\xff\xd8\xff no photo"), "rusak.jpg"


def send(stall: Stall, path: str = SELL, **values: Any) -> TestResponse:
    return stall.client.post(path, data=stall.form(**values))


def refused(stall: Stall, *photos: Any, path: str = SELL, **values: Any) -> list[str]:
    """Send the form without a price and return the references of the page that comes back."""
    answer = send(stall, path, photos=list(photos), **{"price": "", **values})
    assert answer.status_code == 422
    return TICK.findall(answer.text)


def waiting() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(KeptPhoto)) or 0


def widths(product: Product) -> list[int]:
    return [photo.image.width for photo in product.photos]


def only_product() -> Product:
    db.session.rollback()
    return db.session.scalars(select(Product)).one()


def test_photos_of_a_refused_form_are_used_when_it_is_sent_again(stall: Stall) -> None:
    kept = refused(stall, photo(100), photo(110))
    assert (len(kept), waiting()) == (2, 2)
    assert send(stall, kept_photos=kept, photos=photo(120)).status_code == 302
    product = only_product()
    assert (product.state, widths(product), waiting()) == (ProductState.SUBMITTED, [100, 110, 120], 0)


def test_what_is_refused_twice_is_still_there_and_stored_once(stall: Stall) -> None:
    kept = refused(stall, photo())
    assert refused(stall, kept_photos=kept) == kept
    assert db.session.scalar(select(func.count()).select_from(Image)) == 1


def test_a_photo_without_its_tick_is_not_used(stall: Stall) -> None:
    first, _second = refused(stall, photo(100), photo(110))
    assert send(stall, kept_photos=[first]).status_code == 302
    assert (widths(only_product()), waiting()) == ([100], 1)


def test_a_double_tap_with_kept_photos_makes_one_product(stall: Stall) -> None:
    kept, key = refused(stall, photo()), secrets.token_hex(8)
    assert {send(stall, kept_photos=kept, key=key).status_code for _tap in range(2)} == {302}
    assert widths(only_product()) == [120]


def test_a_kept_photo_is_used_by_one_product_only(stall: Stall) -> None:
    kept = refused(stall, photo())
    assert send(stall, kept_photos=kept).status_code == 302
    late = send(stall, kept_photos=kept)
    assert (late.status_code, "not kept any longer" in late.text) == (422, True)
    assert widths(only_product()) == [120]


def test_what_is_wrong_further_in_keeps_the_photos_too(stall: Stall) -> None:
    halves = {"maker": "several", "shares-0-percent": "40", "shares-1-percent": "40"}
    kept = refused(stall, photo(), price="12.500", **halves)
    assert len(kept) == 1
    assert send(stall, kept_photos=kept).status_code == 302


@pytest.mark.parametrize("text", ["", "x", "1", "1.abcdef", "²"])
def test_a_reference_that_is_not_ours_names_nothing(stall: Stall, text: str) -> None:
    refused(stall, photo())
    answer = send(stall, kept_photos=[text])
    assert (answer.status_code, "Take a photo, or choose one." in answer.text) == (422, True)


def test_nobody_uses_the_photo_of_another(stall: Stall) -> None:
    kept = refused(stall, photo())
    other = Stall(current_app.test_client())
    answer = send(other, kept_photos=kept)
    assert (answer.status_code, TICK.findall(answer.text), waiting()) == (422, [], 1)


def test_a_signed_reference_to_a_picture_that_is_not_kept_names_nothing(stall: Stall) -> None:
    refused(stall, photo())
    send(stall, kept_photos=refused(stall, photo()))
    taken = reference(only_product().photos[0].image_id)
    assert send(stall, kept_photos=[taken]).status_code == 422


@pytest.mark.parametrize(("before", "more", "status"), [(5, 3, 302), (5, 4, 422), (0, 9, 422), (8, 0, 302)])
def test_a_product_has_eight_photos_at_most_kept_ones_among_them(
    stall: Stall, before: int, more: int, status: int
) -> None:
    kept = refused(stall, *(photo() for _ in range(before))) if before else []
    answer = send(stall, kept_photos=kept, photos=[photo() for _ in range(more)])
    assert answer.status_code == status
    if status == 422:
        assert "at most 8 photos" in answer.text
        assert AGAIN in answer.text
        assert TICK.findall(answer.text) == kept


def test_a_good_photo_is_kept_beside_a_broken_one(stall: Stall) -> None:
    answer = send(stall, photos=[photo(), broken()])
    assert (answer.status_code, "damaged" in answer.text or "not a photo" in answer.text) == (422, True)
    assert len(TICK.findall(answer.text)) == 1
    assert HEADER not in answer.headers  # or a script would send the rest without the broken one, and nobody were told


def test_a_script_is_told_the_references(stall: Stall) -> None:
    answer = send(stall, photos=[photo(), photo()], price="")
    assert answer.headers[HEADER].split() == TICK.findall(answer.text)


def test_so_many_are_kept_for_one_person_and_no_more(stall: Stall) -> None:
    refused(stall, photo())
    with unit_of_work():
        images_ = [Image(token=secrets.token_urlsafe(16), width=9, height=9) for _ in range(MOST - 1)]
        db.session.add_all(images_)
        db.session.flush()
        db.session.add_all(KeptPhoto(image_id=image.id, user_id=stall.seller.id) for image in images_)
    answer = send(stall, photos=photo(), price="")
    assert (answer.status_code, TICK.findall(answer.text), AGAIN in answer.text) == (422, [], True)


def pages(stall: Stall) -> list[str]:
    draft = stall.product()
    return ["/penjual/produk/baru", f"/penjual/produk/{draft.id}/ubah", f"/dinas/produk/{draft.id}/ubah"]


@pytest.mark.parametrize("number", range(3))
def test_every_form_of_a_product_keeps_them(stall: Stall, number: int) -> None:
    path = pages(stall)[number]
    if path.startswith("/dinas"):
        make.sign_in(stall.client, stall.curator)
    kept = refused(stall, photo(), path=path)
    answer = send(stall, path, kept_photos=kept)
    assert answer.status_code == 302
    made = db.session.scalars(select(Product).order_by(Product.id.desc()).limit(1)).one()
    assert (widths(made), waiting()) == ([120], 0)


def test_more_photos_of_a_product_are_kept_beside_a_broken_one(stall: Stall) -> None:
    path = f"/penjual/produk/{stall.product().id}/foto"
    answer = stall.client.post(path, data={"key": "a", "photos": [photo(), broken()]})
    kept = TICK.findall(answer.text)
    assert (answer.status_code, len(kept)) == (422, 1)
    assert stall.client.post(path, data={"key": "b", "kept_photos": kept}).status_code == 302
    assert widths(only_product()) == [120]


def test_they_are_forgotten_after_a_day_files_and_all(stall: Stall) -> None:
    used, left = refused(stall, photo(100), photo(110))
    send(stall, kept_photos=[used])
    token = db.session.scalars(select(Image.token).join(KeptPhoto, KeptPhoto.image_id == Image.id)).one()
    db.session.rollback()
    app: Any = current_app._get_current_object()  # type: ignore[attr-defined]
    for hours, expected in ((23, 1), (25, 0)):
        with clock.at(clock.now() + dt.timedelta(hours=hours)):
            jobs.forget_kept_photos(app)
        assert waiting() == expected
    with pytest.raises(NotFound):
        photo_store.read(images.files_of(token)[0])
    product = only_product()
    assert widths(product) == [100]
    photo_store.read(images.files_of(product.photos[0].image.token)[0])
    assert send(stall, kept_photos=[left]).status_code == 422


def test_they_come_back_through_the_sign_in_of_a_session_that_was_over(stall: Stall) -> None:
    data = stall.form(photos=[(io.BytesIO(b""), ""), photo(110)])
    answer = current_app.test_client().post(SELL, data=data, headers={"Origin": "http://localhost"})
    assert (answer.status_code, "photos have to be chosen again" in answer.text) == (401, False)
    kept = answer.headers[HEADER].split()
    assert send(stall, kept_photos=kept).status_code == 302
    assert (widths(only_product()), waiting()) == ([110], 0)
