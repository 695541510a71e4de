"""Money of a family that is forgotten: every row stays, and says no more whose hand signed."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import ColumnElement, exists, func, select

from ..extensions import db
from ..shared.forgetting import Forgetter, Whom, Words
from ..shared.i18n import Text, _l
from ..shared.money import format_rupiah
from .models import HouseholdBalance, JournalEntry, JournalLine, Payout, PayoutBatch, PayoutState


def _own(whom: Whom) -> ColumnElement[bool]:
    return Payout.household_id == whom.household_id


def _batches(whom: Whom) -> ColumnElement[bool]:
    return PayoutBatch.id.in_(select(Payout.batch_id).where(_own(whom)))


def _entries(whom: Whom) -> ColumnElement[bool]:
    lines = select(JournalLine.entry_id).where(JournalLine.household_id == whom.household_id)
    return JournalEntry.id.in_(lines)


def _obstacles(whom: Whom) -> Iterable[Text]:
    mine = HouseholdBalance.household_id == whom.household_id
    balance = db.session.scalar(select(HouseholdBalance.balance).where(mine)) or 0
    if balance > 0:
        yield _l("The family is owed %(sum)s: pay it out first.", sum=format_rupiah(balance))
    if balance < 0:
        yield _l("The family still owes %(sum)s for goods that came back.", sum=format_rupiah(-balance))
    if db.session.scalar(select(exists().where(_own(whom), Payout.state == PayoutState.PENDING))):
        yield _l("A payout to the family is on its way.")


def _last_day(whom: Whom) -> dt.date | None:
    found: dt.date | None = db.session.scalar(select(func.max(JournalEntry.entry_date)).where(_entries(whom)))
    return found


FORGETTER = Forgetter(
    words=(
        Words((Payout.signed_by,), _own, is_own=True),
        Words((PayoutBatch.reason,), _batches),
        Words((JournalEntry.memo,), _entries),
    ),
    obstacles=_obstacles,
    last_day=_last_day,
)
