"""See that a money account holds what is to leave it, also when several treasurers pay at the same moment."""

from sqlalchemy import select

from ..areas.models import Area
from ..extensions import db
from ..shared.errors import InvalidInput
from ..shared.i18n import _
from ..shared.money import format_rupiah
from . import labels, queries
from .models import Account


def secure(area_code: str, account: Account, amount: int, field: str) -> None:
    """Hold the money of a regency until the end of the transaction, inside a running command, and see that it suffices.

    Whoever takes money out of the same regency's accounts waits here for the one before, so the sum is read when he
    is through: on SQLite the one writer, on PostgreSQL the regency's row, locked in the way that does not stop
    others from naming it. Raises InvalidInput beside `field` when the books know of less.
    """
    db.session.execute(select(Area.code).where(Area.code == area_code).with_for_update(key_share=True))
    there = queries.account_balance(area_code, account)
    if there < amount:
        raise InvalidInput(
            _(
                "The books hold only %(there)s in this account: %(account)s. "
                "First write down the money that was brought there, under “Move money” in the journal.",
                there=format_rupiah(max(there, 0)),
                account=labels.ACCOUNTS[account],
            ),
            field=field,
        )
