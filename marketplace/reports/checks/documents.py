"""Documents: numbers without gaps, one valid paper of a kind, sums as they are printed."""

from typing import Any

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.orm import aliased

from ...documents.models import Document, DocumentKind, DocumentState
from ...offices.models import Invoice
from ...orders.models import Order
from ...shared.series import NumberSeries
from ..check import amounts, beside, check, joined, row


@check("The last number of a series is how many documents it has", "document series")
def last_numbers() -> Select[Any]:
    last = amounts(joined(NumberSeries.name, NumberSeries.area_code, NumberSeries.year), NumberSeries.last_number)
    last = last.where(NumberSeries.name.in_(DocumentKind))
    return beside(last, amounts(joined(Document.kind, Document.regency_code, Document.year), literal(1)))


@check("The numbers of documents run from 1 without a gap", "document series")
def no_gaps() -> Select[Any]:
    series = (Document.kind, Document.regency_code, Document.year)
    return row(joined(*series), func.count(), func.max(Document.sequence)).group_by(*series)


@check("A replaced document has one in its place, another has none", "document")
def replaced() -> Select[Any]:
    newer = aliased(Document)
    expected = case((Document.state == DocumentState.REPLACED, 1), else_=0)
    found = select(func.count()).where(newer.replaces_id == Document.id).scalar_subquery()
    return row(Document.id, expected, found)


@check("A document is of the regency of its order", "document")
def regencies() -> Select[Any]:
    return row(Document.id, Order.regency_code, Document.regency_code).join_from(Document, Order)


@check("A document prints its own number", "document")
def printed() -> Select[Any]:
    return row(Document.id, Document.number, Document.content["number"].as_string())


@check("A paper states at most what its order came to", "document")
def sums() -> Select[Any]:
    stated = func.coalesce(Document.amount, 0)
    within = case((stated <= Order.total, stated), else_=Order.total)
    return row(Document.id, within, stated).join_from(Document, Order)


@check("The paper of an office's invoice bears the number of that invoice", "document")
def office_invoices() -> Select[Any]:
    end = func.length(Invoice.number)
    corrected = func.substr(Document.number, end + 1)
    bears = (func.substr(Document.number, 1, end) == Invoice.number) & ((corrected == "") | corrected.startswith("-P"))
    found = case((bears, "its number"), else_="another")
    statement = row(Document.id, "its number", found).outerjoin_from(
        Document, Invoice, Invoice.order_id == Document.order_id
    )
    return statement.where(Document.kind == DocumentKind.OFFICE_INVOICE)


@check("No order on an office's invoice has another invoice that is valid", "document")
def one_invoice() -> Select[Any]:
    statement = row(
        Document.id, "not on an invoice", case((Order.billed_at.is_(None), "not on an invoice"), else_="on")
    )
    invoices = (Document.kind == DocumentKind.INVOICE) & (Document.state == DocumentState.VALID)
    return statement.join_from(Document, Order).where(invoices)


CHECKS = (last_numbers, no_gaps, replaced, regencies, printed, sums, office_invoices, one_invoice)
