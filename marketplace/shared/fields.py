"""Form fields that several domains use, and the base of every form.

A field takes what people type (`Rp 15.000`, `0812-3456-7890`), gives the plain value, and otherwise says beside the
field what is wrong, keeping what was typed. Validators run only on a value that could be read.
"""

import datetime as dt
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import abort, request
from flask_babel import gettext
from flask_wtf import FlaskForm
from lokal import parse_phone
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Choice, Field, SelectChoice, SelectField  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.form import BaseForm as WtformsBaseForm
from wtforms.validators import StopValidation
from wtforms.widgets import DateInput, EmailInput, HiddenInput, NumberInput, TelInput, TextArea, TextInput

from .columns import MAX_QUANTITY
from .formats import number as written
from .i18n import Text, _, _l
from .money import MAX_RUPIAH, format_rupiah
from .unfinished import refuses
from .web import MAX_ID, is_storable

WHOLE_NUMBER = re.compile(r"[0-9]{1,18}|[0-9]{1,3}(?:[.,  ][0-9]{3}){1,5}")
"""Digits, or digits in groups of three; a comma before three digits can only part thousands."""
MONEY = re.compile(rf"(?:rp\.?\s*)?(?P<whole>{WHOLE_NUMBER.pattern})(?:,(?:00|-))?", re.IGNORECASE | re.ASCII)
BELOW_ZERO = re.compile(r"(?:rp\.?\s*)?[-−]\s*(?:rp\.?\s*)?[0-9][0-9.,\s]*", re.IGNORECASE)
ENDLESS = re.compile(r"(?:rp\.?\s*)?[0-9]{19,}", re.IGNORECASE)
"""More digits than any number that is kept: too large, not misspelt."""
PHONE_MARKS = re.compile(r"[\s().\-–‑/]+")
PHONE = re.compile(r"\+?[0-9]{7,15}")
EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIELD_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
FIRST_YEAR, LAST_YEAR = 1900, 2200
CHOOSE = _l("Please choose")
"""The word for no choice yet: nobody's choice is made for him."""
LONGEST_SHOWN = 40  # letters of what was not understood


class FormTexts:
    """WTForms' own sentences, through our catalogue (it has no Indonesian one)."""

    def gettext(self, string: str) -> str:
        """Return a sentence in the reader's language."""
        return str(gettext(string)) if string else ""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the sentence that fits a number; WTForms fills in the number."""
        return self.gettext(singular if n == 1 else plural)


class BaseForm(FlaskForm):
    """The base of every form: our languages, and only real form data."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: WtformsBaseForm) -> Any:
            return FormTexts()

        def wrap_formdata(self, form: WtformsBaseForm, formdata: Any) -> Any:
            """Return what was sent: never JSON, and no field names that WTForms stumbles over (`line-²`)."""
            if formdata is None:
                return None
            data = MultiDict() if request.is_json else super().wrap_formdata(form, formdata)
            if data is None and request.method != "GET":
                data = MultiDict()
            if data is not None and not all(FIELD_NAME.fullmatch(name) for name in data):
                abort(400)
            return data

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether all is right; what is only shown again is never acted on."""
        is_right = bool(super().validate(extra_validators))
        return not refuses(self) and is_right


class QueryForm(BaseForm):
    """The base of search and filter forms: read from the address, changing nothing."""

    class Meta(BaseForm.Meta):
        csrf = False

        def wrap_formdata(self, form: WtformsBaseForm, formdata: Any) -> Any:
            """Read the query of the address."""
            return CombinedMultiDict([request.args])


class Required:
    """Say that a field must be filled in; 0 is a value, blanks are none."""

    field_flags = {"required": True}

    def __init__(self, message: Text | None = None) -> None:
        self.message = message or _l("Please fill this in.")

    def __call__(self, form: WtformsBaseForm, field: Field) -> None:
        if field.data is None or field.data == "" or field.data == []:
            field.errors = []
            raise StopValidation(str(self.message))


class _TypedField(Field):
    """A field that reads one typed text; what could not be read stays on screen and ends the validation."""

    attributes: dict[str, Any] = {}

    def __init__(self, label: Text | None = None, validators: Sequence[Any] | None = None, **kwargs: Any) -> None:
        render_kw = {**self.attributes, **(kwargs.pop("render_kw", None) or {})}
        super().__init__(label, validators, render_kw=render_kw, **kwargs)  # type: ignore[arg-type]

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed."""
        typed = valuelist[0] if valuelist else ""
        if not isinstance(typed, str) or not is_storable(typed):
            raise ValueError(_("This cannot be read. Please type it again."))
        self.data = None
        if typed.strip():
            self.data = self.read(typed.strip())

    def pre_validate(self, form: WtformsBaseForm) -> None:
        """Keep validators off a value that could not be read."""
        if self.process_errors:
            raise StopValidation

    def read(self, typed: str) -> Any:
        """Return the value of a text. Raises ValueError with the sentence for the screen."""
        raise NotImplementedError

    def show(self, value: Any) -> str:
        """Write a value the way it may be typed."""
        return str(value)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)


