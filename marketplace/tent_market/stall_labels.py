"""What states of tents and lists are called on screen."""

from ..shared.i18n import Text, _l
from .goods_models import LoadState
from .models import StallState
from .till_models import BuyerKind

STATES: dict[StallState, tuple[Text, str, str]] = {
    StallState.OPEN: (_l("Open for sale"), "info", "tent"),
    StallState.COUNTED: (_l("Counted, not confirmed"), "warn", "clock"),
    StallState.CLOSED: (_l("Closed"), "good", "lock"),
    StallState.CANCELLED: (_l("Not put up"), "neutral", "x"),
}

LOADS: dict[LoadState, tuple[Text, str, str]] = {
    LoadState.LISTED: (_l("To be counted out"), "warn", "clock"),
    LoadState.LOADED: (_l("In the tent"), "good", "circle-check"),
    LoadState.DROPPED: (_l("Dropped"), "neutral", "x"),
}

BUYERS: dict[BuyerKind, Text] = {
    BuyerKind.PUBLIC: _l("General public"),
    BuyerKind.OFFICE: _l("Offices"),
    BuyerKind.SCHOOL: _l("Schools"),
}
