"""Names of a family in the bank's lines of money that went to it."""

from sqlalchemy import ColumnElement, select

from ..payments.models import CollectionAccount
from ..shared.forgetting import Forgetter, Whom, Words
from .models import LineState, StatementLine


def _paid_out(whom: Whom) -> ColumnElement[bool]:
    """Lines of money that came are of buyers; of one with the same name they must stay."""
    accounts = select(CollectionAccount.id).where(CollectionAccount.area_code == whom.regency_code)
    return StatementLine.account_id.in_(accounts) & (StatementLine.state == LineState.OUTGOING)


FORGETTER = Forgetter(words=(Words((StatementLine.text, StatementLine.note), _paid_out),))
