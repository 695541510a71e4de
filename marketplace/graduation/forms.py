"""What officers fill in about the months of a family."""

import datetime as dt

from wtforms import SelectField

from ..shared.fields import BaseForm, FilterField, KeyField, QueryForm, Required, RupiahField, TextField
from ..shared.formats import month as month_name
from ..shared.i18n import _, _l
from . import labels
from .models import NoteKind
from .queries import Filters, Order, Standing
from .service import NoteContent

REASON_LENGTH = 300


def _standings() -> list[tuple[str, str]]:
    return [("", _("All")), *((key.value, str(text)) for key, text in labels.STANDINGS.items())]


def _sortings() -> list[tuple[str, str]]:
    """Return what the address may ask for; a leading hyphen stands for the largest first."""
    return [(sign + order.value, sign + order.value) for order in Order for sign in ("", "-")]


def _note_kinds() -> list[tuple[str, str]]:
    return [(key.value, str(text)) for key, text in labels.NOTE_KINDS.items()]


class ListFilter(QueryForm):
    """Which families to show."""

    district = FilterField(_l("District"), choices=[], default="")
    group = FilterField(_l("Group"), choices=[], default="")
    standing = FilterField(_l("Months"), choices=_standings, default="")
    sort = FilterField(_l("Sort"), choices=_sortings, default="-passed")

    def offer(self, choices: list[tuple[int, str, str, str]]) -> None:
        """Let one of these groups (id, name, district code, district) or its district be chosen."""
        districts = sorted({(name, code) for _id, _name, code, name in choices})
        self.district.choices = [("", _("All")), *((code, name) for name, code in districts)]
        self.group.choices = [("", _("All")), *((str(group_id), name) for group_id, name, _code, _district in choices)]

    def filters(self) -> Filters:
        """Return what was chosen; what was not understood is said beside its field and narrows nothing."""
        self.validate()
        group, standing = self.group.chosen(), self.standing.chosen()
        asked = self.sort.chosen() or "-passed"
        return Filters(
            district_code=self.district.chosen(),
            group_id=int(group) if group else None,
            standing=Standing(standing) if standing else None,
            order=Order(asked.removeprefix("-")),
            descending=asked.startswith("-"),
        )


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


class StepForm(BaseForm):
    """Nothing but the button."""


class RejectForm(BaseForm):
    """Why a note does not count."""

    reason = TextField(_l("Why does it not count?"), [Required()], max_length=REASON_LENGTH)
