"""What officers fill in about the months of a family."""

import datetime as dt
from typing import Any

from flask import request
from wtforms import SelectField

from ..shared.fields import BaseForm, KeyField, QueryForm, Required, RupiahField, TextField
from ..shared.formats import month as month_name
from ..shared.i18n import _, _l
from . import labels
from .models import NoteKind
from .queries import Filters, Order, Standing
from .service import NoteContent


def _id_or_none(value: Any) -> int | None:
    return int(value) if value not in ("", None) else None


def _standing_or_none(value: Any) -> Standing | None:
    return Standing(value) if value else None


def _standings() -> list[tuple[str, str]]:
    return [("", _("All")), *((key.value, str(text)) for key, text in labels.STANDINGS.items())]


def _note_kinds() -> list[tuple[str, str]]:
    return [(key.value, str(text)) for key, text in labels.NOTE_KINDS.items()]


class ListFilter(QueryForm):
    """Which families to show."""

    district = SelectField(_l("District"), choices=[], default="")
    group = SelectField(_l("Group"), choices=[], coerce=_id_or_none)
    standing = SelectField(_l("Months"), choices=_standings, coerce=_standing_or_none)

    def offer(self, choices: list[tuple[int, str, str, str]]) -> None:
        """Let one of these groups (id, name, district code, district) or its district be chosen."""
        districts = sorted({(name, code) for _id, _name, code, name in choices})
        self.district.choices = [("", _("All")), *((code, name) for name, code in districts)]
        self.group.choices = [("", _("All")), *((group_id, name) for group_id, name, _code, _district in choices)]

    def filters(self) -> Filters:
        """Return what was chosen; what cannot be is not heeded."""
        self.validate()
        order, descending = sorting()
        return Filters(
            district_code=self.district.data or "" if not self.district.errors else "",
            group_id=None if self.group.errors else self.group.data,
            standing=None if self.standing.errors else self.standing.data,
            order=order,
            descending=descending,
        )


def sorting() -> tuple[Order, bool]:
    """Return by what the list is to be sorted (`?sort=`, a leading hyphen for the largest first), and how."""
    asked = request.args.get("sort", "-passed")
    name = asked.removeprefix("-")
    return (Order(name), asked.startswith("-")) if name in set(Order) else (Order.PASSED, True)


class NoteForm(BaseForm):
    """A cost or another income that the family told."""

    key = KeyField()
    month = SelectField(_l("Month"), choices=[], coerce=dt.date.fromisoformat)
    kind = SelectField(_l("What is it?"), choices=_note_kinds, coerce=NoteKind)
    amount = RupiahField(_l("Amount"), [Required()], low=1)
    description = TextField(_l("What for?"), [Required()], max_length=200)

    def offer(self, months: list[dt.date]) -> None:
        """Let one of the open months be chosen."""
        self.month.choices = [(month.isoformat(), month_name(month)) for month in months]

    def content(self) -> NoteContent:
        """Return what was filled in."""
        return NoteContent(self.month.data, self.kind.data, self.amount.data, self.description.data)


class VerifyForm(BaseForm):
    """Nothing but the button."""
