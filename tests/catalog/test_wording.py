"""Both versions keep every letter, and what is not marked is the same in both."""

from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalog.wording import Piece, marked

texts = st.lists(st.sampled_from(["keripik", "pisang", "manis", " ", "\n", "  ", "renyah."]), max_size=30).map("".join)


def whole(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def unmarked(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if not piece.changed)


@given(texts, texts)
def test_nothing_is_lost_and_nothing_is_invented(old: str, new: str) -> None:
    before, after = marked(old, new)
    assert (whole(before), whole(after)) == (old, new)
    assert unmarked(before) == unmarked(after)


@given(texts)
def test_what_stays_is_not_marked(text: str) -> None:
    assert marked(text, text)[0] == ([Piece(text, changed=False)] if text else [])


def test_one_word_is_one_mark() -> None:
    before, after = marked("Dibuat dari pisang kepok", "Dibuat dari pisang raja")
    assert [piece.text for piece in before if piece.changed] == ["kepok"]
    assert [piece.text for piece in after if piece.changed] == ["raja"]
