"""A proposal goes its way step by step, by different people, and is approved when nothing is open any more."""

import datetime as dt
from collections.abc import Callable
from contextlib import nullcontext

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.aid import funds, guidance, proposals, queries, rules
from marketplace.aid.guidance import GuidanceContent
from marketplace.aid.models import AidKind, FundRule, Proposal, ProposalState
from marketplace.aid.rules import Action, Decision, Line
from marketplace.areas.models import Agency
from marketplace.extensions import db
from marketplace.shared.errors import Forbidden, InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.training.models import TrainingKind
from marketplace.training.rules import Step
from tests import make
from tests.aid import giving
from tests.aid.giving import Office, content, today
from tests.training import teaching

S = ProposalState


def act(office: Office, action: Action, key: int) -> None:
    """Take a step as somebody who may."""
    decision = office.decision()
    steps: dict[Action, Callable[[], Proposal]] = {
        Action.SUBMIT: lambda: proposals.submit(key, office.id(Role.GROUP_OFFICER)),
        Action.WITHDRAW: lambda: proposals.withdraw(key, office.id(Role.GROUP_OFFICER)),
        Action.SEND_BACK: lambda: proposals.send_back(key, "Lengkapi harga", office.id(Role.VERIFIER)),
        Action.CHECK: lambda: proposals.check(key, office.id(Role.VERIFIER)),
        Action.APPROVE: lambda: proposals.approve(key, decision, office.id(Role.HEAD)),
        Action.REFUSE: lambda: proposals.refuse(key, "Tahun depan", office.id(Role.HEAD)),
        Action.REVOKE: lambda: proposals.revoke(key, "Nomor SK salah", office.id(Role.HEAD)),
    }
    with unit_of_work():
        steps[action]()


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("state", S)
def test_each_step_from_each_state(app: Flask, state: ProposalState, action: Action) -> None:
    office = Office()
    office.guided()
    key = office.proposal(state).id
    after = rules.PROPOSAL_MOVES.get((state, action))
    if after is None:
        with pytest.raises(StateConflict):
            act(office, action, key)
    else:
        act(office, action, key)
    db.session.rollback()
    assert db.session.get_one(Proposal, key).state is (after or state)


def test_what_is_missing_is_said_all_at_once(app: Flask) -> None:
    office = Office()
    with unit_of_work():
        key = proposals.write(office.group.id, "", content(lines=(), story=""), office.id(Role.CURATOR)).id
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        proposals.submit(key, office.id(Role.CURATOR))
    said = str(refused.value.message)
    assert all(word in said for word in ("story", "budget", "photo"))


def test_an_approval_says_all_that_is_open(app: Flask) -> None:
    office = Office()
    proposal = office.proposal(S.CHECKED)
    small = office.fund(giving.SUM - 1)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        proposals.approve(proposal.id, Decision(small.id, "", None), office.id(Role.HEAD))
    said = str(refused.value.message)
    assert all(word in said for word in ("guidance", "not enough", "number of the decree", "date of the decree"))
    office.guided()
    with unit_of_work():
        proposals.approve(proposal.id, office.decision(), office.id(Role.HEAD))
    assert db.session.get_one(Proposal, proposal.id).state is S.APPROVED


@pytest.mark.parametrize(("days", "is_open"), [(-1, False), (0, True), (1, False)])
def test_a_decree_is_neither_older_than_the_proposal_nor_still_to_come(app: Flask, days: int, is_open: bool) -> None:
    office = Office()
    office.guided()
    proposal = office.proposal(S.CHECKED)
    decision = Decision(office.fund().id, "188/12", today() + dt.timedelta(days=days))
    assert (proposals.missing_for(proposal, decision) == []) is is_open


def test_guidance_before_there_was_a_group_is_refused(app: Flask) -> None:
    office = Office()
    agency = make.add(Agency(area_code=office.regency, name="Dinas Perindustrian"))
    for year, is_open in ((2018, False), (2019, True)):
        held = GuidanceContent(agency.id, "Menjahit", dt.date(year, 6, 1))
        with nullcontext() if is_open else pytest.raises(InvalidInput), unit_of_work():
            guidance.note_guidance(office.group.id, held, office.id(Role.CURATOR))


def test_guidance_at_which_a_member_was_counts(app: Flask) -> None:
    office = Office()
    family = make.household(office.group)
    training = teaching.planned(title="Tata boga", kind=TrainingKind.GUIDANCE)
    of = teaching.with_class(training)
    teaching.put_in(of, family.people[0])
    teaching.step(training, Step.START)
    assert not guidance.was_guided(office.group.id, today())  # nobody came yet
    teaching.all_came(of)
    assert [held.topic for held in guidance.guidance_of(office.group.id)] == ["Tata boga"]
    assert guidance.was_guided(office.group.id, today())


