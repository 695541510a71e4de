"""What every way to pay can do. A new one is one file in `providers/`; only `service` changes payments."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

from ..ledger.models import Account
from ..orders.models import DeliveryMethod
from ..shared.errors import DomainError, NotFound
from ..shared.i18n import Text, _l
from ..shared.money import MAX_RUPIAH
from .models import DisputeState, Payment, PaymentState, RefundState


class Flow(StrEnum):
    """What the buyer does: is sent to another site, scans, follows instructions, or pays at the counter."""

    REDIRECT = "redirect"
    QR = "qr"
    INSTRUCTIONS = "instructions"
    MANUAL = "manual"


class ProviderAway(DomainError):
    """The provider did not answer, or with a failure of its own: the same can be asked again."""

    status = 503
    code = "provider-away"

    def __init__(self) -> None:
        super().__init__(
            _l("The payment service does not answer now. Nothing was paid. Try again soon, or pay in another way.")
        )


class ProviderRefused(Exception):
    """The provider understood and says no; asking the same again would not help. Holds its words."""


class BadMessage(DomainError):
    """A message that claims to be of a provider is not signed by it, or is too old."""

    status = 400
    code = "bad-message"

    def __init__(self) -> None:
        super().__init__(_l("The request could not be read. Go back and try again."))


@dataclass(frozen=True)
class Instruction:
    """What the buyer needs to pay a bill."""

    amount: int
    """Rupiah to the last digit."""
    unique_code: int = 0
    account_id: int | None = None
    details: dict[str, Any] = field(default_factory=dict)
    """What the page shows, frozen with the bill."""


@dataclass(frozen=True)
class BillLine:
    """One thing on a bill: `quantity` times `amount` rupiah."""

    name: str
    amount: int
    quantity: int


@dataclass(frozen=True)
class Ask:
    """Everything a provider needs to let a bill be paid on its page; the same `key` has always the same content."""

    key: str
    payment_id: int
    order_number: str
    lines: tuple[BillLine, ...]
    until: dt.datetime
    back_url: str
    """Where the buyer comes to when he paid."""
    cancel_url: str


@dataclass(frozen=True)
class PayPage:
    """A page of the provider on which a bill can be paid."""

    reference: str
    url: str


@dataclass(frozen=True)
class Money:
    """A sum as a provider tells it: whole rupiah, or something else that `said` puts into words."""

    amount: int
    is_rupiah: bool
    said: str


@dataclass(frozen=True)
class Standing:
    """How a bill stands at its provider."""

    reference: str
    state: PaymentState
    """PENDING, CLAIMED (paid, the money is on its way), CONFIRMED, REJECTED (it did not come) or EXPIRED."""
    money: Money
    order_number: str
    payment_id: int | None
    """What we wrote on it."""
    charge: str | None


@dataclass(frozen=True)
class RefundAsk:
    """What a provider needs to send money back."""

    key: str
    refund_id: int
    charge: str
    amount: int


@dataclass(frozen=True)
class RefundStanding:
    """How a refund stands at its provider; `refund_id` is None for one that was not made by us."""

    reference: str
    charge: str
    state: RefundState
    money: Money
    refund_id: int | None
    problem: str = ""


@dataclass(frozen=True)
class DisputeStanding:
    """How a dispute stands at its provider."""

    reference: str
    charge: str
    state: DisputeState
    money: Money
    is_held_back: bool
    reason: str
    answer_by: dt.datetime | None
    opened_at: dt.datetime


Fact: TypeAlias = Standing | RefundStanding | DisputeStanding


@dataclass(frozen=True)
class Event:
    """A message of a provider: `id` is used once. It says what to ask about, and is not believed beyond that."""

    id: str
    kind: str
    reference: str


class Provider(ABC):
    """One way to pay, as the core sees it. Nothing here changes a row; what asks the network does so outside of any
    transaction, and raises ProviderAway or ProviderRefused."""

    code: ClassVar[str]
    label: ClassVar[Text]
    hint: ClassVar[Text]
    """One sentence for whoever chooses."""
    flow: ClassVar[Flow]
    money_account: ClassVar[Account]
    """Where the money is once it came."""
    min: ClassVar[int] = 1
    max: ClassVar[int] = MAX_RUPIAH
    partial_refund: ClassVar[bool] = True
    needs_staff_confirmation: ClassVar[bool] = True
    needs_account: ClassVar[bool] = True
    """Offered only where the office has a collection account for it."""

    def is_on(self) -> bool:
        """Tell whether this installation has what it needs."""
        return True

    def serves(self, method: DeliveryMethod) -> bool:
        """Tell whether it fits the way the order reaches its buyer."""
        return True

    def least(self) -> int:
        """Return the smallest sum it takes, rupiah."""
        return self.min

    def limit(self, area_code: str, day: dt.date) -> int:
        """Return the largest sum it takes, rupiah."""
        return self.max

    @abstractmethod
    def open_for(self, area_code: str, day: dt.date) -> dt.timedelta | None:
        """Return how long a bill is open; None when the order itself sets the time."""

    @abstractmethod
    def start(self, payment: Payment, key: str) -> Instruction:
        """Make the bill; `key` lets a repeated call make it once."""

    def cancel(self, payment: Payment) -> None:  # noqa: B027  (most have nobody to tell)
        """Do what is needed when a bill takes no more money: it was paid, cancelled, rejected or ran out."""

    def open_page(self, ask: Ask) -> PayPage:
        """Make the page on which a bill is paid, once for each key. Only for the REDIRECT flow."""
        raise NotFound

    def end_page(self, reference: str) -> None:
        """Let nobody pay on a page any more. Raises ProviderRefused when it is over already."""
        raise NotFound

    def fetch(self, reference: str) -> Standing | None:
        """Ask how a bill stands; None where only a person with the statement can tell."""
        return None

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[Event]:
        """Read a message of the provider, changing nothing. Raises NotFound where none are sent, BadMessage."""
        raise NotFound

    def look_up(self, event: Event) -> list[Fact]:
        """Ask the provider how that stands now which a message is about; nothing for kinds that change nothing."""
        return []

    def find(self, reference: str) -> list[Fact]:
        """Ask how that stands which has this name at the provider."""
        return []

    def refund(self, ask: RefundAsk) -> RefundStanding:
        """Send money back, once for each key. Only for the REDIRECT flow."""
        raise NotFound
