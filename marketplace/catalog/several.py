"""Approve several products at once: those that pass every check of the list, each as if it were the only one."""

from collections.abc import Collection
from dataclasses import dataclass, field

from ..extensions import db
from ..shared.errors import DomainError, StateConflict
from ..shared.i18n import Text, _l
from ..shared.transaction import command
from . import queries, rules, service
from .access import Worker
from .checklist import checklist
from .models import Product, Revision, RevisionState


@dataclass
class Outcome:
    """What became of several products: the names of those that are approved, and of the others by the reason."""

    done: list[str] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)


def hindrances(product: Product, revision: Revision, actor_id: int) -> list[Text]:
    """Return why what was handed in has to be looked at alone; nothing when it can be one of several."""
    if revision.submitted_by_id == actor_id:
        return [_l("You handed it in yourself")]
    content = rules.merged(rules.content_of(product), revision.changes)
    return [check.text for check in checklist(content, queries.today_at(product.regency_code)) if check.tone != "good"]


@command
def approve(revision_ids: Collection[int], actor: Worker) -> Outcome:
    """Approve what was handed in, one by one; what was decided or changed meanwhile stops no other."""
    outcome = Outcome()
    for revision_id, product_id, name in queries.handed_in(actor, revision_ids):
        try:
            with db.session.begin_nested():
                _approve(revision_id, product_id, actor)
        except DomainError as error:
            outcome.refused.setdefault(str(error.message), []).append(name)
        else:
            outcome.done.append(name)
    return outcome


def _approve(revision_id: int, product_id: int, actor: Worker) -> None:
    product = queries.lock_product_for(actor, product_id, queries.CURATORS)
    revision = db.session.get_one(Revision, revision_id, populate_existing=True)
    if revision.state is RevisionState.PENDING and hindrances(product, revision, actor.id):
        raise StateConflict(_l("It does not pass all checks any more."))
    service.approve(revision_id, actor)
