"""The page of sales before and after, with its filters, and the same as a file."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.queries import children, get_area
from ..groups.labels import BUSINESS_KINDS
from ..groups.models import BusinessKind
from ..shared import lists
from ..shared.charts import Boxes, Five, boxes
from ..shared.exports import Cell, Sheet, download
from ..shared.fields import FilterField, QueryForm, options
from ..shared.formats import number, short
from ..shared.i18n import Text, _, _l
from ..shared.money import format_rupiah
from ..shared.policy import AREA_ROLES, access, roles
from . import before_after, places
from .before_after import OF_GROUPS, Asked, Given
from .before_after_rules import WINDOWS, Compared, Side, Spread
from .disclosure import LEAST
from .reach import area_for

bp = Blueprint("before_after", __name__)

GIVEN: dict[Given, Text] = {
    Given.TRAINING: _l("Training"),
    Given.GUIDANCE: _l("Technical guidance"),
    Given.GOODS: _l("Goods"),
    Given.GRANT: _l("Grant"),
}
OF_TRAININGS = frozenset({Given.TRAINING, Given.GUIDANCE})
YEARS = 15
"""So many years back can be chosen."""


class BeforeAfterFilter(QueryForm):
    """What was given, to whom, and how many months are looked at."""

    given = FilterField(_l("What was given"), choices=options(list(GIVEN.items())), default=Given.TRAINING.value)
    window = FilterField(
        _l("Months before and after"), choices=options([(str(n), str(n)) for n in WINDOWS]), default="3"
    )
    training = FilterField(_l("Training"), choices=[], default="")
    fund = FilterField(_l("Fund"), choices=[], default="")
    kind = FilterField(_l("Business"), choices=[], default="")
    place = FilterField(_l("Area"), choices=[], default="")
    year = FilterField(_l("Year in which it was given"), choices=[], default="")

    def offer(self, area_code: str) -> None:
        """Let what there is in an area be chosen, or all of it."""
        everything, year = ("", _("All")), places.this_year(area_code)
        self.training.choices = [everything, *_pairs(before_after.trainings(area_code))]
        self.fund.choices = [everything, *_pairs(before_after.funds(area_code))]
        self.kind.choices = [everything, *((key.value, str(label)) for key, label in BUSINESS_KINDS.items())]
        self.place.choices = [everything, *((area.code, area.name) for area in children(area_code))]
        self.year.choices = [everything, *((str(each), str(each)) for each in range(year, year - YEARS, -1))]

    def asked(self, area_code: str) -> Asked:
        """Return what is asked for; a training where goods are looked at says nothing, nor the other way round."""
        given = Given(self.given.chosen() or Given.TRAINING)
        kind = self.kind.chosen()
        return Asked(
            self.place.chosen() or area_code,
            given,
            int(self.window.chosen() or WINDOWS[0]),
            _key(self.training.chosen()) if given in OF_TRAININGS else None,
            _key(self.fund.chosen()) if given not in OF_TRAININGS else None,
            BusinessKind(kind) if kind else None,
            _key(self.year.chosen()),
        )


def _pairs(rows: list[tuple[int, str]]) -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in rows]


def _key(chosen: str) -> int | None:
    return int(chosen) if chosen else None


@bp.route("/dinas/sebelum-sesudah")
@access(roles(AREA_ROLES, of_province=True))
def index() -> ResponseReturnValue:
    """Show what was earned before and after, beside those who had none."""
    area_code = area_for(current_user, "")
    form = BeforeAfterFilter()
    form.offer(area_code)
    form.validate()
    asked = form.asked(area_code)
    found = before_after.compared(asked)
    if lists.wants_file() and not form.errors:
        return download(f"sebelum-sesudah-{asked.given}-{asked.window}.xlsx", _sheets(found))
    page = render_template(
        "reports/before_after.html",
        form=form,
        asked=asked,
        found=found,
        area=get_area(asked.area_code),
        given=GIVEN[asked.given],
        of_groups=asked.given in OF_GROUPS,
        chart=_chart(found),
        rows=_rows(found),
        heads=HEADS,
        least=LEAST,
        file_url=lists.file_url(),
    )
    return page, 422 if form.errors else 200


HEADS: tuple[Text, ...] = (
    _l("How many"),
    _l("Smallest"),
    _l("A quarter below"),
    _l("Median"),
    _l("A quarter above"),
    _l("Largest"),
)
Row = tuple[Text, int, Spread | None]


def _spreads(found: Compared) -> list[Row]:
    had: list[tuple[Text, Side]] = [(_l("Had it"), found.had), (_l("Had none"), found.had_none)]
    times = (("before", _l("before")), ("after", _l("after")), ("change", _l("change")))
    return [
        (_l("%(who)s: %(time)s", who=who, time=word), side.count, getattr(side, name))
        for who, side in had
        for name, word in times
    ]


def _five(spread: Spread) -> Five:
    return spread.smallest, spread.lower, spread.middle, spread.upper, spread.largest


def _chart(found: Compared) -> Boxes:
    rows = [
        (str(label), format_rupiah(spread.middle) if spread else _few(count), _five(spread) if spread else None)
        for label, count, spread in _spreads(found)
    ]
    return boxes(rows, short)


def _few(count: int) -> str:
    return _("Too few") if count else _("None")


def _count(count: int) -> str:
    return number(count) if count >= LEAST or not count else f"<{LEAST}"


def _rows(found: Compared) -> list[tuple[str, list[str]]]:
    return [
        (str(label), [_count(count), *([format_rupiah(each) for each in _five(spread)] if spread else ["–"] * 5)])
        for label, count, spread in _spreads(found)
    ]


def _sheets(found: Compared) -> list[Sheet]:
    rows: list[list[Cell]] = [
        [str(label), count if spread else _count(count), *(_five(spread) if spread else [""] * 5)]
        for label, count, spread in _spreads(found)
    ]
    notes: list[list[Cell]] = [[str(line)] for line in caveats()]
    return [
        Sheet(_("Before and after"), (_l("Rupiah a month"), *HEADS), rows),
        Sheet(_("Notes"), (_l("Note"),), notes),
    ]


def caveats() -> list[Text]:
    """Return what has to be known to read the figures."""
    return [
        _l("This shows no cause. Sales rise before holidays, and who was chosen was not chosen by lot."),
        _l("The month in which it was given counts neither as before nor as after; of several times the first counts."),
        _l(
            "The change is that of each one, and of all these the one in the middle: it is not the sum after less the"
            " sum before, and may even point the other way."
        ),
        _l("Beside them stand others of the same district and kind of business, over the same months."),
    ]


def left_out(found: Compared) -> list[str]:
    """Return how many are in neither of the figures, and why."""
    said = []
    if found.too_new:
        said.append(_("Not known long enough before: %(count)s", count=_count(found.too_new)))
    if found.too_recent:
        said.append(_("Months after not over yet: %(count)s", count=_count(found.too_recent)))
    return said


@bp.context_processor
def _context() -> dict[str, Any]:
    return {"caveats": caveats, "left_out": left_out}
