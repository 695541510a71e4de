"""What tills, and what they told, are called on screen."""

from ..shared.i18n import Text, _, _l, _n
from ..shared.money import format_rupiah
from .models import StallState
from .rescue import Tab
from .till_models import BuyerKind, Problem, RemarkKind, TillEventKind, TillEventState, TillRemark

KINDS: dict[TillEventKind, Text] = {
    TillEventKind.SALE: _l("Sale"),
    TillEventKind.VOID: _l("Typed by mistake"),
    TillEventKind.REFUND: _l("Goods came back"),
}

STATES: dict[TillEventState, tuple[Text, str, str]] = {
    TillEventState.BOOKED: (_l("In the books"), "good", "circle-check"),
    TillEventState.RESCUE: (_l("To look at"), "warn", "circle-alert"),
    TillEventState.SETTLED: (_l("Settled otherwise"), "neutral", "check"),
}
"""Word, tone and icon of each state's badge."""

PROBLEMS: dict[Problem, Text] = {
    Problem.STALL_CLOSED: _l("Came after its tent was counted"),
    Problem.REVOKED: _l("From a phone that was reported lost"),
    Problem.UNREADABLE: _l("Cannot be read"),
    Problem.UNKNOWN_GOODS: _l("Goods that are not ours"),
    Problem.OTHER_STALL: _l("Names another tent"),
    Problem.NO_SUCH_SALE: _l("Takes back a sale that is unknown"),
    Problem.NO_MONEY: _l("More given back than the drawers held"),
}

WHAT_TO_DO: dict[Problem, Text] = {
    Problem.STALL_CLOSED: _l(
        "Ask the cashier whether it was really sold. If it was, book it: its goods are found at the tent again, and "
        "its cash stands under “Cash in the tents” until somebody hands it in."
    ),
    Problem.REVOKED: _l("Ask the cashier whether it is his. Somebody else may have had the phone."),
    Problem.UNREADABLE: _l("Nothing can be booked of it. Ask the cashier what it was, and settle it in words."),
    Problem.UNKNOWN_GOODS: _l("If the goods are written down by now, book it. Else settle it in words."),
    Problem.OTHER_STALL: _l("If it was really sold at that tent, book it."),
    Problem.NO_SUCH_SALE: _l("The sale may be on this list itself: book that one first, then this."),
    Problem.NO_MONEY: _l("Wait for the other phones of that day. Once their cash is known, book it."),
}

REMARKS: dict[RemarkKind, Text] = {
    RemarkKind.SHORT: _l("More sold than the tent had"),
    RemarkKind.PRICE: _l("Another price than now"),
    RemarkKind.DISCOUNT: _l("Larger discount than allowed"),
    RemarkKind.CLOCK: _l("The phone's clock is wrong"),
}

BUYERS: dict[BuyerKind, Text] = {
    BuyerKind.PUBLIC: _l("General public"),
    BuyerKind.OFFICE: _l("Office"),
    BuyerKind.SCHOOL: _l("School"),
}

PAID: dict[str, Text] = {"cash": _l("Cash"), "qris": _l("QRIS")}

TABS: dict[Tab, Text] = {
    Tab.EVENTS: _l("To look at"),
    Tab.CONFLICTS: _l("Told in two ways"),
    Tab.REMARKS: _l("Odd sales"),
    Tab.DONE: _l("Done"),
}

STALL_STATES: dict[StallState, tuple[Text, str, str]] = {
    StallState.OPEN: (_l("Selling"), "good", "circle-check"),
    StallState.COUNTED: (_l("Counted"), "info", "list-checks"),
    StallState.CLOSED: (_l("Closed and locked"), "neutral", "lock"),
    StallState.CANCELLED: (_l("Cancelled"), "neutral", "x"),
}

DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS = 86_400, 3_600, 60


def value_of(remark: TillRemark) -> str:
    """Say how far off it was."""
    if remark.kind is RemarkKind.SHORT:
        return _n("%(num)s piece", "%(num)s pieces", remark.value)
    if remark.kind is RemarkKind.PRICE:
        amount = format_rupiah(abs(remark.value))
        return _("%(amount)s more", amount=amount) if remark.value > 0 else _("%(amount)s less", amount=amount)
    if remark.kind is RemarkKind.DISCOUNT:
        return f"{remark.value} %"
    return clock_words(remark.value)


def clock_words(seconds: int) -> str:
    """Say by how much a clock is wrong."""
    span = span_words(abs(seconds))
    return _("%(span)s ahead", span=span) if seconds > 0 else _("%(span)s behind", span=span)


def span_words(seconds: int) -> str:
    """Say a span of time in its largest unit."""
    if seconds >= DAY_SECONDS:
        return _n("%(num)s day", "%(num)s days", seconds // DAY_SECONDS)
    if seconds >= HOUR_SECONDS:
        return _n("%(num)s hour", "%(num)s hours", seconds // HOUR_SECONDS)
    return _n("%(num)s minute", "%(num)s minutes", seconds // MINUTE_SECONDS)
