"""What payments, and what is done with them, are called on screen."""

from ..shared.i18n import Text, _l
from .models import DisputeState, Doubt, EventOutcome, PaymentState, RefundMethod, RefundState
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

BY_HAND: dict[RefundMethod, Text] = {
    RefundMethod.CASH: _l("Cash"),
    RefundMethod.TRANSFER: _l("Bank transfer"),
}
OFFERED: dict[RefundMethod, Text] = {RefundMethod.ONLINE: _l("Back the way it came, by Stripe"), **BY_HAND}
REFUND_METHODS: dict[RefundMethod, Text] = {
    **OFFERED,
    RefundMethod.TENT: _l("Cash at the tent"),
    RefundMethod.QRIS: _l("Noted by mistake: it never came"),
}

REFUND_STATES: dict[RefundState, tuple[Text, str, str]] = {
    RefundState.REQUESTED: (_l("On its way"), "warn", "clock"),
    RefundState.SUCCEEDED: (_l("Given back"), "good", "circle-check"),
    RefundState.FAILED: (_l("Failed"), "bad", "circle-x"),
}

DISPUTE_STATES: dict[DisputeState, tuple[Text, str, str]] = {
    DisputeState.OPEN: (_l("Open"), "warn", "clock"),
    DisputeState.WON: (_l("Won"), "good", "circle-check"),
    DisputeState.LOST: (_l("Lost"), "bad", "circle-x"),
    DisputeState.CLOSED: (_l("Closed"), "neutral", "x"),
}

DISPUTE_REASONS: dict[str, Text] = {
    "fraudulent": _l("The card's owner says that he did not pay"),
    "product_not_received": _l("The buyer says that nothing arrived"),
    "product_unacceptable": _l("The buyer says that the goods are not as promised"),
    "duplicate": _l("The buyer says that he paid twice"),
    "credit_not_processed": _l("The buyer says that money was promised back and did not come"),
    "unrecognized": _l("The card's owner does not know this payment"),
}
"""What the buyer's bank says most often; the rest is shown as it calls it."""

OUTCOMES: dict[EventOutcome, tuple[Text, str, str]] = {
    EventOutcome.DONE: (_l("Taken in"), "good", "circle-check"),
    EventOutcome.NOTHING: (_l("Nothing to do"), "neutral", "x"),
    EventOutcome.REVIEW: (_l("Needs review"), "bad", "triangle-alert"),
    EventOutcome.REVIEWED: (_l("Settled"), "good", "circle-check"),
}

DOUBTS: dict[Doubt, Text] = {
    Doubt.UNKNOWN: _l("It fits no bill that we know."),
    Doubt.OTHER_ORDER: _l("It names another order than the bill it is about."),
    Doubt.SUM: _l("It is about another sum than ours, or not in rupiah."),
    Doubt.NOT_OWED: _l("Money went back to the buyer that was not owed to him."),
}

WHAT_TO_DO: dict[Doubt, Text] = {
    Doubt.UNKNOWN: _l(
        "Open Stripe and search for the reference. If the money is of another shop, note it here. If it is of an order "
        "of ours, give it back in Stripe."
    ),
    Doubt.OTHER_ORDER: _l("Open Stripe and see who paid. Give the money back there, or call the buyer."),
    Doubt.SUM: _l(
        "The money is at Stripe, and not in our books. Give it back in Stripe, then ask the buyer to pay anew."
    ),
    Doubt.NOT_OWED: _l(
        "Somebody gave money back in Stripe. If the order is to be cancelled, cancel it here first, then press "
        "“Try again”."
    ),
}
