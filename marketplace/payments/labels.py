"""What payments, and what is done with them, are called on screen."""

from ..shared.i18n import Text, _l
from .models import PaymentState, RefundMethod
from .providers import PROVIDERS
from .queries import Tab

STATES: dict[PaymentState, tuple[Text, str, str]] = {
    PaymentState.PENDING: (_l("Waiting for money"), "neutral", "clock"),
    PaymentState.CLAIMED: (_l("Buyer says paid"), "warn", "search"),
    PaymentState.CONFIRMED: (_l("Received"), "good", "circle-check"),
    PaymentState.REJECTED: (_l("Not found"), "bad", "circle-x"),
    PaymentState.EXPIRED: (_l("Too late"), "neutral", "circle-dashed"),
    PaymentState.CANCELLED: (_l("Cancelled"), "neutral", "x"),
}
"""State → its words, tone and icon."""

PROVIDER_NAMES: dict[str, Text] = {code: provider.label for code, provider in PROVIDERS.items()}

TABS: dict[Tab, Text] = {
    Tab.CLAIMED: _l("To check"),
    Tab.OPEN: _l("Waiting for money"),
    Tab.REST: _l("Waiting for the rest"),
    Tab.REVIEW: _l("Needs review"),
    Tab.HISTORY: _l("History"),
}

REFUND_METHODS: dict[RefundMethod, Text] = {
    RefundMethod.CASH: _l("Cash"),
    RefundMethod.TRANSFER: _l("Bank transfer"),
}
