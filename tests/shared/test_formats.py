"""How what people read out is written."""

import pytest
from markupsafe import Markup, escape

from marketplace.shared.fields import as_phone
from marketplace.shared.formats import breakable, phone

GAP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+6281250000306", "0812 5000 0306"),
        ("+628125000030", "0812 5000 030"),
        ("+62812500003061", "0812 50000 3061"),
        ("+62517212345", "0517 212 345"),
        ("112", "112"),
        ("", ""),
        ("+15551234", "+15551234"),
    ],
)
def test_a_phone_number_is_grouped_and_breaks_nowhere(number: str, written: str) -> None:
    assert phone(number) == written.replace(" ", GAP)


def test_a_number_copied_from_the_page_is_read_again() -> None:
    assert as_phone(phone("+6281250000306")) == "+6281250000306"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("KUBE Wadai Bungas", "KUBE Wadai Bungas"),
        ("Kesejahteraan", "Kesejahteraan"),
        ("KUBE " + "abcdefghi" * 2 + "<b> satu", "KUBE abcdefghi<wbr>abcdefghi<wbr>&lt;b&gt; satu"),
        (Markup("<b>" + "a" * 40 + "</b>"), "<b>" + "a" * 40 + "</b>"),
        (7, "7"),
    ],
)
def test_only_a_very_long_word_may_break_and_stays_escaped(text: object, drawn: str) -> None:
    assert escape(breakable(text)) == drawn
