"""What the treasurer's and the officers' lists of statements, closes and messages hold in a town."""

import datetime as dt
from typing import Any

from marketplace.ledger import closing
from marketplace.notices.models import Channel, Notice, NoticeKind, NoticeState
from marketplace.payments.models import CollectionAccount
from marketplace.shared import clock
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury.models import StatementFile, StatementLayout
from tests import make
from tests.treasury.taking import line

CONTENT = b"Tanggal;Uraian;Kredit\n20/11/2026;TRSF;1000\n"
HEADS, ROLES = ["Tanggal", "Uraian", "Kredit"], ["day", "text", "in"]
LONG_AGO = dt.date(2020, 1, 1)


def add_statements(account: CollectionAccount, size: int) -> dict[str, Any]:
    """Keep lines that fit nothing, a file that waits to be kept, and closes of days long ago."""
    lines = [line(account, 1_000 + number) for number in range(size)]
    file = make.add(StatementFile(account_id=account.id, name="mutasi.csv", content=CONTENT))
    make.add(StatementLayout(account_id=account.id, heads=HEADS, roles=ROLES))
    closes = []
    for number in range(size):
        with unit_of_work():
            closes.append(closing.close(account.area_code, LONG_AGO + dt.timedelta(days=number), {}, None).id)
    kept = {"statement_files.undo.file_id": lines[0].file_id}
    return {"line_id": lines[0].id, "file_id": file.id, "close_id": closes[0], **kept}


def add_notices(order_id: int, area_code: str, size: int) -> dict[str, Any]:
    """Write messages that wait for an officer, and some that could not be sent."""
    made = [
        _notice(order_id, area_code, state, number)
        for state in (NoticeState.BY_HAND, NoticeState.DEAD)
        for number in range(size)
    ]
    return {"notice_id": made[0].id}


def _notice(order_id: int, area_code: str, state: NoticeState, number: int) -> Notice:
    by_hand = state is NoticeState.BY_HAND
    row = Notice(
        kind=NoticeKind.PACKED,
        source=f"{area_code} {state} {number}",
        order_id=order_id,
        area_code=area_code,
        channel=Channel.WHATSAPP if by_hand else Channel.EMAIL,
        recipient="+6281200000001" if by_hand else "siti@contoh.id",
        subject="Pesanan",
        body="Halo Siti",
        state=state,
        next_try_at=None if by_hand else clock.now(),
    )
    return make.add(row)  # type: ignore[no-any-return]
