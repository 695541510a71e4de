"""Forms of taking in a statement and of deciding about its lines."""

import re
from collections.abc import Iterable
from typing import Any

from flask_wtf.file import FileField
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from ..ledger import labels as ledger_labels
from ..ledger.models import MEMO_LENGTH, MONEY, Account
from ..payments.labels import PROVIDER_NAMES
from ..payments.models import CollectionAccount
from ..shared.errors import InvalidInput
from ..shared.fields import BaseForm, IdField, QueryForm, Required, TextField, options
from ..shared.i18n import _, _l
from . import labels
from .layouts import Layout, Table
from .models import TEXT_LENGTH
from .reading import LARGEST, Column


class UploadForm(BaseForm):
    """A statement of one of the office's accounts."""

    account = SelectField(_l("Account"), [InputRequired()], coerce=str)
    file = FileField(_l("Statement as CSV"))

    def offer(self, accounts: Iterable[CollectionAccount]) -> None:
        """Offer the office's accounts."""
        self.account.choices = options((str(each.id), name_of(each)) for each in accounts)

    def content(self) -> tuple[str, bytes]:
        """Return name and bytes of the file. Raises InvalidInput when none was chosen."""
        if not self.file.data or not self.file.data.filename:
            raise InvalidInput(_("Choose a file."), field="file")
        raw: bytes = self.file.data.read(LARGEST + 1)
        return re.sub(r"[^\w. -]", "_", str(self.file.data.filename)), raw


class KeepForm(BaseForm):
    """Which content of a file was looked at."""

    mark = TextField(max_length=64, widget=HiddenInput())


def name_of(account: CollectionAccount) -> str:
    """Return an account as treasurers know it."""
    parts = (str(PROVIDER_NAMES[account.provider]), account.bank_name, account.number)
    return " · ".join(part for part in parts if part)


class ColumnsForm(BaseForm):
    """What each column of a statement holds; `columns_form` adds a field for each."""

    order = RadioField(_l("How are days written?"), coerce=str, validators=[InputRequired()])
    width = 0

    def layout(self) -> Layout:
        """Return what was chosen."""
        columns = [Column(self[f"column-{place}"].data) for place in range(self.width)]
        return Layout(columns, self.order.data == "day")


def columns_form(table: Table, guessed: Layout) -> ColumnsForm:
    """Return the form for a table, with what was guessed chosen in it."""
    choices = options((column.value, label) for column, label in labels.COLUMNS.items())
    fields: dict[str, Any] = {"width": len(table.heads)}
    for place, head in enumerate(table.heads):
        name = head or _("Column %(number)s", number=place + 1)
        fields[f"column-{place}"] = SelectField(name, coerce=str, choices=choices, default=guessed.columns[place].value)
    kind: type[ColumnsForm] = type("ColumnsForm", (ColumnsForm,), fields)
    form = kind(order="day" if guessed.day_first else "month")
    form.order.choices = options([("day", _l("22/11/2026: day first")), ("month", _l("11/22/2026: month first"))])
    return form


class LinesForm(QueryForm):
    """Which lines to show."""

    q = TextField(_l("Text or amount"), max_length=60)

    def wanted(self) -> tuple[str, int | None]:
        """Return the text to look for, and as a sum where it is one."""
        text = self.q.data if self.validate() else ""
        digits = re.sub(r"(?i)^rp\.?|[\s.,]", "", text)
        return text, int(digits) if re.fullmatch(r"[0-9]{1,13}", digits) else None


class OrderForm(BaseForm):
    """Which order a line is for, by its number."""

    number = TextField(_l("Order number"), [Required()], max_length=30)


class BillForm(BaseForm):
    """Which of the proposed bills a line is for."""

    order_id = IdField()
    payment_id = IdField()


class AsideForm(BaseForm):
    """Why a line is about no order."""

    reason = TextField(_l("What is this money?"), [Required()], max_length=TEXT_LENGTH)


class OwnForm(BaseForm):
    """From which of the office's own accounts a line's money came."""

    source = SelectField(_l("From account"), [InputRequired()], coerce=str)

    def offer(self, target: Account) -> None:
        """Offer the other money accounts."""
        others = sorted(MONEY - {target}, key=list(Account).index)
        self.source.choices = options((each.value, ledger_labels.ACCOUNTS[each]) for each in others)


class UndoForm(BaseForm):
    """Why what was booked is taken back."""

    why = TextField(_l("Why is it taken back?"), [Required()], max_length=MEMO_LENGTH)
