"""Remind offices of their invoices: some days before the last one, and again when it is over, once each.

The one who ordered hears of it by e-mail; the office's treasurer, who may have no account here, by an officer.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import force_locale
from sqlalchemy import String, cast, exists, literal, select
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts.models import User
from ..areas import queries as areas
from ..areas.models import FigureKey
from ..extensions import db
from ..offices import invoices
from ..offices import reminders as words
from ..offices.models import Invoice
from ..offices.queries import open_amount
from ..orders.models import Order
from ..shared import clock
from . import outbox, rules, texts
from .models import Channel, Notice, NoticeKind
from .outbox import Message

TREASURERS_LOCALE = "id"


@dataclass(frozen=True)
class Reminder:
    """One invoice to remind of. `buyer` placed its order."""

    kind: NoticeKind
    invoice: Invoice
    buyer: User | None

    @property
    def is_late(self) -> bool:
        """Tell whether its last day is over."""
        return self.kind is NoticeKind.INVOICE_OVERDUE


def write_new(now: dt.datetime) -> int:
    """Write the reminders that are due, inside a running command; return how many.

    What was paid is asked no more, and of what was paid in part the rest.
    """
    paid = select(Invoice.order_id).join(Invoice.order).where(open_amount() <= 0)
    for state in outbox.TOLD_LATER:
        outbox.drop(state, Notice.kind.in_(rules.REMINDERS) & Notice.order_id.in_(paid), now)
    _renew()
    return sum(outbox.put(message, now) for each in list(_due(now)) for message in _messages(each))


def _renew() -> None:
    """Let reminders that nobody has read yet say what is open now."""
    statement = (
        select(Notice, Invoice, User)
        .join(Invoice, Invoice.order_id == Notice.order_id)
        .join(Invoice.order)
        .outerjoin(User, User.id == Order.buyer_id)
        .where(Notice.kind.in_(rules.REMINDERS), Notice.state.in_(outbox.TOLD_LATER), open_amount() > 0)
        .order_by(Notice.id)
        .options(contains_eager(Invoice.order), joinedload(Invoice.office))
    )
    for notice, invoice, buyer in db.session.execute(statement).all():
        for message in _messages(Reminder(notice.kind, invoice, buyer)):
            if message.channel is notice.channel:
                outbox.rewrite(notice, message.subject, message.body)


def _due(now: dt.datetime) -> Iterator[Reminder]:
    for regency_code in db.session.scalars(select(Invoice.regency_code).distinct()).all():
        today = clock.local_date(now, areas.time_zone(regency_code))
        soon = dt.timedelta(days=areas.figure(FigureKey.INVOICE_REMINDER_DAYS, regency_code, today))
        yield from _between(regency_code, NoticeKind.INVOICE_OVERDUE, dt.date.min, today - dt.timedelta(days=1))
        yield from _between(regency_code, NoticeKind.INVOICE_DUE, today, today + soon)


def _between(regency_code: str, kind: NoticeKind, first: dt.date, last: dt.date) -> Iterator[Reminder]:
    """Yield the open invoices whose last day is one of some days, and that were not reminded of in this way."""
    source = literal(f"{kind.value}:").concat(cast(Invoice.id, String))
    statement = (
        select(Invoice, User)
        .join(Invoice.order)
        .outerjoin(User, User.id == Order.buyer_id)
        .where(Invoice.regency_code == regency_code, Invoice.due_on.between(first, last), open_amount() > 0)
        .where(~exists().where(Notice.source == source))
        .options(contains_eager(Invoice.order), joinedload(Invoice.office))
        .order_by(Invoice.due_on, Invoice.id)
    )
    for invoice, buyer in db.session.execute(statement).all():
        yield Reminder(kind, invoice, buyer)


def _messages(each: Reminder) -> Iterator[Message]:
    office, buyer = each.invoice.office, each.buyer
    with force_locale(TREASURERS_LOCALE):
        yield _message(each, Channel.WHATSAPP, office.phone, office.treasurer_name)
    if buyer is not None and buyer.email and outbox.can_mail():
        with force_locale(buyer.locale):
            yield _message(each, Channel.EMAIL, buyer.email, buyer.name)


def _message(each: Reminder, channel: Channel, recipient: str, name: str) -> Message:
    invoice = each.invoice
    return Message(
        kind=each.kind,
        source=f"{each.kind.value}:{invoice.id}",
        order=invoice.order,
        channel=channel,
        recipient=recipient,
        subject=words.subject_of(invoice, is_late=each.is_late),
        body=texts.signed(words.text_of(invoice, name, is_late=each.is_late)),
    )


def note_sent(notice: Notice, actor_id: int) -> None:
    """Write down at the invoice that its office was reminded today, inside a running command; not once it is paid."""
    if notice.kind not in rules.REMINDERS:
        return
    invoice = db.session.scalars(select(Invoice).where(Invoice.order_id == notice.order_id)).one()
    if invoice.open_amount:
        invoices.remind(invoice.id, actor_id)
