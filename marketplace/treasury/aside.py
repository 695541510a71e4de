"""Say of many lines at once that they are about no order, with one reason, and take that back."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ScalarSelect, select, update

from ..extensions import db
from ..payments.models import CollectionAccount
from ..shared import audit, clock
from ..shared.errors import InvalidInput
from ..shared.i18n import _
from ..shared.transaction import command
from . import queries, rules
from .models import LineState, StatementLine
from .queries import Queue
from .rules import Action

MOST = 1_000
"""So many lines are set aside at once."""
CHUNK = 500


def waiting(area_code: str, text: str, amount: int | None, ticked: Collection[int] = ()) -> list[StatementLine]:
    """Return the lines that wait, the newest first: the ticked ones, or without any all that a search finds."""
    statement = queries.lines(area_code, Queue.OPEN, text, amount)
    if ticked:
        statement = statement.where(StatementLine.id.in_(ticked))
    return list(db.session.scalars(statement.limit(MOST)))


def mark_of(lines: Iterable[StatementLine]) -> str:
    """Return what tells some lines from others: what was looked at is what is set aside."""
    return hashlib.sha256(" ".join(str(line.id) for line in lines).encode()).hexdigest()


def likely(area_code: str, lines: Iterable[StatementLine]) -> int:
    """Return how many of some lines are certain to be for an order."""
    certain = rules.without_rivals(queries.proposals(queries.open_lines(area_code)))
    return len(certain.keys() & {line.id for line in lines})


@command
def set_aside(area_code: str, line_ids: Sequence[int], reason: str, actor_id: int | None) -> int:
    """Set those of some lines of a regency aside that still wait; return how many.

    Raises InvalidInput without a reason.
    """
    if not reason:
        raise InvalidInput(_("Please fill this in."), field="reason")
    values = {"note": reason, "decided_by_id": actor_id, "decided_at": clock.now()}
    turned = _turn(area_code, line_ids, Action.SET_ASIDE, values)
    for line_id in turned:
        audit.record(actor_id, "statement.set_aside", ("statement_line", line_id), reason=reason)
    return len(turned)


@command
def reopen(area_code: str, line_ids: Sequence[int], actor_id: int | None) -> int:
    """Put those of some lines of a regency that are set aside back among those that wait; return how many."""
    turned = _turn(area_code, line_ids, Action.REOPEN, {"note": "", "decided_by_id": None, "decided_at": None})
    for line_id in turned:
        audit.record(actor_id, "statement.reopen", ("statement_line", line_id))
    return len(turned)


def _turn(area_code: str, line_ids: Sequence[int], action: Action, values: Mapping[str, object]) -> list[int]:
    """Turn those lines that an action still fits, locked in the order of their ids; return their ids."""
    turned: list[int] = []
    for old in rules.sources(action):
        for start in range(0, len(line_ids), CHUNK):
            chosen = _locked(area_code, line_ids[start : start + CHUNK], old)
            state = rules.transition(old, action)
            statement = update(StatementLine).where(StatementLine.id.in_(chosen), StatementLine.state == old)
            db.session.execute(statement.values(state=state, **values).execution_options(synchronize_session=False))
            turned += chosen
    db.session.expire_all()  # lines that were read before are others now
    return turned


def _locked(area_code: str, line_ids: Sequence[int], state: LineState) -> list[int]:
    here = StatementLine.account_id.in_(_accounts(area_code))
    statement = select(StatementLine.id).where(StatementLine.id.in_(line_ids), StatementLine.state == state, here)
    return list(db.session.scalars(statement.order_by(StatementLine.id).with_for_update()))


def _accounts(area_code: str) -> ScalarSelect[int]:
    return select(CollectionAccount.id).where(CollectionAccount.area_code == area_code).scalar_subquery()
