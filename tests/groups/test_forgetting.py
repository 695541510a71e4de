"""A forgotten family leaves no name, number or address in any text of any table, and no photo in the store."""

import datetime as dt
import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, Enum, String, cast, inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from marketplace.accounts.models import User
from marketplace.aid.goods_models import Handover, Item
from marketplace.documents.models import Document
from marketplace.extensions import db
from marketplace.graduation import case_files
from marketplace.graduation.case_models import Case, CaseFile, CaseState, FilePurpose
from marketplace.groups import forgetting, service
from marketplace.groups.forgetting_models import Forgetting, ForgettingState
from marketplace.groups.models import Household, MemberRole, RegistrySource, Relation, Sex
from marketplace.groups.rules import BankAccount, HouseholdContent, PersonContent
from marketplace.ledger import batches, payouts
from marketplace.ledger.models import HouseholdBalance, JournalLine, Payout, PayoutMethod
from marketplace.ledger.payouts import Choice
from marketplace.mentoring.models import FollowUp, Visit, VisitedHousehold, VisitKind, VisitPhoto
from marketplace.orders.models import Order
from marketplace.payments.models import CollectionAccount
from marketplace.reports import checks
from marketplace.reports.checks import people
from marketplace.shared import audit, clock, images, photo_store
from marketplace.shared.errors import Forbidden, NotFound, StateConflict
from marketplace.shared.forgetting import MARK, Whom
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from marketplace.training.models import Certificate, Trainee
from marketplace.wiring import FORGETTERS
from tests import make
from tests.graduation import casework
from tests.graduation.casework import Team
from tests.ledger.earning import earn, money_in
from tests.shared import crowd
from tests.shared.pictures import picture
from tests.treasury import taking

NAME, CHILD, ALIAS = "Zubaidah Kartasasmita", "Sukmawijaya", "Mak Uding"
NIK, KK, BANK, PHONE = "6306055207810007", "6306050101150009", "770012340055", "+6281355512345"
ADDRESS = "Gang Cempaka Sari 17"
WRITTEN = f"{NAME}, {CHILD}, {ALIAS}, {NIK}, 6306 0501 0115 0009, 0813-5551-2345, {BANK}, {ADDRESS}"
TRACES = (NAME, CHILD, ALIAS, NIK, KK, BANK, "81355512345", "8135551", ADDRESS, "0501 0115")
REASON = "Keluarga meminta sendiri"

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


def registered() -> Household:
    """Register a family that sells in a group, with an account, a bank and all its numbers."""
    with unit_of_work():
        content = HouseholdContent(NAME, KK, make.VILLAGE, ADDRESS, RegistrySource.DTSEN, 1)
        head = PersonContent(NAME, Relation.HEAD, make.LONG_AGO, NIK)
        household = service.register_household(content, head, None)
        child = PersonContent(CHILD, Relation.CHILD, make.LONG_AGO, sex=Sex.MALE, born_on=dt.date(2015, 8, 9))
        service.add_person(household.id, child, None)
        service.set_bank(household.id, BankAccount("Bank Contoh", BANK, NAME), None)
    return household


def settled(household: Household, town: crowd.Town) -> User:
    """Tie rows of every kind to a family, and let nothing of it be open; return its account."""
    group_id = town.arguments["group_id"]
    with unit_of_work():
        row = service.add_membership(group_id, household.id, MemberRole.MEMBER, make.LONG_AGO, None)
        service.end_membership(row.id, make.LONG_AGO + dt.timedelta(days=30), None)
    seller = make.user(Role.SELLER, name=NAME, household_id=household.id)
    tied = {
        **dict.fromkeys(("order_share", "aid_item", "trainee", "income_note"), "1 = 1"),
        "payout": "state = 'paid'",
        "visited_household": "visit_id IN (SELECT id FROM visit WHERE kind = 'home')",
    }
    with unit_of_work():
        db.session.get_one(User, seller.id).phone = PHONE
        for table, condition in tied.items():
            first = f"(SELECT min(id) FROM {table} WHERE {condition})"
            run(f"UPDATE {table} SET household_id = :family WHERE id = {first}", family=household.id)
        lone = "SELECT visit_id FROM visited_household WHERE household_id = :family"
        others = f"visit_id IN ({lone}) AND household_id <> :family"
        run(f"DELETE FROM visited_household WHERE {others}", family=household.id)
        run(
            "UPDATE graduation_case SET household_id = :family WHERE state = 'independent' OR id ="
            " (SELECT min(case_id) FROM village_minutes)",
            family=household.id,
        )
        run("UPDATE graduation_case SET state = 'independent', warning = NULL WHERE household_id = :f", f=household.id)
        run("UPDATE orders SET buyer_id = :user, state = 'completed' WHERE buyer_id IS NOT NULL", user=seller.id)
        run("UPDATE orders SET state = 'completed'")
        run("UPDATE training SET state = 'done'")
        run(
            "UPDATE stall_group SET group_id = :group WHERE id IN"
            " (SELECT min(id) FROM stall_group WHERE stall_id IS NOT NULL GROUP BY day_id)",
            group=group_id,
        )
        run("UPDATE office_order SET made_by_id = :user", user=seller.id)
    visit_id = db.session.scalars(
        select(Visit.id)
        .join(VisitedHousehold)
        .where(VisitedHousehold.household_id == household.id, Visit.kind == VisitKind.HOME)
    ).first()
    make.add(FollowUp(visit_id=visit_id, what="Bawa pupuk", due_on=make.LONG_AGO))
    taking.line(db.session.scalars(select(CollectionAccount).limit(1)).one(), -5_000, "TRSF")
    earn(household.id, None, 5_000)
    with unit_of_work():
        run("UPDATE household_balance SET balance = 0 WHERE household_id = :family", family=household.id)
    return seller


