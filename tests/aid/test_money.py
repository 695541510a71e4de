"""A grant is paid in parts and drawn by plan: within what is there, released by another, proved by receipts."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from marketplace.aid import drawings, grants, queries, rules
from marketplace.aid.drawings import Bought
from marketplace.aid.models import ProposalState
from marketplace.aid.money_models import Drawing, DrawingState, Grant, GrantEntry
from marketplace.aid.rules import Cost, Step
from marketplace.areas.models import Area
from marketplace.extensions import db
from marketplace.graduation import service as graduation
from marketplace.graduation.models import Snapshot
from marketplace.ledger.models import JournalEntry
from marketplace.shared import clock
from marketplace.shared.errors import DomainError, Forbidden, InvalidInput, NotFound, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.aid.giving import BANK, Office, image, today
from tests.ledger.earning import earn

D = DrawingState


def act(office: Office, step: Step, drawing: Drawing) -> None:
    """Take a step as somebody who may."""
    key, bought = drawing.id, [Bought("Benang", drawing.amount, image())]
    steps: dict[Step, Callable[[], Drawing]] = {
        Step.RELEASE: lambda: drawings.release(key, office.id(Role.HEAD)),
        Step.REFUSE: lambda: drawings.refuse(key, "Belum perlu", office.id(Role.HEAD)),
        Step.WITHDRAW: lambda: drawings.withdraw(key, office.id(Role.GROUP_OFFICER)),
        Step.PROVE: lambda: drawings.prove(key, bought, 0, office.id(Role.GROUP_OFFICER)),
        Step.SEND_BACK: lambda: drawings.send_back(key, "Nota kabur", office.id(Role.VERIFIER)),
        Step.SETTLE: lambda: drawings.settle(key, office.id(Role.VERIFIER)),
    }
    with unit_of_work():
        steps[step]()


def sums(grant: Grant) -> tuple[int, int, int]:
    db.session.rollback()
    db.session.refresh(grant)
    entries = select(func.coalesce(func.sum(GrantEntry.amount), 0)).where(GrantEntry.grant_id == grant.id)
    return grant.disbursed, grant.drawn, db.session.scalar(entries) or 0


@pytest.fixture
def office(app: Flask) -> Office:
    return Office()


@pytest.mark.parametrize(("amount", "is_open"), [(9_999_999, True), (10_000_000, True), (10_000_001, False)])
def test_no_more_than_its_share_is_drawn_at_once(office: Office, amount: int, is_open: bool) -> None:
    """Half of a grant by the figure that an office starts with; the rest is drawn when the first half is proved."""
    grant = office.grant(20_000_000)
    office.paid(grant, 20_000_000)
    if not is_open:
        with pytest.raises(InvalidInput) as refused:
            office.asked(grant, amount)
        assert "At most Rp10.000.000 at once" in str(refused.value.message)
        return
    office.drawing(grant, D.SETTLED, amount)
    assert office.asked(grant, 10_000_000).amount == 10_000_000


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", D)
def test_each_step_from_each_state(office: Office, state: DrawingState, step: Step) -> None:
    grant = office.grant()
    office.paid(grant, 5_000_000)
    drawing = office.drawing(grant, state)
    after = rules.DRAWING_MOVES.get((state, step))
    if after is None:
        with pytest.raises(StateConflict):
            act(office, step, drawing)
    else:
        act(office, step, drawing)
    db.session.rollback()
    assert db.session.get_one(Drawing, drawing.id).state is (after or state)


def test_parts_never_sum_to_more_than_the_whole(office: Office) -> None:
    grant = office.grant(10_000_000)
    office.planned(grant, 6_000_000)
    with pytest.raises(InvalidInput):
        office.planned(grant, 4_000_001)
    office.planned(grant, 4_000_000)
    db.session.refresh(grant)
    assert grant.planned == grant.amount == sum(tranche.amount for tranche in grant.tranches)


def test_a_part_is_paid_once_by_another_into_an_account(office: Office) -> None:
    grant = office.grant()
    tranche, other = office.planned(grant, 1_000), office.planned(grant, 2_000)
    pay = grants.disburse
    tomorrow = today() + dt.timedelta(days=1)
    wrong: list[tuple[int, str, dt.date, int]] = [
        (tranche.id, "A", today(), office.id(Role.CURATOR)),
        (tranche.id, "A", tomorrow, office.id(Role.TREASURER)),
        (2**40, "A", today(), office.id(Role.TREASURER)),
    ]
    for call in wrong:
        with pytest.raises(DomainError), unit_of_work():
            pay(*call)
    with unit_of_work():
        pay(tranche.id, "A", today(), office.id(Role.TREASURER))
    for key in (tranche.id, other.id):
        with pytest.raises(DomainError), unit_of_work():
            pay(key, "A", today(), office.id(Role.TREASURER))
    assert sums(grant) == (1_000, 0, 1_000)


def test_nothing_is_paid_without_an_account(office: Office) -> None:
    grant = office.grant()
    with unit_of_work():
        row = db.session.get_one(Grant, grant.id)
        row.bank_encrypted = row.bank_last4 = None
    tranche = office.planned(grant, 1_000)
    with pytest.raises(InvalidInput), unit_of_work():
        grants.disburse(tranche.id, "A", today(), office.id(Role.TREASURER))
    with pytest.raises(NotFound), unit_of_work():
        grants.bank_of(grant.id, "Untuk mentransfer", office.id(Role.TREASURER))


def test_the_account_is_kept_encrypted_and_stays_once_money_came(office: Office) -> None:
    grant = office.grant()
    assert grant.bank_last4 == "3344"
    assert b"0011223344" not in (grant.bank_encrypted or b"")
    with unit_of_work():
        assert grants.bank_of(grant.id, "Untuk mentransfer", office.id(Role.TREASURER)) == BANK
    office.paid(grant, 1_000)
    with pytest.raises(InvalidInput), unit_of_work():
        grants.set_bank(grant.id, BANK, office.id(Role.CURATOR))


def test_a_drawing_needs_plan_money_and_proof_of_the_last(office: Office) -> None:
    grant = office.grant()
    office.paid(grant, 3_000_000)
    me = office.id(Role.GROUP_OFFICER)
    for plan in ([], [Cost("Benang", 3_000_001)]):
        with pytest.raises(InvalidInput), unit_of_work():
            drawings.ask(grant.id, "Belanja", plan, me)
    first = office.drawing(grant, D.RELEASED)
    with pytest.raises(InvalidInput), unit_of_work():
        drawings.ask(grant.id, "Belanja", [Cost("Benang", 1)], me)
    office.prove(first.id, first.amount)
    second = office.asked(grant)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        drawings.release(second.id, office.id(Role.HEAD))
    assert "last drawing" in str(refused.value.message)
    with pytest.raises(InvalidInput), unit_of_work():
        drawings.ask(grant.id, "Belanja", [Cost("Benang", 1)], me)
    with unit_of_work():
        drawings.settle(first.id, office.id(Role.VERIFIER))
    with unit_of_work():
        drawings.release(second.id, office.id(Role.HEAD))
    assert sums(grant) == (3_000_000, 2_000_000, 1_000_000)


def test_nobody_releases_refuses_or_settles_his_own(office: Office) -> None:
    grant = office.grant()
    office.paid(grant, 3_000_000)
    head = office.id(Role.HEAD)
    with unit_of_work():
        own = drawings.ask(grant.id, "Belanja", [Cost("Benang", 1_000)], head)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        drawings.release(own.id, head)
    assert "Another person" in str(refused.value.message)
    with pytest.raises(Forbidden), unit_of_work():
        drawings.refuse(own.id, "Tidak", head)
    with unit_of_work():
        drawings.release(own.id, office.id(Role.VERIFIER))
    with unit_of_work():
        drawings.prove(own.id, [Bought("Benang", 1_000, image())], 0, head)
    for step in (lambda: drawings.settle(own.id, head), lambda: drawings.send_back(own.id, "x", head)):
        with pytest.raises(Forbidden), unit_of_work():
            step()


def test_the_database_refuses_who_releases_his_own(office: Office) -> None:
    grant = office.grant()
    office.paid(grant, 3_000_000)
    key = office.asked(grant).id
    with pytest.raises(Exception, match="released_by_another"), unit_of_work():
        db.session.execute(
            text("UPDATE aid_drawing SET state = 'released', released_by_id = asked_by_id WHERE id = :key"),
            {"key": key},
        )


@pytest.mark.parametrize(("spent", "rest"), [(999_999, 0), (1_000_000, 1), (0, 0), (999_999, 2)])
def test_receipts_that_do_not_add_up_are_refused(office: Office, spent: int, rest: int) -> None:
    grant = office.grant()
    office.paid(grant, 3_000_000)
    drawing = office.drawing(grant, D.RELEASED)
    with pytest.raises(InvalidInput):
        office.prove(drawing.id, spent, rest)


def test_what_was_put_back_is_there_again_and_receipts_can_be_sent_anew(office: Office) -> None:
    grant = office.grant()
    office.paid(grant, 3_000_000)
    drawing = office.drawing(grant, D.PROVED, rest=100_000)
    with unit_of_work():
        drawings.send_back(drawing.id, "Nota kabur", office.id(Role.VERIFIER))
    office.prove(drawing.id, 700_000, 300_000)
    with unit_of_work():
        drawings.settle(drawing.id, office.id(Role.VERIFIER))
    assert sums(grant) == (3_000_000, 700_000, 2_300_000)
    db.session.refresh(drawing)
    assert [(each.round, each.amount) for each in drawing.receipts] == [(1, 900_000), (2, 700_000)]


def test_rows_of_the_account_are_only_added(office: Office) -> None:
    grant = office.grant()
    office.paid(grant, 3_000_000)
    for statement in ("UPDATE aid_entry SET amount = amount + 1", "DELETE FROM aid_entry"):
        with pytest.raises(Exception, match="only added"), unit_of_work():
            db.session.execute(text(statement))


DEEDS = st.lists(
    st.tuples(st.sampled_from(["pay", "ask", "refuse", "release", "prove", "settle"]), st.integers(1, 9)), max_size=14
)


def _try(office: Office, grant: Grant, deed: str, size: int) -> None:
    db.session.rollback()
    latest = db.session.scalar(select(Drawing).where(Drawing.grant_id == grant.id).order_by(Drawing.id.desc()).limit(1))
    amount = size * 1_000
    if deed == "pay":
        office.paid(grant, amount)
    elif deed == "ask":
        office.asked(grant, amount)
    elif latest is not None and deed == "prove":
        rest = min(amount, latest.amount)
        office.prove(latest.id, latest.amount - rest, rest)
    elif latest is not None and deed in ("refuse", "release", "settle"):
        act(office, Step(deed), latest)


def test_the_account_is_never_below_zero_and_months_never_hear_of_it(office: Office) -> None:
    """Whatever happens to a grant: its sums are those of its entries, and no month of a family changes by it."""
    family = make.household(office.group)
    earn(family.id, make.product(office.group, makers={family.id: 10_000}).id, 20_000)
    month = clock.month_of(today())
    columns = (Snapshot.household_id, Snapshot.net_sales, Snapshot.other_income, Snapshot.income_per_person)

    def months() -> list[tuple[int, ...]]:
        with unit_of_work():
            graduation.build_month(make.REGENCY, month)
        return [tuple(row) for row in db.session.execute(select(*columns).order_by(Snapshot.household_id))]

    before, entries = months(), db.session.query(JournalEntry).count()

    @given(deeds=DEEDS)
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def holds(deeds: list[tuple[str, int]]) -> None:
        grant = office.grant(20_000)
        for deed, size in deeds:
            try:
                _try(office, grant, deed, size)
            except DomainError:
                db.session.rollback()
            disbursed, drawn, balance = sums(grant)
            assert 0 <= drawn <= disbursed <= grant.planned <= grant.amount == 20_000
            assert balance == disbursed - drawn == grant.balance

    holds()
    assert months() == before
    assert db.session.query(JournalEntry).count() == entries


def test_a_province_sees_sums_of_its_regencies(app: Flask) -> None:
    here, away = Office(), Office(make.OTHER_REGENCY)
    for office, count in ((here, 2), (away, 1)):
        fund = office.fund()
        for _number in range(count):
            office.group = make.group(village_code=office.group.village_code)
            office.users.pop(Role.GROUP_OFFICER)
            office.users[Role.GROUP_OFFICER] = make.user(Role.GROUP_OFFICER, group_id=office.group.id)
            grant = office.grant(20_000_000, fund)
            office.paid(grant, 10_000_000)
        office.drawing(grant, D.RELEASED)
    old = here.fund(year=2025)
    here.grant(5_000_000, old)
    found = {row.code: (row.groups, row.granted, row.disbursed, row.drawn) for row in queries.by_regency("63", 2026)}
    assert found == {
        "63.06": (2, 40_000_000, 20_000_000, 1_000_000),
        "63.07": (1, 20_000_000, 10_000_000, 1_000_000),
    }
    assert [row.granted for row in queries.by_regency("63", 2025)] == [5_000_000]
    assert queries.by_regency("64", 2026) == []
    assert db.session.get_one(Area, "63.06").name == queries.by_regency("63", 2026)[0].name


def test_a_group_has_its_money_on_its_timeline(office: Office) -> None:
    grant = office.grant()
    office.paid(grant, 3_000_000)
    office.drawing(grant, D.RELEASED)
    kinds = {event.kind: event.amount for event in queries.of_group(office.group.id)}
    assert kinds == {"approved": 20_000_000, "paid_in": 3_000_000, "drawn": 1_000_000}
    assert office.proposal(ProposalState.DRAFT).state is ProposalState.DRAFT
