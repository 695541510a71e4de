"""Lists in pages: what is asked for and is not there is said, and never a failure."""

import pytest
from flask import Flask, get_flashed_messages

from marketplace.shared.paging import cut

ROWS = list(range(50))


@pytest.mark.parametrize(("asked", "shown"), [("", 1), ("1", 1), ("3", 3)])
def test_a_page_that_is_there_is_shown_without_a_word(app: Flask, asked: str, shown: int) -> None:
    with app.test_request_context("/", query_string={"page": asked}):
        page = cut(ROWS, 24)
        assert (page.number, page.items) == (shown, ROWS[(shown - 1) * 24 : shown * 24])
        assert get_flashed_messages() == []


@pytest.mark.parametrize(
    ("asked", "shown"), [("4", 3), ("1" + "0" * 22, 3), ("0", 1), ("-1", 1), ("x", 1), ("²", 1), ("1.5", 1), ("٣", 3)]
)
def test_a_page_that_is_not_there_is_named_and_the_nearest_shown(app: Flask, asked: str, shown: int) -> None:
    with app.test_request_context("/", query_string={"page": asked}):
        page = cut(ROWS, 24)
        assert (page.number, page.items) == (shown, ROWS[(shown - 1) * 24 : shown * 24])
        (said,) = get_flashed_messages()
        assert f"“{asked[:20]}”" in said
        assert f"page {shown} of 3" in said
