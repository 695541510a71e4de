"""What is filled in about documents."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from wtforms import Field, Form, SelectField
from wtforms.validators import InputRequired, ValidationError

from ..shared.fields import (
    BaseForm,
    DateField,
    FilterField,
    KeyField,
    QueryForm,
    Required,
    TextField,
    options,
)
from ..shared.i18n import _, _l
from . import labels, rules
from .models import DocumentKind, DocumentState
from .queries import Filters
from .recap import Found

NIP = re.compile(r"[0-9]{18}")


class FilterForm(QueryForm):
    """What the list of documents is narrowed to."""

    q = TextField(_l("Number, order or name"), max_length=80)
    kind = FilterField(_l("Kind"), coerce=str, default="")
    state = FilterField(_l("State"), coerce=str, default="")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        kinds = ((kind.value, word) for kind, word in labels.KINDS.items())
        states = ((state.value, words[0]) for state, words in labels.STATES.items())
        self.kind.choices = options([("", _("All")), *kinds])
        self.state.choices = options([("", _("All")), *states])

    def filters(self) -> Filters:
        """Return what was chosen; what cannot be read is said beside its field, and narrows nothing."""
        self.validate()
        kind, state = self.kind.chosen(), self.state.chosen()
        return Filters(
            kind=DocumentKind(kind) if kind else None,
            state=DocumentState(state) if state else None,
            text="" if self.q.errors else self.q.data,
        )


class IssueForm(BaseForm):
    """Which document of an order is made; each has its button."""

    kind = SelectField(coerce=str, validators=[InputRequired()])

    def offer(self, kinds: Iterable[DocumentKind]) -> None:
        """Let the form take these kinds only."""
        self.kind.choices = options((kind.value, labels.KINDS[kind]) for kind in kinds)

    def chosen(self) -> DocumentKind | None:
        """Return the kind, None when it is none of those that were offered."""
        return DocumentKind(self.kind.data) if self.validate_on_submit() else None


class ReasonForm(BaseForm):
    """Why a document is cancelled or corrected."""

    reason = TextField(_l("Reason"), [Required()], max_length=300)


class PeriodForm(QueryForm):
    """Whose orders are summed up, from which day to which."""

    first = DateField(_l("From which day"))
    last = DateField(_l("To which day"))
    q = TextField(_l("Office"), max_length=160)

    def days(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """Return the first and the last day: this month until today where nothing else can be read."""
        self.validate()
        starts = (today.replace(day=1), today)
        for field, start in zip((self.first, self.last), starts, strict=True):
            if not field.data and not field.errors:
                field.data, field.raw_data = start, None
        return self.first.data or starts[0], self.last.data or starts[1]

    def text(self) -> str:
        """Return what to look for; what cannot be read finds all."""
        return "" if self.q.errors else str(self.q.data)


class CodeForm(QueryForm):
    """The code on a document."""

    kode = TextField(_l("Code on the paper"), max_length=40, render_kw={"autocomplete": "off", "spellcheck": "false"})

    def validate_kode(self, field: TextField) -> None:
        """Say when it can be no code at all."""
        if field.data and not rules.read_code(field.data):
            raise ValidationError(_("A code has 16 letters and digits. Please look at the paper again."))

    def code(self) -> str:
        """Return the code as it is kept; empty for none."""
        return rules.read_code(self.kode.data) if self.validate() else ""


class PeopleForm(BaseForm):
    """The recap of an office; a field for each person's NIP is added by `people_form`."""

    key = KeyField()


def people_form(found: Iterable[Found]) -> type[PeopleForm]:
    """Return the form with a NIP to fill in, or to leave empty, for each person."""
    attributes = {"inputmode": "numeric", "autocomplete": "off"}
    fields = {
        nip_name(one.key): TextField(
            _l("NIP of %(name)s", name=one.name), [check_nip], max_length=30, render_kw=attributes
        )
        for one in found
    }
    return type("PeopleForm", (PeopleForm,), fields)


def nip_name(key: int) -> str:
    """Return the name of the field for a person's NIP."""
    return f"nip_{key}"


def check_nip(_form: Form, field: Field) -> None:
    """Take 18 digits, however they are grouped, or nothing."""
    field.data = re.sub(r"[\s.-]", "", field.data or "")
    if field.data and not NIP.fullmatch(field.data):
        raise ValidationError(_("A NIP has 18 digits."))
