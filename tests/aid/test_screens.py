"""Officers and groups do all of it on their pages, each what his role lets him, and nothing of elsewhere."""

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from marketplace.accounts.models import User
from marketplace.aid import rules
from marketplace.aid.goods_models import Handover
from marketplace.aid.models import AidKind, Fund, Proposal, ProposalState
from marketplace.aid.money_models import Drawing, DrawingState, Grant
from marketplace.aid.rules import Action, Step
from marketplace.extensions import db
from marketplace.shared.policy import Role
from tests import make
from tests.aid.giving import LINES, Office, today
from tests.shared.pictures import picture

S, D = ProposalState, DrawingState
WAYS: dict[Action, str] = {
    Action.SUBMIT: "kirim",
    Action.WITHDRAW: "tarik",
    Action.SEND_BACK: "kembalikan",
    Action.CHECK: "periksa",
    Action.APPROVE: "setujui",
    Action.REFUSE: "tolak",
    Action.REVOKE: "batal-setuju",
}
DRAWING_WAYS: dict[Step, str] = {
    Step.RELEASE: "lepas",
    Step.REFUSE: "tolak",
    Step.WITHDRAW: "tarik",
    Step.SEND_BACK: "ulang",
    Step.SETTLE: "selesai",
}
FROM: dict[Action, ProposalState] = {action: state for (state, action) in reversed(rules.PROPOSAL_MOVES)}
DRAWING_FROM: dict[Step, DrawingState] = {step: state for (state, step) in rules.DRAWING_MOVES}
WORKERS = tuple(role for role in Role if role not in (Role.BUYER, Role.SELLER, Role.GROUP_OFFICER))


@pytest.fixture
def office(app: Flask) -> Office:
    return Office()


def person(office: Office, role: Role) -> User:
    """Make somebody of a role who did nothing yet."""
    scope: dict[str, Any] = {"group_id": office.group.id} if role is Role.MENTOR else {"area_code": office.regency}
    return make.user(role, **scope)


def state_of(key: int, kind: Any = Proposal) -> Any:
    db.session.rollback()
    return db.session.get_one(kind, key, populate_existing=True).state


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", WORKERS)
def test_only_the_roles_of_a_step_take_it(client: FlaskClient, office: Office, role: Role, action: Action) -> None:
    office.guided()
    before = FROM[action]
    key = office.proposal(before).id
    make.sign_in(client, person(office, role))
    decree = {"fund_id": office.fund().id, "decree_number": "188/1", "decree_on": today().isoformat()}
    answer = client.post(f"/dinas/bantuan/usulan/{key}/{WAYS[action]}", data={"reason": "Belum lengkap", **decree})
    if role in rules.PROPOSAL_ROLES[action]:
        assert (answer.status_code, state_of(key)) == (302, rules.PROPOSAL_MOVES[before, action])
    else:
        assert (answer.status_code, state_of(key)) == (403, before)


@pytest.mark.parametrize("step", DRAWING_WAYS)
@pytest.mark.parametrize("role", WORKERS)
def test_only_the_roles_of_a_drawing_take_its_steps(
    client: FlaskClient, office: Office, role: Role, step: Step
) -> None:
    grant = office.grant()
    office.paid(grant, 5_000_000)
    before = DRAWING_FROM[step]
    key = office.drawing(grant, before).id
    make.sign_in(client, person(office, role))
    answer = client.post(f"/dinas/bantuan/pengambilan/{key}/{DRAWING_WAYS[step]}", data={"reason": "Nota kabur"})
    if role in rules.DRAWING_ROLES[step]:
        assert (answer.status_code, state_of(key, Drawing)) == (302, rules.DRAWING_MOVES[before, step])
    else:
        assert (answer.status_code, state_of(key, Drawing)) == (403, before)


def test_nobody_sees_what_is_of_elsewhere(client: FlaskClient, office: Office) -> None:
    other = Office(make.OTHER_REGENCY)
    grant = office.grant()
    office.paid(grant, 1_000_000)
    drawing = office.asked(grant)
    ways = [f"usulan/{grant.proposal_id}", f"hibah/{grant.id}", f"pengambilan/{drawing.id}"]
    for user, start in ((other.users[Role.HEAD], "/dinas"), (other.users[Role.GROUP_OFFICER], "/penjual")):
        make.sign_in(client, user)
        assert [client.get(f"{start}/bantuan/{way}").status_code for way in ways] == [404] * 3
        assert office.group.name not in client.get(f"{start}/bantuan").text


