"""Tents as things on loan: borrowed and given back several at once, and which of them can be had on a day."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from ..extensions import db
from ..shared import audit
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.policy import Actor, Role, may
from ..shared.transaction import command
from .models import Condition, MarketDay, Stall, StallState, Tent, TentLoan
from .stalls import SEERS


class TentTab(StrEnum):
    """The lists of tents."""

    ALL = "all"
    OUT = "out"
    """On loan now."""
    OVERDUE = "overdue"
    """To be given back, and the day has passed."""
    FREE = "free"
    """Not on loan."""


@dataclass(frozen=True)
class State:
    """In which condition a tent is, and what there is to say about it."""

    condition: Condition
    note: str = ""


@dataclass(frozen=True)
class Handover:
    """What a hand-over of tents says: whose they are, by which letter, from when until when, who gave them."""

    lender: str
    letter: str
    borrowed_on: dt.date
    due_on: dt.date
    handed_by: str


IS_OUT = TentLoan.returned_on.is_(None)


def is_overdue(today: dt.date) -> ColumnElement[bool]:
    """Return the condition that a loan should have ended before a day."""
    return IS_OUT & (TentLoan.due_on < today)


def tents_in(area_code: str, tab: TentTab, today: dt.date) -> Select[Tent]:
    """Select the tents of a regency with their loans, what is due first on top."""
    statement = select(Tent).where(Tent.area_code == area_code).options(selectinload(Tent.loans))
    out = exists().where(TentLoan.tent_id == Tent.id, IS_OUT)
    if tab is TentTab.OUT:
        statement = statement.where(out)
    elif tab is TentTab.OVERDUE:
        statement = statement.where(exists().where(TentLoan.tent_id == Tent.id, is_overdue(today)))
    elif tab is TentTab.FREE:
        statement = statement.where(~out)
    return statement.order_by(Tent.is_active.desc(), Tent.number, Tent.id)


def loan_out(tent: Tent) -> TentLoan | None:
    """Return the loan by which a tent is here; None for one that was given back, or is the office's own."""
    return next((loan for loan in tent.loans if loan.returned_on is None), None)


def get_tent_for(actor: Actor, tent_id: int, roles: frozenset[Role] = SEERS) -> Tent:
    """Return a tent with its loans. Raises NotFound, also for officers of elsewhere."""
    tent = db.session.get(Tent, tent_id)
    if tent is None or not may(actor, roles, area_code=tent.area_code):
        raise NotFound
    return tent


def get_loan_for(actor: Actor, loan_id: int) -> TentLoan:
    """Return a loan of a tent. Raises NotFound, also for officers of elsewhere."""
    loan = db.session.get(TentLoan, loan_id)
    if loan is None or not may(actor, SEERS, area_code=loan.tent.area_code):
        raise NotFound
    return loan


def available(day: MarketDay) -> list[Tent]:
    """Return the tents that can be put up on a day: the office's own, and those that are here on loan by then.

    One whose loan should have ended is here all the same, until it is given back. What stands at another site on that
    date is there.
    """
    here = exists().where(TentLoan.tent_id == Tent.id, IS_OUT, TentLoan.borrowed_on <= day.held_on)
    borrowed = exists().where(TentLoan.tent_id == Tent.id)
    elsewhere = exists().where(
        Stall.tent_id == Tent.id,
        Stall.state != StallState.CANCELLED,
        Stall.day_id == MarketDay.id,
        MarketDay.held_on == day.held_on,
        MarketDay.id != day.id,
    )
    can = (Tent.is_active, here | ~borrowed, ~elsewhere)
    statement = select(Tent).where(Tent.area_code == day.site.area_code, *can)
    return list(db.session.scalars(statement.order_by(Tent.number, Tent.id).options(selectinload(Tent.loans))))


@command
def add_tents(area_code: str, numbers: list[str], note: str, actor_id: int | None) -> None:
    """Write tents down by their numbers. Raises InvalidInput where one of them is there already."""
    known = set(db.session.scalars(select(Tent.number).where(Tent.area_code == area_code, Tent.number.in_(numbers))))
    if known:
        raise _number_taken(sorted(known))
    try:
        with db.session.begin_nested():
            db.session.add_all(Tent(area_code=area_code, number=number, note=note) for number in numbers)
    except IntegrityError as error:
        raise _number_taken(numbers) from error
    audit.record(actor_id, "tent.add", ("area", None), area=area_code, numbers=numbers)


