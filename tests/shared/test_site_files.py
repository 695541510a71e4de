"""Robots are told what is not theirs, and old browsers find the mark."""

import io
from urllib.robotparser import RobotFileParser

import pytest
from flask.testing import FlaskClient
from PIL import Image as Pillow


@pytest.fixture
def robot(client: FlaskClient) -> RobotFileParser:
    """Return a robot that has read the rules."""
    parser = RobotFileParser()
    parser.parse(client.get("/robots.txt").text.splitlines())
    return parser


@pytest.mark.parametrize("path", ["/", "/produk", "/produk/dodol-1", "/parsel", "/parsel/lebaran", "/kelompok/melati"])
def test_the_shop_is_open_to_robots(robot: RobotFileParser, path: str) -> None:
    assert robot.can_fetch("*", path)


@pytest.mark.parametrize("path", ["/dinas", "/penjual", "/akun"])
def test_of_what_needs_a_role_a_robot_sees_the_sign_in_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"User-Agent": "Googlebot/2.1"})
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/masuk")


@pytest.mark.parametrize("path", ["/p/abc", "/pesanan/1", "/label/produk/1", "/cari?q=a", "/bahasa/en"])
def test_orders_and_copies_of_pages_are_not_theirs(robot: RobotFileParser, path: str) -> None:
    assert not robot.can_fetch("*", path)


def test_the_mark_is_found_by_its_old_name(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.data.startswith(b"<svg")
    assert "max-age=86400" in answer.headers["Cache-Control"]


def test_robots_find_the_list_of_pages(client: FlaskClient, robot: RobotFileParser) -> None:
    (address,) = robot.site_maps() or []
    assert client.get(address.removeprefix("http://127.0.0.1:8000")).mimetype == "application/xml"


def test_the_shop_can_be_put_among_the_programs_of_a_telephone(client: FlaskClient) -> None:
    manifest = client.get("/manifest.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    told = manifest.get_json()
    assert (told["start_url"], told["scope"], told["display"]) == ("/", "/", "standalone")
    assert {(icon["sizes"], icon["purpose"]) for icon in told["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in told["icons"]:
        picture = Pillow.open(io.BytesIO(client.get(icon["src"]).data))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
    for shortcut in told["shortcuts"]:
        assert client.get(shortcut["url"]).status_code == 200


def test_an_icon_has_the_colours_of_the_mark(client: FlaskClient) -> None:
    cut, full = (
        Pillow.open(io.BytesIO(client.get(f"/ikon/{name}192.png").data)).convert("RGBA") for name in ("", "penuh-")
    )
    green, yellow = (15, 90, 69, 255), (244, 182, 60, 255)
    assert cut.getpixel((0, 0))[3] == 0
    for found, colour in (
        (full.getpixel((0, 0)), green),
        (cut.getpixel((96, 10)), green),
        (cut.getpixel((96, 96)), yellow),
    ):
        assert found == pytest.approx(colour, abs=2)  # a palette of few colours is off by what no eye sees


@pytest.mark.parametrize("name", ["513.png", "penuh-.png", "512.svg"])
def test_no_other_icon_is_drawn(client: FlaskClient, name: str) -> None:
    assert client.get(f"/ikon/{name}").status_code == 404
