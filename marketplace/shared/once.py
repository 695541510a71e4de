"""Once only: a key that was used is kept with the effect, and what it made is found again."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model, db
from . import clock
from .errors import KeyReused
from .transaction import command
from .upsert import insert


class OnceKey(Model):
    """One use of an idempotency key: the hash of its body and the id of what came of it."""

    __tablename__ = "once_key"
    __table_args__ = (UniqueConstraint("scope", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(100))
    body_hash: Mapped[str] = mapped_column(String(64))
    result_id: Mapped[int | None]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)


def claim(scope: str, key: str, body: Any) -> OnceKey:
    """Take a key inside the running command.

    A fresh row has `result_id` None: do the work and set it. A row with a result was used before for the same
    body: return that result instead. Two that arrive together wait for each other at the unique constraint.
    Raises KeyReused when the same key comes with another body.
    """
    digest = _digest(body)
    return _checked(_insert(scope, key, digest) or _there(scope, key), digest)


@command
def only(scope: str, key: str, body: Any, act: Callable[[], int]) -> int:
    """Do something once for each key and return the id of what came of it, also when the key comes again.

    Raises KeyReused when the same key comes with another body.
    """
    row = claim(scope, key, body)
    if row.result_id is None:
        row.result_id = act()
    return row.result_id


def known(scope: str, key: str, body: Any) -> int | None:
    """Return what came of a key before, None for a new one: to spare slow work before `only`. Raises KeyReused."""
    row = db.session.scalar(_of(scope, key))
    return None if row is None else _checked(row, _digest(body)).result_id


def _digest(body: Any) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def _checked(row: OnceKey, digest: str) -> OnceKey:
    if row.body_hash != digest:
        raise KeyReused
    return row


def _there(scope: str, key: str) -> OnceKey:
    return db.session.scalars(_of(scope, key)).one()


def _of(scope: str, key: str) -> Select[OnceKey]:
    return select(OnceKey).where(OnceKey.scope == scope, OnceKey.key == key)


def _insert(scope: str, key: str, digest: str) -> OnceKey | None:
    """Write a fresh row; None when there is one, be it of a request that ended while this one waited."""
    row = {"scope": scope, "key": key, "body_hash": digest}
    return db.session.scalar(insert(OnceKey).values(row).on_conflict_do_nothing().returning(OnceKey))
