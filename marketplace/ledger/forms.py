"""Forms of paying out and of looking into the books."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from ..shared.fields import BaseForm, DateField, FilterField, QueryForm, Required, RupiahField, TextField, options
from ..shared.formats import day, month
from ..shared.i18n import _, _l
from . import labels
from .models import MONEY, Account, PayoutBatch, PayoutMethod, PayoutState

LONGEST_DAYS = 366
"""A statement covers at most a year at a time."""
PROOF_LENGTH = 60
REASON_LENGTH = 200


class OwedForm(QueryForm):
    """Which families to show."""

    q = TextField(_l("Name of the family"), max_length=80)
    group = FilterField(_l("KUBE"), coerce=str, default="")

    def fill(self, groups: Sequence[tuple[int, str]]) -> None:
        """Offer these groups."""
        self.group.choices = options([("", _("All")), *((str(key), name) for key, name in groups)])

    def filters(self) -> dict[str, Any]:
        """Return what was chosen; what cannot be read narrows nothing, and the page says so."""
        self.validate()
        group = self.group.chosen()
        return {"text": "" if self.q.errors else self.q.data, "group_id": int(group) if group else None}


class PaidForm(BaseForm):
    """What proves that the payouts of a batch were made; `paid_form` adds two fields for each of them."""

    batch_reference = TextField(_l("The bank's reference of the whole list"), max_length=PROOF_LENGTH - 10)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the proof of what is ticked, and for anything at all."""
        is_right = super().validate(extra_validators)
        for payout_id in self._ticked():
            if not self.proof_of(payout_id):
                self[f"proof-{payout_id}"].errors = [_("Write who signed, or the bank's reference.")]
                is_right = False
        if is_right and not self.proofs():
            self.form_errors.append(_("Tick a family, or write down who signed."))
            return False
        return is_right

    def _ticked(self) -> list[int]:
        return [payout_id for payout_id in self.numbers if self[f"paid-{payout_id}"].data]

    numbers: dict[int, int] = {}
    """Payout id → its line in the list."""
    by_bank: frozenset[int] = frozenset()

    def proof_of(self, payout_id: int) -> str:
        """Return what proves a payout: its own words, else the list's reference and its line in it."""
        own, of_list = self[f"proof-{payout_id}"].data, self.batch_reference.data
        if own or payout_id not in self.by_bank or not of_list:
            return str(own or "")
        return f"{of_list}/{self.numbers[payout_id]}"

    def proofs(self) -> dict[int, str]:
        """Return payout id → proof of those that are ticked or have one of their own."""
        chosen = [key for key in self.numbers if self[f"paid-{key}"].data or self[f"proof-{key}"].data]
        return {key: self.proof_of(key) for key in chosen}


def paid_form(batch: PayoutBatch, *, is_sent: bool) -> PaidForm:
    """Return the form in which the open payouts of a batch are marked as paid."""
    fields: dict[str, Any] = {"numbers": {}, "by_bank": frozenset()}
    for number, payout in enumerate(batch.payouts, start=1):
        if payout.state is PayoutState.PENDING:
            fields["numbers"][payout.id] = number
            fields[f"paid-{payout.id}"] = BooleanField(payout.household.name)
            fields[f"proof-{payout.id}"] = TextField(payout.household.name, max_length=PROOF_LENGTH)
            if payout.method is PayoutMethod.BANK:
                fields["by_bank"] |= {payout.id}
    kind: type[PaidForm] = type("PaidForm", (PaidForm,), fields)
    return kind() if is_sent else kind(formdata=None)


class UndoForm(BaseForm):
    """Why a payout that was marked as paid is none."""

    kind = RadioField(_l("What happened?"), coerce=str, validators=[InputRequired()])
    reason = TextField(_l("Why"), [Required()], max_length=REASON_LENGTH)

    def offer(self, method: PayoutMethod) -> None:
        """Offer what can happen to money of this kind; cash comes back by nobody's hand but ours."""
        kinds = {"return": _l("It was not paid: it was marked by mistake.")}
        if method is PayoutMethod.BANK:
            kinds = {"bounce": _l("The bank sent the money back.")} | kinds
        self.kind.choices = options(kinds.items())
        if len(kinds) == 1:
            self.kind.data = self.kind.data or "return"


class WithdrawForm(BaseForm):
    """Why a batch is given up."""

    reason = TextField(_l("Why"), [Required()], max_length=REASON_LENGTH)


class AccountsForm(BaseForm):
    """Why the families' bank accounts are needed."""

    reason = TextField(_l("Why do you need the account numbers?"), [Required()], max_length=REASON_LENGTH)


class SpanForm(QueryForm):
    """From when until when a statement goes. A day that cannot be read stays on screen with what is wrong."""

    since = DateField(_l("From"))
    until = DateField(_l("Until"))

    def span(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """Return the days asked for, at most a year; this month where they cannot be read."""
        self.validate()
        until = self.until.data or today
        since = self.since.data or until.replace(day=1)
        since, until = min(since, until), max(since, until)
        if until - since > dt.timedelta(days=LONGEST_DAYS):
            since = until - dt.timedelta(days=LONGEST_DAYS)
            self.since.errors = [_("At most a year at a time: shown from %(day)s.", day=day(since))]
        self.since.data, self.until.data = since, until
        return since, until


class MonthForm(QueryForm):
    """Which month to show."""

    bulan = FilterField(_l("Month"), coerce=str, default="")

    def month(self, months: Sequence[dt.date]) -> dt.date:
        """Offer months, and return the one asked for; the last one where it is none of them."""
        self.bulan.choices = options((each.isoformat(), month(each)) for each in reversed(months))
        self.validate()
        chosen = next((each for each in months if each.isoformat() == self.bulan.chosen()), months[-1])
        self.bulan.data = self.bulan.data or chosen.isoformat()
        return chosen


class JournalForm(SpanForm):
    """Which entries of the journal to show."""

    account = FilterField(_l("Account"), coerce=str, default="")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        accounts = [(key.value, name) for key, name in labels.ACCOUNTS.items()]
        self.account.choices = options([("", _("All")), *accounts])

    def asks_for_all(self) -> bool:
        """Tell whether both days were cleared; where none was ever asked for it is this month."""
        self.validate()
        asked = (self.since.raw_data or [], self.until.raw_data or [])
        return all(asked) and not any(typed.strip() for raw in asked for typed in raw)

    def chosen_account(self) -> Account | None:
        """Return the account asked for, if there is such."""
        chosen = self.account.chosen()
        return Account(chosen) if chosen else None


class TransferForm(BaseForm):
    """Money from one of the office's accounts to another; the key makes it happen once."""

    key = TextField(validators=[Required()], max_length=40, widget=HiddenInput())
    source = SelectField(_l("From account"), [Required()], coerce=str)
    target = SelectField(_l("To account"), [Required()], coerce=str)
    amount = RupiahField(_l("Amount"), [Required()], low=1)
    fee = RupiahField(_l("Fee that was kept"), [Optional()])
    note = TextField(_l("Note, such as the bank's reference"), [Required()], max_length=PROOF_LENGTH)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        accounts = options([(key.value, name) for key, name in labels.ACCOUNTS.items() if key in MONEY])
        self.source.choices = self.target.choices = accounts

    def content(self) -> tuple[Account, Account, int, str, str]:
        """Return source, target, amount, note and key."""
        accounts = Account(self.source.data), Account(self.target.data)
        return (*accounts, self.amount.data or 0, self.note.data or "", self.key.data or "")
