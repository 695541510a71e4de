"""What every way to pay can do. A new one is one file in `providers/`; only `service` changes payments."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from ..ledger.models import Account
from ..orders.models import DeliveryMethod
from ..shared.errors import NotFound
from ..shared.i18n import Text
from ..shared.money import MAX_RUPIAH
from .models import Payment, PaymentState, Refund


class Flow(StrEnum):
    """What the buyer does: is sent to another site, scans, follows instructions, or pays at the counter."""

    REDIRECT = "redirect"
    QR = "qr"
    INSTRUCTIONS = "instructions"
    MANUAL = "manual"


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
class Event:
    """A message of a provider: `id` is used once; `reference` names the bill there."""

    id: str
    reference: str
    state: PaymentState
    amount: int


class Provider(ABC):
    """One way to pay, as the core sees it."""

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

    def serves(self, method: DeliveryMethod) -> bool:
        """Tell whether it fits the way the order reaches its buyer."""
        return True

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

    def fetch(self, payment: Payment) -> PaymentState | None:
        """Ask how a bill stands; None where only a person with the statement can tell."""
        return None

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[Event]:
        """Read a message of the provider, changing nothing. Raises NotFound where none are sent."""
        raise NotFound

    def refund(self, refund: Refund, key: str) -> bool:
        """Send money back; False where the treasurer does it by hand."""
        return False
