"""What curators fill in about parcels."""

from collections.abc import Mapping
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, FieldList, FormField, SelectField
from wtforms.validators import InputRequired

from ..shared.fields import (
    CHOOSE,
    BaseForm,
    FilterField,
    IdField,
    KeyField,
    QuantityField,
    QueryForm,
    Required,
    RupiahField,
    TextAreaField,
    TextField,
    options,
)
from ..shared.i18n import _, _l
from . import labels
from .models import Occasion, ParcelState
from .rules import MAX_ITEMS, MAX_NOTICE_DAYS, NO_CUT_OFF, Action, ParcelContent

PIECES_AT_MOST = 1000


class ParcelForm(BaseForm):
    """What is written about a parcel, and its photo."""

    photo = FileField(_l("Photo"), render_kw={"accept": "image/jpeg,image/png,image/webp"})
    name = TextField(_l("Name of the parcel"), [Required()], max_length=120)
    occasion = SelectField(
        _l("Occasion"),
        [Required(CHOOSE)],
        choices=options([("", CHOOSE), *((key.value, text) for key, text in labels.OCCASIONS.items())]),
    )
    description = TextAreaField(_l("What makes it special"), max_length=4000)
    notice_days = QuantityField(_l("Working days you need to pack it"), [Required()], low=0, high=MAX_NOTICE_DAYS)
    cut_off_hour = QuantityField(_l("Last hour for orders of the same day"), [Required()], low=0, high=NO_CUT_OFF)

    def content(self) -> ParcelContent:
        """Return what was filled in."""
        return ParcelContent(
            name=self.name.data,
            occasion=Occasion(self.occasion.data),
            description=self.description.data,
            notice_days=self.notice_days.data,
            cut_off_hour=self.cut_off_hour.data,
        )


class NewParcelForm(ParcelForm):
    """A parcel that is made once, however often this is sent."""

    key = KeyField()


class ParcelFilter(QueryForm):
    """What the list of parcels is narrowed to."""

    q = TextField(_l("Name"), max_length=80, render_kw={"type": "search"})
    state = FilterField(
        _l("State"),
        choices=options([("", _l("All")), *((key.value, shown[0]) for key, shown in labels.STATES.items())]),
        default="",
    )

    which = FilterField(_l("Which"), choices=options([("", _l("All")), ("to_mend", _l("To mend"))]), default="")

    def asked_state(self) -> ParcelState | None:
        """Return the state asked for; None for all, and for what was not understood."""
        chosen = self.state.chosen()
        return ParcelState(chosen) if chosen else None


class ItemForm(BaseForm):
    """A product of a recipe; 0 pieces take it out."""

    class Meta(BaseForm.Meta):
        csrf = False

    product_id = IdField(_l("Product"), [Required()])
    quantity = QuantityField(_l("How many in each parcel"), [Required()], low=0, high=PIECES_AT_MOST)


class RecipeForm(BaseForm):
    """The recipe editor while it is worked on: the price may still be open."""

    items = FieldList(FormField(ItemForm), _l("Products in the parcel"), max_entries=MAX_ITEMS)
    search = TextField(_l("Find products"), max_length=80)
    add = IdField(_l("Product"))
    packing_cost = RupiahField(_l("Cost of box and packing"))
    price = RupiahField(_l("Price of the parcel"), low=100)
    is_meant = BooleanField(_l("Yes, this price is right."))
    suggested = IdField("")
    """The price that the page suggested: a price that is still the same follows the next suggestion."""
    warned = IdField("")
    """By how much the price was too high when the page asked about it: a tick holds for no other sum or price."""

    def name_units(self, units: Mapping[int, str]) -> None:
        """Ask for the number of each product in the unit it is sold by."""
        for row in self.items:
            unit = units.get(row.form.product_id.data)
            if unit:
                row.form.quantity.label.text = _("How many in each parcel (%(unit)s)", unit=unit)

    def carry(self, suggested: int | None, warned: int | None) -> None:
        """Carry what the page suggests and asks about now, whatever was sent."""
        self.is_meant.data = self.means(warned)
        for field, value in ((self.suggested, suggested), (self.warned, warned)):
            field.data, field.raw_data = value, None

    def means(self, surplus: int | None) -> bool:
        """Tell whether the curator ticked that a price by so much above the sum is right."""
        return bool(self.is_meant.data) and self.warned.data == surplus

    def price_for(self, suggestion: int | None) -> int | None:
        """Return the price that goes with a new suggestion: that one, unless the curator wrote another."""
        typed: int | None = self.price.data
        return suggestion if typed in (None, self.suggested.data) else typed

    def quantities(self) -> dict[int, int]:
        """Return product id → pieces of what is in the parcel."""
        found: dict[int, int] = {}
        for row in self.items.data:
            found[row["product_id"]] = found.get(row["product_id"], 0) + row["quantity"]
        return {product_id: count for product_id, count in found.items() if count > 0}


class FinishedRecipeForm(RecipeForm):
    """The recipe editor when it is saved."""

    packing_cost = RupiahField(_l("Cost of box and packing"), [Required()])


class ActionForm(BaseForm):
    """A step of a parcel's life."""

    action = SelectField(
        choices=options((action.value, action.value) for action in Action), validators=[InputRequired()]
    )

    def chosen(self) -> Action:
        """Return the step."""
        return Action(self.action.data)


def recipe_form_of(quantities: dict[int, int], **values: Any) -> RecipeForm:
    """Return the editor showing a content, whatever the request holds."""
    rows = [{"product_id": product_id, "quantity": count} for product_id, count in quantities.items()]
    return RecipeForm(formdata=None, data={"items": rows, **values})
