"""Write messages once for what happened, hand them to the worker one by one, and write down what became of them.

Nothing has to be told by the floors above: what happened stands in the rows of orders and refunds, committed with its
effect, and each row is told of once. Between taking a message and writing down its end no transaction is open: the
mail server is asked meanwhile.
"""

import datetime as dt

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select

from ..extensions import db
from ..shared import clock
from ..shared.errors import NotFound
from ..shared.transaction import command
from ..shared.turn import turn
from . import freshness, happened, outbox, reminders, rules, texts
from .happened import News
from .mail import Letter, Outcome, Result
from .models import Notice, NoticeState
from .outbox import Message
from .rules import Action

ERROR_LENGTH = 300


@command
def write_new(now: dt.datetime) -> int:
    """Write the messages for what happened lately or is due now, and was not told of; return how many were written.

    Those that wait and hold no more are dropped or written anew.
    """
    money = (*happened.money(now), *happened.taken_back(now), *happened.refunds(now))
    news = [*happened.steps(now), *happened.questions(), *money]
    written = sum(_write(each, now) for each in news) + reminders.write_new(now)
    freshness.renew(now)
    return written


def _write(news: News, now: dt.datetime) -> int:
    order = news.order
    email, locale = (news.buyer.email, news.buyer.locale) if news.buyer else (None, "id")
    way = rules.channel_for(news.kind, email, order.buyer_phone, mails=outbox.can_mail(), by_hand=news.by_hand)
    if way is None:
        return 0
    with force_locale(locale):
        subject, body = texts.subject_of(news.kind, order), texts.body_of(news.kind, order, news.amount)
    return outbox.put(Message(news.kind, news.source, order, *way, subject, body), now)


def due(now: dt.datetime, most: int) -> list[int]:
    """Return the ids of messages that can be sent now, the oldest first."""
    waiting = select(Notice.id).where(Notice.state == NoticeState.PENDING, Notice.next_try_at <= now)
    return list(db.session.scalars(waiting.order_by(Notice.next_try_at, Notice.id).limit(most)))


@command
def take(notice_id: int) -> Letter:
    """Take a message in hand and return the letter. Raises StateConflict when somebody else has it."""
    notice = _get(notice_id)
    _turn(notice, Action.TAKE, attempts=notice.attempts + 1)
    sender = current_app.extensions["config"].mail_sender
    host = sender.rpartition("@")[2].rstrip(">")
    return Letter(f"<notice-{notice.id}@{host}>", sender, notice.recipient, notice.subject, notice.body)


@command
def settle(notice_id: int, result: Result) -> None:
    """Write down what became of a message that was taken in hand."""
    notice = _get(notice_id)
    error = result.detail[:ERROR_LENGTH]
    pause = rules.pause_after(notice.attempts)
    if result.outcome is Outcome.SENT:
        _turn(notice, Action.DELIVER, error="")
    elif result.outcome is Outcome.LATER and pause is not None:
        _turn(notice, Action.FAIL, error=error, next_try_at=clock.now() + pause)
    else:
        _turn(notice, Action.GIVE_UP, error=error)


@command
def give_up_stuck(now: dt.datetime) -> int:
    """Put messages before a person whose worker is gone: nobody knows whether they were sent. Return how many."""
    gone = select(Notice).where(Notice.state == NoticeState.SENDING, Notice.changed_at < now - rules.STUCK_AFTER)
    stuck = db.session.scalars(gone).all()
    for notice in stuck:
        _turn(notice, Action.GIVE_UP)
    return len(stuck)


@command
def mark_sent(notice_id: int, actor_id: int) -> None:
    """Write down that an officer sent a message by hand. Raises StateConflict when it does not wait for that."""
    notice = _get(notice_id)
    _turn(notice, Action.DELIVER, sent_by_id=actor_id)
    reminders.note_sent(notice, actor_id)


@command
def drop(notice_id: int, actor_id: int) -> None:
    """Write down that a message needs no saying any more."""
    _turn(_get(notice_id), Action.DROP, sent_by_id=actor_id)


@command
def retry(notice_id: int) -> None:
    """Let a message that could not be sent be sent again, from the first attempt on."""
    _turn(_get(notice_id), Action.RETRY, attempts=0, next_try_at=clock.now())


def _get(notice_id: int) -> Notice:
    notice = db.session.get(Notice, notice_id, populate_existing=True)
    if notice is None:
        raise NotFound
    return notice


def _turn(notice: Notice, action: Action, **values: object) -> None:
    turn(notice, rules.transition(notice.state, action), changed_at=clock.now(), **values)
