"""Forms of paying and of checking what was paid."""

import re

from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired, ValidationError

from ..shared.fields import (
    BaseForm,
    DateField,
    KeyField,
    QueryForm,
    Required,
    RupiahField,
    TextAreaField,
    TextField,
    options,
)
from ..shared.i18n import _, _l
from ..shared.money import format_rupiah
from . import accounts, labels, rules
from .kept import Rest
from .models import RefundMethod
from .queries import BY_STATEMENT

ACCOUNT_NUMBER = re.compile(r"[0-9]{6,20}")


class SearchForm(QueryForm):
    """A sum from the statement, or an order's number."""

    q = TextField(_l("Amount or order number"), max_length=40)

    def text(self) -> str:
        """Return what to look for; what cannot be read finds nothing."""
        return self.q.data if self.validate() else ""

    def amount(self) -> int | None:
        """Return the text as a sum, if it is one."""
        digits = re.sub(r"(?i)^rp\.?|[\s.,]", "", self.text())
        return int(digits) if re.fullmatch(r"[0-9]{1,13}", digits) else None


class ConfirmForm(BaseForm):
    """What the statement shows."""

    received_amount = RupiahField(_l("Amount received"), [Required()], low=1)
    reference = TextField(_l("Reference in the statement"), [Required()], max_length=rules.REFERENCE_LENGTH)
    is_meant = BooleanField(_l("Yes, the bank's list shows this amount."))
    asked: int | None = None
    """What the bill asks for, rupiah."""

    @property
    def is_odd(self) -> bool:
        """Tell whether the amount is so far from what was asked that the treasurer is asked again."""
        received = self.received_amount.data
        return self.asked is not None and received is not None and rules.is_odd(self.asked, received)

    def validate_received_amount(self, _field: RupiahField) -> None:
        """Refuse an odd amount until it is said to be right: a digit too many is booked in an instant."""
        if self.is_odd and not self.is_meant.data:
            asked = format_rupiah(self.asked or 0)
            raise ValidationError(_("%(asked)s was asked for. Mend the amount, or tick that it is right.", asked=asked))


class RejectForm(BaseForm):
    """Why a claim was not found."""

    reason = TextField(_l("What the buyer should know"), [Required()], max_length=300)


class CashForm(BaseForm):
    """Cash at the counter."""

    pickup_code = TextField(
        _l("Pick-up code"),
        [Required()],
        max_length=6,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    handed = RupiahField(_l("Cash from the buyer"), [Required()], low=1)


class RefundForm(BaseForm):
    """Money that was given back."""

    key = KeyField()
    amount = RupiahField(_l("Amount"), [Required()], low=1)
    method = RadioField(_l("How"), coerce=str, validators=[InputRequired()])
    reference = TextField(_l("Bank reference, or who signed"), max_length=rules.REFERENCE_LENGTH)
    reason = TextField(_l("Why"), [Required()], max_length=300)

    def offer(self, *, online: bool) -> None:
        """Offer the ways by hand, and first of all the way the money came where its provider can send it back."""
        methods = labels.OFFERED if online else labels.BY_HAND
        self.method.choices = options((method.value, label) for method, label in methods.items())
        self.method.data = self.method.data or next(iter(methods)).value

    def validate_reference(self, field: TextField) -> None:
        """Ask for a proof of what was given by hand."""
        if not field.data and self.method.data != RefundMethod.ONLINE:
            raise ValidationError(_("Please fill this in."))

    def content(self) -> tuple[int, RefundMethod, str, str]:
        """Return amount, way, reference and reason."""
        return self.amount.data or 0, RefundMethod(self.method.data), self.reference.data or "", self.reason.data or ""


class CameBackForm(BaseForm):
    """Money that was given back by hand, and came back to the office."""

    reference = TextField(_l("Bank reference, or who brought it"), [Required()], max_length=rules.REFERENCE_LENGTH)
    on = DateField(_l("Came back on"), [Required()])


class SettleForm(BaseForm):
    """What was done about a message of a provider that fits nothing."""

    note = TextField(_l("What you found, and what you did"), [Required()], max_length=300)


class RestForm(BaseForm):
    """More money for an order whose payment fell short."""

    key = KeyField()
    received_amount = RupiahField(_l("Amount received"), [Required()], low=1)
    way = RadioField(_l("How it came"), coerce=str, validators=[InputRequired()])
    reference = TextField(
        _l("Reference in the statement, or who brought the cash"), [Required()], max_length=rules.REFERENCE_LENGTH
    )

    def offer(self, provider: str) -> None:
        """Offer the way of the first payment, and cash."""
        ways = {"cash": _l("Cash")}
        if provider in BY_STATEMENT:
            ways = {provider: labels.PROVIDER_NAMES[provider], **ways}
        self.way.choices = options(ways.items())
        self.way.data = self.way.data or next(iter(ways))

    def content(self) -> Rest:
        """Return what came."""
        return Rest(self.way.data, self.received_amount.data or 0, self.reference.data or "")


class BankAccountForm(BaseForm):
    """The office's account for transfers."""

    bank_name = TextField(_l("Bank"), [Required()], max_length=60)
    number = TextField(_l("Account number"), [Required()], max_length=40, render_kw={"inputmode": "numeric"})
    holder = TextField(_l("Account holder"), [Required()], max_length=120)

    def validate_number(self, field: TextField) -> None:
        """Take digits only, however they are grouped."""
        field.data = re.sub(r"[\s.-]", "", field.data)
        if not ACCOUNT_NUMBER.fullmatch(field.data):
            raise ValidationError(_("An account number has 6 to 20 digits."))


class QrisForm(BaseForm):
    """The office's static QRIS, as the text inside its picture."""

    payload = TextAreaField(_l("Text of the QRIS code"), [Required()], max_length=accounts.MAX_PAYLOAD)
