"""Every form of the town, brought back after a session that was over: nothing is done, and what was typed is there."""

import html
import re

import pytest
from werkzeug.test import TestResponse

from tests.hostile.page import Pairs
from tests.hostile.place import Found, Place, Rows

pytestmark = pytest.mark.once
"""What comes back is only shown: no database hears of it."""
SHORTEST_TEXT = 12
LOOKS = {"household.view", "registry.view"}
GOOD_NEWS = 'data-tone="good"\n     role="status"'


def typed(found: Found, pairs: Pairs) -> list[str]:
    """Return what was typed into fields that a page shows again."""
    texts = {field.name for field in found.form.fields if field.kind in ("text", "textarea", "tel", "email", "date")}
    return [value for name, value in pairs if name in texts and len(value) >= SHORTEST_TEXT]


def shown(place: Place, found: Found, answer: TestResponse) -> str:
    """Return what somebody reads in the end: the page itself, or the one it leads to."""
    if answer.status_code not in (302, 303):
        return html.unescape(answer.text)
    client = place.client(found.who)
    cookie = re.search("warung=([^;]+)", answer.headers["Set-Cookie"])
    assert cookie is not None
    client.set_cookie("warung", cookie[1])
    return html.unescape(client.get(answer.location).text)


def test_no_form_that_comes_back_is_acted_on(place: Place, forms: list[Found]) -> None:
    wrong = []
    for found in forms:
        pairs = found.filled(place.good(found))
        answer = place.send(found, [*pairs, ("shown_again", found.page)])
        page = shown(place, found, answer)
        lost = [value for value in typed(found, pairs) if value not in page]
        is_told = "Nothing was sent yet" in page and GOOD_NEWS not in page
        if answer.status_code not in (200, 302, 303, 422) or lost or not is_told:
            wrong.append(f"{found}: {answer.status_code}, lost {lost}")
    assert not wrong, "\n".join(wrong)
    assert _without_looks(place.dump()) == _without_looks(place.rows)


def _without_looks(rows: Rows) -> Rows:
    """Return rows without those that say who looked at a page: it is shown once more."""
    return rows | {"audit_entry": [row for row in rows["audit_entry"] if not LOOKS & set(map(str, row))]}
