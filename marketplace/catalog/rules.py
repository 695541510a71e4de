"""What a product may be, what may become of it, and how two versions of it differ. Pure."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from ..shared.errors import InvalidInput
from ..shared.i18n import _l
from ..shared.money import MAX_RUPIAH
from ..shared.moves import move
from .models import WHOLE, Category, PermitKind, Product, ProductKind, ProductState

MIN_PRICE = 100
MAX_PHOTOS = 8
SHORTEST_REASON = 10
"""Letters."""


class Action(StrEnum):
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    RETURN = "return"
    PAUSE = "pause"
    RESUME = "resume"
    ARCHIVE = "archive"
    RESTORE = "restore"


S = ProductState
TRANSITIONS: Mapping[tuple[ProductState, Action], ProductState] = {
    (S.DRAFT, Action.SUBMIT): S.SUBMITTED,
    (S.NEEDS_WORK, Action.SUBMIT): S.SUBMITTED,
    # Back on sale by a maker who is not yet trusted: through the check again.
    (S.PAUSED, Action.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, Action.WITHDRAW): S.DRAFT,
    (S.SUBMITTED, Action.APPROVE): S.PUBLISHED,
    (S.SUBMITTED, Action.RETURN): S.NEEDS_WORK,
    (S.PUBLISHED, Action.PAUSE): S.PAUSED,
    (S.PAUSED, Action.RESUME): S.PUBLISHED,
    (S.DRAFT, Action.ARCHIVE): S.ARCHIVED,
    (S.NEEDS_WORK, Action.ARCHIVE): S.ARCHIVED,
    (S.PUBLISHED, Action.ARCHIVE): S.ARCHIVED,
    (S.PAUSED, Action.ARCHIVE): S.ARCHIVED,
    # Whatever it was before: only the check brings it to buyers again.
    (S.ARCHIVED, Action.RESTORE): S.DRAFT,
}
EDITED_AT_ONCE = frozenset({S.DRAFT, S.NEEDS_WORK})
"""Nobody but the makers sees these: an edit changes them directly."""
SHOWN = frozenset({S.PUBLISHED, S.PAUSED})
"""Approved content stands on a public page: an edit waits beside it."""


def transition(state: ProductState, action: Action) -> ProductState:
    """Return the state after an action. Raises StateConflict when the action does not fit the state."""
    return move(TRANSITIONS, state, action)


def can(state: ProductState, action: Action) -> bool:
    """Tell whether an action fits a state."""
    return (state, action) in TRANSITIONS


@dataclass(frozen=True)
class Share:
    """The part of the price that one maker household earns, in basis points."""

    household_id: int
    basis_points: int


@dataclass(frozen=True)
class PermitContent:
    """A permit as it is handed in."""

    kind: PermitKind
    number: str
    expires_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class ProductContent:
    """All that a maker writes about a product and that curation looks at. `photos` are ids of images in order."""

    name: str
    category: Category
    unit: str
    price: int
    shares: tuple[Share, ...]
    description: str = ""
    weight_gram: int | None = None
    shelf_life_days: int | None = None
    permits: tuple[PermitContent, ...] = ()
    photos: tuple[int, ...] = ()

    @property
    def kind(self) -> ProductKind:
        """Return what the category says: a service, or goods."""
        return ProductKind.SERVICE if self.category is Category.SERVICE else ProductKind.GOODS


FIELDS = tuple(field.name for field in fields(ProductContent))


def content_of(product: Product) -> ProductContent:
    """Return the content that a product has now."""
    return ProductContent(
        name=product.name,
        category=product.category,
        unit=product.unit,
        price=product.price,
        description=product.description,
        weight_gram=product.weight_gram,
        shelf_life_days=product.shelf_life_days,
        shares=tuple(Share(s.household_id, s.basis_points) for s in product.shares),
        permits=tuple(PermitContent(p.kind, p.number, p.expires_on) for p in product.permits),
        photos=tuple(p.image_id for p in product.photos),
    )


def as_json(content: ProductContent) -> dict[str, Any]:
    """Write content as plain JSON values, in an order that makes equal contents equal."""
    plain: dict[str, Any] = {name: getattr(content, name) for name in FIELDS}
    plain["category"] = content.category.value
    plain["shares"] = sorted([s.household_id, s.basis_points] for s in content.shares)
    plain["permits"] = sorted(
        [p.kind.value, p.number, p.expires_on.isoformat() if p.expires_on else None] for p in content.permits
    )
    plain["photos"] = list(content.photos)
    return plain


def diff(old: ProductContent, new: ProductContent) -> dict[str, Any]:
    """Return field → new value as JSON, for the fields that differ."""
    before, after = as_json(old), as_json(new)
    return {name: after[name] for name in FIELDS if after[name] != before[name]}


def merged(content: ProductContent, changes: Mapping[str, Any]) -> ProductContent:
    """Return content with changes, as `diff` gives them, worked in."""
    return replace(content, **{name: _from_json(name, value) for name, value in changes.items()})


def _from_json(name: str, value: Any) -> Any:
    if name == "category":
        return Category(value)
    if name == "shares":
        return tuple(Share(household_id, points) for household_id, points in value)
    if name == "permits":
        return tuple(
            PermitContent(PermitKind(kind), number, dt.date.fromisoformat(day) if day else None)
            for kind, number, day in value
        )
    return tuple(value) if name == "photos" else value


def check_content(content: ProductContent, members: Collection[int]) -> ProductContent:
    """Return content in the form that is stored: a service has neither weight nor shelf life.

    `members` are the ids of the households in the group now. Raises InvalidInput beside the field it is about.
    """
    if len(content.name.strip()) < 3:
        raise InvalidInput(_l("Give the product a name."), field="name")
    if not content.unit.strip():
        raise InvalidInput(_l("Say what is sold for this price: a pack, a bottle, a kilogram …"), field="unit")
    if not MIN_PRICE <= content.price <= MAX_RUPIAH:
        raise InvalidInput(_l("This price cannot be right."), field="price")
    if len(content.photos) > MAX_PHOTOS:
        raise InvalidInput(_l("A product has at most %(count)s photos.", count=MAX_PHOTOS), field="photos")
    if len({permit.kind for permit in content.permits}) < len(content.permits):
        raise InvalidInput(_l("A product has one permit of each kind."), field="permits")
    check_shares(content.shares, members)
    if content.kind is ProductKind.SERVICE:
        return replace(content, weight_gram=None, shelf_life_days=None)
    return content


def check_shares(shares: Sequence[Share], members: Collection[int]) -> None:
    """Hold that the makers are members, each named once, and that their parts sum to the whole price."""
    households = [share.household_id for share in shares]
    if not households:
        raise InvalidInput(_l("Say which family made it."), field="maker")
    if len(set(households)) < len(households):
        raise InvalidInput(_l("Name each family once."), field="maker")
    if not set(households) <= set(members):
        raise InvalidInput(_l("Only families that are in the group now can be makers."), field="maker")
    if any(not 1 <= share.basis_points <= WHOLE for share in shares):
        raise InvalidInput(_l("Each part must be more than 0 and at most 100 percent."), field="maker")
    if sum(share.basis_points for share in shares) != WHOLE:
        raise InvalidInput(_l("The parts of the families must add up to exactly 100 percent."), field="maker")


def expired(permits: Sequence[PermitContent], day: dt.date) -> list[PermitContent]:
    """Return the permits that no longer hold on a day."""
    return [permit for permit in permits if permit.expires_on is not None and permit.expires_on < day]


def price_band(approved: int, percent: int) -> tuple[int, int]:
    """Return the lowest and highest price that a trusted seller may set alone, both included."""
    low = -(-approved * (100 - percent) // 100)
    return max(MIN_PRICE, low), min(MAX_RUPIAH, approved * (100 + percent) // 100)


@dataclass(frozen=True)
class Remarks:
    """What curation says when it gives a product back."""

    reasons: str
    better_by: dt.date | None = None
    coach: str = ""


def check_remarks(remarks: Remarks, today: dt.date) -> None:
    """Hold that a maker learns what to do, and has time for it."""
    if len(remarks.reasons.strip()) < SHORTEST_REASON:
        raise InvalidInput(_l("Say what must be better, so that the maker knows what to do."), field="reasons")
    if remarks.better_by is not None and remarks.better_by < today:
        raise InvalidInput(_l("This day is over already."), field="better_by")
