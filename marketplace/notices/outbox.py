"""Put messages into the outbox, each once, and take those off it that newer ones stand for."""

import datetime as dt
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import ColumnElement, update

from ..extensions import db
from ..orders.models import Order
from ..shared.upsert import insert
from . import rules
from .models import Channel, Notice, NoticeKind, NoticeState
from .rules import Action

TOLD_LATER = (NoticeState.PENDING, NoticeState.BY_HAND, NoticeState.DEAD)
"""States of messages that nobody has read yet."""


@dataclass(frozen=True)
class Message:
    """What is told of an order, to whom and how. `source` and channel let it be told once."""

    kind: NoticeKind
    source: str
    order: Order
    channel: Channel
    recipient: str
    subject: str
    body: str


def can_mail() -> bool:
    """Tell whether this installation can send e-mail."""
    return bool(current_app.extensions["config"].mail_server)


def put(message: Message, now: dt.datetime) -> int:
    """Write a message down, inside a running command; return 1, or 0 where another worker was faster."""
    by_hand = message.channel is Channel.WHATSAPP
    if by_hand:
        _drop_older(message, now)
    row = insert(Notice).values(
        kind=message.kind,
        source=message.source,
        order_id=message.order.id,
        area_code=message.order.regency_code,
        channel=message.channel,
        recipient=message.recipient,
        subject=message.subject,
        body=message.body,
        state=NoticeState.BY_HAND if by_hand else NoticeState.PENDING,
        next_try_at=None if by_hand else now,
        attempts=0,
        error="",
        created_at=now,
        changed_at=now,
    )
    # Another worker may have been faster: the constraint lets one of both write it.
    written = db.session.execute(row.on_conflict_do_nothing().returning(Notice.id)).scalar()
    return int(written is not None)


def _drop_older(message: Message, now: dt.datetime) -> None:
    """Take older news off the officer's list: whoever reads the newest knows them."""
    for family in rules.FAMILIES:
        if message.kind in family:
            drop(NoticeState.BY_HAND, (Notice.order_id == message.order.id) & Notice.kind.in_(family), now)


def drop(state: NoticeState, which: ColumnElement[bool], now: dt.datetime) -> None:
    """Let messages in a state be told no more, inside a running command."""
    dropped = update(Notice).where(Notice.state == state, which)
    values = {"state": rules.transition(state, Action.DROP), "changed_at": now}
    db.session.execute(dropped.values(values).execution_options(synchronize_session=False))


def rewrite(notice: Notice, subject: str, body: str) -> None:
    """Let a message that nobody has read yet say something else, inside a running command; not one in hand."""
    if (notice.subject, notice.body) == (subject, body):
        return
    waiting = update(Notice).where(Notice.id == notice.id, Notice.state.in_(TOLD_LATER))
    db.session.execute(waiting.values(subject=subject, body=body).execution_options(synchronize_session=False))
