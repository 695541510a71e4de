"""The journal as a file for hledger: one transaction per entry, accounts named plainly. No database.

Families stand by number, not by name: the file may leave the office. Names are the same in every language, so that
files of several years can be read together.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .models import Account, EntryKind

NAMES: dict[Account, str] = {
    Account.CASH: "aset:kas",
    Account.TENT_CASH: "aset:kas tenda",
    Account.BANK: "aset:bank",
    Account.QRIS: "aset:qris",
    Account.CUSTOMER_DEPOSITS: "kewajiban:titipan pembeli",
    Account.HOUSEHOLD_PAYABLE: "kewajiban:keluarga",
    Account.REFUNDS_PAYABLE: "kewajiban:pengembalian pembeli",
    Account.PACKING_FUND: "kewajiban:dana kemasan",
    Account.DELIVERY_FUND: "kewajiban:dana pengiriman",
    Account.UNIQUE_CODE_DISCOUNT: "beban:kode unik",
    Account.STRIPE: "aset:stripe",
    Account.DISPUTED: "aset:sengketa",
    Account.RECEIVABLES: "aset:piutang instansi",
    Account.PROVIDER_FEES: "beban:biaya layanan",
    Account.DISPUTE_LOSSES: "beban:rugi sengketa",
    Account.COUNT_DIFFERENCES: "beban:selisih kas",
}
TYPES = {"aset": "Asset", "kewajiban": "Liability", "beban": "Expense"}
OPENING = "saldo awal"


@dataclass(frozen=True)
class Post:
    """One line of an entry: the account, the household it names if any, and rupiah, debit positive."""

    account: Account
    household_id: int | None
    amount: int


@dataclass(frozen=True)
class Transaction:
    """One entry of the journal."""

    day: dt.date
    kind: EntryKind
    reference: str
    memo: str
    posts: tuple[Post, ...]


def name_of(account: Account, household_id: int | None = None) -> str:
    """Return the name of an account; each household has its own below that of all."""
    return NAMES[account] if household_id is None else f"{NAMES[account]}:{household_id}"


def written(since: dt.date, opening: Mapping[str, int], transactions: Iterable[Transaction]) -> Iterator[str]:
    """Yield the text of a journal: what its accounts held before the first day, then each entry.

    Takes the name of an account → its balance at the opening.
    """
    yield "decimal-mark .\ncommodity 1000. IDR\n\n"
    entries = list(transactions)
    used = {name_of(post.account, post.household_id) for each in entries for post in each.posts} | set(opening)
    for name in sorted(used | set(NAMES.values())):
        yield f"account {name}  ; type: {TYPES[name.partition(':')[0]]}\n"
    if opening:
        yield _entry(f"{since:%Y-%m-%d} {OPENING}", sorted(opening.items()))
    for each in entries:
        posts = [(name_of(post.account, post.household_id), post.amount) for post in each.posts]
        yield _entry(_head(each), posts)


def _head(entry: Transaction) -> str:
    memo = plain(entry.memo)
    return f"{entry.day:%Y-%m-%d} ({plain(entry.reference)}) {entry.kind.value}" + (f" | {memo}" if memo else "")


def _entry(head: str, posts: Iterable[tuple[str, int]]) -> str:
    return f"\n{head}\n" + "".join(f"    {name}  {amount} IDR\n" for name, amount in posts)


def plain(text: str) -> str:
    """Return a text that is nothing but words in a journal: no comment begins in it, no line ends."""
    return " ".join(re.sub(r"[;|()\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())
