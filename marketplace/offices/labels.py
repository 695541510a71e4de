"""What offices, what they want and their invoices are called on screen."""

from ..shared.i18n import Text, _l
from .desk_queries import InvoiceTab, OfficeTab
from .models import OfficeKind, OfficeOrderState, OfficeRole
from .rules import InvoiceState

KINDS: dict[OfficeKind, Text] = {
    OfficeKind.AGENCY: _l("Government office"),
    OfficeKind.SCHOOL: _l("School"),
    OfficeKind.BUSINESS: _l("Business"),
}

ROLES: dict[OfficeRole, Text] = {
    OfficeRole.MEMBER: _l("Member: orders"),
    OfficeRole.APPROVER: _l("Approver: orders and approves"),
}

STATES: dict[OfficeOrderState, tuple[Text, str, str]] = {
    OfficeOrderState.DRAFT: (_l("Offer"), "neutral", "file-text"),
    OfficeOrderState.ASKED: (_l("Waits for approval"), "warn", "clock"),
    OfficeOrderState.SENT_BACK: (_l("Sent back"), "bad", "undo-2"),
    OfficeOrderState.APPROVED: (_l("Approved"), "good", "check"),
    OfficeOrderState.ORDERED: (_l("Ordered"), "info", "package"),
    OfficeOrderState.CANCELLED: (_l("Cancelled"), "neutral", "circle-x"),
}
"""State → its words, tone and icon."""

INVOICE_STATES: dict[InvoiceState, tuple[Text, str, str]] = {
    InvoiceState.OPEN: (_l("To be paid"), "warn", "clock"),
    InvoiceState.PARTLY_PAID: (_l("Partly paid"), "warn", "circle-dot"),
    InvoiceState.PAID: (_l("Paid"), "good", "circle-check"),
    InvoiceState.CANCELLED: (_l("Cancelled"), "neutral", "circle-x"),
}

OFFICE_TABS: dict[OfficeTab, Text] = {
    OfficeTab.ALL: _l("All"),
    OfficeTab.NEW: _l("To verify"),
    OfficeTab.CREDIT: _l("With credit"),
}

INVOICE_TABS: dict[InvoiceTab, Text] = {
    InvoiceTab.OPEN: _l("To be paid"),
    InvoiceTab.OVERDUE: _l("Overdue"),
    InvoiceTab.DONE: _l("Done"),
}
