"""What the office fills in about orders."""

import datetime as dt
from typing import Any

from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length

from ..areas.models import Area
from ..catalog.models import Product
from ..shared.fields import (
    CHOOSE,
    BaseForm,
    DateField,
    FilterField,
    KeyField,
    QuantityField,
    QueryForm,
    Required,
    RupiahField,
    TextField,
    options,
)
from ..shared.i18n import _, _l
from ..shared.money import format_rupiah
from ..shared.web import fitting_ids
from . import labels
from .models import DeliveryMethod, OrderState
from .screens import Filters

MOST_TICKED = 100
"""A page holds fewer."""


WAITS = (3, 24, 48)
"""Hours that a buyer may have to answer."""


class FilterForm(QueryForm):
    """What the list of orders is narrowed to."""

    q = TextField(_l("Number, name or phone"), max_length=80)
    state = FilterField(_l("State"), coerce=str, default="")
    method = FilterField(_l("Delivery"), coerce=str, default="")
    when = FilterField(_l("When"), coerce=str, default="")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        states = ((state.value, word[0]) for state, word in labels.STATES.items())
        methods = ((method.value, word) for method, word in labels.DELIVERIES.items())
        self.state.choices = options([("", _("Open")), *states])
        self.method.choices = options([("", _("All")), *methods])
        self.when.choices = options([("", _("All")), ("late", _("Late"))])

    def filters(self) -> Filters:
        """Return what was chosen; what cannot be read is said beside its field, and narrows nothing."""
        self.validate()
        state, method = self.state.chosen(), self.method.chosen()
        return Filters(
            state=OrderState(state) if state else None,
            method=DeliveryMethod(method) if method else None,
            text="" if self.q.errors else self.q.data,
            only_late=bool(self.when.chosen()),
        )


class PickingForm(QueryForm):
    """Up to which day goods are fetched."""

    until = DateField(_l("Promised until"))

    def day(self) -> dt.date | None:
        """Return the day; None for all orders, also when it cannot be read, which is said beside it."""
        self.validate()
        found: dt.date | None = None if self.until.errors else self.until.data
        return found


class StepForm(BaseForm):
    """The next step of an order; the code is said by who picks it up."""

    step = SelectField(
        choices=options((step, step) for step in ("pack", "ship", "hand_over")), validators=[InputRequired()]
    )
    code = TextField(_l("Pick-up code"), max_length=6, render_kw={"inputmode": "numeric", "autocomplete": "off"})


class SeveralForm(BaseForm):
    """What is done with the ticked orders; “print” is for their packing sheets."""

    step = SelectField(
        choices=options((step, step) for step in ("pack", "ship", "hand_over", "print")), validators=[InputRequired()]
    )
    orders = SelectMultipleField(coerce=int, validate_choice=False, validators=[Length(max=MOST_TICKED)])

    def ids(self) -> list[int]:
        """Return the ticked orders; what is no order's id is none."""
        return fitting_ids(self.orders.data or ())


class CancelForm(BaseForm):
    """Why an order is cancelled."""

    reason = TextField(_l("Reason"), [Required()], max_length=300)


class ShortForm(BaseForm):
    """What is left out of a line, and why; `key` makes it happen once."""

    key = KeyField()
    line_id = SelectField(_l("What is missing?"), coerce=int, validate_choice=False)
    quantity = QuantityField(_l("How many are left out"), [Required()])
    reason = TextField(_l("Reason"), [Required()], max_length=300)


class PartForm(BaseForm):
    """What of a line came back, and how many of it cannot be sold again; `key` makes it happen once."""

    key = KeyField()
    line_id = SelectField(_l("What came back?"), coerce=int, validate_choice=False)
    quantity = QuantityField(_l("How many came back"), [Required()])
    destroyed = QuantityField(_l("Of them broken or spoiled: thrown away"), low=0, default=0)
    reason = TextField(_l("Reason"), [Required()], max_length=300)


def _id_or_none(value: str | None) -> int | None:
    return int(value) if value else None


class SubstituteForm(BaseForm):
    """What may come in the place of pieces that fall short; `key` makes the question be asked once."""

    key = KeyField()
    line_id = SelectField(_l("What is missing?"), coerce=int, validate_choice=False)
    quantity = QuantityField(_l("How many are missing"), [Required()])
    product_id = SelectField(
        _l("What can come in its place?"), [Required(CHOOSE)], coerce=_id_or_none, validate_choice=False
    )
    hours = SelectField(_l("How long do you wait for an answer?"), coerce=int, default=24)
    reason = TextField(_l("Reason"), [Required()], max_length=300)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hours.choices = options((str(hours), _("%(hours)s hours", hours=hours)) for hours in WAITS)

    def offer(self, found: list[tuple[str, Product, int]]) -> None:
        """Fill in what can be chosen; nothing is chosen yet."""
        told = [
            (key, _("%(name)s · %(price)s · %(free)s free", name=row.name, price=format_rupiah(row.price), free=free))
            for key, row, free in found
        ]
        self.product_id.choices = options([("", CHOOSE), *told]) if told else []


class ReturnForm(BaseForm):
    """Why an order came back, and whether its goods can be sold again."""

    reason = TextField(_l("Reason"), [Required()], max_length=300)
    restock = BooleanField(_l("The goods are good: back into stock"))


class FeeForm(BaseForm):
    """What bringing an order to a district costs from a day on."""

    district = SelectField(_l("District"), coerce=str)
    amount = RupiahField(_l("Delivery fee"), [Required()], high=10_000_000)
    effective_from = DateField(_l("From"), [Required()])
    source = TextField(_l("Source, such as a decree"), [Required()], max_length=300)

    def offer(self, districts: list[Area]) -> None:
        """Let the form take these districts only."""
        self.district.choices = options((area.code, area.name) for area in districts)
