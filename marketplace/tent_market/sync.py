"""Take in what phones tell, as often as they tell it: each event has its effect once, and always the same answer."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ..extensions import db
from ..shared import clock
from ..shared.transaction import command
from . import booking, devices, stalls
from .models import Stall, StallState
from .sync_bodies import Batch, Content, SaleBody, Told, content_of, moment, read_event
from .till_models import (
    BuyerKind,
    Problem,
    RemarkKind,
    TillConflict,
    TillDevice,
    TillEvent,
    TillEventState,
    TillRemark,
)

CLOCK_TOLERANCE = 5 * 60
"""Seconds by which a phone's clock may be off before a person hears of it. A note only: nothing is reckoned by it.
Five minutes are what Kerberos forgives (RFC 4120); phones that ask the network are right within seconds."""


@dataclass(frozen=True)
class Result:
    """The answer to one event."""

    key: str | None
    result: str
    problem: Problem | None = None

    def told(self) -> dict[str, Any]:
        """Return it as it is sent."""
        said: dict[str, Any] = {"id": self.key, "result": self.result}
        return said if self.problem is None else said | {"problem": self.problem.value}


@dataclass(frozen=True)
class Answer:
    """The answer to a batch: one result for each of its events, in their order."""

    is_revoked: bool
    last_sequence: int
    results: list[Result]


@command
def take(device_id: int, batch: Batch) -> Answer:
    """Take in a batch of a phone's events. The same batch again has no further effect, and the same answer.

    The phone is locked first, then the tents by id.
    """
    device = devices.locked(device_id)
    _note_contact(device, batch)
    told = [read_event(raw) for raw in batch.events]
    taking = _Taking(device, [each for each in told if each is not None])
    found: dict[int, Result] = {}
    # By their numbers, so that what takes a sale back comes after it however the batch was put together.
    for index in sorted(range(len(told)), key=lambda index: _place(told[index])):
        each = told[index]
        found[index] = taking.take(each) if each is not None else Result(_name(batch.events[index]), "invalid")
    _note_clock(device, taking.new)
    return Answer(device.revoked_at is not None, device.last_sequence, [found[index] for index in range(len(told))])


def _place(told: Told | None) -> int:
    return told.sequence if told is not None else 0


def _name(raw: Any) -> str | None:
    """Return the name of an event that cannot be kept, if it says one, for the phone to know which it is."""
    name = raw.get("id") if isinstance(raw, dict) else None
    return name[:64] if isinstance(name, str) else None


def _note_contact(device: TillDevice, batch: Batch) -> None:
    device.seen_at = clock.now()
    if batch.told_sequence >= device.told_sequence:  # one that comes late tells of before
        device.told_sequence, device.told_amount = batch.told_sequence, batch.told_amount
    if batch.now is not None:
        device.clock_offset = round((batch.now - clock.now()).total_seconds())


def _note_clock(device: TillDevice, new: Sequence[TillEvent]) -> None:
    """Remark once that a phone's clock is wrong, and again only when it is wrong by another time."""
    offset = device.clock_offset
    if not new or abs(offset) <= CLOCK_TOLERANCE:
        return
    last = (
        select(TillRemark.value)
        .join(TillRemark.event)
        .where(TillEvent.device_id == device.id, TillRemark.kind == RemarkKind.CLOCK)
        .order_by(TillRemark.id.desc())
        .limit(1)
    )
    known = db.session.scalar(last)
    if known is None or abs(known - offset) > CLOCK_TOLERANCE:
        booking.note(new[0], [booking.Remark(RemarkKind.CLOCK, offset)])


def by_our_clock(phone_at: dt.datetime | None, offset: int, received_at: dt.datetime) -> dt.datetime | None:
    """Return when something happened by our clock: as the phone says, unless its clock is wrong by `offset` seconds.

    Nothing is told of before it happened, whatever clocks say.
    """
    if phone_at is None or abs(offset) <= CLOCK_TOLERANCE:
        return phone_at
    return min(phone_at - dt.timedelta(seconds=offset), received_at)


