"""When a group is reminded of its report, and the text that is ready for it."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote

from flask import current_app

from ..areas import queries as areas
from ..areas.models import FigureKey
from ..shared.formats import day as written_day
from . import labels
from .report_models import GroupReport


@dataclass(frozen=True)
class Card:
    """A report that is to be sent, with how late it is and how to tell the group."""

    report: GroupReport
    days_late: int
    """Below zero: so many days are left."""
    reminder_url: str | None
    """Opens WhatsApp with the text, empty without a number; None when it is too early, or this was said already."""

    @property
    def was_in_time(self) -> bool:
        """Tell whether it was sent in time, and only has to be mended."""
        sent_on = self.report.first_sent_on
        return sent_on is not None and sent_on <= self.report.due_on


def due_days(regency_code: str, day: dt.date) -> int:
    """Return how many days after its period a report is due."""
    return areas.figure(FigureKey.REPORT_DUE_DAYS, regency_code, day)


def card(report: GroupReport, today: dt.date) -> Card:
    """Return a report as the work list shows it; once before its last day and once after it there is a text."""
    late = (today - report.due_on).days
    return Card(report, late, _url(report, late, today))


def _url(report: GroupReport, late: int, today: dt.date) -> str | None:
    said = report.reminded_after_at if late > 0 else report.reminded_before_at
    ahead = areas.figure(FigureKey.REPORT_REMINDER_DAYS, report.group.regency_code, today)
    if said is not None or -late > ahead:
        return None
    if not report.group.phone:
        return ""
    address = f"{current_app.extensions['config'].base_url}/penjual/laporan"
    text = labels.reminder(report.group.name, report.starts_on, written_day(report.due_on), address, is_late=late > 0)
    return f"https://wa.me/{report.group.phone.removeprefix('+')}?text={quote(text)}"
