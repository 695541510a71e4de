"""What members of offices, and officers about them, fill in."""

from collections.abc import Iterable
from typing import Any

from lokal import parse_npwp
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the type stubs are behind
from wtforms.validators import InputRequired, Optional

from ..areas.models import Area
from ..orders import billing
from ..payments.kept import Rest
from ..payments.labels import PROVIDER_NAMES
from ..payments.proofs import ProofForm
from ..payments.provider import Provider
from ..payments.rules import REFERENCE_LENGTH
from ..shared.address_fields import RtRwField
from ..shared.errors import InvalidInput
from ..shared.fields import (
    BaseForm,
    FilterField,
    KeyField,
    PhoneField,
    QuantityField,
    QueryForm,
    Required,
    RupiahField,
    TextField,
    options,
)
from ..shared.i18n import _, _l
from ..shared.money import format_rupiah
from . import labels
from .desk_queries import InvoiceTab, OfficeTab
from .models import OfficeKind, OfficeOrderLine, OfficeRole
from .service import OfficeContent

CHOOSE = _l("Please choose one.")
PURCHASE_NUMBER_LENGTH = 60


class NpwpField(TextField):
    """The tax number of an organisation; gives its fifteen digits."""

    def read(self, typed: str) -> str:
        """Return the digits; a person's number is his NIK, which has no place here."""
        info = parse_npwp(super().read(typed))
        if not info.valid or info.npwp16 is None or info.nik is not None:
            raise ValueError(_("This is no tax number of an office. Example: 01.234.567.8-901.000"))
        return str(info.npwp16)[1:]


class OfficeForm(BaseForm):
    """What an office is called, where it is and who pays."""

    key = KeyField()
    kind = RadioField(_l("What is it?"), [Required(CHOOSE)])
    name = TextField(_l("Name of the office"), [Required()], max_length=160)
    street = TextField(_l("Street and number"), [Required()])
    rt_rw = RtRwField(_l("RT/RW"))
    village_code = SelectField(_l("Village"), [Optional()], default="", choices=[])
    treasurer_name = TextField(_l("Name of the treasurer"), [Required()], max_length=120)
    phone = PhoneField(_l("Phone of the treasurer"), [Required()])
    npwp = NpwpField(_l("Tax number (NPWP)"), [Optional()], max_length=30)

    def offer(self, districts: Iterable[Area], villages: Iterable[Area]) -> None:
        """Let one of these kinds and villages be chosen."""
        self.kind.choices = options((key.value, label) for key, label in labels.KINDS.items())
        names = {area.code: area.name for area in districts}
        listed = [SelectChoice(area.code, area.name, optgroup=names.get(str(area.parent_code))) for area in villages]
        self.village_code.choices = [SelectChoice("", str(_l("Choose a village"))), *listed]

    def content(self, regency_code: str) -> OfficeContent:
        """Return what was filled in."""
        return OfficeContent(
            regency_code,
            OfficeKind(self.kind.data),
            self.name.data,
            self.street.data,
            self.village_code.data or None,
            self.treasurer_name.data,
            self.phone.data,
            self.npwp.data or "",
            self.rt_rw.data,
        )


class JoinForm(BaseForm):
    """The invitation of an office."""

    code = TextField(_l("Invitation code"), [Required()], max_length=20, render_kw={"autocomplete": "off"})


GONE = "gone"


class RoleForm(BaseForm):
    """What becomes of a member: one of the roles, or he goes."""

    role = SelectField(choices=options((each, each) for each in (*(role.value for role in OfficeRole), GONE)))

    def chosen(self) -> OfficeRole | None:
        """Return the role; None for one who goes."""
        return None if self.role.data == GONE else OfficeRole(self.role.data)


class ReasonForm(BaseForm):
    """Why something is sent back."""

    reason = TextField(_l("What must be different?"), [Required()], max_length=300)


class UndoForm(BaseForm):
    """Why an office does not want what it ordered."""

    reason = TextField(_l("Reason"), [Required()], max_length=300)


class TakeOutForm(BaseForm):
    """What an office does not want any more of an order that goes on; `key` makes it happen once."""

    key = KeyField()
    line_id = SelectField(_l("What do you not want?"), coerce=int, validate_choice=False)
    quantity = QuantityField(_l("How many fewer"), [Required()])
    reason = TextField(_l("Why? You need not say."), max_length=200)

    def offer(self, lines: Iterable[tuple[str, str]]) -> None:
        """Fill in what can be chosen."""
        self.line_id.choices = options(lines)


