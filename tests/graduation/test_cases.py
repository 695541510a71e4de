"""The whole table of a case: every state × step × role, against a table written down here from the guideline."""

import datetime as dt
import itertools

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.accounts.models import RoleAssignment
from marketplace.extensions import db
from marketplace.graduation import case_job, case_rules, cases, following
from marketplace.graduation.case_models import Case, CaseEvent, CaseState, CaseVisit, ExitReason, FilePurpose
from marketplace.graduation.case_rules import Action
from marketplace.graduation.cases import Details
from marketplace.groups.models import AssistanceEnrolment, Programme
from marketplace.groups.service import end_enrolment
from marketplace.shared import clock
from marketplace.shared.errors import DomainError, Forbidden, InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.graduation import casework
from tests.graduation.casework import Team, bring, led, take, work

S, A = CaseState, Action
WRITTEN = """
recipient      assign        mentored        head administrator
mentored       assign        mentored        head administrator
mentored       flag          ready           -
ready          unflag        mentored        -
ready          propose       proposed        mentor
proposed       verify        verification    verifier
verification   deliberate    deliberation    verifier administrator
postponed      deliberate    deliberation    verifier administrator
deliberation   approve       approved        head
deliberation   reject        rejected        head
deliberation   postpone      postponed       head
postponed      reopen        mentored        head
approved       graduate      graduated       administrator
graduated      monitor       monitored       -
monitored      finish        independent     head administrator
monitored      relapse       relapsed        verifier head
independent    relapse       relapsed        verifier head
relapsed       propose_back  proposed_back   verifier administrator
appealed       uphold        verification    head administrator
appealed       dismiss       approved        head administrator
"""
"""From, step, to, who; - is the system. The rest of the table follows from the three rules below."""
WITHDRAWABLE = "recipient mentored ready proposed verification deliberation postponed approved"
APPEALABLE = "approved rejected postponed graduated monitored"
NO_EXIT = "rejected proposed_back withdrawn administrative appealed"


def expected() -> dict[tuple[CaseState, Action], tuple[CaseState, set[Role]]]:
    """Return state and step → what follows, and who may take it."""
    table = {}
    for line in WRITTEN.strip().splitlines():
        state, step, to, *who = line.split()
        table[S(state), A(step)] = (S(to), {Role(name) for name in who if name != "-"})
    table |= {(S(name), A.WITHDRAW): (S.WITHDRAWN, {Role.MENTOR, Role.HEAD}) for name in WITHDRAWABLE.split()}
    appealers = {Role.MENTOR, Role.VERIFIER, Role.ADMINISTRATOR}
    table |= {(S(name), A.APPEAL): (S.APPEALED, appealers) for name in APPEALABLE.split()}
    leaving = {Role.HEAD, Role.ADMINISTRATOR}
    table |= {(state, A.EXIT): (S.ADMINISTRATIVE, leaving) for state in S if state.value not in NO_EXIT.split()}
    return table


TABLE = expected()


def details(case: Case) -> Details:
    """Return all that any step could ask for."""
    return Details(
        note="Alasan",
        mentor_id=casework_mentor(case),
        visited_on=casework.today(),
        is_confirmed=True,
        meeting=casework.meeting(),
        decree_number="188.45/9",
        decree_on=casework.today(),
        ministry_reference="SIKS-9",
        effective_on=casework.today(),
        exit_reason=ExitReason.OTHER,
    )


def casework_mentor(case: Case) -> int:
    """Return a mentor of the family who is not assigned to it."""
    return next((user.id for user in cases.mentors_of(case.household_id) if user.id != case.mentor_id), 0)


def actor_for(team: Team, action: Action, state: CaseState) -> int | None:
    """Return somebody who may take a step, and did not decide before."""
    if action in (A.UPHOLD, A.DISMISS):
        return team.administrator.id
    roles = TABLE.get((state, action), (None, case_rules.ROLES[action]))[1] or {Role.HEAD}
    return None if action in case_rules.SYSTEM else team.of(sorted(roles)[0]).id


