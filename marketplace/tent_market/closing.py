"""Close a tent: one person counts goods and cash back, another one confirms; then it is locked.

Until the second person confirms nothing moves, and the first one may count again. Afterwards corrections are entries
of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete

from ..extensions import db
from ..ledger import holdings
from ..ledger import rules as ledger_rules
from ..ledger import service as ledger
from ..ledger.models import MEMO_LENGTH, Account, EntryKind, JournalEntry
from ..ledger.transfers import move_money
from ..shared import audit, clock
from ..shared.errors import Forbidden, InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.policy import Role
from ..shared.transaction import command
from ..shared.turn import turn
from ..stock import movements, tents
from ..stock.models import MovementReason
from . import stall_queries, stall_rules
from .goods_models import StallCount
from .models import Stall
from .problems import SeveralProblems
from .stall_rules import Deed, Tally
from .stalls import SEERS, area_of, locked

COUNTERS = SEERS
"""Who counts a tent back."""
CONFIRMERS = frozenset({Role.TREASURER, Role.HEAD})
TREASURERS = frozenset({Role.TREASURER})
SAY_WHY = "note-"
"""What the name of a product's reason begins with."""
LOST = (("spoiled", MovementReason.SPOILED), ("given", MovementReason.GIVEN_AWAY), ("missing", MovementReason.MISSING))


@dataclass(frozen=True)
class Cash:
    """What was in the drawer, rupiah, and why it is not what should be there."""

    counted: int
    reason: str = ""


@command
def put_float(stall_id: int, amount: int, actor_id: int | None) -> JournalEntry:
    """Put change money into the drawer of a tent. Raises InvalidInput when the books know of less cash."""
    stall = locked(stall_id)
    stall_rules.after(stall.state, Deed.FLOAT)
    entry = _moved(stall, Account.CASH, Account.TENT_CASH, amount, "", "float", actor_id)
    stall.float_amount += amount
    return entry


@command
def hand_in_late(stall_id: int, amount: int, note: str, actor_id: int | None) -> JournalEntry:
    """Bring money of a closed tent to the treasurer: of a sale that arrived late, or found later.

    Raises InvalidInput when the drawers of the tents hold less by the books, StateConflict before the close.
    """
    stall = locked(stall_id)
    stall_rules.after(stall.state, Deed.HAND_IN)
    return _moved(stall, Account.TENT_CASH, Account.CASH, amount, note, "late", actor_id)


def _moved(
    stall: Stall, source: Account, target: Account, amount: int, note: str, what: str, actor_id: int | None
) -> JournalEntry:
    number = len(stall_queries.money_moves(stall.id)) + 1
    key = stall_queries.money_key(stall.id, f"{what}-{number}")
    memo = ", ".join(part for part in (stall.location.name, note) if part)[:MEMO_LENGTH]
    return move_money(area_of(stall), source, target, amount, memo, key, actor_id)


@command
def count(stall_id: int, goods: Mapping[int, Tally], cash: Cash, to_group: frozenset[int], actor_id: int) -> None:
    """Write down what was counted of each product and in the drawer; nothing of it moves yet.

    `to_group` are the products whose rest goes back to their makers, the others go to the store. What was not counted
    of what should be there counts as missing. Raises SeveralProblems where a reason is missing, InvalidInput while a
    loading list waits, StateConflict for a tent that was counted before.
    """
    stall = locked(stall_id)
    state = stall_rules.after(stall.state, Deed.COUNT)
    if stall_queries.has_open_list(stall_id):
        raise InvalidInput(_("A loading list is not signed yet. Count it out or drop it first."))
    there = stall_queries.goods_at(stall.location_id)
    drawer = stall_queries.drawer_of(stall)
    wrong = unexplained({row.id: row.there for row in there}, goods, drawer.expected, cash)
    if wrong:
        raise SeveralProblems(_("Something is not as it should be. Count again, or say why."), wrong)
    store_id = movements.store_of(area_of(stall)).id
    for row in there:
        target_id = movements.location_of_group(row.group_id).id if row.id in to_group else store_id
        db.session.add(_count_of(stall_id, row, target_id, goods.get(row.id, Tally())))
    values = {"cash_expected": drawer.expected, "cash_counted": cash.counted, "cash_reason": cash.reason}
    turn(stall, state, counted_by_id=actor_id, counted_at=clock.now(), **values)
    audit.record(actor_id, "stall.count", ("stall", stall_id), cash=cash.counted, expected=drawer.expected)


