"""An officer plans the market on screen: what he typed is kept, what is wrong is said, strangers find nothing."""

import datetime as dt
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from marketplace.extensions import db
from marketplace.shared.policy import Role
from marketplace.tent_market.models import DayState, MarketDay, MarketEvent, MarketRule, Site, Tent, TentLoan
from tests import make
from tests.tent_market import markets

SITE = {"name": "Halaman Dinas", "address": "Jalan Kamboja", "latitude": "-2,7819", "longitude": "115.2565"}
RULE = {"weekdays": ["0", "3"], "every": "1", "opens_at": "08:00", "closes_at": "14.00", "ends_on": ""}


@pytest.fixture
def planner(client: FlaskClient) -> FlaskClient:
    """Return the browser of a curator."""
    make.sign_in(client, make.user(Role.CURATOR))
    return client


def test_from_a_new_site_to_a_day_with_groups(planner: FlaskClient) -> None:
    added = planner.post("/dinas/pasar/lokasi/baru", data=SITE)
    site = db.session.query(Site).one()
    assert (added.status_code, site.latitude, site.longitude) == (302, -2.7819, 115.2565)
    assert "openstreetmap.org/?mlat=-2.781900" in planner.get(added.location).text
    base = f"/dinas/pasar/lokasi/{site.id}"
    assert planner.post(f"{base}/jadwal", data={**RULE, "starts_on": markets.today().isoformat()}).status_code == 302
    assert db.session.query(MarketRule).one().rrule == "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TH"
    until = markets.in_days(20).isoformat()
    shown = planner.get(f"{base}/susun?until={until}").text
    days = [day for day in shown.split('value="') if day[:2] == "20" and day[10] == '"']
    ticked = {day[:10] for day in days} - {until}
    assert planner.post(f"{base}/susun", data={"until": until, "days": sorted(ticked)}).status_code == 302
    assert {str(day.held_on) for day in db.session.query(MarketDay)} == ticked
    day = db.session.query(MarketDay).order_by(MarketDay.held_on).first()
    assert day is not None
    loans = markets.borrowed(make.REGENCY, "1", "2")
    markets.seller("Anyaman Purun")
    page = f"/dinas/pasar/{day.id}"
    assert planner.post(f"{page}/pasang", data={"tents": [loan.tent_id for loan in loans]}).status_code == 302
    assert planner.post(f"{page}/bagi", data={"per_tent": "1"}).status_code == 302
    found = planner.get(page).text
    assert "Anyaman Purun" in found
    assert "baru pertama kali" in found or "for the first time" in found


@pytest.mark.parametrize(
    "wrong",
    [{"latitude": "50"}, {"latitude": "utara"}, {"longitude": ""}, {"name": ""}, {"name": "x" * 200}],
)
def test_a_site_that_is_wrong_is_kept_on_screen(planner: FlaskClient, wrong: dict[str, str]) -> None:
    answer = planner.post("/dinas/pasar/lokasi/baru", data=SITE | wrong)
    assert (answer.status_code, db.session.query(Site).count()) == (422, 0)
    assert "Jalan Kamboja" in answer.text


def test_two_sites_have_two_names(planner: FlaskClient) -> None:
    planner.post("/dinas/pasar/lokasi/baru", data=SITE)
    planner.post("/dinas/pasar/lokasi/baru", data=SITE | {"name": "Lapangan"})
    assert planner.post("/dinas/pasar/lokasi/baru", data=SITE).status_code == 422
    other = db.session.query(Site).filter_by(name="Lapangan").one()
    assert planner.post(f"/dinas/pasar/lokasi/{other.id}/ubah", data=SITE).status_code == 422
    db.session.expire_all()
    assert {site.name for site in db.session.query(Site)} == {"Halaman Dinas", "Lapangan"}


@pytest.mark.parametrize(
    "wrong", [{"weekdays": []}, {"weekdays": ["9"]}, {"every": "0"}, {"every": "9"}, {"opens_at": "25:00"},
              {"closes_at": "07:00"}, {"starts_on": "kapan"}, {"ends_on": "2020-01-01"}],
)  # fmt: skip
def test_a_rule_that_is_wrong_is_refused(planner: FlaskClient, wrong: dict[str, object]) -> None:
    site = markets.site()
    data = {**RULE, "starts_on": markets.today().isoformat(), **wrong}
    assert planner.post(f"/dinas/pasar/lokasi/{site.id}/jadwal", data=data).status_code == 422
    assert db.session.query(MarketRule).count() == 0


