"""Form fields that only the market needs: hours, degrees, and boxes to tick."""

import datetime as dt
import re
from typing import Any

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget, TimeInput

from ..shared.fields import TextField
from ..shared.i18n import _

TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?::00)?")
DEGREES = re.compile(r"[-−]?[0-9]{1,3}(?:[.,][0-9]{1,12})?")


class _OwnField(TextField):
    """A short text that is read as something else; gives None when empty."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, 20, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; nothing typed is nothing."""
        super().process_formdata(valuelist)
        self.data: Any = None if self.data == "" else self.data


class TimeField(_OwnField):
    """A time of the day, `08:00` or `08.00`."""

    widget = TimeInput()

    def read(self, typed: str) -> Any:
        """Return the time."""
        found = TIME.fullmatch(typed)
        if found is None:
            raise ValueError(_("Write the time with hours and minutes. Example: 08:00"))
        return dt.time(int(found[1]), int(found[2]))

    def show(self, value: dt.time) -> str:
        """Write a time as browsers do."""
        return f"{value:%H:%M}"


class DegreesField(_OwnField):
    """Degrees of latitude or longitude, with a point or a comma."""

    attributes = {"inputmode": "decimal", "autocomplete": "off"}

    def __init__(self, label: Any, validators: Any, low: float, high: float, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.low, self.high = low, high

    def read(self, typed: str) -> Any:
        """Return the degrees, within Indonesia."""
        if not DEGREES.fullmatch(typed):
            raise ValueError(_("Write degrees as maps do. Example: -2.78190"))
        value = float(typed.replace(",", ".").replace("−", "-"))
        if not self.low <= value <= self.high:
            raise ValueError(_("That is not in Indonesia: from %(low)s to %(high)s.", low=self.low, high=self.high))
        return value


class TicksField(SelectMultipleField):
    """Boxes of which any number may be ticked; gives a list of what they stand for."""

    widget = ListWidget()
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(
            label, validators, coerce=kwargs.pop("coerce", str), choices=kwargs.pop("choices", []), **kwargs
        )
