"""Plans that agencies share: lines, what each agency says of them, and the secret links by which they take part."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, lazyload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from ..accounts.models import User
from ..areas.models import Commodity, FigureKey
from ..areas.queries import figure, time_zone
from ..extensions import db
from ..groups.models import BusinessKind
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.policy import Actor, Role
from ..shared.transaction import command
from . import partners, rules, service
from .access import SEERS, check_covers
from .models import Training, TrainingKind
from .plan_models import AgencyPlan, Answer, LineKind, PlanLine, PlanLink, PlanVoice
from .rules import Standing, TrainingContent

NAME_ONLY = lazyload(User.assignments)
"""Of who wrote something down the name is shown, not his roles."""
MOST_LINES = 200
MOST_VOICES = 200
"""So much of a plan, and of a line, that no link can fill the office's disk."""


@dataclass(frozen=True)
class LineContent:
    """What is proposed."""

    kind: LineKind
    what: str
    business_kind: BusinessKind
    commodity_id: int | None = None
    people: int = 0
    story: str = ""


@dataclass(frozen=True)
class Speaker:
    """Who speaks for which agency, and the officer who writes it down (none where it comes through its link)."""

    agency_id: int
    name: str
    officer_id: int | None = None


def plans_in(regency_code: str) -> Select[AgencyPlan]:
    """Select the plans of a regency, newest year first."""
    statement = select(AgencyPlan).where(AgencyPlan.area_code == regency_code).options(selectinload(AgencyPlan.lines))
    return statement.order_by(AgencyPlan.year.desc(), AgencyPlan.title, AgencyPlan.id)


def get_plan_for(actor: Actor, plan_id: int, roles: frozenset[Role] = SEERS) -> AgencyPlan:
    """Return a plan with its lines, voices and links. Raises NotFound, also for officers of elsewhere."""
    plan = _loaded(plan_id)
    if plan is None:
        raise NotFound
    check_covers(actor, plan.area_code, roles)
    return plan


def _loaded(plan_id: int) -> AgencyPlan | None:
    lines = selectinload(AgencyPlan.lines)
    loaders = (
        joinedload(AgencyPlan.area),
        lines.joinedload(PlanLine.agency),
        lines.joinedload(PlanLine.commodity),
        lines.joinedload(PlanLine.recorded_by).options(NAME_ONLY),
        lines.joinedload(PlanLine.training),
        lines.selectinload(PlanLine.voices).options(
            joinedload(PlanVoice.agency), joinedload(PlanVoice.recorded_by).options(NAME_ONLY)
        ),
        selectinload(AgencyPlan.links).joinedload(PlanLink.agency),
    )
    return db.session.scalar(select(AgencyPlan).where(AgencyPlan.id == plan_id).options(*loaders))


def get_line_for(actor: Actor, line_id: int, roles: frozenset[Role] = SEERS) -> PlanLine:
    """Return a line of a plan. Raises NotFound, also for officers of elsewhere."""
    line = db.session.get(PlanLine, line_id)
    if line is None:
        raise NotFound
    check_covers(actor, line.plan.area_code, roles)
    return line


def standing_of(line: PlanLine) -> Standing:
    """Return where a line stands between the agencies."""
    return rules.standing(line.agency_id, [(voice.agency_id, voice.answer) for voice in line.voices])


@command
def add_plan(area_code: str, year: int, title: str, actor_id: int | None) -> AgencyPlan:
    """Begin a plan. Raises InvalidInput where there is one with this title in this year."""
    plan = AgencyPlan(area_code=area_code, year=year, title=title, created_by_id=actor_id)
    db.session.add(plan)
    try:
        db.session.flush()
    except IntegrityError:
        raise InvalidInput(_("There is a plan with this title in this year already."), field="title") from None
    audit.record(actor_id, "plan.add", ("agency_plan", plan.id))
    return plan


@command
def propose(plan_id: int, content: LineContent, speaker: Speaker) -> PlanLine:
    """Add a line to a plan in the name of an agency; the same line again is the one that stands there."""
    plan = _locked(plan_id)
    partners.check_agency(speaker.agency_id, plan.area_code)
    if content.commodity_id is not None and db.session.get(Commodity, content.commodity_id) is None:
        raise InvalidInput(_("Choose again."), field="commodity_id")
    told = {"agency_id": speaker.agency_id, "proposed_by": speaker.name, **vars(content)}
    for line in plan.lines:
        if all(getattr(line, name) == value for name, value in told.items()):
            return line  # pressed twice
    if len(plan.lines) >= MOST_LINES:
        raise InvalidInput(_("This plan is full: it has %(count)s lines.", count=MOST_LINES))
    line = PlanLine(plan_id=plan_id, recorded_by_id=speaker.officer_id, **told)
    db.session.add(line)
    db.session.flush()  # the audit row names its id
    audit.record(speaker.officer_id, "plan.propose", ("agency_plan_line", line.id), agency=speaker.agency_id)
    return line


def _locked(plan_id: int) -> AgencyPlan:
    plan = db.session.get(AgencyPlan, plan_id, with_for_update=True, populate_existing=True)
    if plan is None:
        raise NotFound
    return plan


