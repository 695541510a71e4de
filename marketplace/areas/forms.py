"""Pick an area, and set its dated numbers."""

from typing import Any

from wtforms import SelectField

from ..shared.fields import BaseForm, DateField, QuantityField, Required, RupiahField, TextField, options
from ..shared.i18n import _l
from ..shared.money import MAX_RUPIAH
from .settings import LINE_KINDS


class FigureForm(BaseForm):
    """A number from a day on; its bounds follow from its kind."""

    value: Any = QuantityField(_l("New value"), [Required()], low=0, high=MAX_RUPIAH)
    effective_from = DateField(_l("From which day"), [Required()])
    source = TextField(_l("Source or reason"), [Required()], max_length=300)


class AmountForm(FigureForm):
    """A number that is rupiah."""

    value = RupiahField(_l("New value"), [Required()])


class PickupForm(BaseForm):
    """Where orders are picked up, and when."""

    address = TextField(_l("Address of the office"), [Required()], max_length=300)
    hours = TextField(_l("Opening hours"), [Required()], max_length=200)


class LineForm(BaseForm):
    """A poverty line of BPS."""

    kind = SelectField(_l("For"), choices=options((kind.value, label) for kind, label in LINE_KINDS.items()))
    amount = RupiahField(_l("Rupiah per person per month"), [Required()], low=1)
    effective_from = DateField(_l("From which day"), [Required()])
    source = TextField(_l("Source"), [Required()], max_length=300)
    decree = TextField(_l("Decree"), max_length=120)
