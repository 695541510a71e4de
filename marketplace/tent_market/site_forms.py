"""What officers fill in about sites and their days."""

import datetime as dt
from collections.abc import Iterable

from wtforms.validators import Optional

from ..shared.fields import BaseForm, DateField, QuantityField, QueryForm, Required, TextField, options
from ..shared.formats import long_day
from ..shared.i18n import _, _l
from . import labels
from .fields import DegreesField, TicksField, TimeField
from .rules import MOST_WEEKS, Weekly
from .schedule import Hours, Proposed
from .sites import SiteContent

LATITUDES, LONGITUDES = (-11.5, 6.5), (94.5, 141.5)


class SiteForm(BaseForm):
    """Where a market stands."""

    name = TextField(_l("Name of the place"), [Required()], max_length=120)
    address = TextField(_l("Address"), [Required()], max_length=300)
    latitude = DegreesField(_l("Latitude"), [Optional()], *LATITUDES)
    longitude = DegreesField(_l("Longitude"), [Optional()], *LONGITUDES)

    def validate(self, extra_validators: object = None) -> bool:
        """Tell whether all is right; a point on the map has both numbers."""
        is_right = super().validate(extra_validators)
        if is_right and (self.latitude.data is None) != (self.longitude.data is None):
            missing = self.latitude if self.latitude.data is None else self.longitude
            missing.errors = [*missing.errors, _("A point on the map has both numbers.")]
            return False
        return is_right

    def content(self) -> SiteContent:
        """Return what was filled in."""
        return SiteContent(self.name.data, self.address.data, self.latitude.data, self.longitude.data)


class HoursForm(BaseForm):
    """When something opens and closes."""

    opens_at = TimeField(_l("Opens at"), [Required()], default=dt.time(8))
    closes_at = TimeField(_l("Closes at"), [Required()], default=dt.time(14))

    def hours(self) -> Hours:
        """Return when it opens and closes."""
        return Hours(self.opens_at.data, self.closes_at.data)


class RuleForm(HoursForm):
    """On which days of the week there is a market."""

    weekdays = TicksField(_l("On which days?"), [Required(_l("Tick at least one day."))])
    every = QuantityField(_l("Every how many weeks?"), [Required()], low=1, high=MOST_WEEKS, default=1)
    starts_on = DateField(_l("From"), [Required()])
    ends_on = DateField(_l("Until"), [Optional()])

    def offer(self) -> None:
        """Let each day of the week be ticked."""
        self.weekdays.choices = options((str(number), labels.weekday(number)) for number in range(7))

    def weekly(self) -> Weekly:
        """Return the rule."""
        return Weekly(tuple(int(number) for number in self.weekdays.data or []), self.every.data)


class EventForm(HoursForm):
    """An expo of some days, or one more day."""

    name = TextField(_l("Name of the event"), [Optional()], max_length=120)
    starts_on = DateField(_l("First day"), [Required()])
    ends_on = DateField(_l("Last day"), [Optional()])

    def span(self) -> tuple[dt.date, dt.date]:
        """Return the first and the last day; of one day both are the same."""
        return self.starts_on.data, self.ends_on.data or self.starts_on.data


class UntilForm(QueryForm):
    """Up to which day days are made."""

    until = DateField(_l("Up to"), [Optional()])


class DaysForm(BaseForm):
    """Which of the days that the rules would make are made."""

    until = DateField(_l("Up to"), [Required()])
    days = TicksField(_l("Days"))

    def offer(self, found: Iterable[Proposed]) -> None:
        """Let each day be ticked; holidays are named, and come without a tick."""
        proposed = list(found)
        self.days.choices = options((day.held_on.isoformat(), _said(day)) for day in proposed)
        if not self.is_submitted():
            self.days.data = [day.held_on.isoformat() for day in proposed if not day.holiday]

    def chosen(self) -> set[dt.date]:
        """Return the days that were ticked."""
        return {dt.date.fromisoformat(day) for day in self.days.data or []}


def _said(day: Proposed) -> str:
    when = f"{long_day(day.held_on)}, {labels.hours(day.hours)}"
    return _("%(day)s · holiday: %(name)s", day=when, name=day.holiday) if day.holiday else when
