"""How groups stand: a part of the group's own page, what an officer says of it, and the report by district and kind."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from ..areas.models import Area
from ..catalog.models import Product, ProductState
from ..extensions import db
from ..groups.labels import BUSINESS_KINDS
from ..groups.models import Group
from ..groups.queries import districts_of_groups, get_group_for, today, visible_groups
from ..shared import lists, policy
from ..shared.charts import Point, lengths
from ..shared.exports import Cell, Sheet, download
from ..shared.formats import number
from ..shared.i18n import Text, _, _l
from ..shared.paging import paginate
from ..shared.policy import access, roles
from . import home, labels, queries, standing_rules, standings
from .forms import StandingFilter, StepForm, WhyForm
from .standing_models import GroupStanding, Reason, StandingState
from .standing_rules import StandingStep

bp = Blueprint("standing", __name__)

Counts = dict[str, Counter[StandingState]]
"""Of districts or kinds, by their name."""
STEPS = {"pasif": StandingStep.CONFIRM, "bubar": StandingStep.DISSOLVE, "hidup": StandingStep.REVIVE}


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels}


def part(group: Group) -> Markup:
    """Draw how a group stands, why, and how it stood before: a part of its own page."""
    if not policy.has_role(current_user, queries.OBSERVERS):
        return Markup()
    history = queries.history_of(group.id)
    now = next((row for row in history if row.ended_at is None), None)
    return Markup(  # noqa: S704  (a template of ours, escaped where it was drawn)
        render_template(
            "mentoring/_standing.html",
            labels=labels,
            group=group,
            now_standing=now,
            history=history,
            limits=standings.limits_of(group.regency_code, today()),
            steps=_steps(group, now),
            on_offer=_on_offer(group) if now and now.state is StandingState.DISSOLVED else 0,
            standing_form=WhyForm(formdata=None),
        )
    )


def _on_offer(group: Group) -> int:
    """Return how many of a group's products are still for sale."""
    found = select(func.count(Product.id)).where(Product.group_id == group.id, Product.state == ProductState.PUBLISHED)
    return db.session.scalar(found) or 0


def _steps(group: Group, now: GroupStanding | None) -> list[tuple[str, str]]:
    """Return what the reader may say of a group as it stands: the end of an address and the step."""
    if not policy.may(current_user, home.CONFIRMERS, area_code=group.village_code, group_id=group.id):
        return []
    state, reasons = (now.state, now.reasons) if now else (StandingState.RUNNING, [])
    fitting = [(name, step) for name, step in STEPS.items() if state in standing_rules.STEPS[step]]
    return [
        (name, step.value)
        for name, step in fitting
        if step is not StandingStep.CONFIRM or Reason.LONG_SILENT in reasons
    ]


@bp.route("/dinas/kelompok/<id:group_id>/keadaan/<any(pasif,bubar,hidup):step>", methods=["POST"])
@access(roles(home.CONFIRMERS))
def decide(group_id: int, step: str) -> ResponseReturnValue:
    """Say of a group what only an officer can say."""
    get_group_for(current_user, group_id, home.CONFIRMERS)
    form = WhyForm()
    if not form.validate() or (not form.why.data and STEPS[step] is not StandingStep.CONFIRM):
        flash(_("Please say why."), "bad")
    else:
        standings.decide(group_id, STEPS[step], form.why.data or "", current_user.id)
        flash(_("Saved."), "good")
    return redirect(url_for("groups.show", group_id=group_id, _anchor="keadaan"))


def _now() -> Any:
    return aliased(GroupStanding, select(GroupStanding).where(GroupStanding.ended_at.is_(None)).subquery())


def _groups(form: StandingFilter, now: Any) -> Any:
    """Select the reader's groups with their district and how they stand now, as the filter asks."""
    statement = visible_groups(current_user, queries.OBSERVERS).join(Area, Area.code == Group.district_code)
    statement = statement.outerjoin(now, now.group_id == Group.id)
    if form.district.chosen():
        statement = statement.where(Group.district_code == form.district.chosen())
    if (state := form.asked_state()) is not None:
        statement = statement.where(now.state == state)
    return statement


