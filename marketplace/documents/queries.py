"""Find documents: an order's, an area's, and the one behind a code."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, false, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from ..extensions import db
from ..orders.models import Order
from ..shared.errors import NotFound
from ..shared.policy import Actor, Role, areas_of, may
from . import rules
from .models import Document, DocumentKind, DocumentState


@dataclass(frozen=True)
class Filters:
    """What the list of documents is narrowed to."""

    kind: DocumentKind | None = None
    state: DocumentState | None = None
    text: str = ""


def list_for(actor: Actor, filters: Filters) -> Select[Document]:
    """Select the documents of an officer's areas with their orders, newest first."""
    codes = areas_of(actor, rules.READERS)
    mine = or_(false(), *(Document.regency_code.startswith(code) for code in codes))
    statement = select(Document).outerjoin(Document.order).options(contains_eager(Document.order))
    return statement.where(mine, *_conditions(filters)).order_by(Document.id.desc())


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.kind is not None:
        conditions.append(Document.kind == filters.kind)
    if filters.state is not None:
        conditions.append(_shown_state() == filters.state)
    if filters.text:
        columns = (Document.number, Document.subject, Order.number, Order.buyer_name)
        conditions.append(or_(*(column.icontains(filters.text, autoescape=True) for column in columns)))
    return conditions


def _shown_state() -> ColumnElement[DocumentState]:
    """Return what a document is worth now, as `rules.shown_state` tells it."""
    is_over = (Document.state == DocumentState.VALID) & Order.closed_at.is_not(None)
    return case((is_over, DocumentState.CANCELLED.value), else_=Document.state)


def state_of(document: Document) -> DocumentState:
    """Return what a document is worth now."""
    closed = document.order is not None and document.order.closed_at is not None
    return rules.shown_state(document.state, closed)


def get_document_for(actor: Actor, document_id: int, roles: Collection[Role] = rules.READERS) -> Document:
    """Return a document of the officer's area with its order. Raises NotFound for strangers."""
    document = db.session.scalar(_whole().where(Document.id == document_id))
    if document is None or not may(actor, roles, area_code=document.regency_code):
        raise NotFound
    return document


def buyers_document(order: Order, document_id: int, kinds: Collection[DocumentKind] = rules.OF_BUYER) -> Document:
    """Return a document of a buyer's own order, of a kind that is his to see. Raises NotFound."""
    own = (Document.id == document_id, Document.order_id == order.id, Document.kind.in_(kinds))
    document = db.session.scalar(_whole().where(*own))
    if document is None:
        raise NotFound
    return document


def by_code(code: str) -> Document:
    """Return the document that carries a code. Raises NotFound."""
    document = db.session.scalar(_whole().where(Document.code == code))
    if document is None:
        raise NotFound
    return document


def valid_of(order_id: int, kind: DocumentKind) -> Document | None:
    """Return the valid document of a kind that an order has."""
    one = (Document.order_id == order_id, Document.kind == kind, Document.state == DocumentState.VALID)
    return db.session.scalar(select(Document).where(*one))


def _whole() -> Select[Document]:
    return select(Document).options(joinedload(Document.order), joinedload(Document.replaces))


def successor_of(document: Document) -> Document | None:
    """Return the document that was issued in the place of another."""
    return db.session.scalar(select(Document).where(Document.replaces_id == document.id))


def of_order(order_id: int) -> dict[DocumentKind, Document]:
    """Return the documents of an order that hold, by kind: of each the newest that was not replaced."""
    newer = aliased(Document)
    is_replaced = select(newer.id).where(newer.replaces_id == Document.id).exists()
    statement = select(Document).where(Document.order_id == order_id, ~is_replaced).order_by(Document.id)
    return {document.kind: document for document in db.session.scalars(statement)}