@pytest.mark.parametrize("writer", [Role.CURATOR, Role.GROUP_OFFICER])
def test_who_wrote_neither_checks_nor_decides(app: Flask, writer: Role) -> None:
    office = Office()
    office.guided()
    key = office.proposal().id
    with unit_of_work():
        proposals.rewrite(key, content(story="Lebih rinci"), office.id(Role.CURATOR))
    with unit_of_work():
        proposals.submit(key, office.id(Role.GROUP_OFFICER))
    for step in (
        lambda: proposals.check(key, office.id(writer)),
        lambda: proposals.send_back(key, "x", office.id(writer)),
    ):
        with pytest.raises(Forbidden), unit_of_work():
            step()
    act(office, Action.CHECK, key)
    decision = office.decision()
    with pytest.raises(Forbidden), unit_of_work():
        proposals.approve(key, decision, office.id(writer))
    with pytest.raises(StateConflict), unit_of_work():
        proposals.approve(key, decision, office.id(Role.VERIFIER))
    with pytest.raises(StateConflict), unit_of_work():
        proposals.refuse(key, "Tidak", office.id(Role.VERIFIER))


def test_a_fund_of_elsewhere_pays_nothing(app: Flask) -> None:
    office, other = Office(), Office(make.OTHER_REGENCY)
    office.guided()
    key = office.proposal(S.CHECKED).id
    foreign = other.decision()
    with pytest.raises(InvalidInput), unit_of_work():
        proposals.approve(key, foreign, office.id(Role.HEAD))


def test_a_village_asks_for_goods_only(app: Flask) -> None:
    office = Office()
    with pytest.raises(InvalidInput), unit_of_work():
        proposals.write(None, make.VILLAGE, content(AidKind.MONEY), office.id(Role.CURATOR))
    with unit_of_work():
        key = proposals.write(None, make.VILLAGE, content(), office.id(Role.CURATOR)).id
    photo = giving.image()
    with unit_of_work():
        proposals.add_files(key, [photo], office.id(Role.CURATOR))
    with unit_of_work():
        proposals.submit(key, office.id(Role.CURATOR))
    act(office, Action.CHECK, key)
    act(office, Action.APPROVE, key)
    assert queries.grant_of(key) is None


def test_what_was_sent_is_not_written_anew(app: Flask) -> None:
    office = Office()
    key = office.proposal(S.SUBMITTED).id
    with pytest.raises(InvalidInput), unit_of_work():
        proposals.rewrite(key, content(), office.id(Role.GROUP_OFFICER))
    act(office, Action.SEND_BACK, key)
    with unit_of_work():
        proposals.rewrite(key, content(lines=giving.LINES[:1]), office.id(Role.GROUP_OFFICER))
    assert db.session.get_one(Proposal, key).amount == 6_000_000


def test_a_quota_ends_after_so_many_groups(app: Flask) -> None:
    fund = Office().fund(2, FundRule.QUOTA)
    for _number in range(2):
        Office().proposal(S.APPROVED, fund=fund)
    third = Office()
    key = third.proposal(S.CHECKED).id
    third.guided()
    with pytest.raises(InvalidInput), unit_of_work():
        proposals.approve(key, third.decision(fund), third.id(Role.HEAD))
    db.session.refresh(fund)
    assert (fund.taken, funds.left_of(fund)) == (2, 0)
    with pytest.raises(InvalidInput), unit_of_work():
        funds.set_limit(fund.id, 1, third.id(Role.HEAD))


LINE = st.builds(Line, st.just("Alat"), st.integers(1, 1_000), st.integers(1, 10_000_000))


@given(lines=st.lists(LINE, max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_budget_is_the_sum_of_its_lines(lines: list[Line]) -> None:
    assert rules.sum_of(lines) == sum(line.quantity * line.unit_price for line in lines)


def test_funds_are_never_promised_beyond_what_is_in_them(app: Flask) -> None:
    """Take amounts in many orders: what is promised stays within, and is the sum of what was approved."""
    office = Office()

    @given(limit=st.integers(1, 50), amounts=st.lists(st.integers(1, 30), max_size=8))
    @settings(max_examples=15, deadline=None)
    def holds(limit: int, amounts: list[int]) -> None:
        fund = office.fund(limit)
        taken = 0
        for amount in amounts:
            try:
                with unit_of_work():
                    funds.take(fund.id, amount)
                taken += amount
            except InvalidInput:
                assert taken + amount > limit
        db.session.refresh(fund)
        assert fund.promised == taken <= limit

    holds()
