"""Photos: what is taken, what is refused before it is decoded, what is kept, and how it is served."""

import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageCms, ImageFile
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.shared import images, photo_store, photo_views
from marketplace.shared.errors import InvalidInput, NotFound
from marketplace.shared.i18n import Text
from marketplace.shared.images import Image
from marketplace.shared.photo_files import (
    MAX_BYTES,
    NO_PHOTO,
    NOT_STILL,
    TOO_LARGE,
    TOO_NARROW,
    WIDTHS,
    Prepared,
    prepare,
)
from marketplace.shared.transaction import unit_of_work
from tests.shared.pictures import moving, picture

KINDS = ("JPEG", "PNG", "WEBP")


def prepared(data: bytes) -> Prepared:
    return prepare(io.BytesIO(data))


def refusal(data: bytes) -> Text:
    with pytest.raises(InvalidInput) as caught:
        prepared(data)
    return caught.value.message


def opened(result: Prepared, width: int, extension: str = "jpg") -> Pillow.Image:
    return Pillow.open(io.BytesIO(result.files[width, extension]))


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that promises a size and holds no pixel."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body)) + chunk(b"IDAT", b"")
    )


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def webp_header(width: int, height: int) -> bytes:
    extended = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + extended


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_becomes_webp_and_jpeg_in_every_width(kind: str) -> None:
    result = prepared(picture(kind=kind))
    assert (result.width, result.height) == (1200, 900)
    for width in WIDTHS:
        assert opened(result, width).format == "JPEG"
        assert opened(result, width, "webp").format == "WEBP"
        assert opened(result, width).size == opened(result, width, "webp").size == (width, width * 3 // 4)


def test_a_small_photo_is_not_enlarged() -> None:
    result = prepared(picture((300, 200)))
    assert [opened(result, width).width for width in WIDTHS] == [280, 300, 300]


def test_orientation_is_applied_and_the_size_is_the_upright_one() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    result = prepared(picture((1200, 800), exif=exif))
    assert (result.width, result.height) == (800, 1200)
    red, _green, blue = opened(result, 480).getpixel((240, 60))
    assert red > blue


def test_nothing_of_the_metadata_is_kept() -> None:
    exif = Pillow.Exif()
    exif[0x010F] = "Telepon Rahasia"
    exif.get_ifd(0x8825)[1] = "S"
    result = prepared(picture(exif=exif, comment=b"rumah di ujung jalan"))
    for content in result.files.values():
        assert b"Rahasia" not in content
        assert b"ujung jalan" not in content
        assert not Pillow.open(io.BytesIO(content)).getexif()


def test_a_see_through_picture_stands_on_white() -> None:
    target = io.BytesIO()
    Pillow.new("RGBA", (100, 100), (255, 0, 0, 0)).save(target, format="PNG")
    assert opened(prepared(target.getvalue()), 280).getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16"])
def test_png_modes_become_plain_colour(mode: str) -> None:
    source = Pillow.new("L", (64, 64), 255)
    target = io.BytesIO()
    (source if mode == "L" else source.convert(mode)).save(target, format="PNG")
    assert opened(prepared(target.getvalue()), 280).mode == "RGB"


def test_sixteen_bit_grey_keeps_its_brightness() -> None:
    target = io.BytesIO()
    Pillow.new("I;16", (64, 64), 32768).save(target, format="PNG")
    assert opened(prepared(target.getvalue()), 280).getpixel((9, 9)) == pytest.approx((128, 128, 128), abs=2)


def test_cmyk_becomes_colours_of_the_screen() -> None:
    red, _green, blue = opened(prepared(picture(mode="CMYK")), 280).getpixel((20, 20))
    assert red > 150 > 100 > blue


def test_a_colour_profile_is_worked_in_and_dropped() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    broken = picture(icc_profile=profile)
    assert opened(prepared(broken), 280).mode == "RGB"
    fine = picture(icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    assert "icc_profile" not in opened(prepared(fine), 280).info


def test_more_than_ten_megabytes_are_refused_unread() -> None:
    stream = io.BytesIO(picture() + bytes(MAX_BYTES * 2))
    with pytest.raises(InvalidInput, match="InvalidInput"):
        prepare(stream)
    assert stream.tell() == MAX_BYTES + 1


@pytest.mark.parametrize("data", [png_header(6000, 4001), webp_header(6000, 4001), png_header(60000, 60000)])
def test_too_many_megapixels_are_refused_by_the_header(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(*_args: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decoded)
    assert refusal(data) is TOO_LARGE


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_moving_picture_is_refused(kind: str) -> None:
    assert refusal(moving(kind)) is NOT_STILL


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"bukan foto",
        b"%PDF-1.7 bukan foto",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"RIFF\0\0\0\0WEBPABCD",
        moving("GIF"),
        picture((64, 64), "BMP"),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    ],
)
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    assert refusal(data) is NO_PHOTO


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_was_cut_off_is_refused(kind: str) -> None:
    data = picture(kind=kind)
    refusal(data[: len(data) * 2 // 3])


def test_a_long_strip_is_refused() -> None:
    assert refusal(picture((1300, 100), "PNG")) is TOO_NARROW


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_a_photo_or_a_clear_refusal(data: st.DataObject) -> None:
    whole = bytearray(picture((96, 64), data.draw(st.sampled_from(KINDS))))
    places = random.Random(data.draw(st.integers(0, 2**32)))
    for _ in range(data.draw(st.integers(1, 12))):
        whole[places.randrange(len(whole))] = places.randrange(256)
    try:
        result = prepared(bytes(whole))
    except InvalidInput:
        return
    assert len(result.files) == 6


@pytest.fixture
def shown(app: Flask) -> Image:
    with unit_of_work():
        return images.store(prepared(picture()), None)


def test_a_stored_photo_is_served_for_good(client: FlaskClient, shown: Image) -> None:
    response = client.get(images.url(shown, 480, "webp"))
    assert response.status_code == 200
    assert response.content_type == "image/webp"
    assert response.content_length == len(response.data)
    assert "immutable" in response.headers["Cache-Control"]
    assert "Set-Cookie" not in response.headers
    again = client.get(images.url(shown, 480, "webp"), headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "change",
    [lambda p: p.replace("-480", "-481"), lambda p: p.replace(".jpg", ".exe"), lambda p: p[:6] + "_" * 22 + p[28:]],
)
def test_a_strange_photo_address_is_no_page(client: FlaskClient, shown: Image, change: Callable[[str], str]) -> None:
    assert client.get(change(images.url(shown, 480))).status_code == 404
    assert client.get("/foto/../../secrets/session").status_code == 404


def test_a_private_photo_has_no_public_address(app: Flask, client: FlaskClient) -> None:
    with unit_of_work():
        proof = images.store(prepared(picture()), None, private=True)
    assert client.get(images.url(proof, 480)).status_code == 404
    with app.test_request_context():
        response = photo_views.open_private(proof)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.content_type == "image/jpeg"
    assert response.get_data().startswith(b"\xff\xd8\xff")


def test_files_are_written_before_the_row(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise OSError("store is away")

    monkeypatch.setattr(photo_store, "write", refuse)
    with pytest.raises(OSError, match="away"), unit_of_work():
        images.store(prepared(picture()), None)
    assert db.session.scalar(select(func.count()).select_from(Image)) == 0


def test_a_lost_file_is_no_page(app: Flask, shown: Image) -> None:
    folder = Path(app.extensions["config"].data_dir) / "photos" / "public" / shown.token
    assert folder.is_dir()
    with pytest.raises(NotFound):
        photo_store.read(photo_store.name_of("x" * 22, 480, "jpg", private=False))


def test_the_photo_names_each_size_once() -> None:
    small = images.photo_of("t", 300, 200, "Keripik")
    assert small.srcset == "/foto/t-280.jpg 280w, /foto/t-480.jpg 300w"
    assert (small.width, small.height, small.src) == (300, 200, "/foto/t-480.jpg")
    large = images.photo_of("t", 4000, 3000, "Keripik")
    assert large.webp_srcset.endswith("/foto/t-960.webp 960w")
    assert (large.width, large.height, large.src) == (960, 720, "/foto/t-480.jpg")
    assert images.photo_of("t", 100, 80, "Keripik").src == "/foto/t-280.jpg"
    assert images.view(None, "Keripik") is None
