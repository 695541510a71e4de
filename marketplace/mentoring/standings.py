"""Derive how groups stand, and keep every change; officers confirm, dissolve and revive."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from ..areas import queries as areas
from ..areas.models import FigureKey
from ..extensions import db
from ..groups.models import Group
from ..shared import audit, clock
from ..shared.errors import StateConflict
from ..shared.transaction import command
from ..shared.upsert import insert
from . import rules, sales, standing_rules
from .report_models import GroupReport
from .standing_models import GroupStanding, Reason, StandingState
from .standing_rules import Facts, Limits, ReportFact, StandingStep, Told


@command
def refresh(now: dt.datetime) -> int:
    """Derive the standing of every group and keep those that changed; return how many did.

    For the job worker: harmless to run at any time and twice, also by two workers at once.
    """
    codes = db.session.scalars(select(Group.regency_code).distinct().order_by(Group.regency_code)).all()
    return sum(refresh_regency(code, now) for code in codes)


@command
def refresh_regency(code: str, now: dt.datetime) -> int:
    """Derive the standing of the groups of one regency, as `refresh` does for all."""
    changed = 0
    limits, current = limits_of(code, clock.local_date(now, areas.time_zone(code))), _open_rows(code)
    for group_id, facts in facts_of(code, now).items():
        told = standing_rules.derive(facts, limits)
        changed += _keep(group_id, told, facts.last_sale_on, current.get(group_id))
    return changed


def limits_of(regency_code: str, day: dt.date) -> Limits:
    """Return the dated numbers by which groups of a regency are judged on a day."""
    keys = (FigureKey.RUNNING_DAYS, FigureKey.INACTIVE_DAYS, FigureKey.INACTIVE_REPORTS)
    return Limits(*(areas.figure(key, regency_code, day) for key in keys))


def facts_of(regency_code: str, now: dt.datetime, only: int | None = None) -> dict[int, Facts]:
    """Return group id → what its standing is told from, for a regency or one group of it, by group id."""
    zone = areas.time_zone(regency_code)
    today = clock.local_date(now, zone)
    groups = select(Group.id).where(Group.regency_code == regency_code)
    if only is not None:
        groups = groups.where(Group.id == only)
    spans = [(start, rules.last_day(start)) for start in rules.periods_over(today, standing_rules.FALLS + 1)]
    sold, reports, said = sales.of_groups(groups, spans, now), _reports(groups), _open_rows(regency_code)
    found = {}
    for group in db.session.scalars(select(Group).where(Group.id.in_(groups)).order_by(Group.id)):
        own, open_row = sold.get(group.id), said.get(group.id)
        facts = Facts(
            today=today,
            registered_on=clock.local_date(group.created_at, zone),
            last_sale_on=own.last_sale_on if own else None,
            earned=own.earned if own else (0,) * len(spans),
            reports=reports.get(group.id, ()),
        )
        found[group.id] = facts if open_row is None else _with_word(facts, open_row, zone)
    return found


def _with_word(facts: Facts, row: GroupStanding, zone: str) -> Facts:
    if row.state not in standing_rules.SAID:
        return facts
    return replace(facts, said=row.state, said_on=clock.local_date(row.began_at, zone))


def _reports(groups: Any) -> Mapping[int, list[ReportFact]]:
    rows = db.session.execute(
        select(GroupReport.group_id, GroupReport.due_on, GroupReport.first_sent_on)
        .where(GroupReport.group_id.in_(groups))
        .order_by(GroupReport.starts_on.desc())
    )
    found: dict[int, list[ReportFact]] = defaultdict(list)
    for group_id, due_on, sent_on in rows:
        found[group_id].append(ReportFact(due_on, sent_on))
    return found


def _open_rows(regency_code: str) -> dict[int, GroupStanding]:
    statement = select(GroupStanding).join(GroupStanding.group).where(Group.regency_code == regency_code)
    return {row.group_id: row for row in db.session.scalars(statement.where(GroupStanding.ended_at.is_(None)))}


def _keep(group_id: int, told: Told, last_sale_on: dt.date | None, old: GroupStanding | None) -> bool:
    """Write a standing down if it is another one; whoever was faster is right. Tell whether it was."""
    if old is not None and (old.state, old.reasons) == (told.state, list(told.reasons)):
        _note_sale(old, last_sale_on)
        return False
    return _follow(old, _columns(group_id, told, last_sale_on))


def _note_sale(row: GroupStanding, last_sale_on: dt.date | None) -> None:
    """Keep the day of the last sale with a standing that goes on as it was."""
    if row.last_sale_on != last_sale_on:
        db.session.execute(
            update(GroupStanding)
            .where(GroupStanding.id == row.id, GroupStanding.ended_at.is_(None))
            .values(last_sale_on=last_sale_on)
            .execution_options(synchronize_session=False)
        )


def _columns(group_id: int, told: Told, last_sale_on: dt.date | None) -> dict[str, Any]:
    return {
        "group_id": group_id,
        "state": told.state,
        "reasons": [str(reason) for reason in told.reasons],
        "is_falling": Reason.FALLING in told.reasons,
        "is_long_silent": Reason.LONG_SILENT in told.reasons,
        "last_sale_on": last_sale_on,
        "began_at": clock.now(),
        "note": "",
    }


def _follow(old: GroupStanding | None, columns: dict[str, Any]) -> bool:
    """End the open row and begin the next; False when somebody else just did."""
    if old is not None:
        ended = db.session.execute(
            update(GroupStanding)
            .where(GroupStanding.id == old.id, GroupStanding.ended_at.is_(None))
            .values(ended_at=columns["began_at"])
            .execution_options(synchronize_session=False)
        )
        if ended.rowcount != 1:  # type: ignore[attr-defined]
            return False
    made = insert(GroupStanding).values(columns).on_conflict_do_nothing().returning(GroupStanding.id)
    return db.session.scalar(made) is not None


@command
def decide(group_id: int, step: StandingStep, why: str, actor_id: int) -> None:
    """Say of a group what only an officer can: inactive, dissolved, or there again.

    Who may is held by the caller. Raises StateConflict where the rules do not propose it, or somebody was faster.
    """
    group = db.session.get_one(Group, group_id)
    now = clock.now()
    facts = facts_of(group.regency_code, now, only=group_id)[group_id]
    old = _open_rows(group.regency_code).get(group_id)
    told = standing_rules.derive(facts, limits_of(group.regency_code, facts.today))
    standing_rules.check_step(step, told.state, told.reasons, why)
    after = _said(step, facts, limits_of(group.regency_code, facts.today))
    columns = _columns(group_id, after, facts.last_sale_on) | {"decided_by_id": actor_id, "note": why}
    if not _follow(old, columns):
        raise StateConflict
    audit.record(actor_id, f"standing.{step}", ("kube", group_id), reason=why)
    db.session.expire_all()


def _said(step: StandingStep, facts: Facts, limits: Limits) -> Told:
    if step is StandingStep.REVIVE:
        return standing_rules.derive(replace(facts, said=None, said_on=None), limits)
    said = {StandingStep.CONFIRM: StandingState.INACTIVE}
    return standing_rules.derive(
        replace(facts, said=said.get(step, StandingState.DISSOLVED), said_on=facts.today), limits
    )
