"""What an office is told of an invoice that waits to be paid, by an officer's hand or by itself."""

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
    """Return what somebody of the office is told."""
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
            "%(amount)s is still open. Please transfer it and name the invoice. Thank you.",
            **values,
        )
    return _(
        "Dear %(name)s (%(office)s), invoice %(number)s is to be paid until %(day)s. "
        "%(amount)s is open. Please transfer it and name the invoice. Thank you.",
        **values,
    )
