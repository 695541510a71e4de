"""Count wrong tries at signing in and at codes, and lock after too many: one count for all workers.

The password is checked before, without a lock; the verdict falls here, where the tries of one identifier take turns.
So of any number of parallel guesses only the first ten learn whether they were right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import delete, func, select

from ..extensions import db
from ..shared import clock, personal, transaction
from ..shared.errors import Locked
from ..shared.i18n import _l
from ..shared.transaction import command
from . import rules
from .models import WrongTry

T = TypeVar("T")


@dataclass(frozen=True)
class Guess:
    """Somebody tries something secret: `kind` is what, `identifier` for whom, `address` from which client."""

    kind: str
    identifier: str
    address: str

    def subjects(self) -> dict[str, int]:
        """Return the keyed hashes under which it is counted, each with its limit."""
        return {self.own_hash: rules.TRIES_OF_IDENTIFIER, _hash(f"address:{self.address}"): rules.TRIES_OF_ADDRESS}

    @property
    def own_hash(self) -> str:
        """Return the keyed hash of the identifier."""
        return _hash(f"{self.kind}:{self.identifier}")


def refuse_locked(guess: Guess) -> None:
    """Raise Locked while too many wrong tries lie behind; asked before the slow check, to spare the work."""
    now = clock.now()
    for subject, limit in guess.subjects().items():
        newest = select(WrongTry.at).where(WrongTry.subject_hash == subject, WrongTry.at > now - 2 * rules.WINDOW)
        times = db.session.scalars(newest.order_by(WrongTry.at.desc()).limit(limit)).all()
        end = rules.lock_ends(times, limit)
        if end is not None and now < end:
            raise Locked(_l("Too many wrong tries. Please wait 15 minutes, then try again."))


@command
def judge(guess: Guess, find: Callable[[], T | None]) -> T | None:
    """Return what a right guess finds, None for a wrong one, which is counted; `find` runs inside the turn.

    A right one clears the count of its identifier. Raises Locked after too many wrong ones, right or not.
    The count is kept although the answer to the browser is an error.
    """
    _take_turn(guess)
    refuse_locked(guess)
    found = find()
    if found is None:
        _record_wrong_try(guess)
    else:
        db.session.execute(delete(WrongTry).where(WrongTry.subject_hash == guess.own_hash))
    return found


def _take_turn(guess: Guess) -> None:
    """Let the tries on one identifier, or from one address, wait for each other (SQLite writes one by one anyway)."""
    if db.engine.dialect.name != "postgresql":
        return
    for subject in sorted(guess.subjects()):
        key = int.from_bytes(bytes.fromhex(subject[:16]), signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(key)))


def _record_wrong_try(guess: Guess) -> None:
    now = clock.now()
    for subject in guess.subjects():
        old = (WrongTry.subject_hash == subject) & (WrongTry.at < now - 2 * rules.WINDOW)
        db.session.execute(delete(WrongTry).where(old))
        db.session.add(WrongTry(subject_hash=subject, at=now))
    transaction.keep_writes()


def _hash(text: str) -> str:
    return personal.lookup_hash(text, purpose="wrong-try")