@command
def speak(line_id: int, answer: Answer, said: str, speaker: Speaker) -> None:
    """Write down what an agency says of a line. Raises InvalidInput for a no or a comment without words."""
    line = _locked_line(line_id)
    partners.check_agency(speaker.agency_id, line.plan.area_code)
    if answer is not Answer.AGREE and not said.strip():
        raise InvalidInput(_("Write it in a few words."), field="said")
    if _is_said(line, (speaker.agency_id, speaker.name, answer, said)):
        return
    if line.training_id is not None and answer is not Answer.COMMENT:
        raise StateConflict(_("This line is a training already: it can still be commented on."))
    if len(line.voices) >= MOST_VOICES:
        raise InvalidInput(_("Enough was said of this line. Call the social office."))
    voice = PlanVoice(
        line_id=line_id,
        agency_id=speaker.agency_id,
        name=speaker.name,
        answer=answer,
        said=said,
        recorded_by_id=speaker.officer_id,
    )
    db.session.add(voice)
    audit.record(speaker.officer_id, f"plan.{answer}", ("agency_plan_line", line_id), agency=speaker.agency_id)


def _is_said(line: PlanLine, voice: tuple[int, str, Answer, str]) -> bool:
    """Tell whether an agency's last word on a line was just this: it was pressed twice."""
    own = [each for each in line.voices if each.agency_id == voice[0]]
    return bool(own) and (own[-1].agency_id, own[-1].name, own[-1].answer, own[-1].said) == voice


def _locked_line(line_id: int) -> PlanLine:
    line = db.session.get(PlanLine, line_id, with_for_update=True, populate_existing=True)
    if line is None:
        raise NotFound
    db.session.refresh(line, ["voices"])
    return line


@command
def make_training(line_id: int, misfit_reason: str, actor_id: int | None) -> Training:
    """Make a training of an agreed line, held by the agency that proposed it.

    Raises StateConflict for one that is not agreed, no training, or made already; InvalidInput where it does not fit
    the area and no reason is given.
    """
    line = _locked_line(line_id)
    if line.kind is not LineKind.TRAINING or line.training_id is not None:
        raise StateConflict
    if standing_of(line) is not Standing.AGREED:
        raise StateConflict(_("Only what agencies agreed on becomes a training."))
    content = TrainingContent(
        title=line.what,
        kind=TrainingKind.TRAINING,
        business_kind=line.business_kind,
        agency_id=line.agency_id,
        commodity_id=line.commodity_id,
        misfit_reason=misfit_reason,
    )
    training = service.plan(line.plan.area_code, content, actor_id)
    line.training_id = training.id
    audit.record(actor_id, "plan.make_training", ("agency_plan_line", line_id), training=training.id)
    return training


@command
def make_link(plan_id: int, agency_id: int, actor_id: int | None) -> str:
    """Return a new secret by which an agency takes part in a plan; the one it had before is worth nothing any more.

    Only its fingerprint is kept. It lasts as many days as the office's number says.
    """
    plan = _locked(plan_id)
    partners.check_agency(agency_id, plan.area_code)
    now = clock.now()
    days = figure(FigureKey.PLAN_LINK_DAYS, plan.area_code, clock.today(time_zone(plan.area_code)))
    _revoke(PlanLink.plan_id == plan_id, PlanLink.agency_id == agency_id)
    token = secrets.token_urlsafe(32)
    link = PlanLink(
        plan_id=plan_id,
        agency_id=agency_id,
        token_hash=fingerprint(token),
        created_by_id=actor_id,
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    db.session.add(link)
    audit.record(actor_id, "plan.link", ("agency_plan", plan_id), agency=agency_id)
    return token


def fingerprint(token: str) -> str:
    """Return by what a secret is found: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def _revoke(*which: object) -> int:
    statement = update(PlanLink).where(PlanLink.revoked_at.is_(None), *which).values(revoked_at=clock.now())  # type: ignore[arg-type]
    return len(db.session.execute(statement.returning(PlanLink.id)).all())


def get_link_for(actor: Actor, link_id: int) -> PlanLink:
    """Return a link to a plan. Raises NotFound, also for officers of elsewhere."""
    link = db.session.get(PlanLink, link_id)
    if link is None:
        raise NotFound
    check_covers(actor, link.plan.area_code, frozenset({Role.ADMINISTRATOR, Role.HEAD, Role.CURATOR}))
    return link


@command
def revoke_link(link_id: int, actor_id: int | None) -> None:
    """Let a link be worth nothing any more."""
    link = db.session.get_one(PlanLink, link_id)
    if _revoke(PlanLink.id == link_id):
        audit.record(actor_id, "plan.revoke_link", ("agency_plan", link.plan_id), agency=link.agency_id)


def opened(token: str) -> PlanLink:
    """Return the link that a secret opens now, with its plan.

    Raises NotFound for a wrong, a revoked and an expired one alike: who guesses learns nothing.
    """
    now = clock.now()
    mine = (PlanLink.token_hash == fingerprint(token), PlanLink.revoked_at.is_(None), PlanLink.expires_at > now)
    link = db.session.scalar(select(PlanLink).where(*mine).options(joinedload(PlanLink.agency)))
    plan = _loaded(link.plan_id) if link else None
    if link is None or plan is None:
        raise NotFound
    set_committed_value(link, "plan", plan)  # read whole by few questions: else each line asks its own
    return link


def line_of(link: PlanLink, line_id: int) -> PlanLine:
    """Return a line of a link's plan. Raises NotFound for one of another plan."""
    found = next((line for line in link.plan.lines if line.id == line_id), None)
    if found is None:
        raise NotFound
    return found
