"""An office says what it transferred for its invoice; the treasurer finds it or not, and every part counts once."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import order_balance
from marketplace.offices import invoices
from marketplace.offices.models import Invoice
from marketplace.orders import adjustments
from marketplace.orders.queries import refund_due
from marketplace.orders.wanted import LineRequest
from marketplace.payments import service as payments
from marketplace.payments.billed import Proof
from marketplace.payments.models import CollectionAccount, Payment, PaymentState
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.treasury import service as statements
from marketplace.treasury.models import Outcome
from marketplace.treasury.queries import OUTCOMES, lines, proposals, undecided
from marketplace.treasury.rules import Reason
from tests import make
from tests.conftest import reset
from tests.offices.purchasing import Bureau, do, goods, invoice_of, pay
from tests.offices.test_invoices import faults
from tests.payments import billing
from tests.payments.test_proof import photo
from tests.treasury.taking import line

TOTAL = 100_000


@pytest.fixture
def bureau(app: Flask) -> Bureau:
    """Return an office with credit, and an account to which it transfers."""
    billing.bank()
    return Bureau(credit=10_000_000)


def invoiced(bureau: Bureau) -> Invoice:
    return invoice_of(bureau.ordered(LineRequest(2, goods(price=50_000).id)))


def attempts() -> list[Payment]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Payment).order_by(Payment.id)))


def claimed(invoice: Invoice, amount: int) -> Payment:
    key = do(invoices.claim, invoice.id, Proof(amount, None, "Atas nama SDN"), make.user(Role.BUYER).id).id
    return db.session.get_one(Payment, key)


def debt(invoice: Invoice) -> int:
    db.session.rollback()
    return order_balance(invoice.order_id, Account.RECEIVABLES)


def test_a_member_sends_a_photo_and_the_treasurer_writes_the_money_down(client: FlaskClient, bureau: Bureau) -> None:
    invoice = invoiced(bureau)
    here = f"/instansi/tagihan/{invoice.id}"
    make.sign_in(client, bureau.approver)
    assert f"{here}/bukti" in client.get(here).text
    data = {"key": "k", "amount": "60.000", "photo": (photo(), "bukti.jpg")}
    assert client.post(f"{here}/bukti", data=data, content_type="multipart/form-data").location == here
    assert "Rp60.000" in client.get(here).text
    (claim,) = attempts()
    assert (claim.state, claim.amount, claim.proof is None, debt(invoice)) == (
        PaymentState.CLAIMED,
        60_000,
        False,
        TOTAL,
    )
    make.sign_in(client, make.user(Role.TREASURER))
    assert f"/dinas/pembayaran/{claim.id}" in client.get("/dinas/pembayaran").text
    assert "Rp60.000" in client.get(f"/dinas/tagihan/{invoice.id}").text
    found = {"received_amount": "60.000", "reference": "MUT-1"}
    assert client.post(f"/dinas/pembayaran/{claim.id}/terima", data=found).status_code == 302
    assert client.post(f"/dinas/pembayaran/{claim.id}/terima", data=found).status_code == 422
    assert (invoice_of(invoice.order).open_amount, debt(invoice), faults()) == (40_000, 40_000, {})
    make.sign_in(client, bureau.asker)
    assert "Rp40.000" in client.get(here).text


def test_what_was_not_found_is_told_with_its_reason_and_sent_again(client: FlaskClient, bureau: Bureau) -> None:
    invoice = invoiced(bureau)
    claim = claimed(invoice, TOTAL)
    make.sign_in(client, make.user(Role.TREASURER))
    client.post(f"/dinas/pembayaran/{claim.id}/tolak", data={"reason": "Belum ada di mutasi"})
    make.sign_in(client, bureau.asker)
    assert "Belum ada di mutasi" in client.get(f"/instansi/tagihan/{invoice.id}").text
    data = {"key": "k", "amount": "100.000", "note": "Atas nama SDN"}
    assert client.post(f"/instansi/tagihan/{invoice.id}/bukti", data=data).status_code == 302
    assert [each.state for each in attempts()] == [PaymentState.REJECTED, PaymentState.CLAIMED]
    assert faults() == {}


BAD = {
    "no sum": {"amount": "", "note": "x"},
    "no number": {"amount": "banyak", "note": "x"},
    "nothing": {"amount": "0", "note": "x"},
    "neither photo nor name": {"amount": "60.000", "note": " "},
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_proof_is_told_and_kept(client: FlaskClient, bureau: Bureau, name: str) -> None:
    invoice = invoiced(bureau)
    make.sign_in(client, bureau.asker)
    refused = client.post(f"/instansi/tagihan/{invoice.id}/bukti", data={"key": "k", **BAD[name]})
    assert refused.status_code == 422
    assert f'value="{BAD[name]["amount"]}"' in refused.text
    bad = {"key": "k", "amount": "5.000", "photo": (io.BytesIO(b"no picture"), "bukti.jpg")}
    here = f"/instansi/tagihan/{invoice.id}/bukti"
    assert client.post(here, data=bad, content_type="multipart/form-data").status_code == 422
    assert attempts() == []


def test_only_members_tell_and_only_of_what_is_open(client: FlaskClient, bureau: Bureau) -> None:
    invoice = invoiced(bureau)
    here, data = f"/instansi/tagihan/{invoice.id}/bukti", {"key": "k", "amount": "5.000", "note": "x"}
    for user in (make.user(Role.BUYER), make.user(Role.TREASURER), Bureau().approver):
        make.sign_in(client, user)
        assert (client.get(here).status_code, client.post(here, data=data).status_code) == (404, 404)
    pay(invoice, TOTAL)
    make.sign_in(client, bureau.asker)
    assert client.post(here, data=data).location == f"/instansi/tagihan/{invoice.id}"
    with pytest.raises(StateConflict):
        claimed(invoice, 5_000)
    assert {each.state for each in attempts()} == {PaymentState.CONFIRMED}


def test_each_transfer_has_its_own_proof_and_the_treasurer_sees_all(client: FlaskClient, bureau: Bureau) -> None:
    invoice = invoiced(bureau)
    here = f"/instansi/tagihan/{invoice.id}"
    make.sign_in(client, bureau.asker)
    for key, amount, note in (("k1", "60.000", "Rekening SDN"), ("k2", "30.000", "Rekening komite")):
        data = {"key": key, "amount": amount, "note": note}
        assert [client.post(f"{here}/bukti", data=data).location for _twice in range(2)] == [here, here]
    first, second = (each.id for each in attempts())
    assert [(each.state, each.amount, each.note) for each in attempts()] == [
        (PaymentState.CLAIMED, 60_000, "Rekening SDN"),
        (PaymentState.CLAIMED, 30_000, "Rekening komite"),
    ]
    own = client.get(here).text
    assert all(said in own for said in ("Rp90.000", "Rp60.000", "Rp30.000", "Rekening SDN", "Rekening komite"))
    over = client.post(f"{here}/bukti", data={"key": "k3", "amount": "10.001", "note": "x"})
    assert (over.status_code, "Rp10.000" in over.text, "Rp90.000" in over.text) == (422, True, True)
    make.sign_in(client, make.user(Role.TREASURER))
    shown, listed = client.get(f"/dinas/tagihan/{invoice.id}").text, client.get("/dinas/pembayaran").text
    for key in (first, second):
        assert f"/dinas/pembayaran/{key}" in shown
        assert f"/dinas/pembayaran/{key}" in listed
    do(payments.confirm, second, 30_000, "MUT-2", None)
    assert [each.state for each in attempts()] == [PaymentState.CLAIMED, PaymentState.CONFIRMED]
    assert (debt(invoice), faults()) == (70_000, {})


def test_what_is_told_of_wholly_waits_for_the_treasurer(client: FlaskClient, bureau: Bureau) -> None:
    invoice = invoiced(bureau)
    claimed(invoice, TOTAL)
    here = f"/instansi/tagihan/{invoice.id}"
    make.sign_in(client, bureau.asker)
    assert f"{here}/bukti" not in client.get(here).text
    assert client.get(f"{here}/bukti").location == here
    assert client.post(f"{here}/bukti", data={"key": "k", "amount": "1.000", "note": "x"}).status_code == 422
    assert len(attempts()) == 1


def test_money_is_for_the_proof_of_its_sum(bureau: Bureau) -> None:
    invoice = invoiced(bureau)
    claimed(invoice, 60_000)
    claimed(invoice, 30_000)
    found = line(db.session.scalars(select(CollectionAccount)).one(), 30_000, invoice.number)
    (proposal,) = proposals([found])[found.id]
    assert (proposal.reason, proposal.is_certain) == (Reason.SUM_AND_NUMBER, True)
    do(statements.match, found.id, invoice.order_id, None)
    assert [each.state for each in attempts()] == [PaymentState.CLAIMED, PaymentState.CONFIRMED]
    claimed(invoice, 10_000)
    pay(invoice, 5_000, "MUT-5")  # neither of both: it is money of its own
    assert [(each.state, each.received_amount) for each in attempts()] == [
        (PaymentState.CLAIMED, 0),
        (PaymentState.CONFIRMED, 30_000),
        (PaymentState.CLAIMED, 0),
        (PaymentState.CONFIRMED, 5_000),
    ]
    assert (debt(invoice), faults()) == (65_000, {})


def test_money_written_down_at_the_invoice_is_what_the_office_meant(bureau: Bureau) -> None:
    invoice = invoiced(bureau)
    claimed(invoice, 60_000)
    pay(invoice, 5_000, "Pak Amat", provider="cash")
    assert [each.state for each in attempts()] == [PaymentState.CLAIMED, PaymentState.CONFIRMED]
    pay(invoice, 59_000, "MUT-2")
    assert [(each.state, each.received_amount) for each in attempts()] == [
        (PaymentState.CONFIRMED, 59_000),
        (PaymentState.CONFIRMED, 5_000),
    ]
    assert (debt(invoice), faults()) == (36_000, {})


def test_a_claim_of_an_order_that_ended_is_money_to_give_back(bureau: Bureau) -> None:
    invoice = invoiced(bureau)
    claim = claimed(invoice, TOTAL)
    do(adjustments.cancel, invoice.order_id, by_buyer=False, reason="Batal", actor_id=None)
    do(payments.confirm, claim.id, TOTAL, "MUT-3", None)
    assert (debt(invoice), refund_due(invoice.order_id), faults()) == (0, TOTAL, {})


def test_the_buyers_way_to_send_a_proof_leaves_an_invoice_alone(client: FlaskClient, bureau: Bureau) -> None:
    invoice = invoiced(bureau)
    claim = claimed(invoice, 60_000)
    answer = client.post(f"/p/{invoice.order.token}/bukti", data={"note": "Siti"})
    assert answer.location == f"/p/{invoice.order.token}"
    with pytest.raises(StateConflict):
        do(payments.claim, claim.id, None, "Siti", None)
    assert [(each.note, each.needs_review) for each in attempts()] == [("Atas nama SDN", False)]


@pytest.mark.parametrize("says", [True, False])
def test_a_line_of_the_statement_pays_an_invoice(bureau: Bureau, says: bool) -> None:
    invoice = invoiced(bureau)
    if says:
        claimed(invoice, 60_000)
    found = line(db.session.scalars(select(CollectionAccount)).one(), 60_000, invoice.order.number)
    do(statements.match, found.id, invoice.order_id, None)
    assert [(each.state, each.received_amount) for each in attempts()] == [(PaymentState.CONFIRMED, 60_000)]
    assert (debt(invoice), refund_due(invoice.order_id), faults()) == (40_000, 0, {})


@pytest.mark.parametrize("says", [True, False])
@pytest.mark.parametrize(
    ("paid", "amount", "outcome"),
    [
        (0, 77_777, Outcome.SHORT),
        (0, TOTAL, Outcome.PAID),
        (0, 500_000, Outcome.OVER),
        (60_000, 40_000, Outcome.PAID),
        (60_000, 40_001, Outcome.OVER),
    ],
)
def test_a_line_says_whether_it_pays_all_of_an_invoice(
    bureau: Bureau, says: bool, paid: int, amount: int, outcome: Outcome
) -> None:
    invoice = invoiced(bureau)
    if paid:
        pay(invoice, paid)
    if says:
        claimed(invoice, min(amount, TOTAL - paid))
    found = line(db.session.scalars(select(CollectionAccount)).one(), amount, invoice.number)
    assert do(statements.match, found.id, invoice.order_id, None).outcome is outcome
    queue = next(each for each, kinds in OUTCOMES.items() if outcome in kinds)
    shown = db.session.scalars(lines(make.REGENCY, queue, "", None)).all()
    assert [each.id for each in shown] == [found.id]
    assert undecided(shown) == ({found.id} if outcome is Outcome.OVER else set())  # what is too much goes back
    assert faults() == {}


def test_nobody_says_that_he_paid_more_than_is_open(bureau: Bureau) -> None:
    invoice = invoiced(bureau)
    pay(invoice, 60_000)
    with pytest.raises(InvalidInput) as refused:
        claimed(invoice, TOTAL - 60_000 + 1)
    assert refused.value.field == "amount"


def test_a_line_for_an_invoice_that_is_paid_came_twice(bureau: Bureau) -> None:
    invoice = invoiced(bureau)
    pay(invoice, TOTAL)
    found = line(db.session.scalars(select(CollectionAccount)).one(), TOTAL, invoice.number)
    assert do(statements.match, found.id, invoice.order_id, None).outcome is Outcome.TWICE


CERTAIN = {
    "number and sum": ("TRSF {invoice} SDN", TOTAL, None, Reason.SUM_AND_NUMBER, True),
    "number without hyphens": ("TRSF {bare}", TOTAL, None, Reason.SUM_AND_NUMBER, True),
    "what the office said": ("TRSF {invoice}", 60_000, 60_000, Reason.SUM_AND_NUMBER, True),
    "a part": ("TRSF {invoice}", 30_000, None, Reason.NUMBER, False),
    "the sum alone": ("TRSF SDN", TOTAL, None, Reason.SUM, False),
}


@pytest.mark.parametrize("name", CERTAIN)
def test_a_line_that_names_an_invoice_is_proposed_for_it(bureau: Bureau, name: str) -> None:
    text, amount, said, reason, is_certain = CERTAIN[name]
    invoice, _other = invoiced(bureau), invoiced(Bureau(credit=TOTAL))
    pay(_other, 1)
    if said:
        claimed(invoice, said)
    written = text.format(invoice=invoice.number, bare=invoice.number.replace("-", ""))
    found = line(db.session.scalars(select(CollectionAccount)).one(), amount, written)
    (proposal,) = proposals([found])[found.id]
    assert (proposal.bill.order_id, proposal.reason, proposal.is_certain) == (invoice.order_id, reason, is_certain)
    if is_certain:
        assert do(statements.match_certain, make.REGENCY, {found.id: invoice.order_id}, None) == 1
        assert (invoice_of(invoice.order).paid_amount, faults()) == (amount, {})


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.sampled_from(("claim", "find", "refuse", "pay")), st.integers(1, 150_000)), max_size=7)
)
def test_whatever_is_said_and_found_the_debt_is_what_did_not_come(app: Flask, steps: list[tuple[str, int]]) -> None:
    reset(app)
    billing.bank()
    invoice, came = invoiced(Bureau(credit=10_000_000)), 0
    for number, (step, amount) in enumerate(steps):
        told = [each for each in attempts() if each.state is PaymentState.CLAIMED]
        opened, left = next(iter(told), None), TOTAL - came - sum(each.amount for each in told)
        if step == "claim" and left > 0:
            claimed(invoice, min(amount, left))
        elif step == "find" and opened is not None:
            do(payments.confirm, opened.id, amount, f"MUT-{number}", None)
            came += amount
        elif step == "refuse" and opened is not None:
            do(payments.reject, opened.id, "Tidak ada", None)
        elif step == "pay":
            pay(invoice, amount, f"PAY-{number}")
            came += amount
    assert (debt(invoice), refund_due(invoice.order_id)) == (max(TOTAL - came, 0), max(came - TOTAL, 0))
    assert (invoice_of(invoice.order).paid_amount, faults()) == (came, {})
