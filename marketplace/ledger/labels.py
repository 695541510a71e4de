"""What accounts, entries and payouts are called on screen."""

from ..shared.i18n import Text, _l
from .models import Account, BatchState, EntryKind, PayoutMethod, PayoutState

ACCOUNTS: dict[Account, Text] = {
    Account.CASH: _l("Cash"),
    Account.TENT_CASH: _l("Cash in the tents"),
    Account.BANK: _l("Bank"),
    Account.QRIS: _l("QRIS"),
    Account.STRIPE: _l("Stripe"),
    Account.RECEIVABLES: _l("Owed by offices"),
    Account.CUSTOMER_DEPOSITS: _l("Paid ahead by buyers"),
    Account.HOUSEHOLD_PAYABLE: _l("Owed to families"),
    Account.REFUNDS_PAYABLE: _l("Owed back to buyers"),
    Account.PACKING_FUND: _l("Packing fund"),
    Account.DELIVERY_FUND: _l("Delivery fund"),
    Account.UNIQUE_CODE_DISCOUNT: _l("Unique codes"),
    Account.DISPUTED: _l("Held back in disputes"),
    Account.DISPUTE_LOSSES: _l("Lost in disputes"),
    Account.PROVIDER_FEES: _l("Fees of banks and payment services"),
    Account.COUNT_DIFFERENCES: _l("Differences when counting"),
}

KINDS: dict[EntryKind, Text] = {
    EntryKind.PAYMENT: _l("Payment"),
    EntryKind.INVOICE: _l("Invoice"),
    EntryKind.INVOICE_PAYMENT: _l("Invoice paid"),
    EntryKind.DELIVERY: _l("Delivered"),
    EntryKind.REDUCTION: _l("Taken off"),
    EntryKind.RETURN: _l("Came back"),
    EntryKind.REFUND: _l("Given back"),
    EntryKind.STRAY_PAYMENT: _l("Money without an order"),
    EntryKind.PAYOUT: _l("Paid out"),
    EntryKind.PAYOUT_RETURN: _l("Payout taken back"),
    EntryKind.REFUND_RETURN: _l("Refund came back"),
    EntryKind.DISPUTE: _l("Held back in a dispute"),
    EntryKind.DISPUTE_WON: _l("Dispute won"),
    EntryKind.DISPUTE_LOST: _l("Dispute lost"),
    EntryKind.TRANSFER: _l("Between accounts"),
    EntryKind.PAYMENT_RETURN: _l("Payment taken back"),
    EntryKind.RECEIPT_RETURN: _l("Wrong money taken back"),
    EntryKind.BANK_FEE: _l("Bank fee"),
    EntryKind.BANK_FEE_RETURN: _l("Bank fee taken back"),
    EntryKind.COUNT_DIFFERENCE: _l("Difference when counting"),
}

EARNED_BY: dict[EntryKind, Text] = {
    **KINDS,
    EntryKind.DELIVERY: _l("Sold"),
    EntryKind.PAYOUT: _l("Paid to you"),
    EntryKind.PAYOUT_RETURN: _l("Was not paid to you after all"),
}
"""The same, as a maker says it."""

METHODS: dict[PayoutMethod, Text] = {
    PayoutMethod.CASH: _l("Cash"),
    PayoutMethod.BANK: _l("Bank transfer"),
}

PAYOUT_STATES: dict[PayoutState, tuple[Text, str, str]] = {
    PayoutState.PENDING: (_l("To pay"), "warn", "clock"),
    PayoutState.PAID: (_l("Paid"), "good", "circle-check"),
    PayoutState.CANCELLED: (_l("Cancelled"), "neutral", "x"),
    PayoutState.RETURNED: (_l("Taken back"), "bad", "undo-2"),
    PayoutState.BOUNCED: (_l("Sent back by the bank"), "bad", "triangle-alert"),
}
"""State → its words, tone and icon."""

BATCH_STATES: dict[BatchState, tuple[Text, str, str]] = {
    BatchState.PREPARED: (_l("To be released"), "warn", "clock"),
    BatchState.RELEASED: (_l("To pay"), "info", "hand-coins"),
    BatchState.CLOSED: (_l("Closed"), "good", "circle-check"),
    BatchState.WITHDRAWN: (_l("Withdrawn"), "neutral", "x"),
}