class TextField(_TypedField):
    """One line of text, trimmed; gives `""` when empty."""

    widget: Any = TextInput()
    allowed_controls = ""

    def __init__(
        self, label: Text | None = None, validators: Sequence[Any] | None = None, max_length: int = 200, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.max_length = max_length
        self.flags.maxlength = max_length

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; nothing typed is an empty text."""
        super().process_formdata(valuelist)
        self.data = self.data or ""

    def read(self, typed: str) -> str:
        """Return the text in one Unicode form, if it is short enough and without control characters."""
        text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n"))
        if any(unicodedata.category(c) == "Cc" and c not in self.allowed_controls for c in text):
            raise ValueError(_("This holds signs that cannot be shown. Please type it again."))
        if len(text) > self.max_length:
            raise ValueError(_("This is too long: at most %(count)s letters.", count=self.max_length))
        return text


class TextAreaField(TextField):
    """Several lines of text; gives `""` when empty."""

    widget = TextArea()
    allowed_controls = "\n\t"
    attributes = {"rows": 4}

    def __init__(
        self, label: Text | None = None, validators: Sequence[Any] | None = None, max_length: int = 2000, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, max_length, **kwargs)


class EmailField(TextField):
    """An e-mail address in lower case."""

    widget = EmailInput()
    attributes = {"autocomplete": "email"}

    def __init__(self, label: Text | None = None, validators: Sequence[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(label, validators, 254, **kwargs)

    def read(self, typed: str) -> str:
        """Return the address, if it looks like one."""
        address = super().read(typed).lower()
        if not EMAIL.fullmatch(address):
            raise ValueError(_("This is not an e-mail address."))
        return address


class PhoneField(_TypedField):
    """An Indonesian phone number, mobile or landline, as people write it; gives `+62…`."""

    widget = TelInput()
    attributes = {"autocomplete": "tel", "inputmode": "tel", "maxlength": 24}

    def read(self, typed: str) -> str:
        """Return the number in E.164."""
        number = as_phone(typed)
        if number is None:
            raise ValueError(_("This is not a phone number. Example: 0812 3456 7890"))
        return number

    def show(self, value: str) -> str:
        """Write a number with its leading 0."""
        return "0" + value.removeprefix("+62")


class _NumberField(_TypedField):
    """A whole number within bounds."""

    def __init__(
        self,
        label: Text | None = None,
        validators: Sequence[Any] | None = None,
        low: int = 0,
        high: int = MAX_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.low = low
        self.high = high

    def read(self, typed: str) -> int:
        """Return the number within the bounds."""
        if BELOW_ZERO.fullmatch(typed):
            raise ValueError(_("This may not be below zero."))
        number = self.high + 1 if ENDLESS.fullmatch(typed) else self.read_number(typed)
        if number < self.low:
            raise ValueError(_("Too small: at least %(low)s.", low=self.write_bound(self.low)))
        if number > self.high:
            raise ValueError(_("Too large: at most %(high)s.", high=self.write_bound(self.high)))
        return number

    def read_number(self, typed: str) -> int:
        """Return the number that a text writes. Raises ValueError with the sentence for the screen."""
        raise NotImplementedError

    def write_bound(self, number: int) -> str:
        """Write a bound the way people read it."""
        return written(number)


class RupiahField(_NumberField):
    """An amount in whole rupiah: `15000`, `15.000`, `Rp 15.000`; gives int."""

    widget = TextInput()
    attributes = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 24}

    def __init__(
        self,
        label: Text | None = None,
        validators: Sequence[Any] | None = None,
        low: int = 0,
        high: int = MAX_RUPIAH,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, low, high, **kwargs)

    def read_number(self, typed: str) -> int:
        """Return the amount; words such as `2jt` are too easily misread and refused."""
        found = MONEY.fullmatch(typed)
        if found is None:
            raise ValueError(_("Write the amount in figures. Example: 15.000"))
        return _digits(found["whole"])

    def write_bound(self, number: int) -> str:
        """Write a bound as an amount."""
        return format_rupiah(number)

    def show(self, value: int) -> str:
        """Write an amount with points between the thousands."""
        return f"{value:,}".replace(",", ".")

    def _value(self) -> str:
        """Write what could be read with its points, however it was typed; keep what could not."""
        return super()._value() if self.data is None or self.process_errors else self.show(self.data)


class QuantityField(_NumberField):
    """How many: a whole number from 1; gives int."""

    widget = NumberInput(step=1)
    attributes = {"inputmode": "numeric", "autocomplete": "off"}

    def __init__(
        self,
        label: Text | None = None,
        validators: Sequence[Any] | None = None,
        low: int = 1,
        high: int = MAX_QUANTITY,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, low, high, **kwargs)
        self.flags.min, self.flags.max = low, high

    def read_number(self, typed: str) -> int:
        """Return the number."""
        if not WHOLE_NUMBER.fullmatch(typed):
            raise ValueError(_("Write a whole number. Example: 12"))
        return _digits(typed)


class IdField(_NumberField):
    """The id of a row, carried along in a form; gives int."""

    widget = HiddenInput()

    def __init__(self, label: Text | None = None, validators: Sequence[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(label, validators, 1, MAX_ID, **kwargs)

    def read(self, typed: str) -> int:
        """Return the id, if it fits 64 bits."""
        if not re.fullmatch(r"[0-9]{1,19}", typed) or not self.low <= int(typed) <= self.high:
            raise ValueError(_("Please choose again."))
        return int(typed)


class KeyField(TextField):
    """What lets a form do its work once, however often it is sent: a key of its own each time it is shown."""

    widget = HiddenInput()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("", [Required()], max_length=60, **kwargs)

    def _value(self) -> str:
        return secrets.token_urlsafe(24)


class FilterField(SelectField):
    """One of some choices, in the address of a list; what is none of them is said, and stays chosen on screen."""

    def pre_validate(self, form: WtformsBaseForm) -> None:
        """Say what was not understood."""
        if self._is_strange():
            raise StopValidation(_("We do not know “%(value)s”. Choose again.", value=self._typed()))

    def iter_choices(self) -> Iterator[Any]:
        """Yield the choices, and the strange one that was asked for."""
        yield from super().iter_choices()
        if self._is_strange():
            yield Choice(value=self.data, label=self._typed(), selected=True, render_kw={})

    def chosen(self) -> str:
        """Return what was chosen, an empty text where it was not understood."""
        return "" if self._is_strange() else str(self.data or "")

    def _is_strange(self) -> bool:
        return bool(self.data) and self.data not in {value for value, *_rest in super().iter_choices()}

    def _typed(self) -> str:
        return str(self.data)[:LONGEST_SHOWN]


class DateField(_TypedField):
    """A day, as browsers send it (`2026-11-21`)."""

    widget = DateInput()

    def read(self, typed: str) -> dt.date:
        """Return the day, if the calendar has it."""
        try:
            day = dt.date.fromisoformat(typed if DATE.fullmatch(typed) else "")
        except ValueError:
            raise ValueError(_("This is not a date. Example: 2026-11-21")) from None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError(_("This date is too far away. Example: 2026-11-21"))
        return day


def options(pairs: Iterable[tuple[str, Text]]) -> list[Any]:
    """Return the choices of a select or radio field from values and their labels."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]


def as_phone(text: str) -> str | None:
    """Return an Indonesian phone number in E.164, or None when the text is none."""
    bare = PHONE_MARKS.sub("", text)
    if not PHONE.fullmatch(bare):
        return None
    info = parse_phone(bare)
    return info.e164 if info.valid else None


def _digits(text: str) -> int:
    return int(re.sub(r"[^0-9]", "", text))
