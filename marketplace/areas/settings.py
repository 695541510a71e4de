"""The dated numbers an administrator sets for his area, and what bounds them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Select, select

from ..extensions import db
from ..shared import audit, clock
from ..shared.errors import Forbidden, InvalidInput, NotFound
from ..shared.formats import number
from ..shared.i18n import Text, _l
from ..shared.money import format_rupiah
from ..shared.policy import Actor, Role, areas_of, may
from ..shared.transaction import command
from . import queries, rules, service
from .models import NATIONAL, Area, Figure, FigureKey, Level, LineKind, PovertyLine

SETTABLE = (Level.PROVINCE, Level.REGENCY)
RUPIAH, PERCENT, MINUTES, HOURS, DAYS = "rupiah", "percent", "minutes", "hours", "days"
MONTHS, TIMES, PEOPLE, YEARS = "months", "times", "people", "years"


@dataclass(frozen=True)
class Kind:
    """What a figure is called, what it is counted in, and between which bounds it makes sense."""

    label: Text
    unit: str
    low: int
    high: int


KINDS: dict[FigureKey, Kind] = {
    FigureKey.HOLD_MINUTES: Kind(_l("How long goods are kept at checkout"), MINUTES, 5, 24 * 60),
    FigureKey.QRIS_MINUTES: Kind(_l("How long a QRIS bill is open"), MINUTES, 5, 24 * 60),
    FigureKey.TRANSFER_HOURS: Kind(_l("How long a transfer bill is open"), HOURS, 1, 14 * 24),
    FigureKey.CASH_PICKUP_DAYS: Kind(_l("How long a cash order waits for its buyer"), DAYS, 1, 60),
    FigureKey.CODE_RESERVE_HOURS: Kind(_l("How long a unique code stays reserved"), HOURS, 1, 60 * 24),
    FigureKey.QRIS_CAP: Kind(_l("Largest QRIS payment"), RUPIAH, 10_000, 1_000_000_000),
    FigureKey.PRICE_BAND_PERCENT: Kind(_l("How far a trusted seller may change a price alone"), PERCENT, 0, 100),
    FigureKey.LINE_MULTIPLIER_PERCENT: Kind(_l("Income to reach, in percent of the poverty line"), PERCENT, 50, 500),
    FigureKey.MONTH_OPEN_DAYS: Kind(_l("How long a month still takes notes after its end"), DAYS, 0, 28),
    FigureKey.DUTY_STAMP_FROM: Kind(_l("Receipts above this sum carry a duty stamp"), RUPIAH, 0, 1_000_000_000),
    FigureKey.INCOME_TAX_FROM: Kind(_l("Treasurers withhold PPh 22 above this sum"), RUPIAH, 0, 1_000_000_000),
    FigureKey.PACKING_DAYS: Kind(_l("Days until single products are packed"), DAYS, 0, 30),
    FigureKey.INVOICE_DAYS: Kind(_l("How long an office has to pay an invoice"), DAYS, 0, 365),
    FigureKey.OFFER_DAYS: Kind(_l("How long the prices of an offer hold"), DAYS, 1, 180),
    FigureKey.INVOICE_REMINDER_DAYS: Kind(_l("How long before its last day an invoice is reminded of"), DAYS, 0, 60),
    FigureKey.TILL_DISCOUNT_PERCENT: Kind(_l("How far a cashier at a tent may go below a price"), PERCENT, 0, 100),
    FigureKey.TILL_IDLE_MINUTES: Kind(_l("After how long untouched a till asks for its PIN"), MINUTES, 1, 240),
    FigureKey.MINIMUM_WAGE: Kind(_l("Minimum wage of the regency (UMK), a month"), RUPIAH, 100_000, 100_000_000),
    FigureKey.ASSESSMENT_DAYS: Kind(_l("How old an assessment for graduation may be"), DAYS, 1, 180),
    FigureKey.RELAPSE_MONTHS: Kind(_l("Months below the line until a relapse is warned of"), MONTHS, 1, 12),
    FigureKey.FOLLOW_UP_FIRST: Kind(_l("First visit to a family that graduated, after"), MONTHS, 1, 12),
    FigureKey.FOLLOW_UP_EVERY: Kind(_l("… then every"), MONTHS, 1, 12),
    FigureKey.FOLLOW_UP_MONTHS: Kind(_l("… for so long"), MONTHS, 1, 60),
    FigureKey.MEETING_PEOPLE: Kind(_l("Fewest people at a village meeting about a family"), PEOPLE, 1, 100),
    FigureKey.VISIT_DAYS: Kind(_l("Without a visit for so long, a group stands on its mentor's list"), DAYS, 7, 365),
    FigureKey.REPORT_DUE_DAYS: Kind(_l("Days to send the four-monthly report after the period"), DAYS, 1, 60),
    FigureKey.REPORT_REMINDER_DAYS: Kind(_l("How long before its last day a report is reminded of"), DAYS, 0, 30),
    FigureKey.RUNNING_DAYS: Kind(_l("A group runs when it sold something within"), DAYS, 7, 365),
    FigureKey.INACTIVE_DAYS: Kind(_l("A group may be called inactive without sales for"), DAYS, 30, 1000),
    FigureKey.INACTIVE_REPORTS: Kind(_l("… and after so many missed reports in a row"), TIMES, 1, 9),
    FigureKey.TRAINING_ATTENDANCE_PERCENT: Kind(_l("Attendance that a certificate of training needs"), PERCENT, 1, 100),
    FigureKey.PLAN_LINK_DAYS: Kind(_l("How long an agency's link to a plan lasts"), DAYS, 1, 180),
    FigureKey.FORGET_YEARS: Kind(_l("How long the file of a family that left is kept"), YEARS, 1, 30),
    FigureKey.DRAWING_PERCENT: Kind(_l("How much of its grant a group may draw at once"), PERCENT, 1, 100),
    FigureKey.REGISTRY_DAYS: Kind(_l("How long the rows of an imported list are kept"), DAYS, 1, 180),
}

UNITS: dict[str, Text] = {
    RUPIAH: _l("rupiah"),
    PERCENT: _l("percent"),
    MINUTES: _l("minutes"),
    HOURS: _l("hours"),
    DAYS: _l("days"),
    MONTHS: _l("months"),
    TIMES: _l("times"),
    PEOPLE: _l("people"),
    YEARS: _l("years"),
}

LINE_KINDS: dict[LineKind, Text] = {
    LineKind.ALL: _l("Whole area"),
    LineKind.URBAN: _l("Urban"),
    LineKind.RURAL: _l("Rural"),
}


def settable_areas(actor: Actor) -> list[Area]:
    """Return the provinces and regencies for which an actor sets numbers, by code."""
    codes = areas_of(actor, {Role.ADMINISTRATOR})
    inside = Area.code.in_(codes) | Area.parent_code.in_(codes)
    return list(db.session.scalars(select(Area).where(inside, Area.level.in_(SETTABLE)).order_by(Area.code)))


def get_area_for(actor: Actor, code: str) -> Area:
    """Return an area whose numbers the actor sets. Raises NotFound."""
    if not may(actor, {Role.ADMINISTRATOR}, area_code=code):
        raise NotFound
    area = queries.get_area(code)
    if area.level not in SETTABLE:
        raise NotFound
    return area


def sources_of(code: str) -> tuple[str, ...]:
    """Return the codes whose numbers hold in an area, the closest first."""
    return tuple(dict.fromkeys((code, rules.province_of(code), NATIONAL)))


def figures_in_force(code: str, day: dt.date) -> dict[FigureKey, Figure | None]:
    """Return the row that holds for each key in an area on a day."""
    rows = list(db.session.scalars(select(Figure).where(Figure.area_code.in_(sources_of(code)))))
    return {key: rules.effective([row for row in rows if row.key is key], sources_of(code), day) for key in FigureKey}


def history_of_figure(key: FigureKey, code: str) -> Select[Figure]:
    """Return a SELECT of all rows of a key that hold or held in an area, newest first."""
    statement = select(Figure).where(Figure.key == key, Figure.area_code.in_(sources_of(code)))
    return statement.order_by(Figure.effective_from.desc(), Figure.id.desc())


def history_of_lines(code: str) -> Select[PovertyLine]:
    """Return a SELECT of all poverty lines that hold or held in an area, newest first."""
    statement = select(PovertyLine).where(PovertyLine.area_code.in_(sources_of(code)))
    return statement.order_by(PovertyLine.effective_from.desc(), PovertyLine.id.desc())


@dataclass(frozen=True)
class NewFigure:
    """A number for an area from a day on."""

    key: FigureKey
    area_code: str
    value: int
    effective_from: dt.date
    source: str


@command
def change_figure(new: NewFigure, actor_id: int, actor: Actor) -> Figure:
    """Set a number from today or a later day on, for days that passed were reckoned with the old one.

    Raises InvalidInput, or Forbidden outside the actor's area.
    """
    _check_may_set(actor, new.area_code)
    kind = KINDS[new.key]
    if not kind.low <= new.value <= kind.high:
        write = format_rupiah if kind.unit == RUPIAH else number
        message = _l("This must be between %(low)s and %(high)s.", low=write(kind.low), high=write(kind.high))
        raise InvalidInput(message, field="value")
    if new.effective_from < clock.today(rules.zone_of(new.area_code)):
        raise InvalidInput(_l("This holds from today or from a later day."), field="effective_from")
    row = service.set_figure(new.key, new.area_code, new.value, new.effective_from, new.source)
    db.session.flush()  # the audit row names its id
    audit.record(actor_id, "figure.set", ("figure", row.id), key=new.key.value, value=new.value, area=new.area_code)
    return row


@dataclass(frozen=True)
class NewLine:
    """A poverty line of BPS, rupiah per person per month, from a day on."""

    area_code: str
    kind: LineKind
    amount: int
    effective_from: dt.date
    source: str
    decree: str


@command
def add_line(new: NewLine, actor_id: int, actor: Actor) -> PovertyLine:
    """Add a poverty line; BPS publishes later than it counts, so the day may have passed.

    Raises InvalidInput when there is one from that day, Forbidden outside the actor's area.
    """
    _check_may_set(actor, new.area_code)
    row = service.add_poverty_line(**vars(new))
    db.session.flush()  # the audit row names its id
    audit.record(actor_id, "poverty_line.add", ("poverty_line", row.id), amount=new.amount, area=new.area_code)
    return row


def _check_may_set(actor: Actor, code: str) -> None:
    if not may(actor, {Role.ADMINISTRATOR}, area_code=code):
        raise Forbidden