def _rows(form: StandingFilter) -> Any:
    """Select (group, district, standing or None), by district and name."""
    now = _now()
    return _groups(form, now).add_columns(Area.name, now).order_by(Area.name, Group.name, Group.id)


@bp.route("/dinas/pendampingan/keadaan")
@access(roles(queries.OBSERVERS))
def index() -> ResponseReturnValue:
    """Show how many groups run, by district and by kind of business, and which."""
    form = StandingFilter()
    form.offer_districts(districts_of_groups(current_user, queries.OBSERVERS))
    form.validate()
    statement = _rows(form)
    if lists.wants_file() and not form.errors:
        return _file(lists.rows_of(statement, scalars=False))
    counts = _counts(form)
    total = Counter[StandingState]()
    for row in counts["district"].values():
        total.update(row)
    points = [Point(str(words[0]), total[state]) for state, words in labels.STANDINGS.items()]
    return render_template(
        "mentoring/standings.html",
        form=form,
        page=paginate(statement, scalars=False),
        by_district=_shares(counts["district"]),
        by_kind=_shares(counts["kind"]),
        total=_share(_("All"), total),
        chart=lengths(points, number),
        file_url=lists.file_url(),
        step_form=StepForm(formdata=None),
        is_narrowed=bool(request.args),
    )


def _counts(form: StandingFilter) -> dict[str, Counts]:
    """Count the groups of the list by district and by kind, in one question."""
    now = _now()
    columns = (Area.name, Group.business_kind, now.state)
    statement = _groups(form, now).where(now.id.is_not(None))
    found: dict[str, Counts] = {"district": {}, "kind": {}}
    for district, kind, state, count in db.session.execute(
        statement.with_only_columns(*columns, func.count()).group_by(*columns)
    ):
        for part, key in (("district", district), ("kind", str(BUSINESS_KINDS[kind]))):
            found[part].setdefault(key, Counter())[state] += count
    return found


def _shares(counts: Counts) -> list[tuple[str, list[str], int]]:
    return [_share(name, counts[name]) for name in sorted(counts)]


def _share(name: str, counts: Counter[StandingState]) -> tuple[str, list[str], int]:
    """Return a name, for each standing how many and what part of all that is, and how many there are."""
    total = counts.total()
    return name, [_part(counts[state], total) for state in StandingState], total


def _part(count: int, total: int) -> str:
    return f"{number(count)} ({round(100 * count / total) if total else 0}\N{NO-BREAK SPACE}%)"


def _file(rows: Iterable[Any]) -> ResponseReturnValue:
    found = list(rows)
    heads = (_l("Group"), _l("District"), _l("Business"), _l("Standing"), _l("Why"), _l("Last sale"), _l("Since"))
    lines = [_line(group, district, standing) for group, district, standing in found]
    sheets = [Sheet(_("Standing of groups"), heads, lines), *_sums(found)]
    return download("keadaan-kelompok.xlsx", sheets)


def _line(group: Group, district: str, standing: GroupStanding | None) -> tuple[Cell, ...]:
    kind = str(BUSINESS_KINDS[group.business_kind])
    if standing is None:
        return (group.name, district, kind, "", "", None, None)
    state, why = str(labels.STANDINGS[standing.state][0]), labels.reasons(standing.reasons)
    return (group.name, district, kind, state, why, standing.last_sale_on, standing.began_at.date())


def _sums(rows: list[Any]) -> list[Sheet]:
    return [
        _sum(_("By district"), _l("District"), rows, lambda _group, district: district),
        _sum(_("By kind"), _l("Kind"), rows, lambda group, _district: str(BUSINESS_KINDS[group.business_kind])),
    ]


def _sum(title: str, head: Text, rows: list[Any], name_of: Callable[[Group, str], str]) -> Sheet:
    counts: Counts = {}
    for group, district, standing in rows:
        if standing is not None:
            counts.setdefault(name_of(group, district), Counter())[standing.state] += 1
    lines: list[tuple[Cell, ...]] = [
        (name, *(counts[name][state] for state in StandingState), counts[name].total()) for name in sorted(counts)
    ]
    return Sheet(title, (head, *(words[0] for words in labels.STANDINGS.values()), _l("Together")), lines)
