"""QRIS with the amount in it, made from the office's static code. Nobody calls back: staff see the statement."""

import datetime as dt

from ...areas import queries as areas
from ...areas.models import FigureKey
from ...ledger.models import Account
from ...shared.i18n import _l
from .. import qris_code
from ..accounts import account_of
from ..models import Payment
from ..provider import Flow, Instruction, Provider


class Qris(Provider):
    """The buyer scans a picture that already carries the sum and the order's number."""

    code = "qris"
    label = _l("QRIS")
    hint = _l("Scan with your bank app or e-wallet.")
    flow = Flow.QR
    money_account = Account.QRIS

    def limit(self, area_code: str, day: dt.date) -> int:
        """Return the cap that the central bank sets."""
        return areas.figure(FigureKey.QRIS_CAP, area_code, day)

    def open_for(self, area_code: str, day: dt.date) -> dt.timedelta | None:
        """Return the office's time for QRIS."""
        return dt.timedelta(minutes=areas.figure(FigureKey.QRIS_MINUTES, area_code, day))

    def start(self, payment: Payment, key: str) -> Instruction:
        """Write sum and order number into the office's code."""
        account = account_of(payment.order.regency_code, self.code)
        due = payment.order.due_amount
        payload = qris_code.dynamic(account.qris_payload, due, payment.order.number)
        details = {"payload": payload, "holder": account.holder}
        return Instruction(due, account_id=account.id, details=details)
