"""Read the journal: balances, what is owed, and what a month earned."""

import datetime as dt

from sqlalchemy import func, select

from ..extensions import db
from ..shared.clock import add_months
from .models import Account, EntryKind, HouseholdBalance, JournalEntry, JournalLine

EARNING_KINDS = (EntryKind.DELIVERY, EntryKind.RETURN)
"""Entries that make or take back earnings; payouts only move them."""
PAYING = (EntryKind.PAYOUT, EntryKind.PAYOUT_RETURN)


def balance_of(household_id: int) -> int:
    """Return what is owed to a household now, rupiah."""
    return db.session.scalar(select(HouseholdBalance.balance).where(HouseholdBalance.household_id == household_id)) or 0


def monthly_net_sales(area_code: str, month: dt.date) -> dict[int, int]:
    """Return household id → earnings of a month less what was returned, for households with any entry in it."""
    statement = (
        select(JournalLine.household_id, -func.sum(JournalLine.amount))
        .join(JournalEntry)
        .where(
            JournalEntry.area_code == area_code,
            JournalEntry.entry_date >= month,
            JournalEntry.entry_date < add_months(month, 1),
            JournalEntry.kind.in_(EARNING_KINDS),
            JournalLine.account == Account.HOUSEHOLD_PAYABLE,
        )
        .group_by(JournalLine.household_id)
    )
    return {int(key): int(amount) for key, amount in db.session.execute(statement) if key is not None}


def account_balances(area_code: str) -> dict[Account, int]:
    """Return account → balance of a regency's books, debit positive; accounts without entries are 0."""
    statement = (
        select(JournalLine.account, func.sum(JournalLine.amount))
        .join(JournalEntry)
        .where(JournalEntry.area_code == area_code)
        .group_by(JournalLine.account)
    )
    found = {account: int(amount) for account, amount in db.session.execute(statement)}
    return {account: found.get(account, 0) for account in Account}


def account_balance(area_code: str, account: Account) -> int:
    """Return the balance of one account of a regency's books, debit positive."""
    statement = (
        select(func.coalesce(func.sum(JournalLine.amount), 0))
        .join(JournalEntry)
        .where(JournalLine.account == account, JournalEntry.area_code == area_code)
    )
    return int(db.session.scalar(statement) or 0)


def order_balance(order_id: int, account: Account) -> int:
    """Return the balance of an account over the entries of one order, debit positive."""
    statement = (
        select(func.coalesce(func.sum(JournalLine.amount), 0))
        .join(JournalEntry)
        .where(JournalEntry.order_id == order_id, JournalLine.account == account)
    )
    return int(db.session.scalar(statement) or 0)
