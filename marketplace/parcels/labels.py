"""How states, occasions and actions of parcels are called on screen."""

from ..shared.i18n import Text, _, _l
from .models import Occasion, ParcelState
from .rules import NO_CUT_OFF, Action

OCCASIONS: dict[Occasion, Text] = {
    Occasion.LEBARAN: _l("Idul Fitri"),
    Occasion.NATAL: _l("Christmas"),
    Occasion.ANNIVERSARY: _l("Anniversary of the district"),
    Occasion.MEETING: _l("Meetings"),
    Occasion.WEDDING: _l("Weddings"),
    Occasion.THANKS: _l("To say thank you"),
    Occasion.SOUVENIR: _l("Souvenirs"),
    Occasion.EVERYDAY: _l("Every day"),
}

STATES: dict[ParcelState, tuple[Text, str, str]] = {
    ParcelState.DRAFT: (_l("Draft"), "neutral", "pencil"),
    ParcelState.OFFERED: (_l("On offer"), "good", "circle-check"),
    ParcelState.PAUSED: (_l("Paused"), "warn", "pause"),
    ParcelState.ARCHIVED: (_l("Archived"), "neutral", "archive"),
}
"""Word, tone and icon of a state's badge."""

ACTIONS: dict[Action, tuple[Text, str, str]] = {
    Action.OFFER: (_l("Put on offer"), "primary", "store"),
    Action.PAUSE: (_l("Pause"), "plain", "pause"),
    Action.RESUME: (_l("Put on offer again"), "primary", "play"),
    Action.ARCHIVE: (_l("Archive"), "danger", "archive"),
}
"""Word, tone and icon of an action's button."""


def cut_off(hour: int) -> str:
    """Say until when on a day orders count as of that day."""
    return _("no limit") if hour == NO_CUT_OFF else f"{hour}.00"
