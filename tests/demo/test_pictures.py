"""The demo's photos are repeatable and apart from each other; its words hold together."""

from collections import Counter
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from marketplace.demo import words
from marketplace.demo.picture_art import OWN
from marketplace.demo.picture_spec import PictureSpec
from marketplace.demo.pictures import ART_FOLDER, DRAWN, draw, draw_parcel

GOODS = [product for product in words.PRODUCTS if product.kind == "goods"]
PACKED = PictureSpec("jar", "honey", ("1f36f", "1f41d"), "Madu Hutan", "#b5650f")


def _opened(photo: bytes) -> Image.Image:
    picture = Image.open(BytesIO(photo))
    picture.load()
    return picture


def _apart(first: bytes, second: bytes) -> float:
    """Return how far two photos are from each other, in mean brightness steps per pixel."""
    small = [_opened(photo).resize((60, 60)) for photo in (first, second)]
    return sum(ImageStat.Stat(ImageChops.difference(*small)).mean)


def test_same_seed_draws_the_same_bytes() -> None:
    assert draw(PACKED, 7, 400) == draw(PACKED, 7, 400)


def test_parcel_draws_the_same_bytes() -> None:
    pictures = words.parcel_pictures(words.PARCELS[0])
    assert draw_parcel(pictures, 7, 400) == draw_parcel(pictures, 7, 400)


def test_another_seed_draws_another_photo() -> None:
    assert draw(PACKED, 7, 400) != draw(PACKED, 8, 400)


@pytest.mark.parametrize("size", [300, 960])
def test_photo_is_a_square_jpeg_of_the_size(size: int) -> None:
    picture = _opened(draw(PACKED, 1, size))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (size, size))


def test_parcel_photo_has_the_size() -> None:
    assert _opened(draw_parcel([PACKED], 1)).size == (960, 960)


@pytest.mark.parametrize("vessel", sorted(DRAWN))
def test_every_vessel_is_drawn_without_the_art(vessel: str, tmp_path: Path) -> None:
    spec = next(product.picture for product in words.PRODUCTS if product.picture.vessel == vessel)
    picture = _opened(draw(spec, 3, 300, art_folder=tmp_path))
    spread = ImageStat.Stat(picture.convert("L")).stddev[0]
    assert spread > 12, "an even grey box is no product photo"


def test_neighbouring_products_look_different() -> None:
    photos = [draw(product.picture, number, 300) for number, product in enumerate(GOODS[:12])]
    assert all(_apart(a, b) > 6 for a, b in pairwise(photos))


def test_no_two_products_share_a_picture() -> None:
    shared = [spec for spec, count in Counter(product.picture for product in words.PRODUCTS).items() if count > 1]
    assert shared == []


@pytest.mark.skipif(not ART_FOLDER.is_dir(), reason="the emoji art is not set up (make assets)")
def test_every_emoji_is_in_the_art() -> None:
    used = {code for product in words.PRODUCTS for code in product.picture.emoji} - set(OWN)
    assert sorted(code for code in used if not (ART_FOLDER / f"{code}.webp").is_file()) == []


def test_thirty_groups_lie_in_all_eleven_districts() -> None:
    assert len(words.GROUPS) == 30
    assert len({group.name for group in words.GROUPS}) == 30
    assert {group.district for group in words.GROUPS} == set(words.DISTRICTS)
    assert len(words.DISTRICTS) == 11
    assert all(2008 <= group.year_formed <= 2024 for group in words.GROUPS)


def test_every_group_and_so_every_district_has_products() -> None:
    assert {product.group for product in words.PRODUCTS} == set(range(30))


def test_there_are_more_than_177_products_and_ten_services() -> None:
    assert len(words.PRODUCTS) > 177
    assert sum(product.kind == "service" for product in words.PRODUCTS) >= 10
    assert len({product.name for product in words.PRODUCTS}) == len(words.PRODUCTS)


def test_prices_are_whole_steps_of_500_rupiah() -> None:
    assert [p.name for p in words.PRODUCTS if p.price <= 0 or p.price % 500] == []


def test_goods_weigh_and_services_do_not() -> None:
    assert all(product.weight_gram and product.weight_gram > 0 for product in GOODS)
    services = [product for product in words.PRODUCTS if product.kind == "service"]
    assert all(product.weight_gram is None and product.category == "service" for product in services)


def test_food_that_needs_a_home_food_number_keeps_longer_than_a_day() -> None:
    assert all((product.shelf_life_days or 0) > 1 for product in words.PRODUCTS if product.needs_pirt)


def test_packages_bear_a_label_and_show_their_goods() -> None:
    packages = [p.picture for p in words.PRODUCTS if p.picture.vessel in ("pouch", "jar", "bottle", "box")]
    assert all(picture.label and picture.emoji for picture in packages)


def test_descriptions_are_two_sentences() -> None:
    assert [p.name for p in words.PRODUCTS if p.description.count(". ") != 1 or p.description[-1] != "."] == []


@pytest.mark.parametrize("parcel", words.PARCELS, ids=lambda parcel: parcel.name)
def test_parcel_holds_goods_of_three_groups(parcel: words.ParcelWords) -> None:
    products = [words.product_named(name) for name, _ in parcel.components]
    assert 3 <= len(products) <= 7
    assert len({product.group for product in products}) >= 3
    assert {product.kind for product in products} == {"goods"}
    assert all(quantity > 0 for _, quantity in parcel.components)
    assert parcel.packing_cost > 0


def test_there_are_names_for_every_household() -> None:
    assert len(words.PARCELS) == 12
    assert len(words.OFFICES) == 20
    assert len(set(words.BUYERS)) == 60
    for female in (True, False):
        assert len({words.person_name(number, female=female) for number in range(600)}) == 600