def _number_taken(numbers: list[str]) -> InvalidInput:
    return InvalidInput(_("There already: tent %(numbers)s", numbers=", ".join(numbers)), field="numbers")


@command
def change_tent(tent_id: int, note: str, *, is_active: bool, actor_id: int | None) -> None:
    """Write anew what is to be known of a tent, and whether it is used."""
    tent = db.session.get_one(Tent, tent_id)
    tent.note, tent.is_active = note, is_active
    audit.record(actor_id, "tent.change", ("tent", tent_id), is_active=is_active)


@command
def borrow(area_code: str, what: Mapping[int, State], handover: Handover, actor_id: int | None) -> list[TentLoan]:
    """Write down that tents were handed over to us: tent id → its condition.

    Raises InvalidInput for days the wrong way round, or a tent that is on loan already.
    """
    if handover.due_on < handover.borrowed_on:
        raise InvalidInput(_("It cannot be due before it is borrowed."), field="due_on")
    if not what:
        raise InvalidInput(_("Say of at least one tent in which condition it is."))
    for tent in _locked(area_code, what):
        if loan_out(tent) is not None:
            raise InvalidInput(_("Tent %(number)s is on loan already.", number=tent.number), field=f"state-{tent.id}")
    loans = [
        TentLoan(
            tent_id=key, condition_out=state.condition, note_out=state.note, received_by_id=actor_id, **vars(handover)
        )
        for key, state in sorted(what.items())
    ]
    db.session.add_all(loans)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise StateConflict from error
    audit.record(actor_id, "tent.borrow", ("area", None), area=area_code, tents=sorted(what), lender=handover.lender)
    return loans


@command
def give_back(
    area_code: str, what: Mapping[int, State], returned_on: dt.date, taken_by: str, actor_id: int | None
) -> list[TentLoan]:
    """Write down that tents were given back to those who lent them: tent id → its condition.

    Raises InvalidInput for a tent that is not on loan, for a day before it was borrowed, and where it is damaged or
    lost and nobody says how that came.
    """
    if not what:
        raise InvalidInput(_("Say of at least one tent in which condition it is."))
    loans = []
    for tent in _locked(area_code, what):
        loan, state = loan_out(tent), what[tent.id]
        if loan is None:
            raise InvalidInput(_("Tent %(number)s is not on loan.", number=tent.number), field=f"state-{tent.id}")
        _check_return(loan, state, returned_on)
        loan.returned_on, loan.taken_back_by, loan.returned_by_id = returned_on, taken_by, actor_id
        loan.condition_back, loan.note_back = state.condition, state.note
        loans.append(loan)
    audit.record(actor_id, "tent.give_back", ("area", None), area=area_code, tents=sorted(what))
    return loans


def _check_return(loan: TentLoan, state: State, returned_on: dt.date) -> None:
    if returned_on < loan.borrowed_on:
        raise InvalidInput(_("It cannot go back before it came."), field="returned_on")
    if state.condition in (Condition.DAMAGED, Condition.LOST) and not state.note:
        raise InvalidInput(_("Say what happened to it."), field=f"note-{loan.tent_id}")


def _locked(area_code: str, what: Mapping[int, State]) -> list[Tent]:
    statement = select(Tent).where(Tent.id.in_(what), Tent.area_code == area_code).order_by(Tent.id)
    found = list(db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)))
    if len(found) != len(what):
        raise NotFound
    for tent in found:
        db.session.refresh(tent, ["loans"])
    return found


def handed_together(loan: TentLoan, *, back: bool) -> list[TentLoan]:
    """Return the loans that one hand-over record is about: handed over, or given back, with this one."""
    same = [TentLoan.lender == loan.lender]
    if back:
        same += [TentLoan.returned_on == loan.returned_on, TentLoan.taken_back_by == loan.taken_back_by]
    else:
        same += [TentLoan.borrowed_on == loan.borrowed_on, TentLoan.letter == loan.letter]
        same += [TentLoan.handed_by == loan.handed_by, TentLoan.due_on == loan.due_on]
    statement = select(TentLoan).join(Tent).where(Tent.area_code == loan.tent.area_code, *same)
    return list(db.session.scalars(statement.order_by(Tent.number, TentLoan.id).options(joinedload(TentLoan.tent))))
