"""Forms of the shop."""

from collections.abc import Iterable, Mapping, Sequence

from wtforms import Field, RadioField, SelectField
from wtforms.validators import StopValidation
from wtforms.widgets import HiddenInput

from ..orders.models import DeliveryMethod
from ..orders.wanted import Buyer, Delivery
from ..payments.provider import Provider
from ..shared.fields import BaseForm, PhoneField, QuantityField, Required, TextAreaField, TextField
from ..shared.i18n import Text, _, _l
from ..shared.money import format_rupiah
from .queries import Line
from .rules import MAX_EACH
from .service import Checkout
from .words import DELIVERIES

CHOOSE = _l("Please choose one.")


class AddForm(BaseForm):
    """How many of a thing to put into the basket."""

    quantity = QuantityField(_l("How many"), [Required()], high=MAX_EACH, default=1)


def basket_form(lines: Iterable[Line]) -> BaseForm:
    """Return a form with a quantity for each line of a basket, under the line's name; 0 takes it out."""

    class BasketForm(BaseForm):
        pass

    for line in lines:
        setattr(BasketForm, line.name, QuantityField(line.sold.name, low=0, high=MAX_EACH, default=line.quantity))
    return BasketForm()


class CancelForm(BaseForm):
    """Why a buyer cancels."""

    reason = TextField(_l("Why? You need not say."), max_length=200)


class MethodForm(BaseForm):
    """Another way to pay."""

    payment_method = RadioField(_l("How do you want to pay?"), [Required(CHOOSE)])

    def offer(self, providers: Iterable[Provider]) -> None:
        """Fill in what can be chosen."""
        self.payment_method.choices = _payment_choices(providers)


class NeededForDelivery:
    """Ask for a field unless the order is picked up."""

    def __init__(self, message: Text) -> None:
        self.message = message

    def __call__(self, form: "CheckoutForm", field: Field) -> None:
        if form.delivery_method.data != DeliveryMethod.PICKUP and not field.data:
            raise StopValidation(str(self.message))


class CheckoutForm(BaseForm):
    """Everything an order needs, on one page."""

    key = TextField(widget=HiddenInput(), max_length=43)
    seen = TextField(widget=HiddenInput(), max_length=16)
    name = TextField(_l("Your name"), [Required()], max_length=120, render_kw={"autocomplete": "name"})
    phone = PhoneField(_l("Your phone number"), [Required()])
    office = TextField(_l("Your office or school"), max_length=160, render_kw={"autocomplete": "organization"})
    delivery_method = RadioField(_l("How do you get it?"), [Required(CHOOSE)], default=DeliveryMethod.PICKUP.value)
    street = TextField(_l("Office and room, or street and number"), [NeededForDelivery(_l("Write where we bring it."))])
    rt_rw = TextField(_l("RT/RW"), max_length=20)
    village_code = SelectField(_l("Village"), [NeededForDelivery(_l("Choose the village."))], default="")
    landmark = TextField(_l("What is near it?"))
    note = TextAreaField(_l("Anything we should know?"), max_length=500, render_kw={"rows": 2})
    payment_method = RadioField(_l("How do you want to pay?"), [Required(CHOOSE)])

    def offer(
        self,
        fees: Mapping[str, int],
        districts: Sequence[tuple[str, str]],
        villages: Sequence[tuple[str, str]],
        providers: Iterable[Provider],
    ) -> None:
        """Fill in what can be chosen; without any delivery fee the office does not deliver."""
        methods = list(DeliveryMethod) if fees else [DeliveryMethod.PICKUP]
        self.delivery_method.choices = [(method.value, str(DELIVERIES[method])) for method in methods]
        self.village_code.choices = _village_choices(fees, districts, villages)
        self.payment_method.choices = _payment_choices(providers)

    def show_again(self, key: str, seen: str) -> None:
        """Carry the basket as it is shown now, whatever was sent."""
        for field, text in ((self.key, key), (self.seen, seen)):
            field.data, field.raw_data = text, None

    def read(self, user_id: int | None) -> Checkout:
        """Return what the form says."""
        method = DeliveryMethod(self.delivery_method.data)
        buyer = Buyer(user_id, self.name.data, self.phone.data, self.office.data)
        delivery = Delivery(method, note=self.note.data)
        if method is not DeliveryMethod.PICKUP:
            delivery = Delivery(
                method=method,
                street=self.street.data,
                rt_rw=self.rt_rw.data,
                village_code=self.village_code.data,
                landmark=self.landmark.data,
                note=self.note.data,
            )
        return Checkout(self.key.data, self.seen.data, buyer, delivery, self.payment_method.data)


def _payment_choices(providers: Iterable[Provider]) -> list[tuple[str, str]]:
    return [(provider.code, f"{provider.label}. {provider.hint}") for provider in providers]


def _village_choices(
    fees: Mapping[str, int], districts: Sequence[tuple[str, str]], villages: Sequence[tuple[str, str]]
) -> dict[str, list[tuple[str, str]]]:
    """Return the villages we deliver to, in groups that name the district and its fee."""
    groups: dict[str, list[tuple[str, str]]] = {_("Village"): [("", _("Choose a village"))]}
    for code, name in districts:
        if code in fees:
            label = _("%(district)s: %(fee)s", district=name, fee=format_rupiah(fees[code]))
            groups[label] = [choice for choice in villages if choice[0].startswith(code + ".")]
    return groups
