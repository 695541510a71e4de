"""What officers fill in about the months of a family."""

import datetime as dt

from wtforms import SelectField

from ..accounts.labels import ROLES
from ..shared.fields import BaseForm, FilterField, KeyField, QueryForm, Required, RupiahField, TextField
from ..shared.formats import month as month_name
from ..shared.i18n import _, _l
from ..shared.policy import Role
from . import case_labels, labels
from .case_models import CaseState
from .case_queries import View
from .criteria_rules import CriterionKey
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


def _views() -> list[tuple[str, str]]:
    return [("", _("All")), *((key.value, str(text)) for key, text in labels.VIEWS.items())]


def _states() -> list[tuple[str, str]]:
    return [("", _("All")), *((key.value, str(words)) for key, (words, _t, _i) in case_labels.STATES.items())]


def _criteria() -> list[tuple[str, str]]:
    return [("", _("All")), *((key.value, str(text)) for key, text in case_labels.CRITERIA.items())]


def _waited_for() -> list[tuple[str, str]]:
    waited_for = sorted(frozenset().union(*case_labels.WAITS_FOR.values()))
    return [("", _("All")), *((role.value, str(ROLES[role])) for role in waited_for)]


class ListFilter(QueryForm):
    """Which families to show."""

    district = FilterField(_l("District"), choices=[], default="")
    group = FilterField(_l("Group"), choices=[], default="")
    standing = FilterField(_l("Months"), choices=_standings, default="")
    view = FilterField(_l("Show"), choices=_views, default="")
    state = FilterField(_l("Case"), choices=_states, default="")
    stuck = FilterField(_l("Stuck on"), choices=_criteria, default="")
    waits = FilterField(_l("Waits for"), choices=_waited_for, default="")
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
            view=View(self.view.chosen()) if self.view.chosen() else None,
            state=CaseState(self.state.chosen()) if self.state.chosen() else None,
            stuck=CriterionKey(self.stuck.chosen()) if self.stuck.chosen() else None,
            waits_for=Role(self.waits.chosen()) if self.waits.chosen() else None,
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
