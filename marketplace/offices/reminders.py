"""What an office is told of an invoice that waits to be paid, by an officer's hand or by itself."""

from flask import current_app

from ..areas.pickup import place_of
from ..payments.accounts import for_transfers
from ..shared.formats import long_day
from ..shared.i18n import _
from ..shared.money import format_rupiah
from .models import Invoice


def subject_of(invoice: Invoice, *, is_late: bool) -> str:
    """Return the subject of an e-mail."""
    if is_late:
        return _("Invoice %(number)s should have been paid", number=invoice.number)
    return _("Invoice %(number)s is to be paid until %(day)s", number=invoice.number, day=long_day(invoice.due_on))


def text_of(invoice: Invoice, name: str, *, is_late: bool) -> str:
    """Return what somebody of the office is told: what is open, how it is paid, and where the invoice stands."""
    address = f"{current_app.extensions['config'].base_url}/instansi/tagihan/{invoice.id}"
    link = _("The invoice: %(link)s", link=address)
    return "\n\n".join([_asked(invoice, name, is_late=is_late), _way_to_pay(invoice), link])


def _way_to_pay(invoice: Invoice) -> str:
    account = for_transfers(invoice.regency_code)
    if account is not None:
        values = {"bank": account.bank_name, "account": account.number, "holder": account.holder}
        return _(
            "Transfer to %(bank)s %(account)s in the name of %(holder)s, and write: %(number)s.",
            **values,
            number=invoice.number,
        )
    place = place_of(invoice.regency_code)
    at = ". ".join(part for part in (place.address, place.hours) if part)
    return " ".join([_("Please pay at the social office and name the invoice."), at]).strip()


def _asked(invoice: Invoice, name: str, *, is_late: bool) -> str:
    values = {
        "name": name,
        "office": invoice.office.name,
        "number": invoice.number,
        "amount": format_rupiah(invoice.open_amount),
        "day": long_day(invoice.due_on),
    }
    if is_late:
        return _(
            "Dear %(name)s (%(office)s), invoice %(number)s was to be paid on %(day)s. "
            "%(amount)s is still open. Thank you for paying it soon.",
            **values,
        )
    return _(
        "Dear %(name)s (%(office)s), invoice %(number)s is to be paid until %(day)s. "
        "%(amount)s is open. Thank you for paying it in time.",
        **values,
    )
