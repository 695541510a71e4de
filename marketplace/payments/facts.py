"""What came of something that a provider told us, and the bill it is about."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from ..config import Config
from ..extensions import db
from .models import Doubt, EventOutcome, Payment
from .provider import Money


@dataclass(frozen=True)
class Taken:
    """What came of it, why a person has to look if he has, and what it was about."""

    outcome: EventOutcome
    reference: str = ""
    said: str = ""
    doubt: Doubt | None = None
    payment: Payment | None = None

    @property
    def area_code(self) -> str:
        """Return the regency whose treasurer looks at it."""
        if self.payment is not None:
            return self.payment.order.regency_code
        config: Config = current_app.extensions["config"]
        return config.home_area


NOTHING = Taken(EventOutcome.NOTHING)


def taken(payment: Payment, reference: str, *, moved: bool) -> Taken:
    """Return that it changed a bill or what came of it, or found it so already."""
    return Taken(EventOutcome.DONE if moved else EventOutcome.NOTHING, reference, payment=payment)


def doubtful(doubt: Doubt, reference: str, money: Money, payment: Payment | None = None, more: str = "") -> Taken:
    """Return that a person has to look."""
    said = ", ".join(part for part in (money.said, more) if part)
    return Taken(EventOutcome.REVIEW, reference, said[:200], doubt, payment)


def payment_of_charge(provider: str, charge: str) -> Payment | None:
    """Return the bill that was paid with a charge of a provider."""
    if not charge:
        return None
    statement = select(Payment).where(Payment.provider == provider, Payment.charge_reference == charge)
    return db.session.scalar(statement)
