"""The papers of the demo's last days: what a treasurer and a packer gave out, through the services."""

import datetime as dt

from sqlalchemy import select

from ..documents import facts, recap, rules, service
from ..documents.models import DocumentKind
from ..documents.recap import Period
from ..extensions import db
from ..orders.models import Order
from ..shared import clock
from ..shared.policy import Role
from ..shared.transaction import unit_of_work
from .people import REGENCY, Cast

LATEST = 12


def give_out(cast: Cast, now: dt.datetime) -> None:
    """Issue the papers of the latest orders of offices, and the month's recap of the office of the newest one."""
    treasurer, packer = (cast.user(role).id for role in (Role.TREASURER, Role.PACKER))
    bought = select(Order).where(Order.closed_at.is_(None), Order.paid_at.is_not(None), Order.buyer_office != "")
    with clock.at(now):
        orders = list(db.session.scalars(bought.order_by(Order.id.desc()).limit(LATEST)))
        for order in orders:
            _papers_of(order, treasurer, packer)
        _recap(orders[0].buyer_office, clock.local_date(now, "Asia/Makassar"), treasurer)


def _papers_of(order: Order, treasurer: int, packer: int) -> None:
    standing = facts.standing_of(order)
    wanted = (*rules.INVOICES, DocumentKind.RECEIPT, DocumentKind.HANDOVER, DocumentKind.LABEL)
    with unit_of_work():
        for kind in wanted:
            if rules.obstacle(kind, standing) is None:
                service.issue(order.id, kind, packer if kind in rules.OF_GOODS else treasurer, by_office=True)


def _recap(office: str, day: dt.date, treasurer: int) -> None:
    period = (clock.add_months(clock.month_of(day), -1), day)
    with unit_of_work():
        people = recap.named(recap.people(Period(REGENCY, *period), office), {})
        service.issue_recap(REGENCY, office, period, people, treasurer)
