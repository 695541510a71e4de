"""A family with rows of every kind tied to it, whose words stand wherever they can. Call inside `app`."""

import datetime as dt
import re
from typing import Any

from sqlalchemy import JSON, Enum, String, cast, inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.models import User
from marketplace.aid.goods_models import Handover, Item
from marketplace.documents.models import Document
from marketplace.extensions import db
from marketplace.groups import service
from marketplace.groups.models import Household, MemberRole, RegistrySource, Relation, Sex
from marketplace.groups.rules import BankAccount, HouseholdContent, PersonContent
from marketplace.mentoring.models import FollowUp, Visit, VisitedHousehold, VisitKind
from marketplace.orders.models import Order
from marketplace.payments.models import CollectionAccount
from marketplace.shared import clock
from marketplace.shared.forgetting import Whom
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from marketplace.training.models import Certificate, Trainee
from marketplace.wiring import FORGETTERS
from tests import make
from tests.ledger.earning import earn
from tests.shared import crowd
from tests.treasury import taking

NAME, CHILD, ALIAS = "Zubaidah Kartasasmita", "Sukmawijaya", "Mak Uding"
NIK, KK, BANK, PHONE = "6306055207810007", "6306050101150009", "770012340055", "+6281355512345"
ADDRESS = "Gang Cempaka Sari 17"
WRITTEN = f"{NAME}, {CHILD}, {ALIAS}, {NIK}, 6306 0501 0115 0009, 0813-5551-2345, {BANK}, {ADDRESS}"
TRACES = (NAME, CHILD, ALIAS, NIK, KK, BANK, "81355512345", "8135551", ADDRESS, "0501 0115")
REASON = "Keluarga meminta sendiri"


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
        **dict.fromkeys(("order_share", "aid_item", "income_note"), "1 = 1"),
        "trainee": "id IN (SELECT trainee_id FROM training_certificate)",
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
