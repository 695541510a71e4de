"""An approval is taken back while nothing was given: the fund is whole again, the history keeps what was decided."""

from contextlib import nullcontext

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.aid import funds, proposals, queries
from marketplace.aid.models import AidKind, FundRule, Proposal, ProposalState
from marketplace.extensions import db
from marketplace.shared.errors import InvalidInput
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.aid import giving
from tests.aid.giving import Office


def revoke(office: Office, key: int) -> None:
    with unit_of_work():
        proposals.revoke(key, "Nomor SK salah", office.id(Role.HEAD))


@pytest.mark.parametrize("rule", FundRule)
@pytest.mark.parametrize("kind", AidKind)
def test_the_fund_is_whole_again_and_another_decree_can_be_written(app: Flask, rule: FundRule, kind: AidKind) -> None:
    office = Office()
    fund = office.fund(1 if rule is FundRule.QUOTA else giving.SUM, rule)
    key = office.proposal(ProposalState.APPROVED, kind, fund=fund).id
    assert funds.left_of(fund) == 0
    revoke(office, key)
    found = db.session.get_one(Proposal, key)
    db.session.refresh(fund)
    assert (found.state, found.decree_number, found.fund_id) == (ProposalState.CHECKED, "", None)
    assert (fund.promised, fund.taken, queries.grant_of(key)) == (0, 0, None)
    assert [step.note for step in queries.steps_of(key) if step.action == "revoke"] == ["188/12/2026: Nomor SK salah"]
    office.approve(key, fund)
    assert funds.left_of(fund) == 0


@pytest.mark.parametrize(("paid", "is_open"), [(0, True), (1_000_000, False)])
def test_money_that_was_paid_keeps_the_approval(app: Flask, client: FlaskClient, paid: int, is_open: bool) -> None:
    office = Office()
    grant = office.grant()
    office.planned(grant, 5_000_000)
    if paid:
        office.paid(grant, paid)
    key = grant.proposal_id
    assert proposals.may_revoke(db.session.get_one(Proposal, key)) is is_open
    make.sign_in(client, office.users[Role.HEAD])
    assert (f"/dinas/bantuan/usulan/{key}/batal-setuju" in client.get(f"/dinas/bantuan/usulan/{key}").text) is is_open
    with nullcontext() if is_open else pytest.raises(InvalidInput):
        revoke(office, key)
    rollback()
    after = ProposalState.CHECKED if is_open else ProposalState.APPROVED
    assert db.session.get_one(Proposal, key).state is after


def test_goods_that_were_handed_over_keep_the_approval(app: Flask) -> None:
    office = Office()
    proposal = office.proposal(ProposalState.APPROVED)
    assert proposals.may_revoke(proposal)
    office.handed(proposal)
    assert not proposals.may_revoke(proposal)
    with pytest.raises(InvalidInput):
        revoke(office, proposal.id)


def test_after_it_was_taken_back_nothing_is_handed_over(app: Flask) -> None:
    office = Office()
    proposal = office.proposal(ProposalState.APPROVED)
    revoke(office, proposal.id)
    with pytest.raises(InvalidInput):
        office.handed(proposal)
