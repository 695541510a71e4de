"""Families on their way out of aid, and so many of everything that hangs on a case. Call inside `app`."""

from typing import Any

from marketplace.accounts.models import User
from marketplace.graduation.case_files import files_of
from marketplace.graduation.case_models import CaseState, FilePurpose
from marketplace.graduation.case_queries import assessments_of, minutes_of
from marketplace.graduation.case_rules import Action
from marketplace.groups.models import Group
from tests.graduation import casework
from tests.graduation.casework import Team, bring

PAGES = (
    *("show", "begin", "take_step", "assess", "assessment", "add_file", "remove_file", "file"),
    *("link_visit", "tell_shock", "calm", "minutes", "statement"),
)
S = CaseState


def add_cases(group: Group, size: int) -> dict[str, Any]:
    """Make a case with so many papers, assessments and visits, and so many others; return what addresses need."""
    team = Team(group)
    case = casework.monitored(team)
    for _number in range(size):
        bring(case, FilePurpose.PHOTO, team.mentor)
        casework.assess(case, team.mentor)
        casework.visit(team.family, team.mentor, casework.today())
        casework.begun(Team(group))
    casework.take(case, Action.APPEAL, team.mentor, note="Keberatan")
    casework.take(case, Action.DISMISS, team.administrator, note="Tetap")
    values = {f"cases.{page}.household_id": team.family.id for page in PAGES}
    return values | {
        "assessment_id": assessments_of([case.id])[0].id,
        "evidence_id": files_of([case.id])[0].id,
        "minutes_id": minutes_of([case.id])[0].id,
        "months": 1,
        "cases.take_step.step": "exit",
    }


def add_each(group: Group, verifier: User) -> None:
    """Make a case in every state from which people take a step, with all that the step needs."""
    for state in (S.RECIPIENT, S.READY, S.PROPOSED, S.VERIFICATION, S.DELIBERATION, S.APPROVED, S.POSTPONED):
        team = Team(group)
        case = casework.led(team, state)
        if state is S.RECIPIENT:
            casework.assess(case, team.mentor)
        if state is S.PROPOSED:
            bring(case, FilePurpose.HOME_VISIT, verifier)
    for state in (S.MONITORED, S.RELAPSED, S.APPEALED):
        team = Team(group)
        casework.led(team, state)
        casework.visit(team.family, team.mentor, casework.today())
    casework.ending(Team(group))
