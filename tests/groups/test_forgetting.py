"""A forgotten family leaves no name, number or address in any text of any table, and no photo in the store."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import JSON, Enum, String, Table, cast, inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from marketplace.accounts.models import User
from marketplace.aid.goods_models import Item
from marketplace.extensions import Model, db
from marketplace.graduation.case_models import Case, CaseFile, CaseState, FilePurpose
from marketplace.groups import forgetting, service
from marketplace.groups.forgetting_models import Forgetting, ForgettingState
from marketplace.groups.models import Group, Household, MemberRole
from marketplace.groups.rules import BankAccount, HouseholdContent, PersonContent
from marketplace.groups.models import RegistrySource, Relation, Sex
from marketplace.ledger.models import HouseholdBalance, Payout, PayoutState
from marketplace.mentoring.models import FollowUp, Visit, VisitedHousehold, VisitKind, VisitPhoto
from marketplace.payments.models import CollectionAccount
from tests.treasury import taking
from tests.ledger.earning import earn
from marketplace.orders.models import Order, OrderShare, OrderState
from marketplace.shared import audit, clock, images, photo_store
from marketplace.shared.errors import Forbidden, NotFound, StateConflict
from marketplace.shared.forgetting import MARK, Whom, Words
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from marketplace.training.models import Trainee, Training, TrainingState
from marketplace.wiring import FORGETTERS
from tests import make
from tests.graduation import casework
from tests.graduation.casework import Team
from tests.shared import crowd
from tests.shared.pictures import picture

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
}
"""Columns of other tables; codes, states and references (`OWN_WORDS`) need no decision."""
OWN_WORDS = re.compile(
    r"(^|_)(code|number|reference|state|action|method|kind|key|hash|token|locale|unit|type|serial|purpose)$"
    r"|_last4$|^(pdf_name|text_hash|source|provider|payment_method|rt_rw|from_state|digest|what|name|note|office_name)$"
)


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
        run("DELETE FROM forgetting WHERE state = 'running'")
    return bare


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
