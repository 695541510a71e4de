"""What mentors, groups and officers fill in about mentoring."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FieldList, FormField, RadioField, SelectField
from wtforms.validators import Optional, ValidationError

from ..groups.models import Household
from ..shared.clock import add_months
from ..shared.errors import InvalidInput
from ..shared.fields import (
    CHOOSE,
    BaseForm,
    DateField,
    FilterField,
    KeyField,
    QueryForm,
    Required,
    RupiahField,
    TextAreaField,
    TextField,
)
from ..shared.formats import month as month_name
from ..shared.i18n import _, _l
from ..tent_market.fields import TicksField
from . import labels
from .models import VisitKind
from .report_models import ReportState
from .rules import MOST_FOLLOW_UPS, MOST_PHOTOS, PlanContent, ToDo, Told, VisitContent
from .standing_models import StandingState

PHOTO_TYPES = "image/jpeg,image/png,image/webp"
LINES = 3
"""So many things to do stand open on a form at first."""
REASON_LENGTH = 300
KEY_LENGTH = 36
MONTHS_AHEAD = 12


class ToDoForm(BaseForm):
    """One thing to do, until a day."""

    class Meta(BaseForm.Meta):
        csrf = False

    what = TextField(_l("What"), [Optional()], max_length=300)
    due_on = DateField(_l("Until when"), [Optional()])


def _to_dos(lines: Iterable[Any], name: str) -> Iterator[ToDo]:
    """Yield the lines that are filled in. Raises InvalidInput for one of which a half is missing."""
    for line in lines:
        what, due_on = line.form.what.data, line.form.due_on.data
        if bool(what) != bool(due_on):
            raise InvalidInput(_l("Write what, and until when."), field=name)
        if what:
            yield ToDo(what, due_on)


class VisitForm(BaseForm):
    """A visit: where, when, with whom, what was found and what is to be done."""

    key = KeyField()
    visited_on = DateField(_l("Day of the visit"), [Required()])
    kind = RadioField(
        _l("Where were you?"),
        [Required(CHOOSE)],
        choices=lambda: [(key.value, str(text)) for key, text in labels.KINDS.items()],
        default=VisitKind.GROUP.value,
    )
    families = TicksField(_l("Families you spoke with"), coerce=int)
    findings = TextAreaField(_l("What did you find?"), [Required()], max_length=4000)
    photos = MultipleFileField(_l("Photos"), render_kw={"accept": PHOTO_TYPES, "multiple": True})
    follow_ups = FieldList(
        FormField(ToDoForm, _l("One thing")), _l("What is to be done?"), min_entries=LINES, max_entries=MOST_FOLLOW_UPS
    )

    def validate_key(self, field: KeyField) -> None:
        """Hold a key to what a visit keeps of it; a page of ours never makes a longer one."""
        if len(field.data) > KEY_LENGTH:
            raise ValidationError(_("This cannot be read. Please type it again."))

    def offer(self, members: Sequence[Household]) -> None:
        """Let the families be ticked that are members of the group."""
        self.families.choices = [(member.id, member.name) for member in members]

    def content(self, group_id: int) -> VisitContent:
        """Return what was filled in, without photos. Raises InvalidInput for half a line of what is to be done."""
        return VisitContent(
            kind=VisitKind(self.kind.data),
            group_id=group_id,
            visited_on=self.visited_on.data,
            findings=self.findings.data,
            household_ids=tuple(self.families.data or ()),
            follow_ups=tuple(_to_dos(self.follow_ups, "follow_ups")),
        )

    def uploads(self) -> list[FileStorage]:
        """Return the photos that were really sent. Raises InvalidInput for too many."""
        found = [file for file in self.photos.data or () if isinstance(file, FileStorage) and file.filename]
        if len(found) > MOST_PHOTOS:
            raise InvalidInput(_l("A visit has at most %(count)s photos.", count=MOST_PHOTOS), field="photos")
        return found


class OutcomeForm(BaseForm):
    """What came of what was agreed on."""

    done_on = DateField(_l("When was it done?"), [Required()])
    outcome = TextField(_l("What came of it?"), [Required()], max_length=300)


def _month(value: str | dt.date) -> dt.date:
    """Return a month that was chosen, or with which the form begins."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


class PlanForm(BaseForm):
    """A group's plan for some months."""

    key = KeyField()
    goal = TextAreaField(_l("What do you want to reach together?"), [Required()], max_length=500)
    starts_on = SelectField(_l("First month"), choices=[], coerce=_month)
    ends_on = SelectField(_l("Until the end of"), choices=[], coerce=_month)
    targets = FieldList(
        FormField(ToDoForm, _l("One thing")), _l("What to reach, and until when"), min_entries=4, max_entries=8
    )

    def offer(self, this_month: dt.date) -> None:
        """Let the months be chosen from this one on."""
        months = [add_months(this_month, offset) for offset in range(MONTHS_AHEAD)]
        choices = [(month.isoformat(), month_name(month)) for month in months]
        self.starts_on.choices = self.ends_on.choices = choices

    def content(self) -> PlanContent:
        """Return what was filled in. Raises InvalidInput for half a line."""
        targets = tuple(_to_dos(self.targets, "targets"))
        return PlanContent(self.goal.data, self.starts_on.data, self.ends_on.data, targets)


class ReportForm(BaseForm):
    """What the group tells of its four months; it may be kept half filled in."""

    materials = RupiahField(_l("What did the materials cost?"), [Optional()])
    other_costs = RupiahField(_l("What else did you spend?"), [Optional()])
    other_income = RupiahField(_l("What did you sell outside this shop?"), [Optional()])
    story = TextAreaField(_l("How did it go?"), [Optional()])
    sure = BooleanField(_l("These sums are right"))
    asks_whether_sure = False
    """A sum looks like a slip of the pen."""

    def told(self) -> Told:
        """Return what was filled in."""
        return Told(self.materials.data, self.other_costs.data, self.other_income.data, self.story.data or "")


class ReasonForm(BaseForm):
    """Why a report is given back."""

    reason = TextField(_l("What must be better?"), [Required()], max_length=REASON_LENGTH)


class WhyForm(BaseForm):
    """Why an officer says how a group stands."""

    why = TextField(_l("Why?"), [Optional()], max_length=REASON_LENGTH)


class StepForm(BaseForm):
    """Nothing but the button."""


class ReportFilter(QueryForm):
    """Which reports to show."""

    which = FilterField(_l("Reports"), choices=lambda: _which(), default="")

    def asked_state(self) -> ReportState | None:
        """Return the state asked for; None for all, and for those that are late."""
        chosen = self.which.chosen()
        return ReportState(chosen) if chosen and chosen != LATE else None

    def asks_late(self) -> bool:
        """Tell whether the late ones are asked for."""
        return self.which.chosen() == LATE


LATE = "late"


def _which() -> list[tuple[str, str]]:
    states = [(state.value, str(words[0])) for state, words in labels.REPORT_STATES.items()]
    return [("", _("All")), (LATE, _("Late")), *states]


class StandingFilter(QueryForm):
    """Which groups to show."""

    district = FilterField(_l("District"), choices=[], default="")
    state = FilterField(
        _l("Standing"),
        choices=lambda: [("", _("All")), *((key.value, str(text[0])) for key, text in labels.STANDINGS.items())],
        default="",
    )

    def offer_districts(self, districts: Sequence[tuple[str, str]]) -> None:
        """Let one of these districts be chosen."""
        self.district.choices = [("", _("All")), *districts]

    def asked_state(self) -> StandingState | None:
        """Return the standing asked for."""
        chosen = self.state.chosen()
        return StandingState(chosen) if chosen else None
