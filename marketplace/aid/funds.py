"""Funds: what is in them, and what is taken of them, never more than there is."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..shared import audit
from ..shared.errors import InvalidInput, NotFound
from ..shared.i18n import _l
from ..shared.policy import area_holds
from ..shared.transaction import command
from .models import Fund, FundRule, FundSource

NOT_ENOUGH = _l("The fund has not enough left.")
KNOWN = _l("There is a fund of this name, source and year already.")


@dataclass(frozen=True)
class FundContent:
    """What is written down about a fund; `limit` is rupiah or groups, as the rule says."""

    area_code: str
    source: FundSource
    year: int
    name: str
    rule: FundRule
    limit: int


def _limits(rule: FundRule, limit: int) -> dict[str, int | None]:
    return {
        "budget": limit if rule is FundRule.MONEY else None,
        "quota": limit if rule is FundRule.QUOTA else None,
    }


@command
def add_fund(content: FundContent, actor_id: int) -> Fund:
    """Write a fund down. Raises InvalidInput when there is one of the name, source and year."""
    fund = Fund(
        area_code=content.area_code,
        source=content.source,
        year=content.year,
        name=content.name,
        rule=content.rule,
        made_by_id=actor_id,
        **_limits(content.rule, content.limit),
    )
    try:
        with db.session.begin_nested():
            db.session.add(fund)
    except IntegrityError as error:
        raise InvalidInput(KNOWN, field="name") from error
    audit.record(actor_id, "aid_fund.add", ("aid_fund", fund.id), limit=content.limit)
    return fund


@command
def set_limit(fund_id: int, limit: int, actor_id: int) -> Fund:
    """Write anew how much is in a fund. Raises InvalidInput below what was promised of it."""
    fund = db.session.get(Fund, fund_id, with_for_update=True, populate_existing=True)
    if fund is None:
        raise NotFound
    if limit < (fund.promised if fund.rule is FundRule.MONEY else fund.taken):
        raise InvalidInput(_l("More than this was promised of it already."), field="limit")
    before = fund.budget or fund.quota
    for name, value in _limits(fund.rule, limit).items():
        setattr(fund, name, value)
    audit.record(actor_id, "aid_fund.limit", ("aid_fund", fund_id), before=before, now=limit)
    return fund


def left_of(fund: Fund) -> int:
    """Return what is left of a fund: rupiah, or groups."""
    return (fund.budget or 0) - fund.promised if fund.rule is FundRule.MONEY else (fund.quota or 0) - fund.taken


def has_left(fund: Fund, amount: int) -> bool:
    """Tell whether a fund is enough for one more proposal of an amount."""
    return left_of(fund) >= (amount if fund.rule is FundRule.MONEY else 1)


def fits(fund: Fund, regency_code: str) -> bool:
    """Tell whether a fund may be used in a regency."""
    return area_holds(fund.area_code, regency_code)


def take(fund_id: int, amount: int) -> None:
    """Promise an amount to one proposal, in one UPDATE that asks whether it is there.

    Raises InvalidInput when somebody else was faster and it is not.
    """
    enough = or_(Fund.rule == FundRule.QUOTA, Fund.promised + amount <= Fund.budget)
    room = or_(Fund.rule == FundRule.MONEY, Fund.taken < Fund.quota)
    db.session.flush()
    result: Any = db.session.execute(
        update(Fund)
        .where(Fund.id == fund_id, enough, room)
        .values(promised=Fund.promised + amount, taken=Fund.taken + 1)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise InvalidInput(NOT_ENOUGH, field="fund_id")
    db.session.expire_all()


def give_back(fund_id: int, amount: int) -> None:
    """Let what was promised to one proposal be promised to others again."""
    row = update(Fund).where(Fund.id == fund_id)
    values = {"promised": Fund.promised - amount, "taken": Fund.taken - 1}
    db.session.execute(row.values(values).execution_options(synchronize_session=False))
    db.session.expire_all()


def for_regency(regency_code: str) -> list[Fund]:
    """Return the funds that may be used in a regency, the newest years first."""
    province = regency_code.partition(".")[0]
    found = select(Fund).where(Fund.area_code.in_((regency_code, province)))
    return list(db.session.scalars(found.order_by(Fund.year.desc(), Fund.name, Fund.id)))