@pytest.mark.parametrize("state", list(CaseState))
def test_every_step_from_every_state(app: Flask, state: CaseState) -> None:
    team = Team()
    if state is S.INDEPENDENT:
        case = casework.independent(team)
        with unit_of_work():
            following.tell_shock(case.id, "Sakit", team.mentor.id)
    else:
        case = led(team, state)
    make.user(Role.MENTOR, group_id=team.group.id)
    if state is S.RECIPIENT:
        casework.assess(case, team.mentor)
    if state is S.PROPOSED:
        bring(case, FilePurpose.HOME_VISIT, team.verifier)
    if state is S.MONITORED:
        case, guarded = db.session.get_one(Case, case.id), {A.FINISH}
    else:
        guarded = set()
    for action in Action:
        rollback()
        after = TABLE.get((state, action))
        actor_id, told = actor_for(team, action, state), details(db.session.get_one(Case, case.id))
        events = _events(case.id)
        try:
            with unit_of_work():
                cases.take(case.id, action, told, actor_id)
                found = db.session.get_one(Case, case.id).state
                raise _Undo
        except _Undo:
            assert after is not None, f"{state} → {action} went to {found}"
            assert found is after[0], (state, action)
        except DomainError:
            assert after is None or action in guarded, (state, action)
        rollback()
        assert (db.session.get_one(Case, case.id).state, _events(case.id)) == (state, events)


class _Undo(Exception):
    """Ends a step that worked, so that the next one starts from the same state."""


def _events(case_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(CaseEvent).where(CaseEvent.case_id == case_id)) or 0


def test_who_may_take_which_step() -> None:
    for state, action, role in itertools.product(CaseState, Action, Role):
        offered = action in case_rules.possible(state) and role in case_rules.ROLES[action]
        assert offered == ((state, action) in TABLE and role in TABLE[state, action][1]), (state, action, role)


def test_nobody_takes_a_step_of_another_role_or_of_the_system(app: Flask, client: FlaskClient) -> None:
    team = Team()
    case = led(team, S.APPROVED)
    address = f"/dinas/graduasi/{team.family.id}/langkah/"
    users = {role: make.user(role) for role in Role if role.value in ("curator", "treasurer", "packer")}
    users |= {role: team.of(role) for role in (Role.MENTOR, Role.VERIFIER, Role.HEAD, Role.ADMINISTRATOR)}
    users[Role.SELLER] = make.user(Role.SELLER, household_id=team.family.id)
    for (role, who), action in itertools.product(users.items(), Action):
        if role in case_rules.ROLES[action]:
            continue
        make.sign_in(client, who)
        assert client.post(address + action, data={"note": "x"}).status_code in (403, 404), (role, action)
    rollback()
    assert db.session.get_one(Case, case.id).state is S.APPROVED


def test_strangers_find_no_case(app: Flask, client: FlaskClient) -> None:
    team = Team()
    led(team, S.PROPOSED)
    other = make.user(Role.MENTOR, group_id=make.group().id)
    away = make.user(Role.HEAD, area_code=make.OTHER_REGENCY)
    for who in (other, away):
        make.sign_in(client, who)
        assert client.get(f"/dinas/graduasi/{team.family.id}/kasus").status_code == 404
        step = "withdraw"
        assert client.post(f"/dinas/graduasi/{team.family.id}/langkah/{step}", data={"note": "x"}).status_code == 404


def everything(team: Team) -> None:
    """Let one person hold every role over the family."""
    make.add(
        *(
            RoleAssignment(user_id=team.mentor.id, role=role, area_code=make.REGENCY, starts_on=make.LONG_AGO)
            for role in (Role.VERIFIER, Role.HEAD, Role.ADMINISTRATOR)
        )
    )


def test_one_person_cannot_propose_verify_and_approve(app: Flask) -> None:
    team = Team()
    everything(team)
    case = casework.proposed(team)
    bring(case, FilePurpose.HOME_VISIT, team.mentor)
    with pytest.raises(Forbidden, match="Forbidden"):
        take(case, A.VERIFY, team.mentor, visited_on=casework.today(), is_confirmed=True)
    rollback()
    bring(case, FilePurpose.HOME_VISIT, team.verifier)
    case = take(case, A.VERIFY, team.verifier, visited_on=casework.today(), is_confirmed=True)
    case = take(case, A.DELIBERATE, team.mentor, meeting=casework.meeting())
    for who, action in itertools.product((team.mentor, team.verifier), case_rules.DECISIONS):
        with pytest.raises(Forbidden):
            take(case, action, who, decree_number="1", decree_on=casework.today(), note="x")
        rollback()
    assert take(case, A.APPROVE, team.head, decree_number="1", decree_on=casework.today()).state is S.APPROVED


