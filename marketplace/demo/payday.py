"""What families are owed is paid out to them, with the office's money brought to where it is needed before."""

import datetime as dt
from collections import Counter
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..groups.models import Household
from ..ledger import batches, payouts
from ..ledger.models import Account, HouseholdBalance, PayoutMethod
from ..ledger.payouts import Choice
from ..ledger.queries import account_balances
from ..ledger.transfers import move_money
from ..shared import clock
from ..shared.policy import Role
from .people import Cast

LEAST = 50_000
"""Less is not paid out, rupiah."""


class Payday:
    """The treasurer of an area on the days on which she pays families."""

    def __init__(self, cast: Cast, area_code: str) -> None:
        self.area_code = area_code
        self.treasurer = cast.staff[Role.TREASURER]
        self.head = cast.staff[Role.HEAD]

    def pay(self, at: dt.datetime, wanted: Callable[[int], bool]) -> None:
        """Pay the wanted families of the area what they are owed at a moment, inside the caller's transaction."""
        with clock.at(at):
            choices = [choice for choice in self._owed() if wanted(choice.household_id)]
            if not choices:
                return
            batch = payouts.prepare_batch(self.area_code, choices, self.treasurer)
            batches.release(batch.id, self.head)
            sums: Counter[PayoutMethod] = Counter()
            for payout in batch.payouts:
                sums[payout.method] += payout.amount
            self.provide(f"p{self.area_code}-{at.date()}", cash=sums[PayoutMethod.CASH], bank=sums[PayoutMethod.BANK])
            for payout in batch.payouts:
                is_cash = payout.method is PayoutMethod.CASH
                proof = payout.household.name if is_cash else f"TRF{payout.id:07d}"
                payouts.pay(payout.id, proof, self.treasurer)
            batches.close(batch.id, self.treasurer)

    def provide(self, key: str, *, cash: int, bank: int) -> None:
        """Bring the office's money to where it is needed: let the bank settle QRIS, fetch cash or bring it."""
        there = account_balances(self.area_code)
        qris = there[Account.QRIS] if there[Account.BANK] < bank or there[Account.CASH] < cash else 0
        self._move(Account.QRIS, Account.BANK, qris, "QRIS", f"{key}-q")
        self._move(Account.BANK, Account.CASH, cash - there[Account.CASH], "Tarik tunai", f"{key}-t")
        short = bank - account_balances(self.area_code)[Account.BANK]
        self._move(Account.CASH, Account.BANK, short, "Setor tunai", f"{key}-s")

    def _move(self, source: Account, target: Account, amount: int, note: str, key: str) -> None:
        if amount > 0:
            move_money(self.area_code, source, target, amount, note, key, self.treasurer)

    def _owed(self) -> list[Choice]:
        rows = db.session.scalars(
            select(HouseholdBalance)
            .join(HouseholdBalance.household)
            .where(HouseholdBalance.balance > LEAST, Household.regency_code == self.area_code)
            .options(joinedload(HouseholdBalance.household))
            .order_by(HouseholdBalance.household_id)
        )
        return [
            Choice(row.household_id, PayoutMethod.BANK if row.household.bank_encrypted else PayoutMethod.CASH)
            for row in rows
        ]
