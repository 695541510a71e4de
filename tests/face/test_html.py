"""Every page is valid HTML."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from marketplace.config import ROOT
from tests.face.conftest import Street
from tests.face.looks import pages

Validate: TypeAlias = Callable[[dict[str, str]], list[str]]


@pytest.fixture
def validate(tmp_path: Path) -> Validate:
    """Return what says for pages by their name what is wrong with them; skip without Node, but fail in CI."""
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules/html-validate").exists():
        if os.environ.get("CI") == "true":
            pytest.fail("Node is missing, and this is CI")
        pytest.skip("Node is not installed: the validation of pages is skipped")

    def ask(texts: dict[str, str]) -> list[str]:
        names = {f"{number:04}": name for number, name in enumerate(texts)}
        for file, name in names.items():
            (tmp_path / file).write_text(texts[name])
        command = [node, str(ROOT / "tests/face/validate.mjs"), str(tmp_path), str(ROOT / ".htmlvalidate.json")]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        assert found.keys() == names.keys()
        return [f"{names[file]} {problem}" for file, problems in found.items() for problem in problems]

    return ask


def test_every_page_is_valid(street: Street, validate: Validate) -> None:
    texts = {}
    for page in pages(street, 4, 20):
        client = street.app.test_client()
        client.set_cookie("warung", street.place.cookies[page.who])
        answer = client.get(page.address)
        assert answer.status_code < 500, page
        texts[str(page)] = answer.text
    assert len(texts) > 200
    wrong = validate(texts)
    assert not wrong, "\n".join(wrong)


def test_a_broken_page_is_named(validate: Validate) -> None:
    broken = '<!DOCTYPE html><html lang="id"><title>x</title><p id="a">a</p><p id="a">b</p></html>'
    assert [problem for problem in validate({"broken": broken}) if "no-dup-id" in problem]
