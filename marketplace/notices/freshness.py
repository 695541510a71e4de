"""Keep what waits to be told true: nobody is asked for what is done, or to come on a day that is over."""

import datetime as dt

from flask_babel import force_locale
from sqlalchemy import ColumnElement, String, cast, exists, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from ..accounts.models import User
from ..extensions import db
from ..orders.models import Order, Substitute, SubstituteState
from ..payments.models import Payment, Refund, RefundState
from . import outbox, rules, texts
from .models import Channel, Notice, NoticeKind

SAYS_DAY = (NoticeKind.SHORT, NoticeKind.PACKED)
"""What names a day that may pass or change while it waits."""


def renew(now: dt.datetime) -> None:
    """Drop the messages that nobody has read yet and that hold no more, and write anew those that name a day.

    Inside a running command. E-mails written at this very moment go out at once: they tell the steps as they were.
    """
    older = (Notice.channel == Channel.WHATSAPP) | (Notice.created_at < now)
    for state in outbox.TOLD_LATER:
        outbox.drop(state, older & _holds_no_more(), now)
    _write_anew()


def _holds_no_more() -> ColumnElement[bool]:
    of_order = Order.id == Notice.order_id
    passed = [(Notice.kind == kind) & (Order.state != state) for kind, state in rules.HOLDS_IN.items()]
    return or_(
        exists().where(of_order, or_(*passed)),
        exists().where(_tells_of("substitute:", Substitute.id), Substitute.state != SubstituteState.ASKED),
        exists().where(_tells_of("payment:", Payment.id), ~Payment.needs_review),
        exists().where(_tells_of("refund:", Refund.id), Refund.state == RefundState.FAILED),
    )


def _tells_of(prefix: str, key: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return Notice.source == literal(prefix).concat(cast(key, String))


def _write_anew() -> None:
    statement = (
        select(Notice, User)
        .join(Notice.order)
        .outerjoin(User, User.id == Order.buyer_id)
        .where(Notice.kind.in_(SAYS_DAY), Notice.state.in_(outbox.TOLD_LATER))
        .order_by(Notice.id)
        .options(contains_eager(Notice.order))
    )
    for notice, buyer in db.session.execute(statement).all():
        with force_locale(buyer.locale if buyer else "id"):
            outbox.rewrite(notice, notice.subject, texts.body_of(notice.kind, notice.order))
