"""What is wrong in a form is said by us, in its language: never by the browser, in the language of the phone."""

import re
from pathlib import Path

import pytest

from marketplace.config import ROOT

FORM = re.compile(r"<form\b(?P<tag>(?:[^<>{]|\{\{.*?\}\}|\{%.*?%\})*)>(?P<body>.*?)</form>", re.DOTALL)
TYPED = re.compile(r'file_drop\(|field\(|fields\(|quantity\(|caller\(|<select|<textarea|type="(?!hidden|submit)')
"""What a browser would look at before it sends a form."""
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_form_is_stopped_by_the_browser(path: Path) -> None:
    forms = [form for form in FORM.finditer(path.read_text()) if 'method="dialog"' not in form["tag"]]
    stopped = [form["tag"] for form in forms if TYPED.search(form["body"]) and "novalidate" not in form["tag"]]
    assert stopped == []
