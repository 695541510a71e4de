"""Forms of what a person decides about what tills told, and about their phones."""

from typing import Any

from wtforms.validators import Optional

from ..shared.fields import BaseForm, DateField, FilterField, QueryForm, Required, TextField, options
from ..shared.i18n import _l
from . import devices, rescue
from .till_labels import PROBLEMS


class ToldForm(QueryForm):
    """What the list is narrowed to."""

    problem = FilterField(_l("Why"), default="")
    day = DateField(_l("Market day"), [Optional()])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.problem.choices = options([("", _l("All")), *((key.value, word) for key, word in PROBLEMS.items())])


class SettleForm(BaseForm):
    """What was done about an event that is not booked."""

    answer = TextField(_l("What it was, and what you did"), [Required()], max_length=rescue.REASON_LENGTH)


class RevokeForm(BaseForm):
    """Why a phone is not trusted any more."""

    reason = TextField(_l("What happened"), [Required()], max_length=devices.REASON_LENGTH)
