"""Form fields take what people type, give plain values, and refuse the rest beside the field."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import flask_wtf
import pytest
import wtforms
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from wtforms import FieldList, SelectChoice, SelectField
from wtforms.validators import InputRequired, Length, Optional

from marketplace.shared.fields import (
    BaseForm,
    DateField,
    EmailField,
    FilterField,
    IdField,
    PhoneField,
    QuantityField,
    QueryForm,
    Required,
    RupiahField,
    TextAreaField,
    TextField,
)
from marketplace.shared.wtforms_messages import MESSAGES


class Sample(BaseForm):
    text = TextField("Text", max_length=5)
    area = TextAreaField("Area")
    email = EmailField("E-mail")
    phone = PhoneField("Phone")
    price = RupiahField("Price")
    band = RupiahField("Band", low=100, high=1_000)
    quantity = QuantityField("Quantity")
    key = IdField()
    day = DateField("Day")


def filled(app: Flask, name: str, typed: str) -> Any:
    """Return the field after it was sent alone."""
    with app.test_request_context(method="POST", data={name: typed}):
        form = Sample()
        form.validate()
        return form[name]


TAKEN = [
    ("text", "  abc ", "abc"),
    ("text", "", ""),
    ("text", "e\u0301", "\u00e9"),
    ("area", "a\r\nb", "a\nb"),
    ("email", " Siti@Contoh.GO.id ", "siti@contoh.go.id"),
    ("phone", "0812-3456-7890", "+6281234567890"),
    ("phone", "+62 812 3456 7890", "+6281234567890"),
    ("phone", "62812\u20113456\u20137890", "+6281234567890"),
    ("phone", "(0517) 21234", "+6251721234"),
    ("phone", "", None),
    ("price", "15000", 15_000),
    ("price", "15.000", 15_000),
    ("price", "Rp 15.000", 15_000),
    ("price", "rp15.000,-", 15_000),
    ("price", "Rp. 1.500.000,00", 1_500_000),
    ("price", "15,000", 15_000),
    ("price", "0", 0),
    ("price", "1000000000000", 10**12),
    ("price", "", None),
    ("quantity", "12", 12),
    ("quantity", "1.000", 1_000),
    ("key", str(2**63 - 1), 2**63 - 1),
    ("day", "2026-11-21", dt.date(2026, 11, 21)),
    ("day", "2028-02-29", dt.date(2028, 2, 29)),
]


@pytest.mark.parametrize(("name", "typed", "value"), TAKEN)
def test_what_people_type_is_read(app: Flask, name: str, typed: str, value: object) -> None:
    field = filled(app, name, typed)
    assert (field.errors, field.data) == ([], value)


REFUSED = [
    ("text", "abcdef"),
    ("text", "a\x07b"),
    ("text", "a\nb"),
    ("text", "a\x00"),
    ("area", "a\x1b[2J"),
    ("email", "siti"),
    ("email", "siti@contoh"),
    ("email", "a b@contoh.id"),
    ("email", "a" * 250 + "@contoh.id"),
    ("phone", "12345"),
    ("phone", "0"),
    ("phone", "+62"),
    ("phone", "0812"),
    ("phone", "+65 6123 4567"),
    ("phone", "0812345678901234"),
    ("phone", "٠٨١٢٣٤٥٦٧٨٩٠"),
    ("phone", "0812-ABCD-7890"),
    ("price", "2jt"),
    ("price", "sekitar 5000"),
    ("price", "15.50"),
    ("price", "15,5"),
    ("price", "15 500 0"),
    ("price", "-1"),
    ("price", "1e6"),
    ("price", "١٥٠٠٠"),
    ("price", "\uff11\uff15\uff10\uff10\uff10"),
    ("price", "1000000000001"),
    ("price", "9" * 400),
    ("price", "NaN"),
    ("band", "99"),
    ("band", "1.001"),
    ("quantity", "0"),
    ("quantity", "1000001"),
    ("quantity", "2,5"),
    ("quantity", "²"),
    ("key", "0"),
    ("key", str(2**63)),
    ("key", "-1"),
    ("key", "abc"),
    ("day", "21-11-2026"),
    ("day", "20261121"),
    ("day", "2026-W01-1"),
    ("day", "2026-02-30"),
    ("day", "0001-01-01"),
    ("day", "٢٠٢٦-١١-٢١"),
]


@pytest.mark.parametrize(("name", "typed"), REFUSED)
def test_what_cannot_be_read_is_refused_once_and_kept(app: Flask, name: str, typed: str) -> None:
    field = filled(app, name, typed)
    assert len(field.errors) == 1
    assert field._value() == typed


WHY = [
    ("quantity", "-1", "This may not be below zero."),
    ("price", "-5.000", "This may not be below zero."),
    ("price", "Rp -5.000", "This may not be below zero."),
    ("price", "−1", "This may not be below zero."),
    ("quantity", "0", "Too small: at least 1."),
    ("quantity", "1000001", "Too large: at most 1.000.000."),
    ("quantity", "9" * 400, "Too large: at most 1.000.000."),
    ("band", "99", "Too small: at least Rp100."),
    ("band", "1.001", "Too large: at most Rp1.000."),
    ("price", "1000000000001", "Too large: at most Rp1.000.000.000.000."),
    ("price", "9" * 30, "Too large: at most Rp1.000.000.000.000."),
    ("price", "2jt", "Write the amount in figures. Example: 15.000"),
    ("price", "-abc", "Write the amount in figures. Example: 15.000"),
    ("day", "21-11-2026", "This is not a date. Example: 2026-11-21"),
    ("day", "0001-01-01", "This date is too far away. Example: 2026-11-21"),
]


@pytest.mark.parametrize(("name", "typed", "why"), WHY)
def test_what_is_wrong_with_a_number_or_a_day_is_said(app: Flask, name: str, typed: str, why: str) -> None:
    assert [text.replace(",", ".") for text in filled(app, name, typed).errors] == [why]


def test_a_lone_surrogate_is_refused(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        form = Sample(MultiDict({"text": "a\ud800"}))
        assert not form.validate()


def test_a_field_that_is_missing_is_empty(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"text": "a"}):
        form = Sample()
        assert form.validate()
        assert (form.price.data, form.area.data) == (None, "")


def test_an_amount_that_is_shown_can_be_sent_again(app: Flask) -> None:
    with app.test_request_context():
        shown = Sample(data={"price": 1_500_000, "phone": "+6281234567890", "day": dt.date(2026, 1, 2)})
    assert shown.price._value() == "1.500.000"
    assert filled(app, "price", shown.price._value()).data == 1_500_000
    assert filled(app, "phone", shown.phone._value()).data == "+6281234567890"
    assert filled(app, "day", shown.day._value()).data == dt.date(2026, 1, 2)


class Demanding(BaseForm):
    text = TextField("Text", [Required()])
    price = RupiahField("Price", [Required()])
    old = RupiahField("Old", [InputRequired()])
    spare = RupiahField("Spare", [Optional()])


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"text": "a", "price": "0", "old": "0"}, set()),
        ({"text": "  ", "price": "", "old": ""}, {"text", "price", "old"}),
        ({"text": "a", "price": "x", "old": "y", "spare": "z"}, {"price", "old", "spare"}),
    ],
)
def test_required_means_filled_in_and_a_misread_value_says_one_thing(
    app: Flask, sent: dict[str, str], wrong: set[str]
) -> None:
    with app.test_request_context(method="POST", data=sent):
        form = Demanding()
        form.validate()
        assert set(form.errors) == wrong
        assert all(len(errors) == 1 for errors in form.errors.values())


class Rows(BaseForm):
    line = FieldList(IdField())
    kind = SelectField("Kind", choices=[SelectChoice("a", "A")])


@pytest.mark.parametrize("name", ["line-²", "line-" + "9" * 5000, "líne-1"])
def test_field_names_that_break_wtforms_are_refused(app: Flask, name: str) -> None:
    with app.test_request_context(method="POST", data={name: "1"}), pytest.raises(BadRequest):
        Rows()


@pytest.mark.parametrize("body", [[1, 2], {"text": {"a": 1}}, "text", 7])
def test_a_json_body_is_an_empty_form(app: Flask, body: object) -> None:
    with app.test_request_context(method="POST", data=json.dumps(body), content_type="application/json"):
        form = Demanding(data={"text": "kept", "price": 1, "old": 1})
        assert not form.validate()


def test_a_second_form_of_a_page_may_stay_as_it_is(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"text": "sent"}):
        assert Sample(formdata=None, data={"text": "kept"}).text.data == "kept"


class Filter(QueryForm):
    text = TextField("Text")
    kind = FilterField("Kind", choices=[SelectChoice("", "All"), SelectChoice("a", "A")], default="")


def test_a_filter_reads_the_address(app: Flask) -> None:
    with app.test_request_context("/?text=abc&kind=a&%C3%BC=1"):
        form = Filter()
        assert form.validate()
        assert (form.text.data, form.kind.chosen()) == ("abc", "a")


def test_a_strange_choice_in_the_address_is_said_and_stays_in_the_field(app: Flask) -> None:
    with app.test_request_context("/?kind=<b>"):
        form = Filter()
        assert not form.validate()
        assert "“<b>”" in form.kind.errors[0]
        assert form.kind.chosen() == ""
        assert '<option selected value="&lt;b&gt;">&lt;b&gt;</option>' in str(form.kind())
    with app.test_request_context("/"):
        form = Filter()
        assert form.validate()
        assert str(form.kind()).count("<option") == 2


def test_every_sentence_of_wtforms_is_in_our_catalogue() -> None:
    sources = [p.read_text() for p in Path(wtforms.__file__).parent.rglob("*.py")]
    sources.append(Path(flask_wtf.__file__).with_name("file.py").read_text())
    found = {text for source in sources for text in _sentences(source)}
    known = {message._args[0] for message in MESSAGES}
    assert len(found) > 40
    assert found == known


def _sentences(source: str) -> set[str]:
    """Return the texts that stand in calls of gettext and ngettext, but for sizes of files (a made-up text)."""
    texts: set[str] = set()
    for call in re.findall(r"gettext\(((?:\s*\"[^\"\n]*\"\s*,?)+)", source):
        arguments = [re.findall(r'"([^"]*)"', argument) for argument in re.split(r"\",\s*", call.replace('",', '"",'))]
        texts |= {"".join(parts) for parts in arguments if parts}
    return {text for text in texts if text}


class Short(BaseForm):
    class Meta(BaseForm.Meta):
        def get_translations(self, form: Any) -> Any:
            return _Backwards()

    text = TextField("Text", [Length(min=3)])


class _Backwards:
    def gettext(self, string: str) -> str:
        return string[::-1]

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return "%(min)d"


def test_wtforms_asks_our_texts(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"text": "a"}, headers={"Cookie": "lang=en"}):
        form = Short()
        form.validate()
        assert form.text.errors == ["3"]
        plain = Sample()
        assert plain.text.gettext("Not a valid choice.") == "Not a valid choice."
        assert plain.text.ngettext("%(min)d one", "%(min)d many", 2) == "%(min)d many"
