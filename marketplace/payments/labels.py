"""What payments, and what is done with them, are called on screen."""

from ..shared.i18n import Text, _l
from .models import DisputeState, Doubt, EventOutcome, PaymentState, Refund, RefundMethod, RefundState
from .providers import PROVIDERS
from .queries import Tab
from .rules import WayBack

STATES: dict[PaymentState, tuple[Text, str, str]] = {
    PaymentState.PENDING: (_l("Waiting for money"), "neutral", "clock"),
    PaymentState.CLAIMED: (_l("Buyer says paid"), "warn", "search"),
    PaymentState.CONFIRMED: (_l("Received"), "good", "circle-check"),
    PaymentState.REJECTED: (_l("Not found"), "bad", "circle-x"),
    PaymentState.EXPIRED: (_l("Too late"), "neutral", "circle-dashed"),
    PaymentState.CANCELLED: (_l("Cancelled"), "neutral", "x"),
    PaymentState.TAKEN_BACK: (_l("Booked by mistake"), "neutral", "undo-2"),
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

CAME_BACK: tuple[Text, str, str] = (_l("Came back to us"), "warn", "undo-2")


def refund_state(refund: Refund) -> tuple[Text, str, str]:
    """Return how a refund stands: one by hand did not fail, its money came back."""
    is_back = refund.state is RefundState.FAILED and refund.method is not RefundMethod.ONLINE
    return CAME_BACK if is_back else REFUND_STATES[refund.state]


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

WAYS_BACK: dict[WayBack, Text] = {
    WayBack.OWED: _l("Less is owed back to the buyer. The order stays as it is."),
    WayBack.DEBT: _l("The office owes this sum again: its invoice is open. The families keep what they earned."),
    WayBack.ANEW: _l("The order waits for its money again, with a new bill. Its goods stay held until then."),
    WayBack.GIVEN_BACK: _l(
        "Money of this order was given back already, and nobody knows any more which. Bring it before the head: what "
        "was given back has to come back first."
    ),
    WayBack.PACKED: _l(
        "The goods are packed, and nothing else paid for them. Take the order off first: then its money is owed back, "
        "and the payment can be taken back. Or match the buyer's own money to this order when it comes."
    ),
    WayBack.DELIVERED: _l(
        "The goods were handed over and the families have earned: that stands, though nothing else paid for it. Bring "
        "it before the head, and ask the buyer for his money. When it is matched to this order, or the goods came "
        "back, the payment can be taken back."
    ),
    WayBack.CHANGED: _l(
        "Something was left out of this order since, and its money is reckoned with. Take the whole order off: then "
        "its money is owed back, and the payment can be taken back."
    ),
    WayBack.SEVERAL: _l(
        "Several sums paid this order together. Take the order off: then all of its money is owed back, and each "
        "payment can be taken back."
    ),
}
"""What taking back a payment means, or why it cannot be and what can be done."""
