"""Earn and give back through the journal, without an order."""

import datetime as dt
import itertools

from marketplace.groups.models import Household
from marketplace.ledger.models import Account, EntryKind
from marketplace.ledger.rules import Posting
from marketplace.ledger.service import Event, post
from marketplace.shared.transaction import unit_of_work

_numbers = itertools.count(1)


def _post(kind: EntryKind, account: Account, amount: int, family: Household, day: dt.date) -> None:
    event = Event(kind, f"test:{next(_numbers)}", family.regency_code, day=day)
    with unit_of_work():
        post(event, [Posting(account, amount), Posting(Account.HOUSEHOLD_PAYABLE, -amount, family.id)])


def earn(family: Household, amount: int, day: dt.date) -> None:
    """Post a delivery that a household earns with."""
    _post(EntryKind.DELIVERY, Account.CUSTOMER_DEPOSITS, amount, family, day)


def give_back(family: Household, amount: int, day: dt.date) -> None:
    """Post goods that came back."""
    _post(EntryKind.RETURN, Account.REFUNDS_PAYABLE, -amount, family, day)
