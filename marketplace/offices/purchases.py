"""How an office bought an order, and where it is: what its papers carry."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from ..areas.models import Area
from ..areas.rules import district_of
from ..extensions import db
from ..orders.models import Order
from .models import Invoice, Office, OfficeMember, OfficeOrder
from .queries import invoice_of


@dataclass(frozen=True)
class Purchase:
    """How an office bought an order, as plain values."""

    office: str
    address: tuple[str, ...]
    npwp: str
    treasurer: str
    number: str
    """Of its own purchase order (surat pesanan)."""
    ordered_on: dt.date
    invoice_number: str
    """Empty for an order that was paid before it was packed."""
    due_on: dt.date | None


def purchase_of(order: Order) -> Purchase | None:
    """Return how an office bought an order; None, and mostly no query, for one that a person bought."""
    if not order.buyer_office:
        return None
    statement = select(OfficeOrder).where(OfficeOrder.order_id == order.id).options(joinedload(OfficeOrder.office))
    row = db.session.scalar(statement)
    return None if row is None else _purchase(row, invoice_of(order))


def is_offices(order: Order) -> bool:
    """Tell whether an office bought an order; no query for one whose buyer named none."""
    bought = exists().where(OfficeOrder.order_id == order.id)
    return bool(order.buyer_office and db.session.scalar(select(bought)))


def are_papers_of(order: Order, user_id: int | None) -> bool:
    """Tell whether the papers of an order are this reader's, who has its link: those of an office are its members'."""
    if (user_id is not None and order.buyer_id == user_id) or not is_offices(order):
        return True
    member = select(OfficeMember.id).join(OfficeOrder, OfficeOrder.office_id == OfficeMember.office_id)
    is_here = (OfficeMember.user_id == user_id) & OfficeMember.left_at.is_(None)
    return bool(db.session.scalar(select(member.where(OfficeOrder.order_id == order.id, is_here).exists())))


def _purchase(row: OfficeOrder, invoice: Invoice | None) -> Purchase:
    office = row.office
    return Purchase(
        office=office.name,
        address=address_of(office),
        npwp=office.npwp,
        treasurer=office.treasurer_name,
        number=row.purchase_number or "",
        ordered_on=row.ordered_on or dt.date.min,
        invoice_number=invoice.number if invoice else "",
        due_on=invoice.due_on if invoice else None,
    )


def address_of(office: Office) -> tuple[str, ...]:
    """Return where an office is, as a letter is addressed, in one query."""
    codes = [office.regency_code]
    if office.village_code is not None:
        codes = [office.village_code, district_of(office.village_code), office.regency_code]
    found = {area.code: area for area in db.session.scalars(select(Area).where(Area.code.in_(codes)))}
    names = [found[code].name for code in codes]
    names[-1] = f"{names[-1]} {found[codes[0]].postcode or ''}".strip()
    rt_rw = office.rt_rw and f"RT/RW {office.rt_rw}"
    return tuple(part for part in (office.street, rt_rw, *names) if part)
