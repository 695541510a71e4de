"""What a till may tell: the shape of a batch and of its events. Whatever comes, reading it is no error of ours."""

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ..orders.wanted import MAX_LINE_QUANTITY
from ..shared.money import MAX_RUPIAH
from ..shared.web import MAX_ID, is_storable
from .till_models import TillEventKind

MOST_EVENTS = 200
MOST_BYTES = 512 * 1024
MOST_LINES = 200
MOST_SEQUENCE = 1_000_000
"""More events than a phone writes in a lifetime of market days: a number beyond it is none."""
LARGEST_EVENT = 64 * 1024
"""Letters of one event: far more than a sale of all goods; what is larger is no event."""
DEEPEST = 16
"""How deep an event may be nested: a sale is four levels deep."""
REASON_LENGTH = 200
NO_REASON = "–"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FIRST_MOMENT, LAST_MOMENT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


class BadBatch(ValueError):
    """What came is no batch at all."""


def _uuid(text: str) -> str:
    if not UUID.fullmatch(text.lower()):
        raise ValueError("no UUID")
    return text.lower()


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("not storable")
    return text


def _reason(told: Any) -> str:
    """Take any reason that can be kept: what was given back stays given back, whatever was typed beside it."""
    text = " ".join(told.split())[:REASON_LENGTH] if isinstance(told, str) and is_storable(told) else ""
    return text or NO_REASON


Key = Annotated[str, AfterValidator(_uuid)]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Price = Annotated[int, Field(ge=1, le=100_000_000)]
Amount = Annotated[int, Field(ge=0, le=MAX_RUPIAH)]
Quantity = Annotated[int, Field(ge=1, le=MAX_LINE_QUANTITY)]
Reason = Annotated[str, BeforeValidator(_reason)]


class Body(BaseModel):
    """What a till wrote; a word more than we know of is no fault: phones are renewed at other times than we."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Thing(Body):
    """A product, or a parcel."""

    product: Id | None = None
    parcel: Id | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.product is None) == (self.parcel is None):
            raise ValueError("a product or a parcel")
        return self

    @property
    def name(self) -> tuple[int | None, int | None]:
        """Return what it is, to be found again."""
        return self.product, self.parcel


class SaleLine(Thing):
    """So many of a thing at the price charged; `listed` is the price that the till knew of."""

    recipe: Id | None = None
    quantity: Quantity
    price: Price
    listed: Annotated[Amount, Field(alias="list")]

    @model_validator(mode="after")
    def _recipe_of_parcel(self) -> Self:
        if (self.parcel is None) != (self.recipe is None):
            raise ValueError("a parcel with its recipe")
        return self


class BuyerBody(Body):
    """Who bought, as far as the cashier asked."""

    kind: Literal["public", "office", "school"] = "public"
    office: Id | None = None


def _check_each_once(things: tuple[Thing, ...]) -> None:
    if len({thing.name for thing in things}) != len(things):
        raise ValueError("a thing on two lines")


class SaleBody(Body):
    """A sale: what one buyer took along, and how he paid."""

    lines: Annotated[tuple[SaleLine, ...], Field(min_length=1, max_length=MOST_LINES, strict=False)]
    paid: Literal["cash", "qris"]
    handed: Amount | None = None
    total: Annotated[int, Field(ge=1, le=MAX_RUPIAH)]
    buyer: BuyerBody = BuyerBody()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        _check_each_once(self.lines)
        if sum(line.quantity * line.price for line in self.lines) != self.total:
            raise ValueError("another total than its lines")
        return self


class VoidBody(Body):
    """A sale that was typed by mistake."""

    of: Key
    reason: Reason = NO_REASON


class RefundLine(Thing):
    """So many of a thing came back; so many of them cannot be sold again."""

    quantity: Quantity
    spoiled: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _no_more_spoiled(self) -> Self:
        if self.spoiled > self.quantity:
            raise ValueError("more spoiled than came back")
        return self


class RefundBody(Body):
    """Goods that came back to the tent, and the money that went out of its drawer."""

    of: Key
    lines: Annotated[tuple[RefundLine, ...], Field(min_length=1, max_length=MOST_LINES, strict=False)]
    amount: Amount
    reason: Reason = NO_REASON

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _check_each_once(self.lines)
        return self


class OpenBody(BaseModel):
    """A phone that is to be opened as a till."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, str_strip_whitespace=True)

    name: Annotated[str, AfterValidator(_storable), Field(min_length=1, max_length=60)]
    stalls: Annotated[list[Id], Field(min_length=1, max_length=20)]


