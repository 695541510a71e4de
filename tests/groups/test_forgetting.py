"""A forgotten family leaves no name, number or address in any text of any table, and no photo in the store."""

import datetime as dt
import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.graduation import case_files
from marketplace.graduation.case_models import Case, CaseFile, CaseState, FilePurpose
from marketplace.groups import forgetting, service
from marketplace.groups.forgetting_models import Forgetting, ForgettingState
from marketplace.groups.models import Household
from marketplace.groups.rules import BankAccount
from marketplace.ledger import batches, payouts
from marketplace.ledger.models import HouseholdBalance, JournalLine, Payout, PayoutMethod
from marketplace.ledger.payouts import Choice
from marketplace.mentoring.models import Visit, VisitKind, VisitPhoto
from marketplace.reports import checks
from marketplace.reports.checks import people
from marketplace.shared import audit, clock, images, photo_store
from marketplace.shared.errors import Forbidden, NotFound, StateConflict
from marketplace.shared.forgetting import MARK, Whom
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from marketplace.wiring import FORGETTERS
from tests import make
from tests.graduation import casework
from tests.graduation.casework import Team
from tests.groups.planted import ALIAS, NAME, NOT_IN_TOWN, REASON, is_text, plant, registered, run, settled, traces
from tests.ledger.earning import earn, money_in
from tests.shared import crowd
from tests.shared.pictures import picture

KEPT = {
    "area": "places",
    "commodity": "goods",
    "figure": "dated numbers and their sources",
    "poverty_line": "dated numbers and their sources",
    "criteria_set": "decrees",
    "criterion": "decrees",
    "delivery_fee": "decrees",
    "once_key": "random keys",
    "wrong_try": "keyed hashes that end within a day",
    "number_series": "names of series",
    "image": "random names of files",
    "agency": "offices",
    "registry_layout": "headings of files",
    "registry_import": "names of files, headings and codes; what people are lies encrypted and is deleted in days",
    "registry_row": "hashes and codes; what people are lies encrypted and is deleted in days",
    "agency_plan": "titles of plans of offices",
    "agency_plan_link": "hashes",
    "aid_fund": "budgets",
    "aid_proposal_line": "goods",
    "aid_grant": "the account of the group, not of a family",
    "aid_item": "goods and their serial numbers",
    "aid_tranche": "the bank's references",
    "assessment_change": "hashes",
    "basket": "random keys",
    "case_standing": "numbers of criteria",
    "collection_account": "accounts of the office",
    "day_close": "places",
    "day_count": "differences of cash of the office",
    "dispute": "words of the provider",
    "hold": "references",
    "invoice": "numbers",
    "location": "names of places of stock",
    "market_event": "names of markets",
    "market_rule": "calendars",
    "market_site": "places",
    "membership": "roles",
    "office": "offices that buy, which are no families",
    "office_order_line": "goods",
    "order_component": "goods",
    "order_line": "goods",
    "parcel": "goods of several families",
    "pickup_place": "places",
    "potential": "sources",
    "provider_event": "references of the provider",
    "report_month": "sums",
    "role_assignment": "places",
    "statement_file": "the bank's own file: emptied once its lines are kept",
    "statement_layout": "heads of columns",
    "tent": "things",
    "tent_loan": "lenders of tents and officers",
    "training_class": "rooms",
    "unique_code": "codes",
    "stall_load_line": "goods",
}
"""Tables whose texts are about no family, and what they are."""
KEPT_COLUMNS = {
    "assessment.frozen": "numbers, days and hashes",
    "assessment.sha256": "a hash",
    "product.slug": "a part of an address in the shop: of goods",
    "kube.slug": "a part of an address in the shop: of a group",
    "kube.name": "what the public knows the group by",
    "training.title": "what is taught",
    "training.funding": "budgets",
    "substitute.name": "goods",
}
"""Columns of other tables."""
CODES = re.compile(
    r"(^|_)(code|key|hash|token|token_hash|sha256|last4)$"
    r"|^(number|slug|reference|provider_reference|charge_reference|bank_reference|action|subject_type|locale|unit)$"
    r"|^(from_state|digest|source|provider|payment_method|serial|decree_number|purchase_number|pickup_code)$"
)
"""Codes, numbers of ours and references: they name nobody."""


def forgotten(household_id: int, aliases: tuple[str, ...] = ()) -> None:
    one, other = make.user(Role.ADMINISTRATOR), make.user(Role.ADMINISTRATOR)
    with unit_of_work():
        key = forgetting.propose(household_id, REASON, one.id).id
    with unit_of_work():
        forgetting.confirm(key, aliases, other.id)


