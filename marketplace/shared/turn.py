"""Move a row from one state to the next, unless somebody else just did."""

from typing import Any

from sqlalchemy import CursorResult, update

from ..extensions import db
from .errors import StateConflict


def turn(row: Any, state: Any, **values: Any) -> None:
    """Give a row its next state, and other values with it, in one UPDATE that asks for the state that was seen.

    Raises StateConflict when it is in another one by now. What was changed about the row before is written first.
    """
    db.session.flush()
    kind = type(row)
    result = db.session.execute(
        update(kind)
        .where(kind.id == row.id, kind.state == row.state)
        .values(state=state, **values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise StateConflict
    db.session.refresh(row, ["state", *values])