def budget(*rows: tuple[str, str, str, str]) -> dict[str, str]:
    names = ("what", "quantity", "unit", "price")
    return {f"{name}-{at}": value for at, row in enumerate(rows) for name, value in zip(names, row, strict=True)}


def test_a_group_goes_the_whole_way_on_its_phone(client: FlaskClient, office: Office) -> None:
    make.sign_in(client, office.users[Role.GROUP_OFFICER])
    sent = {
        "whose": office.group.id,
        "key": "k" * 30,
        "kind": "money",
        "title": "Modal",
        "story": "",
        **budget(("Benang", "2", "rol", "5.000")),
    }
    made = client.post("/penjual/bantuan/usulan/baru", data=sent)
    key = int(made.location.rpartition("/")[2])
    way = f"/penjual/bantuan/usulan/{key}"
    refused = client.post(f"{way}/kirim")
    assert (refused.status_code, "story is missing" in refused.text, "photo is missing" in refused.text) == (
        422,
        True,
        True,
    )
    assert client.post(f"{way}/ubah", data={**sent, "story": "Pesanan bertambah"}).status_code == 302
    photos = {"photo": (io.BytesIO(picture((96, 64))), "surat.jpg")}
    assert client.post(f"{way}/foto", data=photos).status_code == 302
    assert client.post(f"{way}/foto", data={"photo": (io.BytesIO(b"x"), "a.jpg")}).status_code == 422
    file_id = db.session.get_one(Proposal, key).files[0].id
    assert client.get(f"/penjual/bantuan/foto/{file_id}.jpg").mimetype == "image/jpeg"
    assert client.post(f"{way}/kirim").status_code == 302
    proposal = db.session.get_one(Proposal, key)
    assert (proposal.state, proposal.amount, proposal.kind) == (S.SUBMITTED, 10_000, AidKind.MONEY)
    make.sign_in(client, make.user(Role.BUYER))
    assert client.get(f"/penjual/bantuan/foto/{file_id}.jpg").status_code == 404


def test_a_group_draws_and_proves_on_its_phone(client: FlaskClient, office: Office) -> None:
    grant = office.grant()
    office.paid(grant, 50_000)
    make.sign_in(client, office.users[Role.GROUP_OFFICER])
    page = f"/penjual/bantuan/hibah/{grant.id}"
    key = "k" * 30
    sent = {"purpose": "Bahan", "what-0": "Benang", "amount-0": "30.000", "key": key}
    first = client.post(f"{page}/ajukan", data=sent)
    assert client.post(f"{page}/ajukan", data=sent).location == first.location
    assert client.post(f"{page}/ajukan", data={**sent, "key": "n" * 30}).status_code == 422
    drawing_id = int(first.location.rpartition("/")[2])
    make.sign_in(client, office.users[Role.HEAD])
    assert client.post(f"/dinas/bantuan/pengambilan/{drawing_id}/lepas").status_code == 302
    make.sign_in(client, office.users[Role.GROUP_OFFICER])
    way = f"/penjual/bantuan/pengambilan/{drawing_id}/bukti"

    def proof(amount: str, rest: str = "") -> dict[str, Any]:
        photo = (io.BytesIO(picture((96, 64))), "nota.jpg")
        return {"what-0": "Benang", "amount-0": amount, "photo-0": photo, "rest": rest}

    wrong = client.post(way, data=proof("29.000"))
    assert (wrong.status_code, "do not add up" in wrong.text, "Benang" in wrong.text) == (422, True, True)
    assert client.post(way, data=proof("29.000", "1.000")).status_code == 302
    row = db.session.get_one(Drawing, drawing_id)
    assert (row.state, row.rest) == (D.PROVED, 1_000)
    assert client.get(f"/penjual/bantuan/nota/{row.receipts[0].id}.jpg").mimetype == "image/jpeg"


def test_the_head_reads_all_that_is_open_before_he_approves(client: FlaskClient, office: Office) -> None:
    key = office.proposal(S.CHECKED).id
    fund = office.fund(1)
    make.sign_in(client, office.users[Role.HEAD])
    way = f"/dinas/bantuan/usulan/{key}/setujui"
    assert "no guidance yet" in client.get(way).text
    refused = client.post(way, data={"fund_id": fund.id, "decree_number": "", "decree_on": ""})
    assert refused.status_code == 422
    wanted = ("no guidance yet", "not enough left", "number of the decree is missing", "date of the decree is missing")
    assert [text for text in wanted if text not in refused.text] == []


