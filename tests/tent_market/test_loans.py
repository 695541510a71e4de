"""Tents come and go back with a record of both, and one is never borrowed twice at a time."""

import datetime as dt
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from marketplace.extensions import db
from marketplace.shared.errors import InvalidInput, NotFound
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market import placing, tents
from marketplace.tent_market.models import Condition, Tent, TentLoan
from marketplace.tent_market.tents import Handover, State
from tests import make
from tests.tent_market import markets

OVER = Handover("Dinas Perdagangan", "510/7", markets.today(), markets.in_days(10), "Pak Contoh")


def give_back(condition: Condition, note: str = "", *loans: TentLoan, on: dt.date | None = None) -> list[TentLoan]:
    what = {loan.tent_id: State(condition, note) for loan in loans}
    with unit_of_work():
        return tents.give_back(make.REGENCY, what, on or markets.today(), "Bu Contoh", None)


def test_a_tent_is_on_loan_once_at_a_time(app: Flask) -> None:
    loan = markets.borrowed(make.REGENCY, "1")[0]
    again = {loan.tent_id: State(Condition.GOOD)}
    with pytest.raises(InvalidInput), unit_of_work():
        tents.borrow(make.REGENCY, again, OVER, None)
    give_back(Condition.WORN, "", loan)
    with pytest.raises(InvalidInput):
        give_back(Condition.WORN, "", loan)
    with unit_of_work():
        assert len(tents.borrow(make.REGENCY, again, OVER, None)) == 1


@pytest.mark.parametrize("condition", [Condition.DAMAGED, Condition.LOST])
def test_what_is_damaged_or_lost_needs_words(app: Flask, condition: Condition) -> None:
    loan = markets.borrowed(make.REGENCY, "1")[0]
    with pytest.raises(InvalidInput) as refused:
        give_back(condition, "", loan)
    assert refused.value.field == f"note-{loan.tent_id}"
    assert give_back(condition, "Tiangnya patah", loan)[0].condition_back is condition


def test_days_the_wrong_way_round_and_tents_of_others_are_refused(app: Flask) -> None:
    loan, other = markets.borrowed(make.REGENCY, "1")[0], markets.borrowed(make.OTHER_REGENCY, "1")[0]
    with pytest.raises(InvalidInput):
        give_back(Condition.GOOD, "", loan, on=markets.in_days(-401))
    with pytest.raises(NotFound):
        give_back(Condition.GOOD, "", loan, other)
    wrong = Handover("Dinas", "", markets.today(), markets.in_days(-1), "Pak")
    with pytest.raises(InvalidInput), unit_of_work():
        tents.borrow(make.REGENCY, {loan.tent_id: State(Condition.GOOD)}, wrong, None)
    with pytest.raises(InvalidInput), unit_of_work():
        tents.add_tents(make.REGENCY, ["2", "1"], "", None)
    assert db.session.query(Tent).count() == 2


def test_only_tents_that_are_here_are_put_up(app: Flask) -> None:
    day = markets.day(markets.site(), markets.in_days(3))
    here, gone, unused, away = markets.borrowed(make.REGENCY, "1", "2", "3", "4")
    give_back(Condition.GOOD, "", gone)
    with unit_of_work():
        tents.change_tent(unused.tent_id, "", is_active=False, actor_id=None)
        tents.add_tents(make.REGENCY, ["5"], "", None)
        away.borrowed_on, away.due_on = markets.in_days(4), markets.in_days(9)
    assert [tent.number for tent in tents.available(day)] == ["1", "5"]
    for loan in (gone, unused, away):
        with pytest.raises(InvalidInput), unit_of_work():
            placing.put_up(day.id, [here.tent_id, loan.tent_id], None)
    assert placing.stands_of(day.id) == []


def words_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split())


def test_both_records_name_what_changed_hands_together(app: Flask, client: FlaskClient) -> None:
    one, other, alone = (*markets.borrowed(make.REGENCY, "1", "2"), *markets.borrowed(make.REGENCY, "9", due=31))
    make.sign_in(client, make.user(Role.PACKER))
    given = words_of(client, f"/dinas/pasar/tenda-pinjaman/serah-terima/{one.id}.pdf")
    assert "Berita Acara Serah Terima Tenda" in given
    assert "2 tenda" in given
    assert "510/1" in given
    assert "Pak Contoh" in given
    assert client.get(f"/dinas/pasar/tenda-pinjaman/pengembalian/{one.id}.pdf").status_code == 404
    give_back(Condition.DAMAGED, "Terpal sobek", other, alone)
    back = words_of(client, f"/dinas/pasar/tenda-pinjaman/pengembalian/{other.id}.pdf")
    assert "Berita Acara Pengembalian Tenda" in back
    assert "2 tenda" in back
    assert "Terpal sobek" in back
    assert "Bu Contoh" in back
    assert "Rusak" in back