class OrderForm(BaseForm):
    """The office's own number, and how it pays."""

    purchase_number = TextField(_l("Number of your purchase order"), [Required()], max_length=PURCHASE_NUMBER_LENGTH)
    payment_method = RadioField(_l("How do you pay?"), [Required(CHOOSE)])

    def offer(self, providers: Iterable[Provider], *, on_invoice: bool) -> None:
        """Let one of these ways be chosen; an invoice, where the office has credit, stands first."""
        ways = [(billing.INVOICE, str(_l("On an invoice, after you have the goods")))] if on_invoice else []
        self.payment_method.choices = options(
            [*ways, *((each.code, f"{each.label}. {each.hint}") for each in providers)]
        )
        if on_invoice and not self.is_submitted():
            self.payment_method.data = billing.INVOICE


def quantities_form(lines: Iterable[OfficeOrderLine], *, is_sent: bool) -> BaseForm:
    """Return a form with a quantity for each line, under `line-12`; 0 takes it out."""

    class QuantitiesForm(BaseForm):
        pass

    for line in lines:
        setattr(QuantitiesForm, f"line-{line.id}", QuantityField(line.name, low=0, high=9_999, default=line.quantity))
    return QuantitiesForm() if is_sent else QuantitiesForm(formdata=None)


class OfficeFilter(QueryForm):
    """What the list of offices is narrowed to."""

    q = TextField(_l("Name"), max_length=80)
    tab = FilterField(_l("Which"), coerce=str, default="")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.tab.choices = options((key.value, label) for key, label in labels.OFFICE_TABS.items())

    def asked(self) -> tuple[OfficeTab, str]:
        """Return list and text; what cannot be read narrows nothing."""
        self.validate()
        chosen = self.tab.chosen()
        return OfficeTab(chosen) if chosen else OfficeTab.ALL, "" if self.q.errors else self.q.data


class InvoiceFilter(QueryForm):
    """What the list of invoices is narrowed to."""

    q = TextField(_l("Number or office"), max_length=80)
    tab = FilterField(_l("Which"), coerce=str, default="")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.tab.choices = options((key.value, label) for key, label in labels.INVOICE_TABS.items())

    def asked(self) -> tuple[InvoiceTab, str]:
        """Return list and text; what cannot be read narrows nothing."""
        self.validate()
        chosen = self.tab.chosen()
        return InvoiceTab(chosen) if chosen else InvoiceTab.OPEN, "" if self.q.errors else self.q.data


class CreditForm(BaseForm):
    """Whether an office may pay later, and up to which sum."""

    allowed = BooleanField(_l("May pay after it has the goods"))
    limit = RupiahField(_l("May owe at most"))


class TransferProofForm(ProofForm):
    """An office says that it transferred something for its invoice, all of it or a part."""

    key = KeyField()
    amount = RupiahField(_l("How much did you transfer?"), [Required()], low=1)


class MoneyForm(BaseForm):
    """Money for an invoice."""

    key = KeyField()
    received_amount = RupiahField(_l("Amount received"), [Required()], low=1)
    way = RadioField(_l("How it came"), coerce=str, validators=[InputRequired()], default="transfer")
    reference = TextField(
        _l("Reference in the statement, or who brought the cash"), [Required()], max_length=REFERENCE_LENGTH
    )
    is_meant = BooleanField(_l("Yes, the bank's list shows this amount."))
    open_amount = 0
    """What is still to be paid, rupiah."""

    @property
    def is_too_much(self) -> bool:
        """Tell whether more came than is open, so that the treasurer is asked again."""
        return (self.received_amount.data or 0) > self.open_amount

    def check_sum(self) -> None:
        """Raise InvalidInput for too much until it is said to be right: a digit too many is booked in an instant."""
        if self.is_too_much and not self.is_meant.data:
            text = _(
                "%(open)s is open. Mend the amount, or tick that it is right.", open=format_rupiah(self.open_amount)
            )
            raise InvalidInput(text, field="received_amount")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.way.choices = options((code, PROVIDER_NAMES[code]) for code in ("transfer", "qris")) + options(
            [("cash", _l("Cash"))]
        )

    def content(self) -> Rest:
        """Return what came."""
        return Rest(self.way.data, self.received_amount.data or 0, self.reference.data or "")
