"""The offer of an office as PDF, for its own files: drawn when it is asked for, without a number of a series."""

from dataclasses import replace

from flask import Blueprint, Response, current_app
from flask_login import current_user

from ..areas import pickup
from ..areas import queries as areas
from ..areas.models import FigureKey
from ..offices.models import OfficeOrder, OfficeOrderState
from ..offices.offered import lines_of
from ..offices.purchases import address_of
from ..offices.queries import office_order_for
from ..orders.models import DeliveryMethod, OrderState
from ..shared import clock, documents
from ..shared.errors import NotFound
from ..shared.policy import SIGNED_IN, access
from . import facts, files, papers
from .papers import Offer

bp = Blueprint("offer_paper", __name__, url_prefix="/instansi/pesanan")


@bp.route("/<id:office_order_id>/penawaran.pdf")
@access(SIGNED_IN)
def file(office_order_id: int) -> Response:
    """Return what an office is or was offered, also after it ordered; NotFound for what was given up or cancelled."""
    row = office_order_for(current_user.id, office_order_id)
    if row.state is OfficeOrderState.CANCELLED or (row.order and row.order.state is OrderState.CANCELLED):
        raise NotFound
    link = f"{current_app.extensions['config'].base_url}/instansi/pesanan/{row.id}"
    content = documents.draw("offer", papers.offer(_offer(row)), link, clock.now())
    return files.as_pdf(content, f"penawaran-{row.number}.pdf")


def _offer(row: OfficeOrder) -> Offer:
    """Gather what an offer says; its day is never after the prices ended, nor after it was ordered."""
    issuer = facts.issuer_in(row.regency_code, None)
    day = row.ordered_on or min(issuer.day, row.valid_until)
    return Offer(
        issuer=replace(issuer, day=day),
        number=row.number,
        office=row.office.name,
        address=address_of(row.office),
        npwp=row.office.npwp,
        asked_by=row.made_by.name,
        lines=lines_of(row),
        delivery=row.delivery_fee,
        valid_until=row.valid_until,
        handing=_handing(row),
        tax_from=areas.figure(FigureKey.INCOME_TAX_FROM, row.regency_code, day),
    )


def _handing(row: OfficeOrder) -> str:
    """Say where the goods are handed over; in Indonesian like all papers."""
    if row.delivery_method is DeliveryMethod.PICKUP:
        place = pickup.place_of(row.regency_code).address
        return f"Diambil sendiri: {place}" if place else "Diambil sendiri"
    village = areas.get_area(row.village_code).name if row.village_code else ""
    rt_rw = row.rt_rw and f"RT/RW {row.rt_rw}"
    return "Dibawa ke " + ", ".join(part for part in (row.street, rt_rw, village) if part)