def test_no_word_of_a_forgotten_family_is_left_in_any_table(app: Flask) -> None:
    town = crowd.build(2)
    try:
        household = registered()
        seller = settled(household, town)
        known = forgetting.whom(db.session.get_one(Household, household.id), (ALIAS,))
        assert set(plant(known)) == NOT_IN_TOWN
        assert len({line.partition(":")[0] for line in traces()}) > 60  # and all of them hold it
        forgotten(household.id, (ALIAS,))
        assert traces() == []
        account = db.session.get_one(User, seller.id)
        assert (account.is_active, account.password_hash, account.phone) == (False, None, None)
    finally:
        crowd.take_down()


def test_every_text_column_was_thought_of(app: Flask) -> None:
    """A new column that may hold words about people has to be given to a forgetter, or to be named as kept."""
    known = {f"{each.class_.__tablename__}.{each.key}" for row in FORGETTERS for each in row.columns}
    left = [
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if is_text(column) and not CODES.search(column.name)
    ]
    undecided = [name for name in left if name not in known | KEPT_COLUMNS.keys() and name.split(".")[0] not in KEPT]
    assert undecided == [], undecided


def led_out(team: Team) -> Case:
    """Lead a family out of aid to the end, let it leave its group, and let nothing be owed to it."""
    case = casework.independent(team)
    with unit_of_work():
        membership = team.family.memberships[0]
        membership.starts_on, membership.ends_on = make.LONG_AGO, make.LONG_AGO
        balance = db.session.get(HouseholdBalance, team.family.id)
        sums = balance.balance if balance else 0
    money_in(sums)
    paid_out(team.family.id)
    return db.session.get_one(Case, case.id)


def paid_out(household_id: int) -> None:
    treasurer, head = make.user(Role.TREASURER).id, make.user(Role.HEAD).id
    with unit_of_work():
        batch = payouts.prepare_batch(make.REGENCY, [Choice(household_id, PayoutMethod.CASH)], treasurer)
    with unit_of_work():
        batches.release(batch.id, head)
    with unit_of_work():
        payouts.pay(batch.payouts[0].id, NAME, treasurer)


def stored(names: list[str]) -> list[str]:
    found = []
    for name in names:
        try:
            photo_store.read(name)
        except NotFound:
            continue
        found.append(name)
    return found


def test_photos_and_papers_leave_the_store_and_the_books_stay_in_order(app: Flask) -> None:
    team = Team(people=1)
    case = led_out(team)
    sent = case_files.store(io.BytesIO(picture((320, 240))))
    with unit_of_work():
        case_files.add(case.id, sent, FilePurpose.PHOTO, None, team.mentor.id)
    prepared = images.prepare(io.BytesIO(picture((300, 200))))
    with unit_of_work():
        at_home = images.store(prepared, team.mentor.id, private=True)
        visit = db.session.scalars(select(Visit).where(Visit.kind == VisitKind.HOME)).first()
        assert visit is not None
        db.session.add(VisitPhoto(visit_id=visit.id, image_id=at_home.id, position=0))
        token = at_home.token
    rows = db.session.scalars(select(CaseFile).where(CaseFile.case_id == case.id)).all()
    names = [name for row in rows if row.image for name in images.files_of(row.image.token, private=True)]
    names += [row.pdf_name for row in rows if row.pdf_name] + images.files_of(token, private=True)
    assert len(stored(names)) == len(names) > 12
    before, broken = money(), faults()
    forgotten(team.family.id)
    assert stored(names) == []
    assert money() == before
    assert faults() == broken
    assert app.test_cli_runner().invoke(args=["check", "--files"]).output.count("no private") == 0


def money() -> list[Any]:
    rollback()
    tables = (JournalLine.__table__, HouseholdBalance.__table__)
    columns = select(Payout.id, Payout.household_id, Payout.amount, Payout.state).order_by(Payout.id)
    return [
        *(tuple(row) for table in tables for row in db.session.execute(select(table))),
        *db.session.execute(columns),
    ]


def faults() -> set[str]:
    """Return the checks that find something: this town was not played from its beginning."""
    rollback()
    return {check.name for check in (*checks.ALL, *checks.FILES) if check.run().broken}


