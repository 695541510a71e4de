"""Messages of providers: each is taken in once, with its effect; what fits nothing waits for a person."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, literal, select, update
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.policy import Actor, may
from ..shared.transaction import command
from ..shared.upsert import insert
from . import disputes, online, online_refunds
from .facts import NOTHING, Taken
from .models import Doubt, EventOutcome, Payment, ProviderEvent
from .provider import Event, Fact, Provider, ProviderRefused, RefundStanding, Standing
from .providers import PROVIDERS
from .queries import TREASURERS

FETCHED = "fetch"
"""Kind of what no message told: we found it by asking."""


def receive(provider_code: str, headers: Mapping[str, str], raw: bytes) -> None:
    """Take in a message, outside of a command: ask the provider what is true, then let that have its effect once.

    Raises BadMessage, NotFound, and ProviderAway: then the provider sends it again.
    """
    provider = PROVIDERS[provider_code]
    for event in provider.parse_webhook(headers, raw):
        if not _is_known(provider.code, event.id):
            record(provider, event, ask(provider, event))


def _is_known(provider_code: str, event_id: str) -> bool:
    same = (ProviderEvent.provider == provider_code) & (ProviderEvent.event_id == event_id)
    return db.session.scalar(select(literal(1)).where(select(ProviderEvent.id).where(same).exists())) is not None


def ask(provider: Provider, event: Event) -> list[Fact] | None:
    """Return how that stands which a message is about; None when the provider knows nothing of it."""
    try:
        return provider.look_up(event)
    except ProviderRefused:
        return None


@command
def record(provider: Provider, event: Event, facts: list[Fact] | None) -> None:
    """Write a message down together with its effect; of one that came twice, the second does nothing."""
    row = db.session.scalar(
        insert(ProviderEvent)
        .values(provider=provider.code, event_id=event.id, kind=event.kind[:60], reference=event.reference[:120])
        .on_conflict_do_nothing()
        .returning(ProviderEvent)
    )
    if row is not None:
        _write(row, _whole(provider, event, facts))


def _whole(provider: Provider, event: Event, facts: list[Fact] | None) -> Taken:
    """Return what came of all that a message is about: most of all what a person has to look at, the last first."""
    if facts is None:
        return _unless_known(provider, Taken(EventOutcome.REVIEW, event.reference, event.kind, Doubt.UNKNOWN))
    found = [_unless_known(provider, take(provider, fact)) for fact in facts]
    order = (EventOutcome.REVIEW, EventOutcome.DONE, EventOutcome.NOTHING)
    return min(reversed(found), key=lambda each: order.index(each.outcome), default=NOTHING)


def take(provider: Provider, fact: Fact) -> Taken:
    """Let what a provider says have its effect, inside a running command."""
    if isinstance(fact, Standing):
        return online.take(provider, fact)
    if isinstance(fact, RefundStanding):
        return online_refunds.take(provider, fact)
    return disputes.take(provider, fact)


def _unless_known(provider: Provider, found: Taken) -> Taken:
    """Return what was found; nothing where the same thing is before a person already, by another message about it."""
    if found.doubt is None:
        return found
    same = (ProviderEvent.provider == provider.code) & (ProviderEvent.reference == found.reference)
    asked = select(ProviderEvent.id).where(same, ProviderEvent.doubt == found.doubt).limit(1)
    return found if db.session.scalar(asked) is None else Taken(EventOutcome.NOTHING, payment=found.payment)


def _write(row: ProviderEvent, found: Taken) -> None:
    row.outcome, row.doubt, row.said, row.area_code = found.outcome, found.doubt, found.said, found.area_code
    row.reference = found.reference or row.reference
    row.payment_id = found.payment.id if found.payment else None


@command
def note(provider: Provider, fact: Fact) -> Taken:
    """Take in what we found by asking; what fits nothing is put before a person like a message, once."""
    found = _unless_known(provider, take(provider, fact))
    if found.doubt is not None:
        row = ProviderEvent(provider=provider.code, event_id=f"{FETCHED}:{found.reference}", kind=FETCHED)
        _write(row, found)
        db.session.add(row)
    return found


def to_review(area_code: str) -> Select[Any]:
    """Select the messages of a regency that a person has to look at, the oldest first."""
    statement = select(ProviderEvent).options(joinedload(ProviderEvent.payment).joinedload(Payment.order))
    waiting = (ProviderEvent.outcome == EventOutcome.REVIEW) & (ProviderEvent.area_code == area_code)
    return statement.where(waiting).order_by(ProviderEvent.id)


def of_payment(payment_id: int) -> list[ProviderEvent]:
    """Return the messages about a payment that had an effect or a doubt, oldest first."""
    told = ProviderEvent.outcome != EventOutcome.NOTHING
    statement = select(ProviderEvent).where(ProviderEvent.payment_id == payment_id, told)
    return list(db.session.scalars(statement.order_by(ProviderEvent.id).limit(20)))


def get_for(actor: Actor, event_id: int) -> ProviderEvent:
    """Return a message of the treasurer's area with the payment it is about. Raises NotFound."""
    whole = joinedload(ProviderEvent.payment).joinedload(Payment.order)
    row = db.session.get(ProviderEvent, event_id, options=[whole])
    if row is None or not may(actor, TREASURERS, area_code=row.area_code or "-"):
        raise NotFound
    return row


@command
def settle(event_id: int, note: str, actor_id: int) -> None:
    """Write down what a person did about a message. Raises InvalidInput without it, StateConflict when it was done."""
    if not note:
        raise InvalidInput(_("Please fill this in."), field="note")
    values = {"outcome": EventOutcome.REVIEWED, "note": note, "decided_by_id": actor_id, "decided_at": clock.now()}
    waiting = (ProviderEvent.id == event_id) & (ProviderEvent.outcome == EventOutcome.REVIEW)
    done = db.session.scalar(update(ProviderEvent).where(waiting).values(values).returning(ProviderEvent.id))
    if done is None:
        raise StateConflict
    audit.record(actor_id, "payment.message", ("provider_event", event_id), reason=note)


def try_again(event_id: int) -> bool:
    """Ask the provider again about a message that fitted nothing, outside of a command; tell whether it fits now.

    Raises ProviderAway, StateConflict when somebody settled it.
    """
    row = db.session.get_one(ProviderEvent, event_id)
    if row.outcome is not EventOutcome.REVIEW:
        raise StateConflict
    provider, reference = PROVIDERS[row.provider], row.reference
    try:
        facts = provider.find(reference)
    except ProviderRefused:
        return False
    return retake(event_id, provider, facts)


@command
def retake(event_id: int, provider: Provider, facts: list[Fact]) -> bool:
    """Let a message that fitted nothing have its effect now, if it can."""
    row = db.session.get_one(ProviderEvent, event_id, with_for_update=True, populate_existing=True)
    found = [take(provider, fact) for fact in facts]
    if row.outcome is not EventOutcome.REVIEW or any(each.doubt for each in found) or not found:
        return False
    row.outcome, row.doubt = EventOutcome.DONE, None
    row.payment_id = found[0].payment.id if found[0].payment else row.payment_id
    return True
