"""Forms of the shop."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from flask_babel import get_locale
from markupsafe import Markup
from wtforms import BooleanField, Field, RadioField, SelectField
from wtforms.form import BaseForm as WtformsBaseForm
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import HiddenInput, html_params

from ..areas.rules import district_of
from ..orders.models import DeliveryMethod, Order
from ..orders.rules import needs_shipping
from ..orders.wanted import Buyer, Delivery
from ..payments.provider import Provider
from ..shared.address_fields import RtRwField
from ..shared.fields import (
    ENDLESS,
    BaseForm,
    IdField,
    KeyField,
    PhoneField,
    QuantityField,
    QueryForm,
    Required,
    TextAreaField,
    TextField,
    options,
)
from ..shared.i18n import Text, _, _l
from ..shared.money import format_rupiah
from ..shared.web import MAX_ID
from .queries import Line
from .rules import MAX_EACH
from .service import Checkout
from .summary import Summary, spread
from .words import DELIVERIES

CHOOSE = _l("Please choose one.")
CLASH = _l("Cash is paid at pick-up. Choose another way to pay, or pick the order up.")


Choices: TypeAlias = tuple[tuple[str, str], ...]
"""Code and name of places."""
Groups: TypeAlias = tuple[tuple[str, Choices], ...]
"""Choices under the heading of their group."""


class AreaSearch(QueryForm):
    """Words of a regency's name."""

    q = TextField(_l("Regency or city"), max_length=80, render_kw={"type": "search", "enterkeyhint": "search"})


