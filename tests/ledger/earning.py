"""Let money come in and households earn in tests: one balanced entry each."""

import datetime as dt
import itertools

from marketplace.extensions import db
from marketplace.ledger import rules, service
from marketplace.ledger.models import Account, EntryKind, HouseholdBalance
from marketplace.ledger.rules import Earned, Posting
from marketplace.shared.transaction import unit_of_work
from tests import make

_numbers = itertools.count(1_000_000)  # beyond the ids of orders that a test places


def money_in(amount: int, account: Account = Account.CASH) -> None:
    """Post money of a buyer."""
    number = next(_numbers)
    event = service.Event(EntryKind.STRAY_PAYMENT, f"payment:{number}", make.REGENCY)
    with unit_of_work():
        service.post(event, rules.stray_payment(account, amount))


def earn(household_id: int, product_id: int | None, amount: int, day: dt.date | None = None) -> None:
    """Post what a household earned with a product, as a delivery does."""
    number = next(_numbers)
    event = service.Event(EntryKind.DELIVERY, f"order:{number}", make.REGENCY, f"WK-{number:05d}", day=day)
    with unit_of_work():
        if product_id is None:
            lines = [
                Posting(Account.CUSTOMER_DEPOSITS, amount),
                Posting(Account.HOUSEHOLD_PAYABLE, -amount, household_id),
            ]
            service.post(event, lines)
        else:
            service.post(event, rules.delivery([Earned(household_id, product_id, amount)], 0, 0))


def give_up(household_id: int, amount: int, day: dt.date | None = None) -> None:
    """Post goods of a household that came back."""
    number = next(_numbers)
    event = service.Event(EntryKind.RETURN, f"order:{number}", make.REGENCY, f"WK-{number:05d}", day=day)
    lines = [Posting(Account.HOUSEHOLD_PAYABLE, amount, household_id), Posting(Account.REFUNDS_PAYABLE, -amount)]
    with unit_of_work():
        service.post(event, lines)


def balance(household_id: int) -> int:
    """Return what a household is owed, as it stands in the database."""
    db.session.expire_all()
    row = db.session.get(HouseholdBalance, household_id)
    return row.balance if row else 0
