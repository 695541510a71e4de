"""Bank transfer to the office's account, told apart by a unique code that is subtracted from the sum."""

import datetime as dt

from ...areas import queries as areas
from ...areas.models import FigureKey
from ...ledger.models import Account
from ...shared.i18n import _l
from .. import codes
from ..accounts import account_of
from ..models import Payment
from ..provider import Flow, Instruction, Provider


class Transfer(Provider):
    """The buyer sends the exact sum; the treasurer finds it in the statement."""

    code = "transfer"
    label = _l("Bank transfer")
    hint = _l("Send the exact amount from any bank.")
    flow = Flow.INSTRUCTIONS
    money_account = Account.BANK
    min = 10_000
    """What banks commonly ask for as the least sum of a transfer."""

    def open_for(self, area_code: str, day: dt.date) -> dt.timedelta | None:
        """Return the office's time for transfers."""
        return dt.timedelta(hours=areas.figure(FigureKey.TRANSFER_HOURS, area_code, day))

    def start(self, payment: Payment, key: str) -> Instruction:
        """Take a unique code of the office's account."""
        account = account_of(payment.order.regency_code, self.code)
        due = payment.order.due_amount
        unique_code = codes.take(account.id, payment, due)
        details = {"bank_name": account.bank_name, "number": account.number, "holder": account.holder}
        return Instruction(due - unique_code, unique_code, account.id, details)

    def cancel(self, payment: Payment) -> None:
        """Keep the code reserved for late money."""
        codes.keep_a_while(payment)
