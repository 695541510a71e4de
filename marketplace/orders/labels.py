"""How orders, their steps and their delivery are called on screen."""

from ..shared.i18n import Text, _l
from .models import DeliveryMethod, OrderState

STATES: dict[OrderState, tuple[Text, str, str]] = {
    OrderState.AWAITING_PAYMENT: (_l("Waiting for payment"), "warn", "clock"),
    OrderState.AWAITING_VERIFICATION: (_l("Payment is being checked"), "info", "search"),
    OrderState.PROCESSING: (_l("Being prepared"), "info", "package-open"),
    OrderState.READY: (_l("Ready"), "good", "package-check"),
    OrderState.SHIPPED: (_l("On the way"), "info", "truck"),
    OrderState.COMPLETED: (_l("Done"), "good", "circle-check"),
    OrderState.CANCELLED: (_l("Cancelled"), "neutral", "circle-x"),
    OrderState.EXPIRED: (_l("Payment came too late"), "neutral", "clock"),
    OrderState.RETURNED: (_l("Returned"), "neutral", "undo-2"),
}
"""Word, tone and icon of each state's badge."""

READY: dict[DeliveryMethod, Text] = {
    DeliveryMethod.PICKUP: _l("Ready for pick-up"),
    DeliveryMethod.OFFICE: _l("Ready to be sent"),
    DeliveryMethod.ADDRESS: _l("Ready to be sent"),
}


def badge_of(state: OrderState, method: DeliveryMethod) -> tuple[Text, str, str]:
    """Return word, tone and icon of a state of an order, which says whether it is fetched or sent once it is ready."""
    word, tone, icon = STATES[state]
    return (READY[method] if state is OrderState.READY else word), tone, icon


DELIVERIES: dict[DeliveryMethod, Text] = {
    DeliveryMethod.PICKUP: _l("Picked up"),
    DeliveryMethod.OFFICE: _l("To an office"),
    DeliveryMethod.ADDRESS: _l("To an address"),
}

EVENTS: dict[str, Text] = {
    "place": _l("Ordered"),
    "claim": _l("The buyer says that he paid"),
    "reject_claim": _l("Payment not found"),
    "differ": _l("Less arrived than asked"),
    "exceed": _l("More arrived than asked"),
    "unpay": _l("Booked by mistake: still to be paid"),
    "reopen": _l("The money went back: to be paid anew"),
    "pay": _l("Paid"),
    "promise": _l("Will be paid in cash"),
    "bill": _l("On the office's invoice"),
    "pack": _l("Packed"),
    "ship": _l("Sent"),
    "hand_over": _l("Handed over"),
    "cancel": _l("Cancelled"),
    "withdraw": _l("Cancelled after packing"),
    "expire": _l("Ended unpaid"),
    "return": _l("Came back"),
}
