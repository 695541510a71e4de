"""The page, the worker and the manifest of the till: for everybody the same, and nothing of the shop in them."""

import json
import re

import pytest
from flask.testing import FlaskClient

from marketplace.config import ROOT
from marketplace.shared.policy import Role
from marketplace.tent_market import shell_views
from tests import make
from tests.face.test_html import Validate, validate

ADDRESSES = ("/kasir", "/kasir?bahasa=id", "/kasir/sw.js", "/kasir/manifest.webmanifest")


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_the_same_for_everybody(client: FlaskClient, address: str) -> None:
    before = client.get(address)
    make.sign_in(client, make.user(Role.PACKER, name="Siti Rahasia"))
    after = client.get(address)
    assert (before.status_code, after.status_code) == (200, 200)
    assert before.data == after.data
    assert "Set-Cookie" not in before.headers


def test_it_is_valid_html(client: FlaskClient, validate: Validate) -> None:
    assert validate({"/kasir": client.get("/kasir").text}) == []


def test_the_worker_keeps_every_part_and_nothing_else(client: FlaskClient) -> None:
    answer = client.get("/kasir/sw.js")
    kept = json.loads(re.search(r"^const KEPT = (.*);$", answer.text, re.MULTILINE)[1])  # type: ignore[index]
    assert answer.headers["Service-Worker-Allowed"] == "/kasir"
    modules = {path.name for path in (ROOT / "static/js/till").glob("*.js")} - {"worker.js"}
    assert {path.removeprefix("/static/js/till/") for path in kept if "/till/" in path} == modules
    for address in kept:
        with client.get(address) as part:
            assert part.status_code == 200
    code = "\n".join((ROOT / "static/js/till" / name).read_text() for name in modules)
    for wanted in re.findall(r'from "(?:\.\./\.\./)?(?:\./)?([\w/]+\.js)"', code):
        assert any(address.endswith(f"/{wanted}") for address in kept), wanted
    for named in re.findall(r'(?:src|href|data-icons)="(/static[^"]+)"', client.get("/kasir").text):
        assert named in kept


def test_another_content_is_another_worker(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get("/kasir/sw.js").text
    assert client.get("/kasir/sw.js").text == first
    shell_views._version.cache_clear()
    monkeypatch.setattr(shell_views, "PARTS", (*shell_views.PARTS, "img/tooth.svg"))
    assert client.get("/kasir/sw.js").text != first
    shell_views._version.cache_clear()


__all__ = ["validate"]