def test_goods_are_handed_over_once_and_looked_after(client: FlaskClient, office: Office) -> None:
    proposal = office.proposal(S.APPROVED)
    make.sign_in(client, office.users[Role.CURATOR])
    way = f"/dinas/bantuan/usulan/{proposal.id}/serah-terima"
    row = {"what-0": "Mesin jahit", "serial-0": "JK-1", "value-0": "3.000.000", "condition-0": "new", "receiver-0": ""}
    sent = {"handed_on": today().isoformat(), "name": "Siti", "strokes": "M1 1L2 2", "key": "k" * 30, **row}
    assert [client.post(way, data=sent).status_code for _number in range(2)] == [302, 302]
    record = db.session.query(Handover).one()
    pdf = client.get(f"/dinas/bantuan/serah-terima/{record.id}.pdf")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    item = record.items[0]
    make.sign_in(client, office.users[Role.MENTOR])
    seen = {"found": "broken", "note": "Jarum patah", "seen_on": today().isoformat()}
    assert client.post(f"/dinas/bantuan/barang/{item.id}", data=seen).status_code == 302
    assert "Broken" in client.get("/dinas/bantuan/barang").text
    assert client.get("/dinas/bantuan/barang?format=xlsx").status_code == 200


def test_funds_are_kept_and_show_what_is_left(client: FlaskClient, office: Office) -> None:
    make.sign_in(client, office.users[Role.HEAD])
    sent = {"area_code": "63.06", "source": "centre", "year": 2026, "name": "DAK", "rule": "quota"}
    assert client.post("/dinas/bantuan/dana/baru", data=sent).status_code == 422
    assert client.post("/dinas/bantuan/dana/baru", data={**sent, "quota": 3}).status_code == 302
    assert client.post("/dinas/bantuan/dana/baru", data={**sent, "quota": 3}).status_code == 422
    fund = db.session.query(Fund).one()
    office.proposal(S.APPROVED, lines=LINES, fund=fund)
    assert "2 groups" in client.get("/dinas/bantuan/dana").text
    assert client.post(f"/dinas/bantuan/dana/{fund.id}", data={"limit": "5"}).status_code == 302
    assert "4 groups" in client.get("/dinas/bantuan/dana").text
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/dinas/bantuan/dana?format=xlsx").data))
    row = dict(zip(*book.get_sheet_by_index(0).to_python(), strict=True))
    assert (row["Money left"], row["Groups left"]) == ("", 4)


def test_a_part_is_planned_and_paid_and_the_account_shown_with_a_reason(client: FlaskClient, office: Office) -> None:
    grant = office.grant()
    make.sign_in(client, office.users[Role.CURATOR])
    planned = {"amount": "10.000.000", "due_on": today().isoformat(), "key": "k" * 30}
    assert client.post(f"/dinas/bantuan/hibah/{grant.id}/tahap", data=planned).status_code == 302
    db.session.rollback()
    db.session.refresh(grant)
    tranche = grant.tranches[0]
    make.sign_in(client, office.users[Role.TREASURER])
    way = f"/dinas/bantuan/hibah/{grant.id}/rekening/lihat"
    assert "0011223344" not in client.get(f"/dinas/bantuan/hibah/{grant.id}").text + client.get(way).text
    shown = client.post(way, data={"reason": "Mentransfer tahap 1"})
    assert ("0011223344" in shown.text, shown.headers["Cache-Control"]) == (True, "no-store")
    paid = {"reference": "TRF-1", "paid_on": today().isoformat()}
    assert client.post(f"/dinas/bantuan/tahap/{tranche.id}/cairkan", data=paid).status_code == 302
    db.session.rollback()
    assert db.session.get_one(Grant, grant.id).balance == 10_000_000


def test_the_work_list_names_what_waits_for_each(client: FlaskClient, office: Office) -> None:
    office.proposal(S.SUBMITTED)
    office.proposal(S.CHECKED)
    grant = office.grant()
    office.paid(grant, 2_000_000)
    office.planned(grant, 1_000)
    office.asked(grant)
    waiting = {
        Role.VERIFIER: ("Proposals to check", "Drawings to release"),
        Role.HEAD: ("Proposals to decide", "Drawings to release"),
        Role.TREASURER: ("Parts of grants to pay",),
    }
    for role, texts in waiting.items():
        make.sign_in(client, person(office, role))
        page = client.get("/dinas").text
        assert [text for text in texts if text not in page] == []
