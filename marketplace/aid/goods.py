"""Hand goods over by a signed record with a number, and look after them later."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, select, update

from ..areas import queries as areas
from ..documents import facts
from ..extensions import db
from ..groups.models import Household
from ..groups.queries import households_of_group
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound
from ..shared.i18n import _, _l
from ..shared.series import next_number
from ..shared.transaction import command
from . import papers, rules
from .goods_models import Found, Handover, Item, ItemCheck, ItemCondition
from .models import AidKind, Proposal, ProposalState
from .steps import locked

SERIES = "aid_handover"
STROKES = re.compile(r"(?:[ML][0-9]{1,4}(?:\.[0-9])? [0-9]{1,4}(?:\.[0-9])?)+")
"""What the signing pad writes: path data of SVG, of straight pieces alone."""


@dataclass(frozen=True)
class Piece:
    """One piece that is handed over: to a family, or to all where none is named."""

    what: str
    serial: str
    value: int
    condition: ItemCondition
    household_id: int | None = None


@dataclass(frozen=True)
class Signed:
    """When goods changed hands, who received them for all, and the strokes of his finger if he drew them."""

    handed_on: dt.date
    name: str
    strokes: str = ""


def receivers_of(proposal: Proposal) -> list[Household]:
    """Return the families that may receive goods of a proposal: members of the group, or those of the village."""
    if proposal.group_id is not None:
        return households_of_group(proposal.group_id, clock.today(areas.time_zone(proposal.regency_code)))
    inside = select(Household).where(Household.village_code == proposal.village_code)
    return list(db.session.scalars(inside.order_by(Household.name, Household.id).limit(rules.MOST_LINES * 10)))


@command
def hand_over(proposal_id: int, pieces: Sequence[Piece], signed: Signed, actor_id: int) -> Handover:
    """Write down that goods of an approved proposal changed hands, under the next number of the series.

    Raises InvalidInput for goods worth more than was approved, a number of the maker given twice, a family that is
    no member, or a day to come.
    """
    proposal = locked(proposal_id)
    _check_may(proposal)
    _check_signed(proposal, signed)
    _check_pieces(proposal, pieces)
    _take_value(proposal, sum(piece.value for piece in pieces))
    handover = _numbered(proposal, signed, actor_id)
    handover.items = [Item(**vars(piece)) for piece in pieces]
    handover.content = papers.content_of(handover, facts.issuer_in(proposal.regency_code, actor_id))
    db.session.add(handover)
    db.session.flush()
    audit.record(actor_id, "aid_goods.hand_over", ("aid_handover", handover.id), pieces=len(pieces))
    return handover


def _check_may(proposal: Proposal) -> None:
    if proposal.kind is not AidKind.GOODS or proposal.state is not ProposalState.APPROVED:
        raise InvalidInput(_l("Goods are handed over once a proposal of goods was approved."))


def _check_signed(proposal: Proposal, signed: Signed) -> None:
    if not signed.name:
        raise InvalidInput(_l("Please fill this in."), field="name")
    if signed.strokes and not STROKES.fullmatch(signed.strokes):
        raise InvalidInput(
            _l("The drawn signature cannot be read. Draw it again, or write the name only."), field="name"
        )
    today = clock.today(areas.time_zone(proposal.regency_code))
    if signed.handed_on > today:
        raise InvalidInput(_l("This day is still to come."), field="handed_on")
    if proposal.decree_on and signed.handed_on < proposal.decree_on:
        raise InvalidInput(_l("This is before the decree."), field="handed_on")


def _check_pieces(proposal: Proposal, pieces: Sequence[Piece]) -> None:
    if not pieces:
        raise InvalidInput(_l("Write at least one thing that was handed over."))
    allowed = {family.id for family in receivers_of(proposal)}
    if any(piece.household_id is not None and piece.household_id not in allowed for piece in pieces):
        raise InvalidInput(_l("One of the families does not belong to those the aid is for."))
    numbered = [(piece.what.casefold(), piece.serial.casefold()) for piece in pieces if piece.serial]
    known = {
        (what.casefold(), serial.casefold())
        for what, serial in db.session.execute(
            select(Item.what, Item.serial)
            .join(Item.handover)
            .where(Handover.regency_code == proposal.regency_code, Item.serial.in_([p.serial for p in pieces]))
        )
    }
    twice = [serial for at, (what, serial) in enumerate(numbered) if (what, serial) in {*known, *numbered[:at]}]
    if twice:
        raise InvalidInput(_("Handed over already: number %(serial)s", serial=twice[0].upper()))


def _take_value(proposal: Proposal, value: int) -> None:
    """Count a value as handed over, in one UPDATE that asks whether the approved sum covers it."""
    result: Any = db.session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id, Proposal.handed + value <= Proposal.amount)
        .values(handed=Proposal.handed + value)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise InvalidInput(_l("These goods are worth more than what was approved and is not handed over yet."))
    db.session.refresh(proposal, ["handed"])


def _numbered(proposal: Proposal, signed: Signed, actor_id: int) -> Handover:
    year = clock.today(areas.time_zone(proposal.regency_code)).year
    sequence = next_number(SERIES, proposal.regency_code, year)
    return Handover(
        proposal=proposal,
        regency_code=proposal.regency_code,
        year=year,
        sequence=sequence,
        number=f"{sequence:04d}/BAST-BTN/{proposal.regency_code}/{year}",
        handed_on=signed.handed_on,
        handed_by_id=actor_id,
        signed_name=signed.name,
        signature=signed.strokes,
        made_at=clock.now(),
    )


@command
def look_after(item_id: int, found: Found, note: str, seen_on: dt.date, actor_id: int) -> ItemCheck:
    """Write down what was found of a piece on a day. Raises InvalidInput without a word on what is not there."""
    item = db.session.get(Item, item_id, with_for_update=True, populate_existing=True)
    if item is None:
        raise NotFound
    if found is not Found.THERE and not note:
        raise InvalidInput(_l("Say what happened to it."), field="note")
    if seen_on > clock.today(areas.time_zone(item.handover.regency_code)):
        raise InvalidInput(_l("This day is still to come."), field="seen_on")
    if seen_on < item.handover.handed_on:
        raise InvalidInput(_l("This is before it was handed over."), field="seen_on")
    told = {"found": found, "note": note, "seen_on": seen_on, "seen_by_id": actor_id}
    last = item.looks[-1] if item.looks else None
    if last is not None and all(getattr(last, name) == value for name, value in told.items()):
        return last  # pressed twice
    row = ItemCheck(**told)
    item.looks.append(row)
    audit.record(actor_id, "aid_goods.look", ("aid_item", item_id), found=found.value)
    return row
