"""Robots are told what is not theirs, and old browsers find the mark."""

from urllib.robotparser import RobotFileParser

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def robot(client: FlaskClient) -> RobotFileParser:
    """Return a robot that has read the rules."""
    parser = RobotFileParser()
    parser.parse(client.get("/robots.txt").text.splitlines())
    return parser


@pytest.mark.parametrize("path", ["/", "/produk", "/produk/dodol-1", "/parsel", "/parsel/lebaran", "/kelompok/melati"])
def test_the_shop_is_open_to_robots(robot: RobotFileParser, path: str) -> None:
    assert robot.can_fetch("*", path)


def test_what_needs_a_role_is_not_theirs(app: Flask, robot: RobotFileParser) -> None:
    guarded = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not app.view_functions[rule.endpoint].access.public  # type: ignore[union-attr]
    ]
    assert [path for path in guarded if robot.can_fetch("*", path)] == []


@pytest.mark.parametrize("path", ["/keranjang", "/bayar", "/p/abc", "/pesanan/1", "/masuk"])
def test_baskets_and_orders_are_not_theirs(robot: RobotFileParser, path: str) -> None:
    assert not robot.can_fetch("*", path)


def test_the_mark_is_found_by_its_old_name(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.data.startswith(b"<svg")
    assert "max-age=86400" in answer.headers["Cache-Control"]
