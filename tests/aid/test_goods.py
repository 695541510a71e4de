"""Goods change hands by a signed record with a number; later somebody looks what became of them."""

import datetime as dt
import io

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from marketplace.aid import goods, queries
from marketplace.aid.goods import Piece, Signed
from marketplace.aid.goods_models import Found, Handover, ItemCondition
from marketplace.aid.models import AidKind, ProposalState
from marketplace.extensions import db
from marketplace.shared import documents
from marketplace.shared.errors import InvalidInput
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.aid.giving import SUM, Office, today

NEW = ItemCondition.NEW


def refused(office: Office, key: int, *pieces: Piece, signed: Signed | None = None) -> str:
    """Return what is said when goods are not handed over; nothing must be left of it."""
    with pytest.raises(InvalidInput) as error, unit_of_work():
        goods.hand_over(key, pieces, signed or Signed(today(), "Siti"), office.id(Role.CURATOR))
    db.session.rollback()
    return str(error.value.message)


def test_numbers_run_without_a_gap_also_after_a_refusal(app: Flask) -> None:
    office = Office()
    proposal = office.proposal(ProposalState.APPROVED)
    first = office.handed(proposal).number
    assert "approved" in refused(office, proposal.id, Piece("Mesin", "", SUM, NEW))
    second = office.handed(proposal, Piece("Kain", "", 500_000, NEW)).number
    year = today().year
    assert (first, second) == (f"0001/BAST-BTN/63.06/{year}", f"0002/BAST-BTN/63.06/{year}")
    assert db.session.scalar(select(func.max(Handover.sequence))) == 2


def test_no_more_is_handed_over_than_was_approved(app: Flask) -> None:
    office = Office()
    proposal = office.proposal(ProposalState.APPROVED)
    office.handed(proposal, Piece("Mesin", "A1", SUM - 1, NEW))
    assert refused(office, proposal.id, Piece("Benang", "", 2, NEW))
    office.handed(proposal, Piece("Benang", "", 1, NEW))
    db.session.refresh(proposal)
    assert proposal.handed == proposal.amount == SUM


@pytest.mark.parametrize("state", [s for s in ProposalState if s is not ProposalState.APPROVED])
def test_nothing_is_handed_over_before_the_decision(app: Flask, state: ProposalState) -> None:
    office = Office()
    assert "approved" in refused(office, office.proposal(state).id, Piece("Mesin", "", 1, NEW))


def test_what_cannot_be_a_record_is_refused(app: Flask) -> None:
    office = Office()
    key = office.proposal(ProposalState.APPROVED).id
    piece, stranger = Piece("Mesin", "SN-1", 1, NEW), make.household(make.group())
    tomorrow = today() + dt.timedelta(days=1)
    assert refused(office, key)
    assert refused(office, key, piece, signed=Signed(today(), ""))
    assert refused(office, key, piece, signed=Signed(tomorrow, "Siti"))
    assert refused(office, key, piece, signed=Signed(today() - dt.timedelta(days=1), "Siti"))
    assert refused(office, key, piece, signed=Signed(today(), "Siti", "M1 1<script>"))
    assert refused(office, key, Piece("Mesin", "", 1, NEW, stranger.id))
    assert "SN-1" in refused(office, key, piece, Piece("mesin", "sn-1", 1, NEW))
    office.handed(db.session.get_one(type(office.proposal()), key), piece)
    assert "SN-1" in refused(office, key, piece)
    money = Office().grant().proposal_id
    assert "approved" in refused(office, money, piece)


def test_the_record_is_read_back(app: Flask) -> None:
    office = Office()
    family = make.household(office.group, name="Keluarga Aminah")
    proposal = office.proposal(ProposalState.APPROVED)
    pieces = (Piece("Mesin jahit", "JUKI-77", 3_000_000, NEW, family.id), Piece("Meja", "", 500_000, NEW))
    record = office.handed(proposal, *pieces)
    pdf = documents.draw("aid_handover", record.content, "https://contoh.id/b/1", record.made_at)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
    wanted = (record.number, "188/12/2026", "Mesin jahit", "JUKI-77", "Keluarga Aminah", "Bersama", "Rp3.500.000")
    assert [word for word in (*wanted, office.group.name, "Siti Contoh") if word not in text] == []
    assert pdf == documents.draw("aid_handover", record.content, "https://contoh.id/b/1", record.made_at)


def test_what_became_of_a_piece_is_kept(app: Flask) -> None:
    office = Office()
    item = office.handed(office.proposal(ProposalState.APPROVED)).items[0]
    for found, note, day in ((Found.SOLD, "", today()), (Found.THERE, "", today() + dt.timedelta(days=1))):
        with pytest.raises(InvalidInput), unit_of_work():
            goods.look_after(item.id, found, note, day, office.id(Role.MENTOR))
    for found, note in ((Found.THERE, ""), (Found.BROKEN, "Jarum patah")):
        with unit_of_work():
            goods.look_after(item.id, found, note, today(), office.id(Role.MENTOR))
    db.session.refresh(item)
    assert [look.found for look in item.looks] == [Found.THERE, Found.BROKEN]


def test_a_family_and_a_group_have_it_on_their_timelines(app: Flask) -> None:
    office = Office()
    family = make.household(office.group)
    proposal = office.proposal(ProposalState.APPROVED)
    office.handed(proposal, Piece("Mesin jahit", "X1", 3_000_000, NEW, family.id))
    assert [(event.what, event.amount) for event in queries.of_household(family.id)] == [("Mesin jahit", 3_000_000)]
    assert {event.kind for event in queries.of_group(office.group.id)} == {"goods", "approved"}
    assert proposal.kind is AidKind.GOODS
