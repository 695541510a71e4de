"""Offices that buy: what they approved is what was ordered, and every invoice stands as its order and money say."""

from typing import Any

from sqlalchemy import Select, String, and_, case, cast, func, select, type_coerce, union_all

from ...notices.models import Notice
from ...notices.rules import REMINDERS
from ...offices.invoices import SERIES
from ...offices.models import Invoice, Office, OfficeMember, OfficeOrder, OfficeOrderLine, OfficeRole
from ...orders.models import Order, OrderLine, Substitute
from ...shared.series import NumberSeries
from ..check import amounts, at_least, beside, check, joined, row


@check("An office's offer is the sum of its lines and its delivery fee", "office_order")
def offers() -> Select[Any]:
    lines = func.sum(OfficeOrderLine.quantity * OfficeOrderLine.unit_price)
    return (
        row(OfficeOrder.id, lines + OfficeOrder.delivery_fee, OfficeOrder.total)
        .outerjoin_from(OfficeOrder, OfficeOrderLine)
        .group_by(OfficeOrder.id)
    )


@check("What an office ordered is what it was offered, at that price", "order/thing/price")
def ordered() -> Select[Any]:
    offered = OfficeOrderLine
    wanted = amounts(
        joined(OfficeOrder.order_id, func.coalesce(offered.product_id, -offered.recipe_id), offered.unit_price),
        offered.quantity,
    ).join_from(offered, OfficeOrder)
    placed = amounts(
        joined(OrderLine.order_id, func.coalesce(OrderLine.product_id, -OrderLine.recipe_id), OrderLine.unit_price),
        OrderLine.quantity,
    ).join_from(OrderLine, OfficeOrder, OfficeOrder.order_id == OrderLine.order_id)
    substitutes = select(Substitute.new_line_id).where(Substitute.new_line_id.is_not(None))
    return beside(wanted.where(OfficeOrder.order_id.is_not(None)), placed.where(OrderLine.id.not_in(substitutes)))


@check("What an office ordered was approved and has its number", "office_order")
def approved() -> Select[Any]:
    complete = and_(
        OfficeOrder.decided_by_id.is_not(None),
        OfficeOrder.decided_at.is_not(None),
        OfficeOrder.purchase_number != "",
        OfficeOrder.ordered_on.is_not(None),
    )
    found = case((complete, "approved and numbered"), else_="not")
    return row(OfficeOrder.id, "approved and numbered", found).where(OfficeOrder.order_id.is_not(None))


@check("An office has somebody who approves", "office", at_least)
def approvers() -> Select[Any]:
    active = OfficeMember.left_at.is_(None) & (OfficeMember.role == OfficeRole.APPROVER)
    statement = row(Office.id, 1, func.count(OfficeMember.id).filter(active))
    return statement.outerjoin_from(Office, OfficeMember).group_by(Office.id)


@check("Every order on an invoice has one, of its office and its sum", "order/office/sum")
def invoiced() -> Select[Any]:
    billed = amounts(joined(Order.id, OfficeOrder.office_id, Order.total), 1)
    billed = billed.outerjoin_from(Order, OfficeOrder, OfficeOrder.order_id == Order.id)
    made = amounts(joined(Invoice.order_id, Invoice.office_id, Invoice.amount), 1)
    return beside(billed.where(Order.billed_at.is_not(None)), made)


@check("The invoice numbers of a regency's year have no gap", "regency/year")
def numbers() -> Select[Any]:
    key = joined(Invoice.regency_code, Invoice.year)
    key_of_series = joined(NumberSeries.area_code, NumberSeries.year)
    given = amounts(key_of_series, NumberSeries.last_number).where(NumberSeries.name == SERIES)
    counted = select(key.label("key"), func.count().label("amount")).group_by(Invoice.regency_code, Invoice.year)
    highest = select(key.label("key"), func.max(Invoice.serial).label("amount")).group_by(
        Invoice.regency_code, Invoice.year
    )
    # The last number given out, the highest one used and how many there are must all be the same.
    return beside(union_all(given, given), union_all(counted, highest))


@check("A reminder is of the invoice of its order", "notice")
def reminders() -> Select[Any]:
    source = type_coerce(Notice.kind, String).concat(":").concat(cast(Invoice.id, String))
    statement = row(Notice.id, source, Notice.source)
    statement = statement.outerjoin_from(Notice, Invoice, Invoice.order_id == Notice.order_id)
    return statement.where(Notice.kind.in_(REMINDERS))


@check("Credit is for verified offices", "office")
def credit() -> Select[Any]:
    verified = case((Office.verified_at.is_not(None), "verified"), else_="not verified")
    return row(Office.id, "verified", verified).where(Office.allows_credit)


CHECKS = (offers, ordered, approved, approvers, invoiced, numbers, reminders, credit)
