"""A document is issued once, keeps what it said, and says what became of it; its numbers run without a gap."""

import datetime as dt

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from marketplace.areas import pickup
from marketplace.areas.pickup import Place
from marketplace.documents import drawing, facts, queries, rules, service
from marketplace.documents.models import Document, DocumentState
from marketplace.documents.models import DocumentKind as Kind
from marketplace.documents.papers import Person
from marketplace.extensions import db
from marketplace.orders import adjustments
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.payments import refunds
from marketplace.payments import service as payments
from marketplace.payments.models import RefundMethod
from marketplace.shared import clock
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.documents.reading import HOME, fresh, issued, opened, order, packed, paid, text_of
from tests.payments import billing

pytestmark = pytest.mark.usefixtures("app")


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Document)) or 0


def short_ship(of: Order) -> None:
    with unit_of_work():
        adjustments.short_ship(of.id, db.session.get_one(Order, of.id).lines[0].id, 1, "Pecah", None)


def state_of(document: Document) -> DocumentState:
    return queries.state_of(fresh(document.id))


def test_asking_again_gives_the_same_document_and_the_same_bytes() -> None:
    placed = order()
    first = issued(placed)
    bytes_then = opened(first)
    with unit_of_work():
        db.session.get_one(Order, placed.id).lines[0].name = "Nama lain"
        admin = make.user(Role.ADMINISTRATOR)
        pickup.write(make.REGENCY, Place("Jalan Baru 9", "Senin"), admin.id, admin)
    again = issued(placed)
    assert (again.id, again.number) == (first.id, first.number)
    assert opened(again) == bytes_then
    assert "Jalan Baru" not in text_of(bytes_then)
    assert count() == 1


def test_a_document_is_drawn_from_what_was_frozen_however_late_it_is_opened() -> None:
    placed = order()
    document = issued(placed)
    with unit_of_work():
        db.session.get_one(Order, placed.id).buyer_name = "Orang Lain"
    said = text_of(opened(document))
    assert "Siti Contoh" in said
    assert "Orang Lain" not in said


def test_a_document_of_a_changed_order_is_issued_anew_and_names_the_old() -> None:
    placed = paid()
    first = issued(placed)
    before = opened(first)
    short_ship(placed)
    second = issued(placed)
    assert (second.sequence, second.replaces_id, second.amount) == (first.sequence + 1, first.id, 50_000)
    assert (state_of(first), state_of(second)) == (DocumentState.REPLACED, DocumentState.VALID)
    assert first.number in text_of(opened(second))
    assert opened(fresh(first.id)) == before
    assert issued(placed).id == second.id


def test_a_receipt_states_the_money_that_came_until_some_of_it_went_back() -> None:
    placed = paid()
    came = facts.money_of(placed).received
    assert 1 <= 100_000 - came <= 999
    assert issued(placed, Kind.RECEIPT).amount == came
    short_ship(placed)
    owing = issued(placed, Kind.RECEIPT)
    owed = facts.money_of(placed).owed_back
    assert (owing.amount, owed) == (came, 50_000)
    with unit_of_work():
        refunds.record_refund(placed.id, owed, RefundMethod.TRANSFER, "KEMBALI", "Pecah", None)
    smaller = issued(placed, Kind.RECEIPT)
    assert smaller.amount == came - owed
    assert issued(placed, Kind.RECEIPT).id == smaller.id


def test_a_cancelled_order_keeps_its_documents_and_they_say_so() -> None:
    placed = order()
    document = issued(placed)
    before = opened(document)
    with unit_of_work():
        adjustments.cancel(placed.id, by_buyer=True, reason="", actor_id=None)
    assert state_of(document) is DocumentState.CANCELLED
    assert opened(document) == before
    assert issued(placed).id == document.id
    with pytest.raises(StateConflict):
        issued(placed, Kind.PURCHASE_ORDER)


def test_numbers_run_by_kind_regency_and_year() -> None:
    numbers = []
    for year, kind in ((2026, Kind.INVOICE), (2026, Kind.INVOICE), (2026, Kind.CONSENT), (2027, Kind.INVOICE)):
        with clock.at(dt.datetime(year, 6, 1, tzinfo=dt.UTC)):
            numbers.append(issued(order(), kind).number)
    assert numbers == ["0001/TGH/63.06/2026", "0002/TGH/63.06/2026", "0001/SPG/63.06/2026", "0001/TGH/63.06/2027"]