Content = SaleBody | VoidBody | RefundBody
SHAPES: dict[TillEventKind, type[SaleBody] | type[VoidBody] | type[RefundBody]] = {
    TillEventKind.SALE: SaleBody,
    TillEventKind.VOID: VoidBody,
    TillEventKind.REFUND: RefundBody,
}


@dataclass(frozen=True)
class Told:
    """An event that has a name and a number, so that it can be kept, whatever its content."""

    key: str
    sequence: int
    raw: dict[str, Any]
    digest: str

    @property
    def kind(self) -> TillEventKind:
        """Return what it says it is; what says nothing that we know is kept among the sales, unread."""
        told = self.raw.get("kind")
        return TillEventKind(told) if isinstance(told, str) and told in set(TillEventKind) else TillEventKind.SALE

    @property
    def stall_id(self) -> int | None:
        """Return the id of a tent that it names, if it is one."""
        told = self.raw.get("stall")
        return told if isinstance(told, int) and not isinstance(told, bool) and 0 < told <= MAX_ID else None


@dataclass(frozen=True)
class Batch:
    """What came in one go: events as they are, and how far the phone had got."""

    now: dt.datetime | None
    told_sequence: int
    told_amount: int
    events: tuple[Any, ...]


def content_of(kind: TillEventKind, raw: dict[str, Any]) -> Content | None:
    """Return the content of an event; None for one that no till writes."""
    if raw.get("kind") != kind.value:
        return None
    try:
        return SHAPES[kind].model_validate(raw)
    except ValidationError:
        return None


def read_batch(data: bytes) -> Batch:
    """Read a body. Raises BadBatch for one that is no batch."""
    try:
        body = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadBatch("no JSON") from error
    events = body.get("events") if isinstance(body, dict) else None
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise BadBatch("no list of events")
    told = body.get("told")
    told = told if isinstance(told, dict) else {}
    return Batch(
        now=moment(body.get("now")),
        told_sequence=_number(told.get("sequence"), MOST_SEQUENCE),
        told_amount=_number(told.get("amount"), MAX_RUPIAH),
        events=tuple(events),
    )


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _number(told: Any, most: int) -> int:
    """Return a number that was told; 0 for none: how far a phone says it is decides about nothing."""
    return told if isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= most else 0


def moment(told: Any) -> dt.datetime | None:
    """Return a moment with its distance to UTC; None when none was told, or one that no clock shows."""
    try:
        found = dt.datetime.fromisoformat(told) if isinstance(told, str) else None
        if found is None or found.tzinfo is None or not FIRST_MOMENT <= found < LAST_MOMENT:
            return None
    except (ValueError, OverflowError):
        return None
    return found.astimezone(dt.UTC)


def read_event(raw: Any) -> Told | None:
    """Return an event by which it can be kept; None without a usable name and number."""
    if not isinstance(raw, dict) or not _is_flat(raw):
        return None
    key, sequence = raw.get("id"), raw.get("seq")
    is_named = isinstance(key, str) and UUID.fullmatch(key.lower()) is not None
    if not is_named or not isinstance(sequence, int) or isinstance(sequence, bool):
        return None
    text = json.dumps(raw, sort_keys=True)
    if not 1 <= sequence <= MOST_SEQUENCE or len(text) > LARGEST_EVENT:
        return None
    return Told(str(key).lower(), sequence, raw, hashlib.sha256(text.encode()).hexdigest())


def _is_flat(raw: Any) -> bool:
    """Tell whether nothing is nested deeper than an event is; level by level, for depth is what it guards against."""
    level = [raw]
    for _depth in range(DEEPEST):
        level = [inner for each in level if isinstance(each, dict | list) for inner in _inside(each)]
        if not level:
            return True
    return False


def _inside(each: dict[str, Any] | list[Any]) -> list[Any]:
    return list(each.values()) if isinstance(each, dict) else each
