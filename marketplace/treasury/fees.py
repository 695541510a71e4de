"""Book what the bank took for itself from the lines of its statement, each once, and take that back."""

from ..extensions import db
from ..ledger import fees
from ..ledger.fees import Fee
from ..payments.providers import PROVIDERS
from ..shared import audit, clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..shared.turn import turn
from . import rules
from .models import Outcome, StatementLine
from .rules import Action
from .service import get


@command
def book(line_id: int, actor_id: int | None) -> StatementLine:
    """Write down that the bank took a line's money for itself.

    Raises StateConflict for a line that is no money out or was booked before, InvalidInput when the books know of less.
    """
    line = get(line_id)
    state = rules.transition(line.state, Action.BOOK_FEE)
    turn(line, state, outcome=Outcome.FEE, decided_by_id=actor_id, decided_at=clock.now())
    account = PROVIDERS[line.account.provider].money_account
    fee = Fee(line.account.area_code, account, -line.amount, line.day, line.text or line.reference)
    line.entry_id = fees.book(fee, f"statement:{line.id}", actor_id).id
    db.session.flush()
    audit.record(actor_id, "statement.fee", ("statement_line", line_id), amount=-line.amount)
    return line


@command
def undo(line_id: int, reason: str, actor_id: int | None) -> StatementLine:
    """Take back that a line was a bank fee, by an entry the other way.

    Raises InvalidInput without a reason, StateConflict for a line that was booked as none.
    """
    if not reason:
        raise InvalidInput(_("Please fill this in."), field="reason")
    line = get(line_id)
    if line.outcome is not Outcome.FEE or line.entry_id is None:
        raise StateConflict
    entry_id, state = line.entry_id, rules.transition(line.state, Action.UNDO_FEE)
    turn(line, state, outcome=None, entry_id=None, decided_by_id=None, decided_at=None)
    fees.take_back(entry_id, reason, actor_id)
    audit.record(actor_id, "statement.fee_undone", ("statement_line", line_id), reason=reason)
    return line
