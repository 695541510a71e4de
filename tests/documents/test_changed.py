"""What the papers of an order say after some of it fell away, came back, or something else came in its place."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from marketplace.documents.models import DocumentKind as Kind
from marketplace.documents.service import valid_of
from marketplace.extensions import db
from marketplace.orders import adjustments, proposals, returns, service, substitutes
from marketplace.orders.models import Order
from marketplace.orders.substitutes import Proposal
from marketplace.shared import clock
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.documents.reading import HOME, issued, opened, packed, paid, text_of

OUTDATED = "the order was changed since"


def dropped() -> Order:
    return _paid(lambda of: adjustments.drop(of.id, of.lines[0].id, 1, "", None))


def left_out() -> Order:
    return _packed(lambda of: adjustments.short_ship(of.id, of.lines[0].id, 1, "Pecah", None))


def returned() -> Order:
    of = packed(delivery=HOME, many=3)
    with unit_of_work():
        service.ship(of.id, None)
        service.hand_over(of.id, None)
    return _change(
        of, lambda of: returns.take_some(of.id, of.lines[0].id, 1, destroyed=1, reason="Basi", actor_id=None)
    )


def replaced() -> Order:
    other = make.product(name="Gula Aren", price=40_000, stock=1)
    until = clock.now() + dt.timedelta(hours=3)

    def change(of: Order) -> None:
        substitutes.propose("k", of.id, Proposal(of.lines[0].id, 1, other.id, "Habis", until), None)
        substitutes.agree(of.id, proposals.open_of(of.id)[0].id, None)

    return _paid(change)


def _paid(change: Callable[[Order], None]) -> Order:
    return _change(paid(many=3), change)


def _packed(change: Callable[[Order], None]) -> Order:
    return _change(packed(delivery=HOME, many=3), change)


def _change(of: Order, change: Callable[[Order], None]) -> Order:
    """Issue the papers of an order, and change it afterwards."""
    for kind in (Kind.INVOICE, Kind.DELIVERY_NOTE) if of.packed_at else (Kind.INVOICE,):
        issued(of, kind)
    with unit_of_work():
        change(db.session.get_one(Order, of.id))
    return db.session.get_one(Order, of.id)


@pytest.mark.parametrize(
    ("changed", "kind", "amount", "lines"),
    [
        (dropped, Kind.INVOICE, 100_000, ["2"]),
        (left_out, Kind.INVOICE, 107_000, ["2"]),
        (left_out, Kind.DELIVERY_NOTE, None, ["2"]),
        (returned, Kind.INVOICE, 107_000, ["2"]),
        (returned, Kind.DELIVERY_NOTE, None, ["2"]),
        (replaced, Kind.INVOICE, 140_000, ["2", "1"]),
    ],
)
def test_old_papers_say_that_they_are_old_and_new_ones_say_what_is(
    client: FlaskClient, changed: Callable[[], Order], kind: Kind, amount: int | None, lines: list[str]
) -> None:
    of = changed()
    old = valid_of(of.id, kind)
    assert old is not None
    assert OUTDATED in client.get(f"/d/{old.code}").text
    new = issued(of, kind)
    assert (new.amount, new.replaces_id) == (amount, old.id)
    assert [line["quantity"].split()[0] for line in new.content["lines"]] == lines
    assert ("Gula Aren" in text_of(opened(new))) is (changed is replaced)
    page = client.get(f"/d/{new.code}").text
    assert OUTDATED not in page
    assert "is valid" in page
    assert "not valid any more" in client.get(f"/d/{old.code}").text
