"""Make families that are owed money, and pay them."""

from marketplace.extensions import db
from marketplace.groups import rules as group_rules
from marketplace.groups import service as groups
from marketplace.groups.models import Household
from marketplace.ledger import batches, payouts
from marketplace.ledger.models import (
    Payout,
    PayoutBatch,
    PayoutMethod,
)
from marketplace.ledger.payouts import Choice
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import earn, money_in


def family(amount: int, name: str = "Keluarga Contoh") -> Household:
    """Make a household that is owed a sum, which the office has in cash."""
    row = make.household(name=name)
    money_in(amount)
    earn(row.id, None, amount)
    return row


def with_bank(row: Household) -> Household:
    """Give a household a bank account."""
    with unit_of_work():
        groups.set_bank(row.id, group_rules.BankAccount("Bank Contoh", "1234567890", "Siti Contoh"), None)
    return row


def prepared(*rows: Household, method: PayoutMethod = PayoutMethod.CASH) -> PayoutBatch:
    with unit_of_work():
        batch = payouts.prepare_batch(make.REGENCY, [Choice(row.id, method) for row in rows], None)
    return db.session.get_one(PayoutBatch, batch.id)


def released(*rows: Household, method: PayoutMethod = PayoutMethod.CASH) -> PayoutBatch:
    """Prepare a batch and let it be paid."""
    batch_id = prepared(*rows, method=method).id
    with unit_of_work():
        batches.release(batch_id, None)
    return db.session.get_one(PayoutBatch, batch_id)


def paid(payout: Payout, proof: str = "Siti Contoh") -> Payout:
    with unit_of_work():
        payouts.pay(payout.id, proof, None)
    db.session.expire_all()
    return db.session.get_one(Payout, payout.id)
