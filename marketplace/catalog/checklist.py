"""What curation looks at: hints that never decide. Pure."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from ..shared.i18n import Text, _l
from .models import Category, PermitKind, ProductKind
from .rules import ProductContent, expired

EATEN = frozenset({Category.SNACK, Category.MEAL, Category.DRINK, Category.SPICE, Category.FRESH})
PACKED = frozenset({Category.SNACK, Category.DRINK, Category.SPICE})
"""Food that keeps, and so needs a home-food number (P-IRT)."""
ENOUGH_WORDS = 8


@dataclass(frozen=True)
class Check:
    """One line of the checklist: what it says, and whether it is fine, `good` or `warn`."""

    text: Text
    tone: str


def checklist(content: ProductContent, day: dt.date) -> list[Check]:
    """Return the checklist of a product on a day."""
    return [*_basics(content), *_goods(content), *_permits(content, day)]


def _basics(content: ProductContent) -> Iterator[Check]:
    yield _check(bool(content.photos), _l("Has a photo"), _l("Has no photo"))
    told = len(content.description.split()) >= ENOUGH_WORDS
    yield _check(told, _l("The description tells enough"), _l("The description is very short"))


def _goods(content: ProductContent) -> Iterator[Check]:
    if content.kind is ProductKind.GOODS:
        yield _check(content.weight_gram is not None, _l("Weight is given"), _l("Weight is missing"))
    if content.category in EATEN:
        keeps = content.shelf_life_days is not None
        yield _check(keeps, _l("It says how long it keeps"), _l("It does not say how long it keeps"))


def _permits(content: ProductContent, day: dt.date) -> Iterator[Check]:
    kinds = {permit.kind for permit in content.permits}
    if content.category in PACKED:
        yield _check(PermitKind.PIRT in kinds, _l("P-IRT is given"), _l("Packed food needs a P-IRT number"))
    if content.category in EATEN:
        yield _check(PermitKind.HALAL in kinds, _l("Halal certificate is given"), _l("No halal certificate"))
    if expired(content.permits, day):
        yield Check(_l("A permit has expired: it cannot be approved like this"), "bad")


def _check(fine: bool, good: Text, bad: Text) -> Check:
    return Check(good, "good") if fine else Check(bad, "warn")
