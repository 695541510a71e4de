"""The documents of an order as pages show them: each kind with what there is of it and what can be done."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..offices.purchases import are_papers_of
from ..orders.models import Order
from ..shared.i18n import Text
from . import facts, labels, queries, rules, service
from .models import Document, DocumentKind, DocumentState


@dataclass(frozen=True)
class Paper:
    """One kind of document of an order."""

    kind: DocumentKind
    document: Document | None
    """The newest that was issued; None for none."""
    state: DocumentState | None
    obstacle: Text | None
    """Why there can be no new one now."""
    is_outdated: bool
    """The order was changed since."""

    @property
    def name(self) -> Text:
        """Return what the kind is called."""
        return labels.KINDS[self.kind]

    @property
    def purpose(self) -> Text:
        """Return what it is for."""
        return labels.PURPOSES[self.kind]

    @property
    def can_be_made(self) -> bool:
        """Tell whether issuing it now would make a new one."""
        return self.obstacle is None and (self.state is not DocumentState.VALID or self.is_outdated)


def papers_of(order: Order, kinds: Iterable[DocumentKind]) -> list[Paper]:
    """Return the documents of an order by kind, whatever number of them there is in a few queries."""
    issued, standing = queries.of_order(order.id), facts.standing_of(order)
    mine = [kind for kind in kinds if kind in issued or rules.is_of(kind, standing)]
    return [_paper(order, kind, issued.get(kind), standing) for kind in mine]


def buyers_papers(order: Order, reader_id: int | None) -> list[Paper]:
    """Return what a buyer, or who else has his order's link, can open or make; an office's papers are its members'."""
    if not are_papers_of(order, reader_id):
        return []
    return [paper for paper in papers_of(order, rules.OF_BUYER) if paper.document or paper.can_be_made]


def offices_papers(order: Order) -> list[Paper]:
    """Return what the members of the office that bought an order can open, or make for it."""
    papers = papers_of(order, rules.OF_OFFICE)
    return [paper for paper in papers if paper.document or (paper.can_be_made and paper.kind in rules.OF_BUYER)]


def _paper(order: Order, kind: DocumentKind, document: Document | None, standing: rules.Standing) -> Paper:
    return Paper(
        kind=kind,
        document=document,
        state=rules.shown_state(document.state, standing.closed) if document else None,
        obstacle=rules.obstacle(kind, standing),
        is_outdated=document is not None and not service.fits(document, order),
    )
