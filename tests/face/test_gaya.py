"""The page that the next developer opens first: it shows every macro, and only where he works."""

import re
from pathlib import Path

import pytest
from flask import Flask

from marketplace.config import ROOT
from marketplace.shared import gaya
from tests.conftest import make_app

MACRO = re.compile(r"\{%-? macro ([a-z]\w*)\(")


@pytest.fixture
def at_work(app: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Return the application as a developer runs it."""
    monkeypatch.setenv("FLASK_DEBUG", "1")
    return make_app(database_url, Path(app.extensions["config"].data_dir))


def test_elsewhere_there_is_no_such_page(app: Flask) -> None:
    assert app.test_client().get("/gaya").status_code == 404
    assert "/gaya" not in {rule.rule for rule in app.url_map.iter_rules()}


def test_every_macro_is_shown(at_work: Flask) -> None:
    files = sorted((ROOT / "templates/macros").glob("*.html"))
    macros = {(file.name, name) for file in files for name in MACRO.findall(file.read_text())}
    with at_work.app_context():
        shown = " ".join(source for _title, source in gaya.samples())
    missing = [f"{name} of {file}" for file, name in sorted(macros) if not re.search(rf"\b{name}\(", shown)]
    assert len(macros) > 25
    assert not missing, f"add samples to templates/{gaya.SAMPLES}: {', '.join(missing)}"


def test_each_sample_is_drawn_over_its_call(at_work: Flask) -> None:
    page = at_work.test_client().get("/gaya").text
    assert '<span class="price"><strong>Rp15.000</strong></span>' in re.sub(r">\s+<", "><", page)
    assert "{{ price(15000) }}" in page
    assert "{% from" in page
