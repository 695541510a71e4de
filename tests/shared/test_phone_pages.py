"""The pages that phones keep: for everybody the same, with nothing of anybody, and kept whole under one version."""

import json
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.config import ROOT
from marketplace.mentoring import shell_views as visits
from marketplace.shared.phone_pages import PhonePage
from marketplace.shared.policy import Role
from marketplace.tent_market import shell_views as till
from marketplace.training import shell_views as attendance
from tests import make
from tests.face.test_html import Validate, validate

PAGES = {page.folder: page for page in (till.PAGE, visits.PAGE, attendance.PAGE)}
each_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())


@each_page
@pytest.mark.parametrize("end", ["", "?bahasa=id", "/sw.js", "/manifest.webmanifest"])
def test_it_is_the_same_for_everybody(client: FlaskClient, page: PhonePage, end: str) -> None:
    before = client.get(page.path + end)
    make.sign_in(client, make.user(Role.HEAD, name="Siti Rahasia"))
    after = client.get(page.path + end)
    assert (before.status_code, after.status_code) == (200, 200)
    assert before.data == after.data
    assert "Set-Cookie" not in before.headers


def test_they_are_valid_html(client: FlaskClient, validate: Validate) -> None:
    assert validate({page.path: client.get(page.path).text for page in PAGES.values()}) == []


@each_page
def test_the_worker_keeps_every_part_and_nothing_else(client: FlaskClient, page: PhonePage) -> None:
    answer = client.get(f"{page.path}/sw.js")
    kept = json.loads(re.search(r"^const KEPT = (.*);$", answer.text, re.MULTILINE)[1])  # type: ignore[index]
    assert answer.headers["Service-Worker-Allowed"] == page.path
    own = {path.name for path in (ROOT / "static/js" / page.folder).glob("*.js")} - {"worker.js"}
    assert {path.rpartition("/")[2] for path in kept if f"/js/{page.folder}/" in path} == own
    for address in kept:
        with client.get(address) as part:
            assert part.status_code == 200
    wanted = {page.worker: answer.text} | {name: _code(name) for name in page.files if name.endswith(".js")}
    for name, code in wanted.items():
        for other in re.findall(r'^import .*from "([^"]+)"', code, re.MULTILINE):
            found = (ROOT / "static" / name).parent / other if other.startswith(".") else ROOT / other[1:]
            assert f"/{found.resolve().relative_to(ROOT)}" in kept, f"{name} needs {other}"
    for named in re.findall(r'(?:src|href|data-icons)="(/static[^"]+)"', client.get(page.path).text):
        assert named in kept


def _code(name: str) -> str:
    return (ROOT / "static" / name).read_text()


@each_page
def test_another_content_is_another_worker(app: Flask, page: PhonePage) -> None:
    with app.test_request_context():
        assert replace(page).version == page.version
        others = (replace(page, parts=("img/tooth.svg",)), replace(page, words={**page.words, "title": "Other"}))
        assert len({page.version, *(other.version for other in others)}) == 3


__all__ = ["validate"]