def test_the_table_itself_keeps_persons_apart(app: Flask) -> None:
    case = led(Team(), S.APPROVED)
    for column, same in (("verified_by_id", "proposed_by_id"), ("decided_by_id", "verified_by_id")):
        with pytest.raises(Exception, match=r"(?i)check"), unit_of_work():
            setattr(db.session.get_one(Case, case.id), column, getattr(case, same))
        rollback()


def test_who_decided_does_not_answer_the_appeal(app: Flask) -> None:
    team = Team()
    case = led(team, S.APPEALED)
    with pytest.raises(Forbidden):
        take(case, A.DISMISS, team.head, note="x")
    rollback()
    upheld = take(case, A.UPHOLD, team.administrator, note="Datanya salah")
    assert (upheld.state, upheld.decided_by_id, upheld.decree_number) == (S.VERIFICATION, None, "")


@pytest.mark.parametrize("state", [S.REJECTED, S.POSTPONED, S.GRADUATED])
def test_a_dismissed_appeal_goes_on_where_it_was(app: Flask, state: CaseState) -> None:
    team = Team()
    case = take(led(team, state), A.APPEAL, team.mentor, note="Keberatan")
    assert (case.state, case.suspended_state) == (S.APPEALED, state)
    assert take(case, A.DISMISS, team.administrator, note="Tetap").state is state


def test_what_is_missing_is_named_all_at_once(app: Flask) -> None:
    team = Team()
    case = casework.ready(team)
    casework.assess(case, team.mentor, school=1)
    with pytest.raises(StateConflict) as refused:
        take(case, A.PROPOSE, team.mentor)
    said = str(refused.value.message)
    assert all(word in said for word in ("required criteria", "photo", "statement"))


def test_an_unanswered_required_question_blocks(app: Flask) -> None:
    team = Team()
    case = casework.with_papers(team)
    with unit_of_work():
        given = {key: number for key, number in casework.ANSWERS.items() if key != "school"}
        row = casework.assessments.assess(case.id, given, "", team.mentor.id)
        assert (row.holds, row.frozen["blocking"]) == (False, ["school"])
    with pytest.raises(StateConflict):
        take(case, A.PROPOSE, team.mentor)


def test_an_old_assessment_does_not_carry_a_proposal(app: Flask) -> None:
    team = Team()
    with clock.at(clock.now() - dt.timedelta(days=32)):
        case = casework.with_papers(team)
    with pytest.raises(StateConflict, match="StateConflict") as refused:
        take(case, A.PROPOSE, team.mentor)
    assert "too old" in str(refused.value.message)


def test_what_was_not_found_at_home_is_not_approved(app: Flask) -> None:
    team = Team()
    case = take(
        casework.verified(team, is_confirmed=False), A.DELIBERATE, team.administrator, meeting=casework.meeting()
    )
    with pytest.raises(StateConflict):
        take(case, A.APPROVE, team.head, decree_number="1", decree_on=casework.today())
    rollback()
    assert take(case, A.REJECT, team.head, note="Rumah tidak sesuai").state is S.REJECTED


@pytest.mark.parametrize(
    ("state", "action", "told", "field"),
    [
        (S.DELIBERATION, A.APPROVE, {"decree_number": ""}, "decree_number"),
        (S.DELIBERATION, A.APPROVE, {"decree_on": dt.date(2020, 1, 1)}, "decree_on"),
        (S.DELIBERATION, A.APPROVE, {"decree_on": dt.date(2199, 1, 1)}, "decree_on"),
        (S.DELIBERATION, A.REJECT, {"note": ""}, "note"),
        (S.APPROVED, A.GRADUATE, {"ministry_reference": ""}, "ministry_reference"),
        (S.APPROVED, A.GRADUATE, {"effective_on": dt.date(2020, 1, 1)}, "effective_on"),
        (S.VERIFICATION, A.DELIBERATE, {"meeting": casework.meeting(people=2)}, "people"),
        (S.VERIFICATION, A.DELIBERATE, {"meeting": casework.meeting(dt.date(2199, 1, 1))}, "held_on"),
        (S.PROPOSED, A.VERIFY, {"visited_on": dt.date(2020, 1, 1)}, "visited_on"),
        (S.MENTORED, A.ASSIGN, {"mentor_id": 999_999}, "mentor_id"),
        (S.MENTORED, A.EXIT, {"exit_reason": None}, "exit_reason"),
    ],
)
def test_what_a_step_needs_is_asked_for_beside_its_field(
    app: Flask, state: CaseState, action: Action, told: dict[str, object], field: str
) -> None:
    team = Team()
    case = led(team, state)
    if state is S.PROPOSED:
        bring(case, FilePurpose.HOME_VISIT, team.verifier)
    given = vars(details(case)) | told
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        cases.take(case.id, action, Details(**given), actor_for(team, action, state))
    assert refused.value.field == field
    rollback()
    assert db.session.get_one(Case, case.id).state is state