class ManyField(QuantityField):
    """How many of a thing. Whoever asks for too many is told how many there are, and by the basket, which knows it."""

    def __init__(self, label: Text, validators: Sequence[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(label, validators, high=MAX_ID, **kwargs)
        self.flags.max = MAX_EACH

    def read(self, typed: str) -> int:
        """Return the number, however large."""
        return super().read("9" * 18 if ENDLESS.fullmatch(typed) else typed)


class AddForm(BaseForm):
    """How many of a thing to put into the basket."""

    quantity = ManyField(_l("How many"), [Required()], default=1)


def basket_form(lines: Iterable[Line]) -> BaseForm:
    """Return a form with a quantity for each line of a basket, under the line's name; 0 takes it out."""

    class BasketForm(BaseForm):
        pass

    for line in lines:
        setattr(BasketForm, line.name, ManyField(line.sold.name, low=0, default=line.quantity))
    return BasketForm()


class CancelForm(BaseForm):
    """Why a buyer cancels."""

    reason = TextField(_l("Why? You need not say."), max_length=200)


class DropForm(BaseForm):
    """What a buyer does not want any more of an order that goes on; `key` makes it happen once."""

    key = KeyField()
    line_id = SelectField(_l("What do you not want?"), coerce=int, validate_choice=False)
    quantity = QuantityField(_l("How many fewer"), [Required()])
    reason = TextField(_l("Why? You need not say."), max_length=200)

    def offer(self, lines: Iterable[tuple[str, str]]) -> None:
        """Fill in what can be chosen."""
        self.line_id.choices = options(lines)


class AnswerForm(BaseForm):
    """Whether something else may come in the place of what is missing."""

    answer = SelectField(choices=options([("yes", ""), ("no", "")]), validators=[InputRequired()])


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

    def __call__(self, form: "CheckoutForm | OfficeForm", field: Field) -> None:
        if form.delivery_method.data != DeliveryMethod.PICKUP and not field.data:
            raise StopValidation(str(self.message))


class FitsDelivery:
    """Take a way to pay that works at the counter only for orders that are picked up."""

    def __call__(self, form: "CheckoutForm", field: Field) -> None:
        if form.delivery_method.data != DeliveryMethod.PICKUP and field.data in form.at_pickup:
            raise StopValidation(str(CLASH))


class ShownAmount(IdField):
    """An amount as the page showed it, carried along unseen, rupiah."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("", **kwargs)
        self.low = 0


class VillageList:
    """Draw the list of a VillageField: it is the same for everybody, so it is drawn once."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        attributes = Markup(html_params(id=field.id, name=field.name, **kwargs))  # noqa: S704 (escaped there)
        return Markup("<select {}>{}</select>").format(attributes, _options(field.groups, field._value()))


class VillageField(TextField):
    """One village out of hundreds, under their districts."""

    widget = VillageList()
    groups: Groups = ()

    def pre_validate(self, form: WtformsBaseForm) -> None:
        """Take no village that is not in the list."""
        super().pre_validate(form)
        if not self.offers(self.data):
            raise StopValidation(self.gettext("Not a valid choice."))

    def offers(self, code: str) -> bool:
        """Tell whether a village is in the list."""
        return any(code == known for _label, choices in self.groups for known, _name in choices)


@lru_cache(maxsize=500)
def _options(groups: Groups, chosen: str) -> Markup:
    """Draw the groups of a list; the first one stands without heading."""
    drawn = [Markup("").join(_option(code, name, code == chosen) for code, name in choices) for _, choices in groups]
    headed = (
        Markup('<optgroup label="{}">{}</optgroup>').format(label, options)
        for (label, _), options in zip(groups[1:], drawn[1:], strict=True)
    )
    return Markup("").join((*drawn[:1], *headed))


def _option(code: str, name: str, is_chosen: bool) -> Markup:
    mark = Markup(" selected") if is_chosen else ""
    return Markup('<option value="{}"{}>{}</option>').format(code, mark, name)


class CheckoutForm(BaseForm):
    """Everything an order needs, on one page."""

    key = TextField(widget=HiddenInput(), max_length=43)
    seen = TextField(widget=HiddenInput(), max_length=20_000)
    goods = ShownAmount()
    fee = ShownAmount()
    name = TextField(_l("Your name"), [Required()], max_length=120, render_kw={"autocomplete": "name"})
    phone = PhoneField(_l("Your phone number"), [Required()])
    office = TextField(_l("Your office or school"), max_length=160, render_kw={"autocomplete": "organization"})
    delivery_method = RadioField(_l("How do you get it?"), [Required(CHOOSE)], default=DeliveryMethod.PICKUP.value)
    street = TextField(_l("Office and room, or street and number"), [NeededForDelivery(_l("Write where we bring it."))])
    rt_rw = RtRwField(_l("RT/RW"))
    village_code = VillageField(_l("Village"), [NeededForDelivery(_l("Choose the village."))], default="")
    landmark = TextField(_l("What is near it?"))
    note = TextAreaField(_l("Anything we should know?"), max_length=500, render_kw={"rows": 2})
    payment_method = RadioField(_l("How do you want to pay?"), [Required(CHOOSE), FitsDelivery()])
    keep = BooleanField(_l("Remember this on my device for the next order. Not on a device that others use."))
    at_pickup: frozenset[str] = frozenset()
    """The ways to pay that work at the counter only."""
    clash = CLASH
    is_filled_in = False
    """From the last order, before its buyer wrote anything."""
    is_overtaken = False
    """Nothing on it is wrong, but something is not as its buyer saw it."""
    fees: Mapping[str, int] = MappingProxyType({})
    """District → what bringing an order there costs, as far as the shop remembers."""

    def offer(
        self,
        fees: Mapping[str, int],
        districts: Choices,
        villages: Choices,
        providers: Iterable[Provider],
    ) -> None:
        """Fill in what can be chosen; the office delivers only where it set a fee, and what can be paid before."""
        providers = list(providers)
        shipped = [method for method in DeliveryMethod if needs_shipping(method)]
        self.fees = fees
        self.at_pickup = frozenset(each.code for each in providers if not any(map(each.serves, shipped)))
        payable = fees and len(self.at_pickup) < len(providers)
        methods = [DeliveryMethod.PICKUP, *(shipped if payable else [])]
        self.delivery_method.choices = options((each.value, _way(each, fees)) for each in methods)
        self.village_code.groups = _villages(tuple(fees.items()), districts, villages, str(get_locale()))
        self.payment_method.choices = _payment_choices(providers)

    def fill_in(self, last: Order) -> None:
        """Fill in what an earlier order says, as far as it can be chosen now."""
        self.is_filled_in = True
        self.name.data, self.phone.data, self.office.data = last.buyer_name, last.buyer_phone, last.buyer_office
        if last.village_code and _offers(self.delivery_method, last.delivery_method):
            if self.village_code.offers(last.village_code):
                self.delivery_method.data, self.village_code.data = last.delivery_method.value, last.village_code
            self.street.data, self.rt_rw.data, self.landmark.data = last.street, last.rt_rw, last.landmark
        if _offers(self.payment_method, last.payment_method):
            self.payment_method.data = last.payment_method

    def show_again(self, key: str, seen: str, summary: Summary) -> None:
        """Carry basket and sums as they are shown now, whatever was sent."""
        shown = ((self.key, key), (self.seen, seen), (self.goods, summary.goods_amount), (self.fee, summary.fee))
        for field, value in shown:
            field.data, field.raw_data = value, None

    @property
    def known_village(self) -> str:
        """Return the village that is chosen, if it is one we deliver to."""
        return self.village_code.data if self.village_code.offers(self.village_code.data) else ""

    @property
    def known_fee(self) -> int | None:
        """Return what delivery costs as the form stands, rupiah; None as long as nobody knows where to."""
        if self.delivery_method.data == DeliveryMethod.PICKUP:
            return 0
        return self.fees.get(district_of(self.known_village)) if self.known_village else None

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
        seen = Summary(self.goods.data or 0, self.fee.data)
        return Checkout(self.key.data, self.seen.data, seen, buyer, delivery, self.payment_method.data)


class OfficeForm(BaseForm):
    """For which office the basket is, and where it goes."""

    key = KeyField()
    office_id = RadioField(_l("For which office?"), [Required(CHOOSE)])
    delivery_method = RadioField(_l("How do you get it?"), [Required(CHOOSE)], default=DeliveryMethod.PICKUP.value)
    village_code = VillageField(_l("Village"), [NeededForDelivery(_l("Choose the village."))], default="")
    street = TextField(_l("Office and room, or street and number"), [NeededForDelivery(_l("Write where we bring it."))])
    rt_rw = RtRwField(_l("RT/RW"))
    landmark = TextField(_l("What is near it?"))
    note = TextAreaField(_l("Anything we should know?"), max_length=500, render_kw={"rows": 2})

    def offer(self, offices: Choices, fees: Mapping[str, int], districts: Choices, villages: Choices) -> None:
        """Fill in what can be chosen; what has only one choice is chosen."""
        self.office_id.choices = options(offices)
        if len(offices) == 1 and not self.is_submitted():
            self.office_id.data = offices[0][0]
        methods = [DeliveryMethod.PICKUP, *([DeliveryMethod.OFFICE] if fees else [])]
        self.delivery_method.choices = options((each.value, _way(each, fees)) for each in methods)
        self.village_code.groups = _villages(tuple(fees.items()), districts, villages, str(get_locale()))

    @property
    def known_village(self) -> str:
        """Return the village that is chosen, if it is one we deliver to."""
        return self.village_code.data if self.village_code.offers(self.village_code.data) else ""

    def delivery(self) -> Delivery:
        """Return where it goes."""
        method = DeliveryMethod(self.delivery_method.data)
        if method is DeliveryMethod.PICKUP:
            return Delivery(method, note=self.note.data)
        return Delivery(
            method,
            self.street.data,
            rt_rw=self.rt_rw.data,
            village_code=self.village_code.data,
            landmark=self.landmark.data,
            note=self.note.data,
        )


def _offers(field: RadioField, value: str) -> bool:
    return any(value == choice[0] for choice in field.iter_choices())


def _way(method: DeliveryMethod, fees: Mapping[str, int]) -> str:
    return f"{DELIVERIES[method]}: {spread(fees, method)}"


def _payment_choices(providers: Iterable[Provider]) -> list[tuple[str, str]]:
    return [(provider.code, f"{provider.label}. {provider.hint}") for provider in providers]


@lru_cache(maxsize=50)
def _villages(fees: tuple[tuple[str, int], ...], districts: Choices, villages: Choices, _locale: str) -> Groups:
    """Return the villages we deliver to, in groups that name the district and its fee."""
    known = dict(fees)
    groups: list[tuple[str, Choices]] = [("", (("", _("Choose a village")),))]
    for code, name in districts:
        if code in known:
            label = _("%(district)s: %(fee)s", district=name, fee=format_rupiah(known[code]))
            groups.append((label, tuple(choice for choice in villages if choice[0].startswith(code + "."))))
    return tuple(groups)