NOT_IN_TOWN = {"Substitute.reason", "StallCount.note", "Training.cancel_reason"}


def run(statement: str, **values: Any) -> None:
    db.session.execute(text(statement), values)


def plant(known: Whom) -> list[str]:
    """Write the family's words into every column that may hold them, of all rows tied to it; return where was none."""
    bare = []
    with unit_of_work():
        # As while one is forgotten, else rows that are only added would not take them.
        actor = make_actor()
        run(
            "INSERT INTO forgetting (household_id, state, reason, proposed_at, decided_by_id, note)"
            " VALUES (:family, 'running', '', :now, :actor, '')",
            family=known.household_id,
            now=clock.now(),
            actor=actor,
        )
        for forgetter in FORGETTERS:
            for words in forgetter.words:
                for column in words.columns:
                    if not write(column, words.tied(known)):
                        bare.append(str(column))
        plant_in_papers(known)
        run("DELETE FROM forgetting WHERE state = 'running'")
    return bare


def plant_in_papers(known: Whom) -> None:
    """Write the family's words where something else than texts alone is seen to, by ties of the test's own."""
    handovers = "SELECT handover_id FROM aid_item WHERE household_id = :family"
    signed = "signed_name = :name, signature = 'M1 1 L2 2'"
    run(f"UPDATE aid_handover SET {signed} WHERE id IN ({handovers})", family=known.household_id, name=NAME)
    loads = "SELECT stall_id FROM stall_group WHERE group_id = :group"
    run(
        f"UPDATE stall_load SET {signed} WHERE signed_name <> '' AND stall_id IN ({loads})",
        name=NAME,
        group=known.group_ids[0],
    )
    owners = (
        (Handover, Handover.id.in_(select(Item.handover_id).where(Item.household_id == known.household_id))),
        (Certificate, Certificate.trainee_id.in_(select(Trainee.id).where(Trainee.household_id == known.household_id))),
    )
    for model, condition in owners:
        rows = db.session.scalars(select(model).where(condition)).all()
        assert rows, model
        for row in rows:
            row.content = row.content | {"name": NAME, "signed_name": NAME, "tentang": WRITTEN}
    own = select(Order.id).where(Order.buyer_id.in_(known.user_ids))
    documents = db.session.scalars(select(Document).where(Document.order_id.in_(own))).all()
    assert documents
    for document in documents:
        buyer = document.content["buyer"] | {"name": NAME, "phone": "0813-5551-2345", "address": [ADDRESS]}
        document.content = document.content | {"buyer": buyer}


def make_actor() -> int:
    return db.session.scalars(select(User.id).order_by(User.id).limit(1)).one()


def write(column: Any, condition: Any) -> int:
    """Write the words into a column of some rows, where a CHECK takes them; return of how many."""
    model, count = column.class_, 0
    key = inspect(model).primary_key[0]
    for identifier, old in db.session.execute(select(key, column).where(condition)).all():
        if isinstance(column.type, JSON):
            value = [*old, WRITTEN] if isinstance(old, list) else {**(old or {}), "ditulis": {"dan": [WRITTEN]}}
        else:
            value = WRITTEN[: column.type.length]
        try:
            with db.session.begin_nested():
                db.session.execute(update(model).where(key == identifier).values({column: value}))
        except IntegrityError:
            continue
        count += 1
    return count


def traces() -> list[str]:
    """Return where in the database a word of the family stands."""
    rollback()
    found = []
    for table in db.metadata.sorted_tables:
        columns = [column for column in table.columns if is_text(column)]
        for values in db.session.execute(select(*(cast(column, String) for column in columns))) if columns else ():
            for column, value in zip(columns, values, strict=True):
                plain = re.sub(r"\s+", " ", value or "")
                found += [f"{table.name}.{column.name}: {plain[:80]}" for trace in TRACES if trace in plain]
    return sorted(set(found))


def is_text(column: Any) -> bool:
    return isinstance(column.type, JSON) or (isinstance(column.type, String) and not isinstance(column.type, Enum))


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
