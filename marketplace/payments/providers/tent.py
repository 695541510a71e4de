"""Cash at a tent: taken when the goods are handed over, and in its drawer until the market day is closed."""

from ...ledger.models import Account
from ...orders.models import DeliveryMethod
from ...shared.i18n import _l
from .cash import Cash


class TentCash(Cash):
    """Paid at the tent, never offered anywhere else."""

    code = "tent_cash"
    label = _l("Cash at the tent")
    money_account = Account.TENT_CASH

    def serves(self, method: DeliveryMethod) -> bool:
        """Tell that no order of the shop is paid this way."""
        return False
