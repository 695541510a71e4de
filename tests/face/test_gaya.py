"""The page that the next developer opens first: it shows every macro, and only where he works."""

import re
from pathlib import Path

import pytest

from marketplace.config import ROOT
from marketplace.shared import gaya
from tests.conftest import make_app
from tests.face.conftest import Street

MACRO = re.compile(r"\{%-? macro ([a-z]\w*)\(")


def test_only_a_developer_has_it(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for debug in ("0", "1"):
        monkeypatch.setenv("FLASK_DEBUG", debug)
        rules = {rule.rule for rule in make_app(database_url, tmp_path).url_map.iter_rules()}
        assert ("/gaya" in rules) is (debug == "1")


def test_every_macro_is_shown(street: Street) -> None:
    files = sorted((ROOT / "templates/macros").glob("*.html"))
    macros = {(file.name, name) for file in files for name in MACRO.findall(file.read_text())}
    with street.app.app_context():
        shown = " ".join(source for _title, source in gaya.samples())
    missing = [f"{name} of {file}" for file, name in sorted(macros) if not re.search(rf"\b{name}\(", shown)]
    assert len(macros) > 25
    assert not missing, f"add samples to templates/{gaya.SAMPLES}: {', '.join(missing)}"


def test_each_sample_is_drawn_over_its_call(street: Street) -> None:
    page = street.app.test_client().get("/gaya").text
    assert '<span class="price"><strong>Rp15.000</strong></span>' in re.sub(r">\s+<", "><", page)
    assert "{{ price(15000) }}" in page
    assert "{% from" in page