def test_the_year_is_that_of_the_office() -> None:
    with clock.at(dt.datetime(2026, 12, 31, 16, 30, tzinfo=dt.UTC)):  # half past midnight in WITA
        assert issued(order()).number == "0001/TGH/63.06/2027"


def test_a_number_whose_document_failed_is_taken_by_the_next() -> None:
    placed = order()

    def fail() -> None:
        with unit_of_work():
            service.issue(placed.id, Kind.INVOICE, None, by_office=False)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert issued(placed).sequence == 1


def test_a_correction_takes_a_new_number_and_keeps_the_reason() -> None:
    treasurer = make.user(Role.TREASURER, name="Bendahara Rusmini")
    old = issued(paid(), Kind.RECEIPT)
    with unit_of_work():
        new = service.correct(old.id, "Nama penerima salah", treasurer.id)
    new = fresh(new.id)
    assert (new.replaces_id, new.reason, state_of(old)) == (old.id, "Nama penerima salah", DocumentState.REPLACED)
    said = text_of(opened(new))
    assert "Bendahara Rusmini" in said
    assert f"menggantikan nomor {old.number}" in said
    with pytest.raises(StateConflict), unit_of_work():
        service.correct(old.id, "Lagi", treasurer.id)


def test_a_cancelled_document_makes_room_for_another() -> None:
    placed, treasurer = order(), make.user(Role.TREASURER)
    old = issued(placed)
    with unit_of_work():
        service.cancel(old.id, "Salah pesanan", treasurer.id)
    with pytest.raises(StateConflict), unit_of_work():
        service.cancel(old.id, "Lagi", treasurer.id)
    new = issued(placed)
    assert (new.sequence, new.replaces_id, state_of(old)) == (2, None, DocumentState.CANCELLED)


def test_a_damaged_file_is_not_given_out(app: Flask) -> None:
    document = issued(order())
    opened(document)
    path = current_app.extensions["config"].data_dir / "photos" / drawing.name_of(fresh(document.id).sha256 or "")
    path.write_bytes(b"%PDF-1.7 lain")
    with pytest.raises(StateConflict):
        opened(fresh(document.id))


@pytest.mark.parametrize("kind", [kind for kind in rules.OF_ORDER if kind is not Kind.OFFICE_INVOICE])
def test_each_kind_is_drawn_from_a_real_order(kind: Kind) -> None:
    placed = order(delivery=HOME) if kind is Kind.CONSENT else packed(delivery=HOME)
    document = issued(placed, kind)
    said = text_of(opened(document))
    assert document.number in said
    assert placed.number in said
    if kind in rules.OF_GOODS - {Kind.HANDOVER}:
        assert "71211" in said, "a letter needs its postcode"


def test_a_recap_of_nobody_is_none() -> None:
    day, treasurer = dt.date(2026, 11, 1), make.user(Role.TREASURER)
    with pytest.raises(InvalidInput), unit_of_work():
        service.issue_recap(make.REGENCY, "Kantor", (day, day), [], treasurer.id)


def test_a_recap_holds_its_people() -> None:
    day = dt.date(2026, 11, 1)
    with unit_of_work():
        people = [Person("Siti", "1" * 18, ("WK-1",), 7_000), Person("Budi", "", ("WK-2",), 8_000)]
        made = service.issue_recap(make.REGENCY, "Kantor", (day, day), people, make.user(Role.TREASURER).id)
    recap = fresh(made.id)
    assert (recap.amount, recap.order_id) == (15_000, None)
    assert "Lima belas ribu rupiah" in text_of(opened(recap))


def test_a_handover_issued_days_later_bears_the_day_of_the_handing_over() -> None:
    of = packed()
    then = dt.datetime(2026, 11, 18, 17, 30, tzinfo=dt.UTC)  # half past one of the 19th here
    with unit_of_work(), clock.at(then):
        orders.hand_over(of.id, None)
    assert "Pada hari Kamis, tanggal sembilan belas" in text_of(opened(issued(of, Kind.HANDOVER)))


def test_an_invoice_follows_the_way_to_pay_until_it_is_paid() -> None:
    billing.bank()
    billing.qris()
    of = order()
    billing.bill(of, "qris")
    first = issued(of)
    said = text_of(opened(first))
    assert "QRIS" in said
    assert "0011223344" not in said
    assert " WITA" in said
    with unit_of_work():
        payments.change_method(of.id, "transfer")
    second = issued(of)
    assert second.replaces_id == first.id
    assert "0011223344" in text_of(opened(second))
    assert issued(of).id == second.id
