"""A province's regencies side by side: sums only, and nothing about a handful of families."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from ..aid.labels import SOURCES
from ..aid.models import Fund, FundSource, Proposal, ProposalState
from ..areas.models import Area
from ..extensions import db
from ..graduation.queries import last_month
from ..mentoring.labels import STANDINGS
from ..mentoring.standing_models import StandingState
from ..shared.i18n import Text, _l
from . import places
from .disclosure import LEAST, Cell, Column, any_hidden, column, median
from .places import Cells, Reach


@dataclass(frozen=True)
class Measure:
    """What is counted, and how much of it there is in each place."""

    label: Text
    column: Column
    is_money: bool = False


@dataclass(frozen=True)
class Table:
    """Measures that are read together."""

    title: Text
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class FundRow:
    """A fund of the year and what was approved out of it in the province."""

    name: str
    source: FundSource
    area: str
    proposals: int
    amount: int


@dataclass(frozen=True)
class Province:
    """All that the page and the file say."""

    reach: Reach
    tables: tuple[Table, ...]
    funds: tuple[FundRow, ...]

    @property
    def empty(self) -> list[Area]:
        """Return the places of which there is nothing to tell, not even something hidden."""
        columns = [measure.column for table in self.tables for measure in table.measures]
        return [place for place in self.reach.places if not any(_is_something(each, place) for each in columns)]

    @property
    def hides(self) -> bool:
        """Tell whether anything is hidden."""
        return any_hidden([measure.column for table in self.tables for measure in table.measures])


def _is_something(column: Column, place: Area) -> bool:
    return column.cells.get(place.code, 0) != 0


def province(area_code: str, year: int) -> Province:
    """Return the sums of a province's regencies for a year; what is counted now is as it is today."""
    reach = places.reach(area_code, year)
    tables = (_groups(reach), _sales_and_aid(reach), _work(reach))
    return Province(reach, tables, tuple(_funds(reach)))


def _measure(label: Text, cells: Cells, *, is_money: bool = False) -> Measure:
    return Measure(label, column(cells, is_sum_known=False), is_money)


def _groups(reach: Reach) -> Table:
    standings = places.standings(reach)
    by_standing = (_measure(STANDINGS[state][0], standings[state]) for state in StandingState)
    return Table(
        _l("Families and groups"),
        (
            _measure(_l("Families"), places.families(reach)),
            _measure(_l("Groups"), _together(reach, standings.values())),
            *by_standing,
            _measure(_l("Not looked at yet"), standings[None]),
            _measure(_l("Products"), places.products(reach)),
        ),
    )


def _together(reach: Reach, columns: Iterable[Cells]) -> Cells:
    found = list(columns)
    return {place.code: Cell(sum(cells[place.code].value for cells in found)) for place in reach.places}


def _sales_and_aid(reach: Reach) -> Table:
    granted = places.grants(reach)
    sums = []
    for source, found in granted.items():
        sums += [
            _measure(_l("Grants: %(source)s", source=SOURCES[source]), found.groups),
            _measure(_l("Rupiah: %(source)s", source=SOURCES[source]), found.amount, is_money=True),
        ]
    return Table(
        _l("Sales and aid of the year"),
        (
            _measure(_l("Sales"), places.sales(reach), is_money=True),
            *sums,
            _measure(_l("Goods given"), places.goods(reach), is_money=True),
        ),
    )


def _work(reach: Reach) -> Table:
    out, back = places.graduated(reach)
    return Table(
        _l("Training, mentoring and graduation"),
        (
            _measure(_l("People trained"), places.trained(reach)),
            _measure(_l("Visits"), places.visits(reach)),
            _measure(_l("Reports late"), places.late_reports(reach)),
            _measure(_l("Graduated"), out),
            _measure(_l("Fell back"), back),
            Measure(_l("Income per person"), _medians(places.incomes(reach, last_month())), is_money=True),
        ),
    )


def _medians(incomes: Mapping[str, list[int]]) -> Column:
    """Return the median of each place; where no family's month was reckoned there is none, not even a hidden one."""
    everybody = [income for found in incomes.values() for income in found]
    middles = {code: median(found) for code, found in incomes.items() if found}
    return Column(middles, median(everybody) if everybody else 0)


def _funds(reach: Reach) -> list[FundRow]:
    found = (
        select(Fund.name, Fund.source, Area.name, func.count(Proposal.id), func.sum(Proposal.amount))
        .join_from(Proposal, Fund, Fund.id == Proposal.fund_id)
        .join(Area, Area.code == Fund.area_code)
        .where(Fund.year == reach.year, Proposal.state == ProposalState.APPROVED, reach.holds(Proposal.village_code))
        .group_by(Fund.id, Fund.name, Fund.source, Area.name)
        .order_by(Fund.source, Area.name, Fund.name, Fund.id)
    )
    return [
        FundRow(name, source, area, int(count), int(amount))
        for name, source, area, count, amount in db.session.execute(found)
    ]


def explanation() -> Text:
    """Return why cells are hidden, and what the mark means."""
    return _l(
        "*: Fewer than %(count)s families, or kept back so that such a number cannot be reckoned from the others.",
        count=LEAST,
    )
