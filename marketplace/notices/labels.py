"""How messages are called on screen."""

from ..shared.i18n import Text, _l
from .models import Notice, NoticeKind, NoticeState
from .queries import Tab

KINDS: dict[NoticeKind, Text] = {
    NoticeKind.PLACED: _l("Ordered"),
    NoticeKind.SHORT: _l("Less arrived than asked"),
    NoticeKind.NOT_FOUND: _l("Payment not found"),
    NoticeKind.SUBSTITUTE: _l("Something else instead?"),
    NoticeKind.PAID: _l("Paid"),
    NoticeKind.PACKED: _l("Packed"),
    NoticeKind.SHIPPED: _l("Sent"),
    NoticeKind.DELIVERED: _l("Handed over"),
    NoticeKind.CANCELLED: _l("Cancelled"),
    NoticeKind.REFUNDED: _l("Given back"),
    NoticeKind.INVOICE_DUE: _l("Invoice to be paid soon"),
    NoticeKind.INVOICE_OVERDUE: _l("Invoice overdue"),
}

STATES: dict[NoticeState, tuple[Text, str, str]] = {
    NoticeState.PENDING: (_l("Waits to be sent"), "neutral", "clock"),
    NoticeState.SENDING: (_l("Is being sent"), "info", "clock"),
    NoticeState.BY_HAND: (_l("To send by WhatsApp"), "warn", "message-circle"),
    NoticeState.SENT: (_l("Sent"), "good", "circle-check"),
    NoticeState.DEAD: (_l("Not sent"), "bad", "triangle-alert"),
    NoticeState.DROPPED: (_l("Not needed"), "neutral", "x"),
}
"""Word, tone and icon of a state's badge."""

TABS: dict[Tab, Text] = {
    Tab.BY_HAND: _l("To send by WhatsApp"),
    Tab.DEAD: _l("Not sent"),
    Tab.PENDING: _l("Waits to be sent"),
    Tab.DONE: _l("History"),
}


def about(notice: Notice) -> Text:
    """Return what a message is about; of an order that had ended before its money came, that it is about the money."""
    is_late_money = notice.kind is NoticeKind.CANCELLED and notice.source.startswith("payment:")
    return _l("Money came after the order had ended") if is_late_money else KINDS[notice.kind]
