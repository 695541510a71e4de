"""The last place of a quota, the last rupiah of a fund and of a grant go to one, in four processes."""

from flask import Flask
from sqlalchemy import func, select, update

from marketplace.aid import drawings, grants, proposals
from marketplace.aid.models import Fund, FundRule, ProposalState
from marketplace.aid.money_models import Drawing, DrawingState, Grant
from marketplace.aid.rules import Cost, Decision
from marketplace.extensions import db
from marketplace.shared.errors import DomainError
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests.aid.giving import SUM, Office, today
from tests.races import harness

TRIES = 8


def approving(fund_id: int, keys: tuple[int, ...], head_id: int) -> harness.Task:
    """Approve each proposal from the same fund."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                proposals.approve(keys[number], Decision(fund_id, "188/1", today()), head_id)
        except DomainError:
            return "refused"
        return "approved"

    return task


def releasing(keys: tuple[int, ...], head_id: int) -> harness.Task:
    """Release the drawings, all of one grant."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                drawings.release(keys[number % len(keys)], head_id)
        except DomainError:
            return "refused"
        return "released"

    return task


def undoing(proposal_id: int, tranche_id: int, head_id: int, treasurer_id: int) -> harness.Task:
    """Take an approval back, and pay from its grant, by turns."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                if number % 2:
                    proposals.revoke(proposal_id, "Salah", head_id)
                    return "revoked"
                grants.disburse(tranche_id, f"TRF-{number}", today(), treasurer_id)
                return "paid"
        except DomainError:
            return "refused"

    return task


def careless(fund_ids: tuple[int, ...]) -> harness.Task:
    """Look what is left, then take it: the mistake that `funds.take` does not make."""
    db.session.execute(select(1))
    db.session.rollback()

    def task(number: int) -> str:
        row = Fund.id == fund_ids[number // harness.PROCESSES]
        with db.engine.connect() as connection:
            quota, taken = connection.execute(select(Fund.quota, Fund.taken).where(row)).one()
            connection.rollback()
            harness.meet()
            if taken >= (quota or 0):
                return "refused"
            connection.execute(update(Fund).where(row).values(taken=taken + 1))
            connection.commit()
        return "approved"

    return task


def _waiting() -> tuple[Office, tuple[int, ...]]:
    office = Office()
    office.guided()
    return office, tuple(office.proposal(ProposalState.CHECKED).id for _number in range(TRIES))


def test_the_last_places_of_a_quota(app: Flask, database_url: str) -> None:
    office, keys = _waiting()
    fund = office.fund(3, FundRule.QUOTA)
    values = {"fund_id": fund.id, "keys": keys, "head_id": office.id(Role.HEAD)}
    tally = harness.run(database_url, approving, TRIES, **values)
    assert tally == {"approved": 3, "refused": TRIES - 3}
    db.session.rollback()
    db.session.refresh(fund)
    assert (fund.taken, fund.promised) == (3, 3 * SUM)


def test_an_approval_is_taken_back_or_its_money_paid(app: Flask, database_url: str) -> None:
    office = Office()
    grant = office.grant()
    tranche = office.planned(grant, 5_000_000)
    proposal_id, fund_id = grant.proposal_id, grant.proposal.fund_id
    people = {"head_id": office.id(Role.HEAD), "treasurer_id": office.id(Role.TREASURER)}
    db.session.rollback()
    tally = harness.run(database_url, undoing, TRIES, proposal_id=proposal_id, tranche_id=tranche.id, **people)
    assert tally["refused"] == TRIES - 1, tally
    db.session.rollback()
    db.session.expire_all()
    fund = db.session.get_one(Fund, fund_id)
    left = db.session.scalar(select(func.count(Grant.id)))
    assert (left, fund.taken) == ((1, 1) if tally["paid"] else (0, 0))


def test_the_last_rupiah_of_a_fund(app: Flask, database_url: str) -> None:
    office, keys = _waiting()
    fund = office.fund(3 * SUM - 1)
    values = {"fund_id": fund.id, "keys": keys, "head_id": office.id(Role.HEAD)}
    tally = harness.run(database_url, approving, TRIES, **values)
    assert tally == {"approved": 2, "refused": TRIES - 2}
    db.session.rollback()
    db.session.refresh(fund)
    assert fund.promised == 2 * SUM


def test_the_last_rupiah_of_a_grant(app: Flask, database_url: str) -> None:
    office = Office()
    grant = office.grant()
    office.paid(grant, 1_500_000)
    keys = (office.asked(grant, 1_000_000).id,)
    tally = harness.run(database_url, releasing, TRIES, keys=keys, head_id=office.id(Role.HEAD))
    assert tally == {"released": 1, "refused": TRIES - 1}
    db.session.rollback()
    row = db.session.get_one(Grant, grant.id)
    assert (row.drawn, row.balance) == (1_000_000, 500_000)


def asking(grant_id: int, actor_ids: tuple[int, ...]) -> harness.Task:
    """Ask to draw, all at once."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                drawings.ask(grant_id, "Belanja", [Cost("Benang", 1_000_000)], actor_ids[number])
        except DomainError:
            return "refused"
        return "asked"

    return task


def test_one_drawing_is_asked_for_at_a_time(app: Flask, database_url: str) -> None:
    office = Office()
    grant = office.grant()
    office.paid(grant, 9_000_000)
    actors = (office.id(Role.GROUP_OFFICER),) * TRIES
    tally = harness.run(database_url, asking, TRIES, grant_id=grant.id, actor_ids=actors)
    assert tally == {"asked": 1, "refused": TRIES - 1}
    db.session.rollback()
    assert db.session.query(Drawing).filter_by(state=DrawingState.ASKED).count() == 1


def test_control_a_look_before_the_leap_gives_a_place_twice(app: Flask, database_url: str) -> None:
    office = Office()
    ids = tuple(office.fund(1, FundRule.QUOTA).id for _number in range(3))
    tally = harness.run(database_url, careless, len(ids) * harness.PROCESSES, fund_ids=ids)
    assert tally["approved"] > len(ids), "the race did not show: these tests prove nothing then"
