"""Two persons stand for a batch: who prepared it does not release it, and before that nobody is paid."""

import csv
import io
import itertools

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.groups import rules as group_rules
from marketplace.groups import service as groups
from marketplace.ledger import batches, payouts
from marketplace.ledger.models import BatchState, Payout, PayoutBatch, PayoutMethod, PayoutState
from marketplace.ledger.payout_rules import BatchAction, batch_transition
from marketplace.ledger.payouts import Choice
from marketplace.shared.audit import AuditEntry
from marketplace.shared.errors import Forbidden, InvalidInput, StateConflict
from marketplace.shared.exports import as_text
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import balance
from tests.ledger.paying import family, paid, prepared, released, with_bank

#                        RELEASE              WITHDRAW               CLOSE
TABLE = {
    BatchState.PREPARED: (BatchState.RELEASED, BatchState.WITHDRAWN, None),
    BatchState.RELEASED: (None, None, BatchState.CLOSED),
    BatchState.CLOSED: (None, None, None),
    BatchState.WITHDRAWN: (None, None, None),
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(BatchState, BatchAction)))
def test_every_state_and_action(state: BatchState, action: BatchAction) -> None:
    expected = TABLE[state][list(BatchAction).index(action)]
    if expected is None:
        with pytest.raises(StateConflict):
            batch_transition(state, action)
    else:
        assert batch_transition(state, action) is expected


def of_treasurer(*, method: PayoutMethod = PayoutMethod.CASH) -> tuple[PayoutBatch, User]:
    """Prepare a batch of one family; return it with who prepared it."""
    treasurer, row = make.user(Role.TREASURER), with_bank(family(90_000))
    with unit_of_work():
        batch = payouts.prepare_batch(make.REGENCY, [Choice(row.id, method)], treasurer.id)
    return db.session.get_one(PayoutBatch, batch.id), treasurer


def state_of(batch: PayoutBatch) -> BatchState:
    db.session.expire_all()
    return db.session.get_one(PayoutBatch, batch.id).state


def test_nobody_is_paid_before_the_release(app: Flask) -> None:
    batch = prepared(family(90_000))
    with pytest.raises(StateConflict):
        paid(batch.payouts[0])
    with pytest.raises(StateConflict), unit_of_work():
        batches.close(batch.id, None)
    with unit_of_work():
        batches.release(batch.id, make.user(Role.HEAD).id)
    assert paid(batch.payouts[0]).state is PayoutState.PAID


def test_who_prepared_it_does_not_release_it(app: Flask) -> None:
    batch, treasurer = of_treasurer()
    with pytest.raises(Forbidden), unit_of_work():
        batches.release(batch.id, treasurer.id)
    assert state_of(batch) is BatchState.PREPARED


@pytest.mark.parametrize("role", [Role.TREASURER, Role.HEAD])
def test_another_treasurer_or_the_head_releases_it_on_screen(app: Flask, client: FlaskClient, role: Role) -> None:
    batch, treasurer = of_treasurer()
    address = f"/dinas/pencairan/{batch.id}"
    make.sign_in(client, treasurer)
    assert f"{address}/setujui" not in client.get(address).text
    assert client.post(f"{address}/setujui").status_code == 403
    second = make.user(role)
    make.sign_in(client, second)
    assert address in client.get("/dinas/pencairan/daftar").text
    assert f'action="{address}/setujui"' in client.get(address).text
    assert client.post(f"{address}/setujui").location == address
    assert client.post(f"{address}/setujui").status_code == 409
    row = db.session.get_one(PayoutBatch, batch.id)
    assert (row.state, row.released_by_id, bool(row.released_at)) == (BatchState.RELEASED, second.id, True)
    assert second.name in client.get(address).text


def test_the_head_pays_nobody(app: Flask, client: FlaskClient) -> None:
    batch = released(family(90_000))
    make.sign_in(client, make.user(Role.HEAD))
    assert "/bayar" not in client.get(f"/dinas/pencairan/{batch.id}").text
    for act in ("bayar", "rekening", "tutup"):
        assert client.post(f"/dinas/pencairan/{batch.id}/{act}", data={"reason": "X"}).status_code == 403


def test_a_batch_is_withdrawn_before_its_release_with_a_reason(app: Flask, client: FlaskClient) -> None:
    batch, treasurer = of_treasurer()
    address = f"/dinas/pencairan/{batch.id}/tarik"
    make.sign_in(client, treasurer)
    assert client.post(address, data={"reason": " "}).status_code == 422
    assert client.post(address, data={"reason": "Jumlah salah"}).status_code == 302
    assert state_of(batch) is BatchState.WITHDRAWN
    assert "Jumlah salah" in client.get(f"/dinas/pencairan/{batch.id}").text
    household_id = batch.payouts[0].household_id
    assert (batch.payouts[0].state, balance(household_id)) == (PayoutState.CANCELLED, 90_000)
    assert f'id="family-{household_id}"' in client.get("/dinas/pencairan").text
    again = released(family(10_000))
    assert client.post(f"/dinas/pencairan/{again.id}/tarik", data={"reason": "Terlambat"}).status_code == 422
    assert state_of(again) is BatchState.RELEASED


def test_an_empty_batch_is_not_released(app: Flask) -> None:
    batch = prepared(family(90_000))
    with unit_of_work():
        payouts.cancel_payout(batch.payouts[0].id, None)
    with pytest.raises(StateConflict), unit_of_work():
        batches.release(batch.id, None)


def test_the_list_for_the_bank_is_given_after_the_release_for_a_reason_and_written_down(
    app: Flask, client: FlaskClient
) -> None:
    batch, treasurer = of_treasurer(method=PayoutMethod.BANK)
    household_id = batch.payouts[0].household_id
    with unit_of_work():
        groups.set_bank(household_id, group_rules.BankAccount("Bank Contoh", "0012345678", "=SUM(A1)"), None)
    make.sign_in(client, treasurer)
    address, asked = f"/dinas/pencairan/{batch.id}/rekening", {"reason": "Kirim ke bank", "file": "csv"}
    assert client.post(address, data=asked).status_code == 422
    with unit_of_work():
        batches.release(batch.id, make.user(Role.HEAD).id)
    assert client.post(address, data={"reason": "x", "file": "csv"}).status_code == 422
    assert "0012345678" not in client.get(f"/dinas/pencairan/{batch.id}").text
    assert "0012345678" in client.post(address, data={"reason": "Kirim ke bank"}).text
    answer = client.post(address, data=asked)
    assert answer.mimetype == "text/csv"
    (_heads, row) = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    assert row == ["1", "'=SUM(A1)", "Bank Contoh", "0012345678", "90000", f"CAIR-{batch.id}-001"]
    looks = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.reveal")).all()
    assert [(each.subject_id, each.actor_id, each.reason) for each in looks] == [
        (household_id, treasurer.id, "Kirim ke bank")
    ] * 2


@pytest.mark.parametrize("text", ["=1+1", "+62", "-5", "@x", "\t=1", " =1", "%x"])
def test_no_text_of_a_list_is_a_formula(text: str) -> None:
    assert as_text(text) == f"'{text}"


def test_several_are_paid_together_or_none(app: Flask) -> None:
    batch = released(family(10_000, "Keluarga A"), family(20_000, "Keluarga B"))
    first, second = [payout.id for payout in batch.payouts]
    with unit_of_work():
        payouts.cancel_payout(second, None)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        payouts.pay_each({first: "Siti", second: "Ani"}, None)
    assert refused.value.field == f"proof-{second}"
    db.session.expire_all()
    assert db.session.get_one(Payout, first).state is PayoutState.PENDING
