"""A market day as it runs: what each tent has left, what it sold, and when each phone was last in touch."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import joinedload

from ..catalog.models import Product
from ..extensions import db
from ..orders.models import Order, OrderState
from ..shared import clock
from ..shared.i18n import _
from ..stock.models import Hold, StockLevel
from . import devices
from .models import MarketDay, Stall, StallState
from .sync import CLOCK_TOLERANCE
from .till_data import groups_at, left_at
from .till_models import TillDevice, TillEvent, TillEventKind, TillEventState

SILENT_AFTER = dt.timedelta(minutes=30)
"""A till tells once a minute that it is there; after half an hour somebody should go and look."""
MOST_GAPS = 20


@dataclass(frozen=True)
class Sold:
    """What a tent sold and did not take back: how many sales, and their money by how it was paid."""

    count: int = 0
    by_method: dict[str, int] = field(default_factory=dict)

    @property
    def amount(self) -> int:
        """Return the sum, rupiah."""
        return sum(self.by_method.values())


@dataclass(frozen=True)
class TentNow:
    """A tent as it stands now."""

    stall: Stall
    groups: list[str]
    left: list[tuple[str, int]]
    sold: Sold
    waiting: int
    """Events that a person has to look at."""

    @property
    def without_goods(self) -> str:
        """Return why nothing lies in the tent: not brought yet, sold out, or counted back already."""
        if self.stall.state in (StallState.COUNTED, StallState.CLOSED):
            return _("Counted back")
        return _("Nothing left") if self.sold.count else _("Nothing loaded yet")


@dataclass(frozen=True)
class PhoneNow:
    """A phone as far as we know it."""

    device: TillDevice
    arrived: int
    """Numbers that arrived."""
    missing: list[tuple[int, int]]
    """Numbers that did not, each from one to another, as far as the phone told how far it had written."""
    amount: int
    """What it sold, of what arrived, rupiah."""

    @property
    def missing_count(self) -> int:
        """Return how many events the phone had written down and we do not have."""
        return max(self.device.told_sequence, self.device.last_sequence) - self.arrived

    @property
    def missing_amount(self) -> int:
        """Return what the phone said it had sold and we do not know of, rupiah."""
        return max(self.device.told_amount - self.amount, 0)

    @property
    def silent_for(self) -> dt.timedelta:
        """Return how long it has not been in touch."""
        return clock.now() - self.device.seen_at

    @property
    def is_silent(self) -> bool:
        """Tell whether somebody should go and look: it is in use, and was not heard of for long."""
        is_open = any(row.stall.state is StallState.OPEN for row in self.device.stalls)
        return is_open and self.device.revoked_at is None and self.silent_for > SILENT_AFTER

    @property
    def is_clock_wrong(self) -> bool:
        """Tell whether its clock is further off than anybody forgives."""
        return abs(self.device.clock_offset) > CLOCK_TOLERANCE


@dataclass(frozen=True)
class Board:
    """A market day as it runs."""

    tents: list[TentNow]
    phones: list[PhoneNow]

    @property
    def sold(self) -> Sold:
        """Return what all tents sold."""
        sums: Counter[str] = Counter()
        for tent in self.tents:
            sums.update(tent.sold.by_method)
        return Sold(sum(tent.sold.count for tent in self.tents), dict(sums))


def of_day(day: MarketDay) -> Board:
    """Return the board of a market day, by a handful of questions however much is sold."""
    statement = select(Stall).options(joinedload(Stall.tent), joinedload(Stall.location)).where(Stall.day_id == day.id)
    stalls = list(db.session.scalars(statement.order_by(Stall.id)))
    left, groups, sold = left_at(stalls), groups_at(stalls), _sold(stalls)
    names, waiting = _names({key for there in left.values() for key in there}), _waiting(day.id)
    tents = [
        TentNow(
            stall,
            groups.get(stall.id, []),
            sorted((names[key], count) for key, count in left.get(stall.location_id, {}).items()),
            sold.get(stall.location_id, Sold()),
            waiting.get(stall.id, 0),
        )
        for stall in stalls
    ]
    return Board(tents, phones(devices.of_day(day.id)))


def _names(product_ids: Collection[int]) -> dict[int, str]:
    found = db.session.execute(select(Product.id, Product.name).where(Product.id.in_(product_ids)))
    return dict(iter(found))


def _sold(stalls: Collection[Stall]) -> dict[int, Sold]:
    """Return location id → what was sold there, by the goods that left it."""
    order_id = cast(func.substr(Hold.reference, len("order:") + 1), BigInteger)
    of_tent = (
        select(StockLevel.location_id, order_id.label("order_id"))
        .join(Hold, Hold.level_id == StockLevel.id)
        .where(StockLevel.location_id.in_([stall.location_id for stall in stalls]), Hold.reference.like("order:%"))
        .distinct()
        .subquery()
    )
    stays = Order.total - Order.reduced_amount
    statement = (
        select(of_tent.c.location_id, Order.payment_method, func.count(), func.sum(stays))
        .join(Order, Order.id == of_tent.c.order_id)
        .where(Order.state != OrderState.RETURNED)
        .group_by(of_tent.c.location_id, Order.payment_method)
    )
    found: dict[int, Sold] = {}
    for location_id, method, count, amount in db.session.execute(statement):
        before = found.get(location_id, Sold())
        found[location_id] = Sold(before.count + count, before.by_method | {method: int(amount)})
    return found


def _waiting(day_id: int) -> dict[int, int]:
    statement = (
        select(TillEvent.stall_id, func.count())
        .join(TillEvent.device)
        .where(TillDevice.day_id == day_id, TillEvent.state == TillEventState.RESCUE, TillEvent.stall_id.is_not(None))
        .group_by(TillEvent.stall_id)
    )
    return {stall_id: count for stall_id, count in db.session.execute(statement) if stall_id is not None}


def phones(found: Sequence[TillDevice]) -> list[PhoneNow]:
    """Return phones with what arrived of them."""
    ids = [device.id for device in found]
    numbers, amounts = _numbers(ids), _amounts(ids)
    return [
        PhoneNow(
            device,
            len(numbers[device.id]),
            gaps(numbers[device.id], max(device.told_sequence, device.last_sequence)),
            amounts[device.id],
        )
        for device in found
    ]


def _numbers(ids: Collection[int]) -> dict[int, list[int]]:
    statement = select(TillEvent.device_id, TillEvent.sequence).where(TillEvent.device_id.in_(ids)).distinct()
    found: dict[int, list[int]] = defaultdict(list)
    for device_id, sequence in db.session.execute(statement.order_by(TillEvent.device_id, TillEvent.sequence)):
        found[device_id].append(sequence)
    return found


def gaps(arrived: Iterable[int], last: int) -> list[tuple[int, int]]:
    """Return the first spans of numbers up to `last` that are not among those that arrived, which are in order."""
    spans, expected = [], 1
    for number in (*arrived, last + 1):
        if number > expected:
            spans.append((expected, number - 1))
        expected = max(expected, number + 1)
    return spans[:MOST_GAPS]


def _amounts(ids: Collection[int]) -> dict[int, int]:
    """Return device id → the sum of the sales that arrived; of those that wait, what they say of themselves."""
    is_sale = (TillEvent.kind == TillEventKind.SALE) & TillEvent.device_id.in_(ids)
    booked = (
        select(TillEvent.device_id, func.sum(Order.total))
        .join(Order, Order.id == TillEvent.order_id)
        .where(is_sale)
        .group_by(TillEvent.device_id)
    )
    found: dict[int, int] = defaultdict(int)
    for device_id, amount in db.session.execute(booked):
        found[device_id] += int(amount)
    bodies = select(TillEvent.device_id, TillEvent.body).where(is_sale, TillEvent.order_id.is_(None))
    for device_id, body in db.session.execute(bodies):
        found[device_id] += _total(body)
    return found


def _total(body: dict[str, Any]) -> int:
    told = body.get("total")
    return told if isinstance(told, int) and not isinstance(told, bool) and told > 0 else 0