def test_ending_a_programme_moves_no_case(app: Flask) -> None:
    team = Team()
    case = led(team, S.READY)
    row = make.add(AssistanceEnrolment(household_id=team.family.id, programme=Programme.PKH, starts_on=make.LONG_AGO))
    events = _events(case.id)
    with unit_of_work():
        end_enrolment(row.id, casework.today(), team.administrator.id)
    work()
    assert (db.session.get_one(Case, case.id).state, _events(case.id)) == (S.READY, events)


def test_a_family_has_one_case_at_a_time(app: Flask) -> None:
    team = Team()
    first = led(team, S.REJECTED)
    second = casework.begun(team)
    with pytest.raises(StateConflict), unit_of_work():
        cases.begin(team.family.id, team.head.id)
    rollback()
    with pytest.raises(StateConflict):  # its time is over: the new one goes on
        take(first, A.APPEAL, team.mentor, note="x")
    assert second.id > first.id


def test_the_job_flags_and_takes_back_and_does_it_once(app: Flask) -> None:
    team = Team()
    case = casework.mentored(team)
    work()
    assert db.session.get_one(Case, case.id).state is S.MENTORED
    casework.closed_months(6, team.family)
    work()
    events = _events(case.id)
    work()
    assert (db.session.get_one(Case, case.id).state, _events(case.id)) == (S.READY, events)
    with clock.at(clock.now() + dt.timedelta(days=40)):  # a month that nobody reckoned: not known is not enough
        work()
    assert db.session.get_one(Case, case.id).state is S.MENTORED


def test_following_up_begins_on_its_day(app: Flask) -> None:
    team = Team()
    later = casework.today() + dt.timedelta(days=10)
    case = take(casework.decided(team), A.GRADUATE, team.administrator, ministry_reference="S", effective_on=later)
    work()
    assert db.session.get_one(Case, case.id).state is S.GRADUATED
    with clock.at(clock.now() + dt.timedelta(days=10)):
        work()
        work()
    rows = db.session.scalars(select(CaseVisit).where(CaseVisit.case_id == case.id).order_by(CaseVisit.months)).all()
    assert [row.months for row in rows] == [1, 3, 6, 9, 12]
    assert rows[-1].due_on == case_rules.due_day(later, 12)


@pytest.mark.parametrize(("failed", "is_warned"), [(1, False), (2, True), (3, True)])
def test_months_below_the_line_are_warned_of_once(app: Flask, failed: int, is_warned: bool) -> None:
    team = Team()
    with clock.at(clock.now() - dt.timedelta(days=150)):
        case = casework.monitored(team)
    casework.closed_months(failed, team.family, casework.LINE - 1)
    work()
    row = db.session.get_one(Case, case.id)
    assert (row.state, row.warning is not None) == (S.MONITORED, is_warned)
    if is_warned:
        with unit_of_work():
            following.calm(case.id, "Panen gagal, sudah pulih", team.verifier.id)
        work()
        assert db.session.get_one(Case, case.id).warning is None


def test_only_visits_with_this_family_after_graduation_count(app: Flask) -> None:
    team = Team()
    case = casework.monitored(team)
    before = casework.visit(team.family, team.mentor, casework.today() - dt.timedelta(days=1))
    others = casework.visit(make.household(team.group), team.mentor, casework.today())
    good = casework.visit(team.family, team.mentor, casework.today())
    for row in (before, others):
        with pytest.raises(InvalidInput), unit_of_work():
            following.link_visit(case.id, 1, row.id, team.mentor.id)
        rollback()
    with unit_of_work():
        following.link_visit(case.id, 1, good.id, team.mentor.id)
    with pytest.raises(InvalidInput), unit_of_work():  # it stands for one of them only
        following.link_visit(case.id, 3, good.id, team.mentor.id)


def test_nothing_is_reckoned_where_no_family_has_a_case(app: Flask) -> None:
    make.household(make.group())
    with unit_of_work():
        case_job.run(clock.now())
