"""Keep lines of a statement in tests."""

import datetime as dt
import hashlib

from marketplace.areas.queries import time_zone
from marketplace.extensions import db
from marketplace.payments.models import CollectionAccount
from marketplace.shared import clock
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury import imports
from marketplace.treasury.layouts import Read
from marketplace.treasury.models import StatementFile, StatementLine
from tests import make


def today() -> dt.date:
    return clock.today(time_zone(make.REGENCY))


def line(account: CollectionAccount, amount: int, text: str = "TRSF SITI", day: dt.date | None = None) -> StatementLine:
    """Keep one line of an account's statement."""
    file = make.add(StatementFile(account_id=account.id, name="mutasi.csv", content=b""))
    number = file.id  # so that equal lines are several
    digest = hashlib.sha256(f"{day}{amount}{text}{number}".encode()).hexdigest()
    with unit_of_work():
        imports.keep(file.id, imports.mark_of(file), [Read(day or today(), amount, text, digest)], None)
    return db.session.query(StatementLine).filter_by(file_id=file.id).one()


def fresh(row: StatementLine) -> StatementLine:
    """Return a line as it stands in the database."""
    db.session.expire_all()
    return db.session.get_one(StatementLine, row.id)
