"""What a balanced entry is, and which entries the money of an order makes. Debit is positive, credit negative."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .models import Account


@dataclass(frozen=True)
class Posting:
    """One side of an entry: signed rupiah on an account, for a household where the account asks for one."""

    account: Account
    amount: int
    household_id: int | None = None
    product_id: int | None = None


class UnbalancedEntry(ValueError):
    """The sides of an entry do not sum to zero: a mistake in the code, never in the input."""


def checked(postings: Iterable[Posting]) -> list[Posting]:
    """Return the postings that move money. Raises UnbalancedEntry when they do not sum to zero or are none."""
    moving = [posting for posting in postings if posting.amount != 0]
    if not moving or sum(posting.amount for posting in moving) != 0:
        raise UnbalancedEntry(repr(moving))
    return moving


def owed_changes(postings: Iterable[Posting]) -> dict[int, int]:
    """Return household id → how much more (or less) is owed to it."""
    changes: Counter[int] = Counter()
    for posting in postings:
        if posting.account is Account.HOUSEHOLD_PAYABLE and posting.household_id is not None:
            changes[posting.household_id] -= posting.amount
    return {household: amount for household, amount in sorted(changes.items()) if amount}


def as_reference(typed: str) -> str:
    """Return a reference of the bank as it is kept: however it is typed, one line of a statement is one reference."""
    return " ".join(typed.split()).upper()


def payment(account: Account, received: int, discount: int) -> list[Posting]:
    """Money in against customer deposits; the unique code's discount is borne by the office."""
    return [
        Posting(account, received),
        Posting(Account.UNIQUE_CODE_DISCOUNT, discount),
        Posting(Account.CUSTOMER_DEPOSITS, -(received + discount)),
    ]


def payment_return(account: Account, received: int, discount: int) -> list[Posting]:
    """A payment the other way: the order asks for its money again."""
    return [Posting(each.account, -each.amount) for each in payment(account, received, discount)]


def receipt_return(account: Account, received: int, owed_back: int) -> list[Posting]:
    """Money that never was for this order: off what is owed back first, the rest the office owes again."""
    kept = min(received, owed_back)
    return [
        Posting(account, -received),
        Posting(Account.REFUNDS_PAYABLE, kept),
        Posting(Account.RECEIVABLES, received - kept),
    ]


def stray_payment(account: Account, received: int) -> list[Posting]:
    """Money in that no order takes: owed back to its payer."""
    return [Posting(account, received), Posting(Account.REFUNDS_PAYABLE, -received)]


def invoice(amount: int) -> list[Posting]:
    """An office orders and pays later: its debt stands where a payment would."""
    return [Posting(Account.RECEIVABLES, amount), Posting(Account.CUSTOMER_DEPOSITS, -amount)]


def invoice_payment(account: Account, received: int, receivable: int) -> list[Posting]:
    """Money in against what an office still owes for an order; what is over is owed back to it."""
    paid = min(received, receivable)
    return [
        Posting(account, received),
        Posting(Account.RECEIVABLES, -paid),
        Posting(Account.REFUNDS_PAYABLE, -(received - paid)),
    ]


@dataclass(frozen=True)
class Earned:
    """A household's part of what was delivered, with the product it comes from."""

    household_id: int
    product_id: int
    amount: int


def delivery(earned: Iterable[Earned], packing: int, delivery_fee: int) -> list[Posting]:
    """Deposits become what is owed to households, and the funds of packing and delivery."""
    shares = [Posting(Account.HOUSEHOLD_PAYABLE, -e.amount, e.household_id, e.product_id) for e in earned]
    total = packing + delivery_fee - sum(posting.amount for posting in shares)
    return [
        Posting(Account.CUSTOMER_DEPOSITS, total),
        *shares,
        Posting(Account.PACKING_FUND, -packing),
        Posting(Account.DELIVERY_FUND, -delivery_fee),
    ]


