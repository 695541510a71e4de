"""What groups draw from their grants: asked for with a plan, released by another, proved by receipts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ..areas import queries as areas
from ..areas.models import FigureKey
from ..extensions import db
from ..shared import audit, clock
from ..shared.errors import Forbidden, InvalidInput, NotFound
from ..shared.i18n import Text, _l
from ..shared.money import format_rupiah
from ..shared.transaction import command
from ..shared.turn import turn
from . import grants, rules
from .money_models import Drawing, DrawingState, EntryKind, Grant, PlannedCost, Receipt
from .rules import Cost, Step, Use

MOST_RECEIPTS = 20


@dataclass(frozen=True)
class Bought:
    """One receipt: what was bought, for how much, and its photo."""

    what: str
    amount: int
    image_id: int


@command
def ask(grant_id: int, purpose: str, plan: Sequence[Cost], actor_id: int) -> Drawing:
    """Ask to draw from a grant what a plan costs.

    Raises InvalidInput without a plan, while another is asked for or the receipts of the last are awaited, for more
    than may be drawn at once, and for more than the account holds.
    """
    grant = grants.locked(grant_id)
    amount = rules.sum_of(plan)
    rules.refuse_while(_missing_to_ask(grant, amount))
    row = Drawing(grant_id=grant_id, purpose=purpose, amount=amount, asked_by_id=actor_id)
    row.plan = [PlannedCost(what=line.what, amount=line.amount) for line in plan]
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise InvalidInput(_l("Another drawing is asked for already.")) from error
    audit.record(actor_id, "aid_drawing.ask", ("aid_drawing", row.id), amount=amount)
    return row


def _missing_to_ask(grant: Grant, amount: int) -> list[Text]:
    states, most = _states_of(grant.id), most_at_once(grant)
    wanted = (
        (amount > 0, _l("The plan is missing: write what it is for and how much.")),
        (DrawingState.ASKED not in states, _l("Another drawing is asked for already.")),
        (DrawingState.RELEASED not in states, _l("First send the receipts of the last drawing.")),
        (amount <= most, _l("At most %(most)s at once: draw the rest later.", most=format_rupiah(most))),
        (amount <= grant.balance, _l("There is not enough in the account of the grant.")),
    )
    return [text for holds, text in wanted if not holds]


def most_at_once(grant: Grant) -> int:
    """Return how much of a grant may be drawn at once, rupiah rounded up, by the office's share of today."""
    today = clock.today(areas.time_zone(grant.regency_code))
    return -(-grant.amount * areas.figure(FigureKey.DRAWING_PERCENT, grant.regency_code, today) // 100)


def missing_to_ask(grant: Grant) -> list[Text]:
    """Return what stands in the way of asking for anything from a grant now."""
    return _missing_to_ask(grant, 1)


def _states_of(grant_id: int, before: int | None = None) -> list[DrawingState]:
    found = select(Drawing.state).where(Drawing.grant_id == grant_id)
    return list(db.session.scalars(found if before is None else found.where(Drawing.id < before)))


def missing_to_release(drawing: Drawing, actor_id: int) -> list[Text]:
    """Return what stands in the way of somebody releasing a drawing."""
    plan = select(func.coalesce(func.sum(PlannedCost.amount), 0)).where(PlannedCost.drawing_id == drawing.id)
    earlier = _states_of(drawing.grant_id, drawing.id)
    use = Use(
        balance=drawing.grant.balance,
        amount=drawing.amount,
        plan=db.session.scalar(plan) or 0,
        unproved=sum(state in rules.TO_PROVE for state in earlier),
        is_own=drawing.asked_by_id == actor_id,
    )
    return rules.missing_of_release(use)


@command
def release(drawing_id: int, actor_id: int) -> Drawing:
    """Let a group draw what it asked for. Raises InvalidInput that names all that is open."""
    drawing = _locked(drawing_id)
    after = rules.drawing_after(drawing.state, Step.RELEASE)
    rules.refuse_while(missing_to_release(drawing, actor_id))
    amount, grant_id = drawing.amount, drawing.grant_id
    enough = Grant.drawn + amount <= Grant.disbursed
    grants.move(grant_id, enough, _l("There is not enough in the account of the grant."), drawn=Grant.drawn + amount)
    turn(drawing, after, released_by_id=actor_id, released_at=clock.now())
    grants.enter(grant_id, EntryKind.DRAWN, -amount, actor_id, drawing_id=drawing_id)
    return _told(drawing, Step.RELEASE, actor_id)


@command
def refuse(drawing_id: int, reason: str, actor_id: int) -> Drawing:
    """Refuse a drawing and say why. Raises Forbidden for who asked for it."""
    drawing = _locked(drawing_id)
    if drawing.asked_by_id == actor_id:
        raise Forbidden(_l("Another person has to do this than the one who asked."))
    turn(drawing, rules.drawing_after(drawing.state, Step.REFUSE), reason=reason)
    return _told(drawing, Step.REFUSE, actor_id, reason)


@command
def withdraw(drawing_id: int, actor_id: int) -> Drawing:
    """Take back what was asked for."""
    drawing = _locked(drawing_id)
    turn(drawing, rules.drawing_after(drawing.state, Step.WITHDRAW))
    return _told(drawing, Step.WITHDRAW, actor_id)


@command
def prove(drawing_id: int, receipts: Sequence[Bought], rest: int, actor_id: int) -> Drawing:
    """Send the receipts of what was drawn, and say how much was put back.

    Raises InvalidInput where it does not add up.
    """
    drawing = _locked(drawing_id)
    after = rules.drawing_after(drawing.state, Step.PROVE)
    rules.refuse_while(rules.missing_of_proof(drawing.amount, [Cost(r.what, r.amount) for r in receipts], rest))
    if len(receipts) > MOST_RECEIPTS:
        raise InvalidInput(_l("At most %(count)s receipts.", count=MOST_RECEIPTS))
    number = drawing.round + 1
    db.session.add_all(Receipt(drawing_id=drawing_id, round=number, **vars(each)) for each in receipts)
    turn(drawing, after, round=number, rest=rest, proved_by_id=actor_id, proved_at=clock.now(), reason="")
    return _told(drawing, Step.PROVE, actor_id)


@command
def send_back(drawing_id: int, reason: str, actor_id: int) -> Drawing:
    """Ask for the receipts of a drawing anew, and say what is wrong with them. Raises Forbidden for who sent them."""
    drawing = _locked(drawing_id)
    _refuse_prover(drawing, actor_id)
    turn(drawing, rules.drawing_after(drawing.state, Step.SEND_BACK), reason=reason)
    return _told(drawing, Step.SEND_BACK, actor_id, reason)


@command
def settle(drawing_id: int, actor_id: int) -> Drawing:
    """Call the use of a drawing proved; what was put back is in the account again. Raises Forbidden for who sent it."""
    drawing = _locked(drawing_id)
    _refuse_prover(drawing, actor_id)
    after, rest, grant_id = rules.drawing_after(drawing.state, Step.SETTLE), drawing.rest, drawing.grant_id
    turn(drawing, after, settled_by_id=actor_id, settled_at=clock.now(), reason="")
    if rest:
        grants.move(grant_id, Grant.drawn >= rest, _l("More was put back than drawn."), drawn=Grant.drawn - rest)
        grants.enter(grant_id, EntryKind.PUT_BACK, rest, actor_id, drawing_id=drawing_id)
    return _told(drawing, Step.SETTLE, actor_id)


def _refuse_prover(drawing: Drawing, actor_id: int) -> None:
    if drawing.proved_by_id == actor_id:
        raise Forbidden(_l("Another person has to do this than the one who sent the receipts."))


def _locked(drawing_id: int) -> Drawing:
    """Return a drawing with its grant locked first: whoever moves its money waits for the one before."""
    found = db.session.get(Drawing, drawing_id)
    if found is None:
        raise NotFound
    grants.locked(found.grant_id)
    db.session.refresh(found)
    return found


def _told(drawing: Drawing, step: Step, actor_id: int, reason: str = "") -> Drawing:
    audit.record(actor_id, f"aid_drawing.{step}", ("aid_drawing", drawing.id), reason=reason)
    return drawing
