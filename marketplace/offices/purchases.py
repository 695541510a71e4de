"""How an office bought an order, and where it is: what its papers carry."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..areas import queries as areas
from ..areas.rules import district_of
from ..extensions import db
from ..orders.models import Order
from .models import Invoice, Office, OfficeOrder
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
    """Return where an office is, as a letter is addressed."""
    regency = areas.get_area(office.regency_code)
    rt_rw = office.rt_rw and f"RT/RW {office.rt_rw}"
    if office.village_code is None:
        return tuple(part for part in (office.street, rt_rw, regency.name) if part)
    village = areas.get_area(office.village_code)
    district = areas.get_area(district_of(office.village_code))
    place = f"{regency.name} {village.postcode or ''}".strip()
    return tuple(part for part in (office.street, rt_rw, village.name, district.name, place) if part)
