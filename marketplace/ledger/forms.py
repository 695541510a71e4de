"""Forms of paying out and of looking into the books."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.widgets import HiddenInput

from ..shared.fields import BaseForm, DateField, QueryForm, Required, RupiahField, TextField, options
from ..shared.i18n import _, _l
from . import labels
from .models import MONEY, Account, HouseholdBalance, PayoutMethod
from .payouts import Choice

LONGEST_DAYS = 366
"""A statement covers at most a year at a time."""
PROOF_LENGTH = 60


class OwedForm(QueryForm):
    """Which families to show."""

    q = TextField(_l("Name of the family"), max_length=80)
    group = SelectField(_l("KUBE"), coerce=str, default="")

    def fill(self, groups: Sequence[tuple[int, str]]) -> None:
        """Offer these groups."""
        self.group.choices = options([("", _("All")), *((str(key), name) for key, name in groups)])

    def filters(self) -> dict[str, Any]:
        """Return what was chosen; what cannot be read narrows nothing."""
        self.validate()
        group = self.group.data if not self.group.errors else ""
        return {"text": "" if self.q.errors else self.q.data, "group_id": int(group) if group else None}


class Way(StrEnum):
    """How a batch is paid."""

    CASH = "cash"
    BANK = "bank"


class BatchForm(BaseForm):
    """Which families are paid in a batch, and how."""

    household = SelectMultipleField(_l("Families"), coerce=str)
    way = RadioField(
        _l("How"),
        choices=options(
            [
                (Way.CASH.value, _l("Cash, against a signature")),
                (Way.BANK.value, _l("By bank where the account is known, the others in cash")),
            ]
        ),
        default=Way.CASH.value,
    )

    def offer(self, rows: Sequence[HouseholdBalance]) -> None:
        """Let these families be paid."""
        self.household.choices = options([(str(row.household_id), row.household.name) for row in rows])

    def choices(self, rows: Sequence[HouseholdBalance]) -> list[Choice]:
        """Return who gets paid how."""
        chosen = set(self.household.data or [])
        return [Choice(row.household_id, self._method(row)) for row in rows if str(row.household_id) in chosen]

    def _method(self, row: HouseholdBalance) -> PayoutMethod:
        by_bank = self.way.data == Way.BANK.value and row.household.bank_last4 is not None
        return PayoutMethod.BANK if by_bank else PayoutMethod.CASH


class PaidForm(BaseForm):
    """What proves that a payout was made."""

    proof = TextField(_l("Who signed, or the bank's reference"), [Required()], max_length=PROOF_LENGTH)


class SpanForm(QueryForm):
    """From when until when a statement goes."""

    since = DateField(_l("From"))
    until = DateField(_l("Until"))

    def span(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """Return the days asked for, at most a year; this month where they cannot be read."""
        self.validate()
        until = self.until.data or today
        since = self.since.data or until.replace(day=1)
        since, until = min(since, until), max(since, until)
        self.since.data, self.until.data = max(since, until - dt.timedelta(days=LONGEST_DAYS)), until
        return self.since.data, self.until.data


class JournalForm(SpanForm):
    """Which entries of the journal to show."""

    account = SelectField(_l("Account"), coerce=str, default="")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        accounts = [(key.value, name) for key, name in labels.ACCOUNTS.items()]
        self.account.choices = options([("", _("All")), *accounts])

    def chosen_account(self) -> Account | None:
        """Return the account asked for, if there is such."""
        return Account(self.account.data) if self.account.data in set(Account) else None


class TransferForm(BaseForm):
    """Money from one of the office's accounts to another; the key makes it happen once."""

    key = TextField(validators=[Required()], max_length=40, widget=HiddenInput())
    source = SelectField(_l("From account"), [Required()], coerce=str)
    target = SelectField(_l("To account"), [Required()], coerce=str)
    amount = RupiahField(_l("Amount"), [Required()], low=1)
    note = TextField(_l("Note, such as the bank's reference"), [Required()], max_length=PROOF_LENGTH)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        accounts = options([(key.value, name) for key, name in labels.ACCOUNTS.items() if key in MONEY])
        self.source.choices = self.target.choices = accounts

    def content(self) -> tuple[Account, Account, int, str, str]:
        """Return source, target, amount, note and key."""
        accounts = Account(self.source.data), Account(self.target.data)
        return (*accounts, self.amount.data or 0, self.note.data or "", self.key.data or "")
