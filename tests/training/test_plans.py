"""Plans of several agencies: proposed, agreed, made a training; and the secret links of agencies."""

import datetime as dt

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.areas.models import Agency
from marketplace.extensions import db
from marketplace.groups.models import BusinessKind
from marketplace.shared import clock
from marketplace.shared.errors import InvalidInput, NotFound, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.training import plans, rules
from marketplace.training.models import Training
from marketplace.training.plan_models import AgencyPlan, Answer, LineKind, PlanLine, PlanLink
from marketplace.training.plans import LineContent, Speaker
from marketplace.training.rules import Standing
from tests import make
from tests.training import teaching


def plan(area: str = make.REGENCY, title: str = "Kakao dan aren") -> AgencyPlan:
    with unit_of_work():
        return plans.add_plan(area, 2026, title, None)


def line(of: AgencyPlan, by: Agency, kind: LineKind = LineKind.TRAINING, **values: object) -> PlanLine:
    content = LineContent(kind, "Olahan kakao", BusinessKind.FOOD, **values)  # type: ignore[arg-type]
    with unit_of_work():
        return plans.propose(of.id, content, Speaker(by.id, "Bu Rina"))


def say(of: PlanLine, by: Agency, answer: Answer, said: str = "Baik") -> None:
    with unit_of_work():
        plans.speak(of.id, answer, said, Speaker(by.id, "Pak Amin"))


def linked(of: AgencyPlan, to: Agency) -> str:
    with unit_of_work():
        return plans.make_link(of.id, to.id, None)


A, D, C = Answer.AGREE, Answer.DISAGREE, Answer.COMMENT


@pytest.mark.once
@pytest.mark.parametrize(
    ("voices", "standing"),
    [
        ([], Standing.OPEN),
        ([(1, A)], Standing.OPEN),  # who proposes agrees anyway
        ([(2, C)], Standing.OPEN),
        ([(2, A)], Standing.AGREED),
        ([(2, A), (3, D)], Standing.DISPUTED),
        ([(2, A), (3, D), (3, C)], Standing.DISPUTED),
        ([(2, A), (3, D), (3, A)], Standing.AGREED),
        ([(2, A), (2, D)], Standing.DISPUTED),
        ([(2, A), (1, D)], Standing.DISPUTED),
    ],
)
def test_where_a_line_stands(voices: list[tuple[int, Answer]], standing: Standing) -> None:
    assert rules.standing(1, voices) is standing


def test_an_agreed_line_becomes_a_training_once(app: Flask) -> None:
    ours, theirs, of = teaching.agency(), teaching.agency(), plan()
    row = line(of, ours)
    with pytest.raises(StateConflict), unit_of_work():
        plans.make_training(row.id, "", None)
    say(row, theirs, A)
    with unit_of_work():
        training = plans.make_training(row.id, "", None)
    assert (training.title, training.agency_id) == ("Olahan kakao", ours.id)
    with pytest.raises(StateConflict), unit_of_work():
        plans.make_training(row.id, "", None)
    with pytest.raises(StateConflict):
        say(row, theirs, D)
    say(row, theirs, C, "Kapan mulai?")
    assert db.session.query(Training).count() == 1


def test_what_does_not_fit_asks_for_a_reason_then_too(app: Flask) -> None:
    ours, theirs = teaching.agency(), teaching.agency()
    row = line(plan(), ours, commodity_id=teaching.commodity())
    say(row, theirs, A)
    with pytest.raises(InvalidInput) as error, unit_of_work():
        plans.make_training(row.id, "", None)
    assert error.value.field == "misfit_reason"
    with unit_of_work():
        plans.make_training(row.id, "Ada pembeli tetap", None)


def test_an_aid_becomes_no_training(app: Flask) -> None:
    row = line(plan(), teaching.agency(), LineKind.AID)
    say(row, teaching.agency(), A)
    with pytest.raises(StateConflict), unit_of_work():
        plans.make_training(row.id, "", None)


@pytest.mark.parametrize("answer", [D, C])
def test_a_no_needs_words(app: Flask, answer: Answer) -> None:
    row = line(plan(), teaching.agency())
    with pytest.raises(InvalidInput):
        say(row, teaching.agency(), answer, " ")


def test_agencies_of_elsewhere_have_no_voice(app: Flask) -> None:
    of, far = plan(), teaching.agency("63.07")
    row = line(of, teaching.agency())
    for refused in (lambda: line(of, far), lambda: say(row, far, A), lambda: linked(of, far)):
        with pytest.raises(InvalidInput):
            refused()


def test_a_link_opens_its_plan_only_and_its_secret_is_kept_nowhere(app: Flask) -> None:
    agency, of, other = teaching.agency(), plan(), plan(title="Lain")
    token, foreign = linked(of, agency), line(other, agency)
    link = plans.opened(token)
    assert (link.plan_id, link.agency_id) == (of.id, agency.id)
    with pytest.raises(NotFound):
        plans.line_of(link, foreign.id)
    assert token not in str([tuple(row) for row in db.session.execute(db.select(PlanLink.__table__))])


@pytest.mark.parametrize("change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "", lambda t: t * 2])
def test_a_guess_opens_nothing(app: Flask, change: object) -> None:
    token = linked(plan(), teaching.agency())
    with pytest.raises(NotFound):
        plans.opened(change(token))  # type: ignore[operator]


def test_a_link_ends_when_it_is_revoked_replaced_or_old(app: Flask) -> None:
    agency, of, officer = teaching.agency(), plan(), make.user(Role.CURATOR)
    first = linked(of, agency)
    second = linked(of, agency)
    with pytest.raises(NotFound):
        plans.opened(first)
    link = plans.opened(second)
    day = dt.timedelta(days=1)
    with clock.at(link.expires_at - day):
        assert plans.opened(second).id == link.id
    with clock.at(link.expires_at), pytest.raises(NotFound):
        plans.opened(second)
    assert link.expires_at - link.created_at == 30 * day
    with unit_of_work():
        plans.revoke_link(plans.get_link_for(officer, link.id).id, officer.id)
    with pytest.raises(NotFound):
        plans.opened(second)


@pytest.mark.parametrize(("role", "area"), [(Role.CURATOR, "63.07"), (Role.VERIFIER, "63.06")])
def test_only_who_plans_revokes(app: Flask, role: Role, area: str) -> None:
    stranger: User = make.user(role, area_code=area)
    link = plans.opened(linked(plan(), teaching.agency()))
    with pytest.raises(NotFound), unit_of_work():
        plans.get_link_for(stranger, link.id)


def test_a_plan_has_its_own_title(app: Flask) -> None:
    plan()
    with pytest.raises(InvalidInput):
        plan()
    plan("63.07")
