"""An office's people order at the same moment, in four processes: within its credit, under numbers without gaps.

Each control does the same without the lock, and has to go wrong: it shows that the race is there.
"""

from flask import Flask
from sqlalchemy import insert, select, update

from marketplace.extensions import db
from marketplace.offices import invoices, ordering, queries
from marketplace.offices.invoices import SERIES
from marketplace.offices.models import Invoice
from marketplace.orders.wanted import LineRequest
from marketplace.payments.kept import Rest
from marketplace.shared.errors import DomainError
from marketplace.shared.series import NumberSeries
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.offices.purchasing import Bureau, do, goods, invoice_of, row
from tests.races import harness

TRIES = 16
PRICE = 50_000


def ordering_each(office_order_ids: tuple[int, ...], user_id: int) -> harness.Task:
    """Order what was approved, one after the other."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                ordering.order(office_order_ids[number], f"SP-{number}", "invoice", user_id)
        except DomainError:
            return "refused"
        return "ordered"

    return task


def careless_clerk(office_id: int, like: int, limit: int) -> harness.Task:
    """Read what is owed, then write one more invoice: what ordering would do without the lock."""
    found = db.session.get_one(Invoice, like)
    known = {column.key: getattr(found, column.key) for column in Invoice.__table__.columns if column.key != "id"}
    db.session.rollback()

    def task(number: int) -> str:
        owed = queries.owed_by(office_id)
        db.session.rollback()
        harness.meet()
        if owed + PRICE > limit:
            return "refused"
        values = {**known, "number": f"X-{number}", "serial": 100 + number, "order_id": 2 + number}
        with db.engine.begin() as connection:
            connection.execute(insert(Invoice).values(values))
        return "ordered"

    return task


def numbering(year: int) -> harness.Task:
    """Read the last number, then write the next: what numbering would do without the lock."""
    row_of_year = (NumberSeries.year == year) & (NumberSeries.name == SERIES)
    db.session.execute(select(1))
    db.session.rollback()

    def task(_number: int) -> str:
        with db.engine.connect() as connection:
            last = connection.scalar(select(NumberSeries.last_number).where(row_of_year)) or 0
            connection.rollback()
            harness.meet()
            connection.execute(update(NumberSeries).where(row_of_year).values(last_number=last + 1))
            connection.commit()
        return str(last + 1)

    return task


def test_orders_at_once_stay_within_the_credit(app: Flask, database_url: str) -> None:
    bureau, product = Bureau(credit=5 * PRICE + 1), goods(price=PRICE, stock=TRIES)
    keys = tuple(bureau.approved(LineRequest(1, product.id)) for _number in range(TRIES))
    tally = harness.run(database_url, ordering_each, TRIES, office_order_ids=keys, user_id=bureau.asker.id)
    db.session.rollback()
    assert tally == {"ordered": 5, "refused": TRIES - 5}
    assert queries.owed_by(bureau.id) == 5 * PRICE
    serials = db.session.scalars(select(Invoice.serial).order_by(Invoice.serial)).all()
    assert list(serials) == [1, 2, 3, 4, 5]  # a refused order takes no number


def test_one_approved_offer_is_ordered_once(app: Flask, database_url: str) -> None:
    bureau, product = Bureau(credit=100 * PRICE), goods(price=PRICE, stock=TRIES)
    key = bureau.approved(LineRequest(1, product.id))
    tally = harness.run(database_url, ordering_each, TRIES, office_order_ids=(key,) * TRIES, user_id=bureau.asker.id)
    assert tally == {"ordered": 1, "refused": TRIES - 1}
    assert row(key).order_id is not None
    assert queries.owed_by(bureau.id) == PRICE


def paying_each(invoice_id: int) -> harness.Task:
    """Write down money for one invoice, each time by a line of its own."""

    def task(number: int) -> str:
        with unit_of_work():
            invoices.receive(invoice_id, Rest("transfer", 10_000, f"MUT-{number}"), None)
        return "paid"

    return task


def test_parts_that_come_at_once_are_all_counted(app: Flask, database_url: str) -> None:
    order = Bureau(credit=100 * PRICE).ordered(LineRequest(2, goods(price=PRICE).id))
    key = invoice_of(order).id
    assert harness.run(database_url, paying_each, TRIES, invoice_id=key) == {"paid": TRIES}
    assert (invoice_of(order).paid_amount, invoice_of(order).open_amount) == (TRIES * 10_000, 0)


def test_control_without_the_lock_owes_more_than_allowed(app: Flask, database_url: str) -> None:
    bureau, product = Bureau(credit=100 * PRICE), goods(price=PRICE, stock=TRIES)
    first = invoice_of(bureau.ordered(LineRequest(1, product.id)))
    for _number in range(harness.PROCESSES):  # orders for the invoices to be about
        bureau.ordered(LineRequest(1, product.id))
    do(_forget_others, first.id)
    limit = 2 * PRICE
    values = {"office_id": bureau.id, "like": first.id, "limit": limit}
    tally = harness.run(database_url, careless_clerk, harness.PROCESSES, **values)
    assert tally["ordered"] > 1, "the race did not show: these tests prove nothing then"
    db.session.rollback()
    assert queries.owed_by(bureau.id) > limit


def _forget_others(invoice_id: int) -> None:
    for other in db.session.scalars(select(Invoice).where(Invoice.id != invoice_id)):
        db.session.delete(other)


def test_control_without_the_lock_gives_a_number_twice(app: Flask, database_url: str) -> None:
    make.add(NumberSeries(name=SERIES, area_code=make.REGENCY, year=2026, last_number=0))
    tally = harness.run(database_url, numbering, harness.PROCESSES, year=2026)
    assert max(tally.values()) > 1, "the race did not show: these tests prove nothing then"
