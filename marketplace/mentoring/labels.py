"""The words on screen for visits, reports and standings."""

import datetime as dt

from ..shared.clock import add_months
from ..shared.formats import month as month_name
from ..shared.i18n import Text, _, _l
from . import rules
from .models import VisitKind
from .report_models import ReportState, ReportStep
from .standing_models import Reason, StandingState

KINDS: dict[VisitKind, Text] = {
    VisitKind.GROUP: _l("Where the group works"),
    VisitKind.HOME: _l("At one family's home"),
}
REPORT_STATES: dict[ReportState, tuple[Text, str, str]] = {
    ReportState.DRAFT: (_l("Not sent yet"), "warn", "pencil"),
    ReportState.SENT: (_l("Sent, waits to be checked"), "info", "send"),
    ReportState.CHECKED: (_l("Checked, waits to be accepted"), "info", "check"),
    ReportState.ACCEPTED: (_l("Accepted"), "good", "circle-check"),
    ReportState.BACK: (_l("Came back, to be mended"), "bad", "undo-2"),
}
"""Words, tone and icon."""
REPORT_STEPS: dict[ReportStep, Text] = {
    ReportStep.SEND: _l("Sent"),
    ReportStep.CHECK: _l("Checked"),
    ReportStep.ACCEPT: _l("Accepted"),
    ReportStep.GIVE_BACK: _l("Sent back to be mended"),
}
STANDINGS: dict[StandingState, tuple[Text, str, str]] = {
    StandingState.RUNNING: (_l("Running"), "good", "circle-check"),
    StandingState.NEEDS_MENTORING: (_l("Needs mentoring"), "warn", "circle-alert"),
    StandingState.INACTIVE: (_l("Inactive"), "bad", "clock"),
    StandingState.DISSOLVED: (_l("Dissolved"), "neutral", "x"),
}
REASONS: dict[Reason, Text] = {
    Reason.SELLS: _l("It sells, and its last report came in time."),
    Reason.NO_SALES: _l("No sales for long."),
    Reason.REPORT_LATE: _l("The last report came late, or is missing."),
    Reason.FALLING: _l("Sales fell two periods in a row."),
    Reason.LONG_SILENT: _l("No sales and no reports for very long: an officer may confirm that it is inactive."),
    Reason.CONFIRMED: _l("An officer confirmed that it is inactive."),
    Reason.DISSOLVED: _l("An officer said that it is dissolved."),
}


def period(starts_on: dt.date) -> str:
    """Write a four-month period as `September 2026 – December 2026`."""
    return f"{month_name(starts_on)} – {month_name(add_months(starts_on, rules.PERIOD - 1))}"


def reasons(values: list[str]) -> str:
    """Write the reasons of a standing as sentences, in their order."""
    return " ".join(str(REASONS[Reason(value)]) for value in values)


def reminder(group: str, starts_on: dt.date, due_on: str, address: str, *, is_late: bool) -> str:
    """Write what a group is told about its report, ready for WhatsApp."""
    said = {"group": group, "period": period(starts_on), "day": due_on, "address": address}
    if is_late:
        return _(
            "Good day, %(group)s. Your report for %(period)s was due on %(day)s and has not come yet. Please fill it in"
            " today: %(address)s. Your mentor is glad to help.",
            **said,
        )
    return _(
        "Good day, %(group)s. Please send your report for %(period)s by %(day)s: %(address)s. Your mentor is glad to"
        " help.",
        **said,
    )