def unexplained(there: Mapping[int, int], goods: Mapping[int, Tally], cash_expected: int, cash: Cash) -> dict[str, str]:
    """Return field → what is wrong, for each product and the cash that are not as they should be without a reason."""
    wrong = {}
    for product_id, expected in there.items():
        tally = goods.get(product_id, Tally())
        if tally.needs_note(expected) and not tally.note:
            wrong[f"{SAY_WHY}{product_id}"] = _("Please say why.")
    if cash_expected < 0:
        wrong["cash"] = _("By the books more was given back than was in this drawer. First put in the change money.")
    elif cash.counted != cash_expected and not cash.reason:
        wrong["cash_reason"] = _("This is not what the books say. Count again, or say why.")
    return wrong


def _count_of(stall_id: int, row: Any, target_id: int, tally: Tally) -> StallCount:
    return StallCount(
        stall_id=stall_id,
        product_id=row.id,
        target_id=target_id,
        expected=row.there,
        found=tally.found(row.there),
        back=tally.back,
        spoiled=tally.spoiled,
        given=tally.given,
        missing=tally.missing(row.there),
        note=tally.note,
    )


@command
def recount(stall_id: int, actor_id: int, *, is_confirmer: bool = False) -> None:
    """Take a count back, to be made anew: by who counted, or by who was to confirm it.

    Raises Forbidden for others, StateConflict once it was confirmed.
    """
    stall = locked(stall_id)
    state = stall_rules.after(stall.state, Deed.RECOUNT)
    if stall.counted_by_id != actor_id and not is_confirmer:
        raise Forbidden(_("Who counted, or who confirms, can take the count back."))
    db.session.execute(delete(StallCount).where(StallCount.stall_id == stall_id))
    empty = {"cash_expected": 0, "cash_counted": 0, "cash_reason": ""}
    turn(stall, state, counted_by_id=None, counted_at=None, **empty)
    audit.record(actor_id, "stall.recount", ("stall", stall_id))


@command
def confirm(stall_id: int, actor_id: int) -> Stall:
    """Close a tent as it was counted: what is left goes back, the rest is written off, and its cash is handed in.

    Raises Forbidden for who counted it, StateConflict when it is closed already or goods or money came since it was
    counted, InvalidInput when the books hold less money than is handed in.
    """
    stall = locked(stall_id)
    state = stall_rules.after(stall.state, Deed.CONFIRM)
    if stall.counted_by_id == actor_id:
        raise Forbidden(_("You counted this tent: somebody else confirms it."))
    counts = stall_queries.counts_of(stall_id)
    _check_unchanged(stall, counts)
    for row in sorted(counts, key=_by_level):
        _put_away(stall, row, actor_id)
    tents.close_place(stall.location)
    _hand_in(stall, actor_id)
    turn(stall, state, confirmed_by_id=actor_id, confirmed_at=clock.now())
    audit.record(actor_id, "stall.close", ("stall", stall_id))
    return stall


def _check_unchanged(stall: Stall, counts: list[StallCount]) -> None:
    there = {row.id: row.there for row in stall_queries.goods_at(stall.location_id) if row.there}
    same_goods = there == {row.product_id: row.expected for row in counts if row.expected}
    if not same_goods or stall_queries.drawer_of(stall).expected != stall.cash_expected:
        raise StateConflict(
            _("Goods or money came in since this tent was counted. Take the count back and count again.")
        )


def _by_level(row: StallCount) -> int:
    """Return the stock row that a rest goes to: rows are changed in the order in which orders hold them."""
    return movements.level_of(row.product_id, row.target_id).id


def _put_away(stall: Stall, row: StallCount, actor_id: int) -> None:
    place, reference = stall.location, f"stall:{stall.id}"
    if row.found:
        tents.find(place, row.product_id, row.found, reference, row.note, actor_id)
    for column, reason in LOST:
        quantity = getattr(row, column)
        if quantity:
            tents.write_off(place, row.product_id, quantity, reason, row.note, actor_id, reference=reference)
    if row.back:
        tents.unload(place, row.product_id, row.target_id, row.back, actor_id, reference=reference)


def _hand_in(stall: Stall, actor_id: int) -> None:
    """Enter what the drawer held more or less, then bring what was counted to the treasurer."""
    area_code, difference = area_of(stall), stall.cash_counted - stall.cash_expected
    if difference < 0:
        holdings.secure(area_code, Account.TENT_CASH, -difference, "")
    if difference:
        memo = f"{stall.location.name}: {stall.cash_reason}"[:MEMO_LENGTH]
        reference = stall_queries.difference_reference(stall.id)
        event = ledger.Event(EntryKind.COUNT_DIFFERENCE, reference, area_code, memo, actor_id=actor_id)
        ledger.post(event, ledger_rules.count_difference(Account.TENT_CASH, difference))
    if stall.cash_counted:
        key = stall_queries.money_key(stall.id, "close")
        memo = stall.location.name[:MEMO_LENGTH]
        move_money(area_code, Account.TENT_CASH, Account.CASH, stall.cash_counted, memo, key, actor_id)
