"""With the tokens on: no form works without its token, and every form has one."""

from collections.abc import Iterator

import pytest

from tests.hostile.page import read
from tests.hostile.place import Found, Place

pytestmark = pytest.mark.once
"""A token is looked at before a database hears of the form."""


@pytest.fixture
def tokens(place: Place) -> Iterator[None]:
    """Ask for tokens, as outside of the tests."""
    place.app.config["WTF_CSRF_ENABLED"] = True
    yield
    place.app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.usefixtures("tokens")
def test_no_form_works_without_its_token(place: Place, forms: list[Found]) -> None:
    wrong = []
    for found in forms:
        answer = place.send(found, found.filled(place.good(found)))
        if answer.status_code != 400 or 'href="/"' not in answer.text:
            wrong.append(f"{found}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert place.dump() == place.rows


@pytest.mark.usefixtures("tokens")
def test_every_form_has_its_token(place: Place, forms: list[Found]) -> None:
    wrong = []
    for found in forms:
        shown, _links = read(place.client(found.who).get(found.page).text, found.page)
        sent = [form for form in shown if form.method == "post"]
        bare = [form for form in sent if not any(field.name.endswith("csrf_token") for field in form.fields)]
        wrong += [f"{found.page}: {form.action}" for form in bare]
    assert not wrong, "\n".join(wrong)
