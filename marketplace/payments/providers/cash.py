"""Cash at the counter, when the order is picked up."""

import datetime as dt

from ...ledger.models import Account
from ...orders.models import DeliveryMethod
from ...shared.i18n import _l
from ..models import Payment
from ..provider import Flow, Instruction, Provider


class Cash(Provider):
    """Paid and handed over at once; the order is packed on the buyer's word."""

    code = "cash"
    label = _l("Cash at pick-up")
    hint = _l("Pay when you collect your order.")
    flow = Flow.MANUAL
    money_account = Account.CASH
    needs_account = False

    def serves(self, method: DeliveryMethod) -> bool:
        """Tell that cash is taken at the counter only."""
        return method is DeliveryMethod.PICKUP

    def open_for(self, area_code: str, day: dt.date) -> dt.timedelta | None:
        """Return None: the order says until when it is kept."""
        return None

    def start(self, payment: Payment, key: str) -> Instruction:
        """Ask for what is due; the pick-up code stands on the order."""
        return Instruction(payment.order.due_amount)