def test_what_stands_against_it_is_said(app: Flask) -> None:
    team = Team()
    administrator = team.administrator.id
    for state, said in ((CaseState.RECIPIENT, "open"), (CaseState.APPEALED, "appeal")):
        other = Team()
        casework.led(other, state)
        words = " ".join(map(str, forgetting.obstacles(other.family)))
        assert said in words
        assert "member of a group" in words
        with pytest.raises(StateConflict), unit_of_work():
            forgetting.propose(other.family.id, REASON, administrator)
    maker = make.household()
    make.product(make.group(), makers={maker.id: 10_000})
    assert ["share in a product" in str(each) for each in forgetting.obstacles(maker)] == [True]
    family = make.household()
    assert forgetting.obstacles(family) == []
    earn(family.id, None, 7_000)
    assert ["7.000" in str(each) for each in forgetting.obstacles(family)] == [True]
    with unit_of_work():
        key = db.session.get_one(HouseholdBalance, family.id)
        key.balance = -500
    assert ["500" in str(each) for each in forgetting.obstacles(family)] == [True]


def test_it_takes_two_and_is_for_good(app: Flask) -> None:
    family = make.household()
    one, other = make.user(Role.ADMINISTRATOR).id, make.user(Role.ADMINISTRATOR).id
    with unit_of_work():
        key = forgetting.propose(family.id, REASON, one).id
    for step in (lambda: forgetting.confirm(key, (), one), lambda: forgetting.decline(key, REASON, one)):
        with pytest.raises(Forbidden), unit_of_work():
            step()
    with pytest.raises(StateConflict), unit_of_work():
        forgetting.propose(family.id, REASON, other)
    with unit_of_work():
        assert forgetting.confirm(key, (), other).state is ForgettingState.DONE
    for again in (
        lambda: forgetting.confirm(key, (), other),
        lambda: forgetting.propose(family.id, REASON, one),
        lambda: service.set_bank(family.id, BankAccount("Bank", "123456", "Siti"), None),
        lambda: service.record_departure(family.people[0].id, clock.now().date(), None),
    ):
        with pytest.raises(StateConflict), unit_of_work():
            again()
    assert [check.name for check in people.CHECKS if check.run().broken] == []


def test_rows_that_are_only_added_stay_so(app: Flask) -> None:
    family = make.household()
    with unit_of_work():
        audit.record(None, "household.view", ("household", family.id), reason="Lama")
    for change in ("reason = 'x'", "action = 'x'"):
        with pytest.raises(DBAPIError, match="only added"), unit_of_work():
            run(f"UPDATE audit_entry SET {change}")
    values = {"household_id": family.id, "decided_by_id": make.user(Role.HEAD).id}
    with unit_of_work():
        db.session.add(Forgetting(state=ForgettingState.RUNNING, **values))
        db.session.flush()
        run("UPDATE audit_entry SET reason = 'x'")
        with pytest.raises(DBAPIError, match="only added"), db.session.begin_nested():
            run("UPDATE audit_entry SET reason = 'y', action = 'y'")
        run("DELETE FROM forgetting")


@pytest.mark.parametrize(("years", "proposed"), [(4, 0), (6, 1)])
def test_the_job_proposes_after_the_set_time(app: Flask, years: int, proposed: int) -> None:
    group, now = make.group(), clock.now()
    left = now - dt.timedelta(days=366 * years)
    families = [make.household(group, created_at=left - dt.timedelta(days=900)) for _number in range(2)]
    with unit_of_work():
        ended = db.session.get_one(Household, families[0].id).memberships[0]
        ended.starts_on, ended.ends_on = (left - dt.timedelta(days=800)).date(), left.date()
    for expected in (proposed, 0):  # twice is once
        with unit_of_work():
            assert forgetting.propose_due(now) == expected
    rows = db.session.scalars(select(Forgetting)).all()
    assert [(row.household_id, row.proposed_by_id) for row in rows] == [(families[0].id, None)] * proposed


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Ibu SITI  Aminah datang", f"Ibu {MARK} datang"),
        ("Siti Aminahwati", "Siti Aminahwati"),
        ("telepon 0812 3456-7890, +62 812.3456.7890", f"telepon {MARK}, {MARK}"),
        ("6306 0501-0115 0009", MARK),
        ("163060501011500091", "163060501011500091"),
        ({"a": ["Siti Aminah", 7]}, {"a": [MARK, 7]}),
    ],
)
def test_words_are_found_as_people_write_them(text: Any, cleaned: Any) -> None:
    known = Whom(1, make.REGENCY, (), (), (), ("Siti Aminah",), ("6306050101150009", "+6281234567890"))
    assert known.cleaned(text) == cleaned
