"""What documents are called on screen."""

from ..shared.i18n import Text, _l
from .models import DocumentKind, DocumentState

KINDS: dict[DocumentKind, Text] = {
    DocumentKind.INVOICE: _l("Invoice"),
    DocumentKind.OFFICE_INVOICE: _l("Invoice of an office"),
    DocumentKind.PURCHASE_ORDER: _l("Purchase order"),
    DocumentKind.RECEIPT: _l("Receipt"),
    DocumentKind.HANDOVER: _l("Handover record"),
    DocumentKind.DELIVERY_NOTE: _l("Delivery note"),
    DocumentKind.LABEL: _l("Parcel label"),
    DocumentKind.RECAP: _l("Recap of an office"),
    DocumentKind.CONSENT: _l("Salary deduction"),
}

PURPOSES: dict[DocumentKind, Text] = {
    DocumentKind.INVOICE: _l("What is to be paid, and where to."),
    DocumentKind.OFFICE_INVOICE: _l("What the office is to pay, until when, and where to."),
    DocumentKind.PURCHASE_ORDER: _l("The office's order, to be signed by it."),
    DocumentKind.RECEIPT: _l("That the money came."),
    DocumentKind.HANDOVER: _l("To be signed by both when the goods are handed over."),
    DocumentKind.DELIVERY_NOTE: _l("Goes with the goods on their way."),
    DocumentKind.LABEL: _l("To be stuck on the parcel."),
    DocumentKind.CONSENT: _l("The buyer agrees that his salary pays the order, and signs."),
}

STATES: dict[DocumentState, tuple[Text, str, str]] = {
    DocumentState.VALID: (_l("Valid"), "good", "badge-check"),
    DocumentState.REPLACED: (_l("Replaced"), "warn", "rotate-ccw"),
    DocumentState.CANCELLED: (_l("Not valid any more"), "bad", "circle-x"),
}
"""Word, tone and icon of each state's badge."""