def reduction(amount: int, cash_left: int, receivable: int = 0) -> list[Posting]:
    """Deposits that are no longer needed are owed back to the buyer.

    What he still owes himself (`receivable`) becomes less first. He gets at most the cash he gave; what is over was
    the unique code's discount and is undone.
    """
    return [Posting(Account.CUSTOMER_DEPOSITS, amount), *_to_buyer(amount, cash_left, receivable)]


def _to_buyer(amount: int, cash_left: int, receivable: int) -> list[Posting]:
    unowed = min(amount, receivable)
    refund = min(amount - unowed, cash_left)
    return [
        Posting(Account.RECEIVABLES, -unowed),
        Posting(Account.REFUNDS_PAYABLE, -refund),
        Posting(Account.UNIQUE_CODE_DISCOUNT, -(amount - unowed - refund)),
    ]


def returned(earned: Iterable[Earned], packing: int, cash_left: int, receivable: int = 0) -> list[Posting]:
    """Delivered goods came back: households and packing fund give theirs up, the buyer owes less or is owed it."""
    shares = [Posting(Account.HOUSEHOLD_PAYABLE, e.amount, e.household_id, e.product_id) for e in earned]
    amount = packing + sum(posting.amount for posting in shares)
    return [*shares, Posting(Account.PACKING_FUND, packing), *_to_buyer(amount, cash_left, receivable)]


def refund(account: Account, amount: int) -> list[Posting]:
    """What is owed back leaves a money account."""
    return [Posting(Account.REFUNDS_PAYABLE, amount), Posting(account, -amount)]


def refund_return(account: Account, amount: int) -> list[Posting]:
    """A refund the other way: the money is in its account, and owed to the buyer again."""
    return [Posting(account, amount), Posting(Account.REFUNDS_PAYABLE, -amount)]


def dispute(account: Account, amount: int) -> list[Posting]:
    """A provider holds money back: it is neither there nor lost."""
    return [Posting(Account.DISPUTED, amount), Posting(account, -amount)]


def dispute_won(account: Account, amount: int) -> list[Posting]:
    """What was held back is there again."""
    return [Posting(account, amount), Posting(Account.DISPUTED, -amount)]


def dispute_lost(amount: int) -> list[Posting]:
    """What was held back is gone; households keep what they earned."""
    return [Posting(Account.DISPUTE_LOSSES, amount), Posting(Account.DISPUTED, -amount)]


def payout(account: Account, household_id: int, amount: int) -> list[Posting]:
    """What is owed to a household leaves a money account."""
    return [Posting(Account.HOUSEHOLD_PAYABLE, amount, household_id), Posting(account, -amount)]


def payout_return(account: Account, household_id: int, amount: int) -> list[Posting]:
    """A payout the other way: the money is in its account, and owed to the household again."""
    return [Posting(account, amount), Posting(Account.HOUSEHOLD_PAYABLE, -amount, household_id)]


def transfer(source: Account, target: Account, amount: int, fee: int) -> list[Posting]:
    """Money goes from one of the office's accounts to another: `amount` arrives, a fee was kept on the way."""
    return [Posting(target, amount), Posting(Account.PROVIDER_FEES, fee), Posting(source, -(amount + fee))]


def bank_fee(account: Account, amount: int) -> list[Posting]:
    """What the bank took for itself leaves its account."""
    return [Posting(Account.PROVIDER_FEES, amount), Posting(account, -amount)]


def bank_fee_return(account: Account, amount: int) -> list[Posting]:
    """A bank fee the other way: the money is in its account after all."""
    return [Posting(account, amount), Posting(Account.PROVIDER_FEES, -amount)]


def count_difference(account: Account, difference: int) -> list[Posting]:
    """A money account becomes what was counted; `difference` is below zero where less was there."""
    return [Posting(account, difference), Posting(Account.COUNT_DIFFERENCES, -difference)]
