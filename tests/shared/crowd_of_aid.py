"""Aid in every state, with many rows behind each list. Call inside `app`."""

from typing import Any

from marketplace.aid import goods
from marketplace.aid.models import ProposalFile, ProposalState
from marketplace.aid.money_models import DrawingState, Receipt
from marketplace.aid.rules import Line
from marketplace.extensions import db
from marketplace.groups.models import Group
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests.aid.giving import Office


def given(regency: str, size: int, group: Group | None = None) -> dict[str, Any]:
    """Make so many of everything that an office gives to one group; return what addresses need."""
    office = Office(regency, group=group)  # type: ignore[arg-type]
    fund = office.fund()
    for _number in range(size):
        office.guided()
        office.fund()
    lines = tuple(Line(f"Alat {number}", 2, 1_000_000, "buah") for number in range(size))
    found = _money(office, size, fund) | _goods(office, size, lines, fund)
    office.proposal(ProposalState.REFUSED)
    sent, checked = office.proposal(ProposalState.SUBMITTED), office.proposal(ProposalState.CHECKED)
    drafts = [office.proposal(lines=lines) for _number in range(size)]  # the newest stand first in every list
    return {
        **found,
        "fund_id": fund.id,
        "proposal_id": sent.id,
        "paper_id": _file(sent.id),
        **{
            f"{side}.{page}.proposal_id": drafts[0].id for side in ("aid", "own_aid") for page in ("change", "proposal")
        },
        **{f"aid.{page}.proposal_id": checked.id for page in ("approve", "refuse")},
    }


def _file(proposal_id: int) -> int:
    return db.session.query(ProposalFile.id).filter_by(proposal_id=proposal_id).limit(1).scalar() or 0


def _goods(office: Office, size: int, lines: tuple[Line, ...], fund: Any) -> dict[str, Any]:
    approved = office.proposal(
        ProposalState.APPROVED, lines=(*lines[1:], Line("Mesin", size + 5, 3_000_000)), fund=fund
    )
    records = [office.handed(approved) for _number in range(size)]
    item = records[0].items[0]
    for _number in range(size):
        with unit_of_work():
            today = clock.today("Asia/Makassar")
            goods.look_after(item.id, goods.Found.THERE, "", today, office.id(Role.MENTOR))
    return {
        "handover_id": records[0].id,
        "item_id": item.id,
        "aid_goods.hand_over.proposal_id": approved.id,
    }


def _money(office: Office, size: int, fund: Any) -> dict[str, Any]:
    others = [office.grant(fund=fund) for _number in range(size)]
    grant = office.grant(90_000_000, fund)
    for _number in range(size):
        office.paid(grant, 1_000_000)
        office.drawing(grant, DrawingState.SETTLED, 1_000, rest=100)
    open_part = office.planned(grant, 1_000)
    proved = others[0]
    office.paid(proved, 5_000_000)
    awaited = office.drawing(proved, DrawingState.PROVED)
    asked = office.asked(grant)
    released = others[-1]
    office.paid(released, 5_000_000)
    to_prove = office.drawing(released, DrawingState.RELEASED, 5_000) if released is not proved else asked
    office.grant(fund=fund)  # without money yet: its account can be written
    receipt = db.session.query(Receipt.id).filter_by(drawing_id=awaited.id).limit(1).scalar()
    return {
        "grant_id": grant.id,
        "tranche_id": open_part.id,
        "drawing_id": asked.id,
        "receipt_id": receipt,
        "aid.prove.drawing_id": to_prove.id,
        "own_aid.prove.drawing_id": to_prove.id,
        "aid_grants.settle.drawing_id": awaited.id,
        "aid_grants.send_back.drawing_id": awaited.id,
    }