class _Taking:
    """What is known while a batch is taken in."""

    def __init__(self, device: TillDevice, told: Sequence[Told]) -> None:
        self.device = device
        self.own = {row.stall_id for row in device.stalls}
        self.stalls = _lock({each.stall_id for each in told if each.stall_id is not None}, device.day_id)
        self.known = _known(device.day_id, {each.key for each in told})
        self.new: list[TillEvent] = []

    def take(self, told: Told) -> Result:
        known = self.known.get(told.key)
        if known is None:
            known = self._write(told)
        elif known.body_hash != told.digest:
            _keep_conflict(known, told)
            return Result(told.key, "conflict")
        if known is None:
            return Result(told.key, "wait")
        self.device.last_sequence = max(self.device.last_sequence, told.sequence)
        # By the first verdict, which stays: what a person did about it later is none of the phone's business.
        return Result(told.key, "booked" if known.problem is None else "rescue", known.problem)

    def _write(self, told: Told) -> TillEvent | None:
        """Book and keep an event; None while what it takes back is on its way."""
        content = content_of(told.kind, told.raw)
        problem, booked = self._refusal(told, content), None
        if problem is None and content is not None and told.stall_id is not None:
            at = booking.Told(self.device, told.key, told.sequence, content, self.stalls[told.stall_id])
            try:
                booked = booking.book(at, self.device.cashier_id)
            except booking.SaleOnItsWay:
                return None
            except booking.NotBooked as reason:
                problem = reason.problem
        row = self._row(told, content)
        row.problem, row.state = problem, TillEventState.RESCUE if problem else TillEventState.BOOKED
        row.order_id = booked.order_id if booked else None
        db.session.add(row)
        db.session.flush()  # its id is noted, and what takes it back looks for it
        if booked:
            booking.note(row, booked.remarks)
        self.known[told.key] = row
        self.new.append(row)
        return row

    def _refusal(self, told: Told, content: Content | None) -> Problem | None:
        """Return why an event is not even tried."""
        if self.device.revoked_at is not None:
            return Problem.REVOKED
        if content is None:
            return Problem.UNREADABLE
        if told.stall_id not in self.own or told.stall_id not in self.stalls:
            return Problem.OTHER_STALL
        return None if self.stalls[told.stall_id].state is StallState.OPEN else Problem.STALL_CLOSED

    def _row(self, told: Told, content: Content | None) -> TillEvent:
        stall = self.stalls.get(told.stall_id or 0)
        phone_at, received_at = moment(told.raw.get("at")), clock.now()
        row = TillEvent(
            device_id=self.device.id,
            key=told.key,
            sequence=told.sequence,
            kind=told.kind,
            stall_id=stall.id if stall else None,
            body=told.raw,
            body_hash=told.digest,
            phone_at=phone_at,
            received_at=received_at,
            happened_at=by_our_clock(phone_at, self.device.clock_offset, received_at),
        )
        if isinstance(content, SaleBody):
            office = booking.office_of(stall, content) if stall else None
            row.buyer_kind, row.office_id = BuyerKind(content.buyer.kind), office.id if office else None
        return row


def _lock(stall_ids: Collection[int], day_id: int) -> dict[int, Stall]:
    """Return those of some tents that stand on a market day, locked."""
    statement = select(Stall.id).where(Stall.id.in_(stall_ids), Stall.day_id == day_id).order_by(Stall.id)
    return {key: stalls.locked(key) for key in db.session.scalars(statement).all()}


def _known(day_id: int, keys: Collection[str]) -> dict[str, TillEvent]:
    """Return the events of some names: also of the other phones of that day.

    A phone that was opened anew may send again what it sent before as another one.
    """
    statement = (
        select(TillEvent)
        .join(TillEvent.device)
        .where(TillEvent.key.in_(keys), TillDevice.day_id == day_id)
        .order_by(TillEvent.id.desc())
    )
    return {event.key: event for event in db.session.scalars(statement)}


def _keep_conflict(event: TillEvent, told: Told) -> None:
    """Keep other content that came under a known name, once for each."""
    same = (TillConflict.event_id == event.id) & (TillConflict.body_hash == told.digest)
    if db.session.scalar(select(TillConflict.id).where(same)) is None:
        db.session.add(TillConflict(event_id=event.id, body=told.raw, body_hash=told.digest, received_at=clock.now()))
        db.session.flush()  # the next of the same batch looks for it
