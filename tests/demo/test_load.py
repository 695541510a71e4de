"""The demo is a story played through the real services: it has what the place has, and its books are in order."""

import io
from collections.abc import Iterator
from random import Random

import pytest
from flask import Flask
from PIL import Image as Picture
from sqlalchemy import delete, func, select

from marketplace.aid.goods_models import Handover, Item
from marketplace.aid.models import Proposal, ProposalState
from marketplace.aid.money_models import Drawing, Grant, Tranche
from marketplace.areas.models import Area, Figure, Level, PovertyLine
from marketplace.catalog.models import Product, ProductKind, ProductState
from marketplace.demo import words
from marketplace.demo.load import load_demo, sign_ins
from marketplace.demo.plan import PlannedOrder, Seller, story
from marketplace.documents.models import Document
from marketplace.extensions import db
from marketplace.graduation.case_models import Case
from marketplace.graduation.models import MonthStatus, Snapshot
from marketplace.groups.models import Group, Household
from marketplace.ledger.models import MONEY
from marketplace.ledger.queries import account_balances
from marketplace.orders.models import Order, OrderState
from marketplace.parcels.models import Parcel, ParcelState
from marketplace.reports import queries as reports
from marketplace.shared.images import Prepared, prepare
from marketplace.shared.transaction import rollback, unit_of_work
from marketplace.training.models import Attendance, Training, TrainingState
from tests import make
from tests.demo.market_checks import NOW, check_market
from tests.demo.place_checks import check_places


def one_photo() -> Iterator[tuple[int, Prepared]]:
    out = io.BytesIO()
    Picture.new("RGB", (300, 300), (200, 150, 90)).save(out, "JPEG")
    same = prepare(io.BytesIO(out.getvalue()))
    return ((number, same) for number in range(words.PHOTOS))


def count(*conditions: object, of: type) -> int:
    return db.session.scalar(select(func.count()).select_from(of).where(*conditions)) or 0  # type: ignore[arg-type]


@pytest.fixture
def bare(app: Flask) -> Iterator[Flask]:
    """Yield an application without dated numbers: the demo brings its own."""
    with unit_of_work():
        for table in (Figure, PovertyLine):
            db.session.execute(delete(table))
    yield app
    if db.engine.dialect.name != "sqlite":  # where the areas stay from test to test
        rollback()
        with db.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.execute(delete(Area).where(Area.level == Level.VILLAGE, ~Area.code.startswith(make.REGENCY)))


# Each service that the stories go through is asked on both databases by its own tests.
@pytest.mark.once
def test_the_place_is_all_there_and_its_books_are_in_order(bare: Flask) -> None:
    load_demo(NOW, months=2, photograph=one_photo)
    districts = count(Area.level == Level.DISTRICT, Area.parent_code == make.REGENCY, of=Area)
    here = (Group.regency_code == make.REGENCY, Household.regency_code == make.REGENCY)
    assert (districts, count(here[0], of=Group), count(here[1], of=Household)) == (11, 30, 150)
    assert count(Product.state == ProductState.PUBLISHED, of=Product) >= 177
    assert count(Product.kind == ProductKind.SERVICE, of=Product) > 0
    assert count(Parcel.state == ParcelState.OFFERED, of=Parcel) == 12
    rows = reports.recap(make.REGENCY)
    assert len(rows) == 11
    assert all(row.goods > 0 for row in rows)
    assert sum(row.goods + row.services for row in rows) == count(Product.regency_code == make.REGENCY, of=Product)
    assert count(Order.state == OrderState.COMPLETED, of=Order) > 50
    assert {MonthStatus.PASSED, MonthStatus.NOT_PASSED} <= set(db.session.scalars(select(Snapshot.status).distinct()))
    balances = account_balances(make.REGENCY)
    assert all(balances[account] >= 0 for account in MONEY)
    assert count(of=Document) > 20
    assert count(of=Case) > 5
    assert len(sign_ins()) == 9
    check_market(bare)
    check_places(bare)
    check_aid()
    check_training()
    result = bare.test_cli_runner().invoke(args=["check"])
    assert result.exit_code == 0, result.output[-2000:]


def check_aid() -> None:
    here = Proposal.regency_code == make.REGENCY
    assert set(db.session.scalars(select(Proposal.state).where(here))) == set(ProposalState) - {ProposalState.WITHDRAWN}
    mine = select(Proposal.id).where(here)
    items = count(Item.handover.has(Handover.proposal_id.in_(mine)), of=Item)
    grant = select(Grant.id).where(Grant.proposal_id.in_(mine))
    paid = count(Tranche.paid_on.is_not(None), Tranche.grant_id.in_(grant), of=Tranche)
    assert (items, paid, count(Drawing.grant_id.in_(grant), of=Drawing)) == (4, 1, 2)


def check_training() -> None:
    """One is under way: who came yesterday is written down, and who comes today is asked on the day."""
    here = Training.regency_code == make.REGENCY
    assert count(here, Training.state == TrainingState.RUNNING, of=Training) == 1
    days = [day for made in db.session.scalars(select(Training).where(here)).all()[-1].classes for day in made.days]
    marked = set(db.session.scalars(select(Attendance.day_id)))
    today = NOW.date()
    assert [day.held_on < today for day in days] == [day.id in marked for day in days]
    assert today in {day.held_on for day in days}


def planned() -> list[PlannedOrder]:
    sellers = [Seller(people, ((people, 20_000), (people + 9, 35_000))) for people in range(1, 9)]
    return story(sellers, 60, 12, NOW.date(), 12, Random(1))


def test_the_same_seed_tells_the_same_story() -> None:
    first = planned()
    assert first == planned()
    assert len({order.day.replace(day=1) for order in first}) == 12
    assert all(order.day <= NOW.date() for order in first)
