"""What the record of a hand-over of aid says, as it is printed: frozen with its number."""

from ..documents import papers, words
from ..documents.facts import Issuer
from ..documents.papers import Content
from ..extensions import db
from ..groups.models import Household
from ..shared.money import format_rupiah
from .goods_models import Handover, Item, ItemCondition

ON_PAPER: dict[ItemCondition, str] = {
    ItemCondition.NEW: "baru",
    ItemCondition.GOOD: "baik",
    ItemCondition.USED: "bekas, layak pakai",
}


def content_of(handover: Handover, issuer: Issuer) -> Content:
    """Write down a hand-over."""
    proposal = handover.proposal
    group, village = proposal.group, proposal.village
    total = sum(item.value for item in handover.items)
    own = {
        "day": words.long_day(handover.handed_on),
        "day_words": words.day_in_words(handover.handed_on),
        "receiver": group.name if group else f"Masyarakat {village.name}",
        "village": village.name,
        "signed_name": handover.signed_name,
        "signature": handover.signature,
        "title": proposal.title,
        "decree": proposal.decree_number,
        "decree_on": words.long_day(proposal.decree_on) if proposal.decree_on else "",
        "items": [_row(item) for item in handover.items],
        "total": format_rupiah(total),
        "words": words.sum_in_words(total),
    }
    return papers.working(issuer, handover.number, own)


def _row(item: Item) -> dict[str, str]:
    family = db.session.get(Household, item.household_id) if item.household_id is not None else None
    return {
        "what": item.what,
        "serial": item.serial,
        "condition": ON_PAPER[item.condition],
        "value": format_rupiah(item.value),
        "receiver": family.name if family else "Bersama",
    }