def test_an_expo_and_a_single_day(planner: FlaskClient) -> None:
    site = markets.site()
    base = {"opens_at": "09:00", "closes_at": "21:00"}
    expo = base | {"name": "HSS Expo", "starts_on": str(markets.in_days(5)), "ends_on": str(markets.in_days(7))}
    single = base | {"name": "", "starts_on": str(markets.in_days(9)), "ends_on": ""}
    for data in (expo, single):
        assert planner.post(f"/dinas/pasar/lokasi/{site.id}/acara", data=data).status_code == 302
        assert planner.post(f"/dinas/pasar/lokasi/{site.id}/acara", data=data).status_code == 422
    assert (db.session.query(MarketEvent).count(), db.session.query(MarketDay).count()) == (1, 4)


def test_a_day_is_called_off_with_words_and_comes_back(planner: FlaskClient) -> None:
    day = markets.day(markets.site(), markets.today())
    assert planner.post(f"/dinas/pasar/{day.id}/batal", data={"reason": ""}).status_code == 422
    assert planner.post(f"/dinas/pasar/{day.id}/batal", data={"reason": "Hujan lebat"}).status_code == 302
    assert "Hujan lebat" in planner.get(f"/dinas/pasar/{day.id}").text
    assert planner.post(f"/dinas/pasar/{day.id}/jadi").status_code == 302
    db.session.expire_all()
    assert db.session.get_one(MarketDay, day.id).state is DayState.PLANNED


def test_tents_are_written_down_borrowed_and_given_back(planner: FlaskClient) -> None:
    base = "/dinas/pasar/tenda-pinjaman"
    for numbers in ("", "1, 1", ", ,", "x" * 21):
        assert planner.post(f"{base}/baru", data={"numbers": numbers}).status_code == 422
    assert planner.post(f"{base}/baru", data={"numbers": "1, 2", "note": "Biru"}).status_code == 302
    one, two = db.session.query(Tent).order_by(Tent.number).all()
    over = {"lender": "Dinas Perdagangan", "letter": "510/1", "handed_by": "Pak Contoh"}
    dates = {"borrowed_on": str(markets.today()), "due_on": str(markets.in_days(5))}
    nothing = planner.post(f"{base}/pinjam", data=over | dates)
    assert (nothing.status_code, "Dinas Perdagangan" in nothing.text) == (422, True)
    states = {f"state-{one.id}": "good", f"state-{two.id}": "worn", f"note-{two.id}": "Tali kurang"}
    assert planner.post(f"{base}/pinjam", data=over | dates | states).status_code == 302
    back = {"returned_on": str(markets.today()), "taken_back_by": "Bu Contoh", f"state-{one.id}": "lost"}
    assert planner.post(f"{base}/kembali", data=back).status_code == 422
    assert planner.post(f"{base}/kembali", data=back | {f"note-{one.id}": "Hanyut"}).status_code == 302
    out = db.session.query(TentLoan).filter_by(returned_on=None).one()
    assert (out.tent_id, out.note_out) == (two.id, "Tali kurang")


def test_the_overdue_list_has_only_what_is_overdue(planner: FlaskClient) -> None:
    markets.borrowed(make.REGENCY, "terlambat", due=-1)
    markets.borrowed(make.REGENCY, "hari-ini", due=0)
    page = planner.get("/dinas/pasar/tenda-pinjaman?tab=overdue&format=xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(page.data)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == ["terlambat"]


def test_lists_are_narrowed_by_site_and_time(app: Flask, planner: FlaskClient) -> None:
    here, there = markets.site(name="Sini"), markets.site(name="Sana")
    markets.day(here, markets.today())
    markets.day(there, markets.in_days(1))
    old = MarketDay(site_id=here.id, held_on=dt.date(2026, 1, 5), opens_at=dt.time(8), closes_at=dt.time(9), note="")
    make.add(old)
    for query, count in {"": 2, f"?site={here.id}": 1, "?tab=past": 1, f"?tab=past&site={there.id}": 0}.items():
        assert planner.get(f"/dinas/pasar{query}").text.count('<th scope="row"') == count
    assert planner.get("/dinas/pasar?site=999").status_code == 422


def test_the_head_sees_and_plans_nothing(client: FlaskClient) -> None:
    day = markets.day(markets.site(), markets.today())
    make.sign_in(client, make.user(Role.HEAD))
    page = client.get(f"/dinas/pasar/{day.id}")
    assert (page.status_code, "/pasang" in page.text, "/batal" in page.text) == (200, False, False)
    for action in ("pasang", "bagi", "tambah", "pindah", "batal", "jadi"):
        assert client.post(f"/dinas/pasar/{day.id}/{action}").status_code == 403
