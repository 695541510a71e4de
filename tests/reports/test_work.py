"""An officer sees what waits for him: of his roles, of his areas and groups, and nothing else."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import current_app
from flask_babel import force_locale

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.graduation import service as graduation
from marketplace.graduation.models import NoteKind
from marketplace.graduation.queries import last_month
from marketplace.orders import screens
from marketplace.orders.forms import FilterForm
from marketplace.parcels import queries as parcels
from marketplace.parcels.forms import ParcelFilter
from marketplace.reports import queries
from marketplace.reports.work import JOBS, waiting_for
from marketplace.shared import clock
from marketplace.shared.money import format_rupiah
from marketplace.shared.policy import OFFICERS, Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.counting import counted_queries
from tests.reports.corruption import broken
from tests.reports.world import World, do

ELSEWHERE = make.OTHER_REGENCY


def counts(user: User) -> dict[str, int]:
    """Return job → how many wait, over all of a user's roles."""
    return {str(job.label): job.count for jobs in waiting_for(user).values() for job in jobs}


def addresses(user: User) -> dict[str, int]:
    """Return address → how many wait there."""
    return {job.url: job.count for jobs in waiting_for(user).values() for job in jobs}


TO_PACK = "id = (SELECT min(id) FROM orders WHERE state = 'processing')"
"""One of the orders that wait to be packed."""

OF_THE_MARKET = {
    "Sites without days for the next weeks": 0,
    "Market days to prepare": 1,
    "Tents to give back: overdue": 1,
}
AT_TENTS = {
    "Sales at tents to look at": 1,
    "Sales at tents told in two ways": 1,
    "Odd sales at tents": 0,
    "Phones at tents not heard of": 0,
}
NO_RELAPSE = {"Warnings of a relapse": 0, "Proposals whose sales changed since": 0}
OF_TRAINING = {"Training days to write down": 0}
OF_DRAWINGS = {"Drawings to release": 1, "Receipts of drawings to go through": 1}
IN_THE_FIELD = {"Four-monthly reports to look at": 0, "Groups that may be inactive": 0}
WAITING = {
    Role.CURATOR: {
        **OF_THE_MARKET,
        **AT_TENTS,
        "Products to check": 1,
        "Parcels to mend": 0,
        "Orders to pack": 3,
        "Orders to send": 0,
        "Orders to be picked up": 1,
        "Cash orders nobody came for": 0,
        "Orders on their way": 0,
        "Sold out": 0,
        "Messages to send by WhatsApp": 0,
        "Messages that were not sent": 0,
        "Orders that are late": 0,
        "Tents to count back": 1,
        **OF_TRAINING,
        "Proposals to check": 1,
    },
    Role.TREASURER: {
        **AT_TENTS,
        "Parts of grants to pay": 1,
        "Payments to check": 1,
        "Payments waiting for the rest": 1,
        "Payments to decide about": 0,
        "Bank lines to match": 3,
        "Money to give back": 3,
        "Messages to send by WhatsApp": 0,
        "Messages that were not sent": 0,
        "Disputes to answer": 0,
        "Messages of Stripe to look at": 0,
        "Overdue invoices": 0,
        "Offices to verify": 0,
        "Families to pay out": 4,
        "Payouts to release": 1,
        "Payouts to make": 0,
        "Closed days to look at": 0,
        "Orders that are late": 0,
        "Tents to confirm": 0,
    },
    Role.HEAD: {
        "Orders that are late": 0,
        "Payouts to release": 1,
        "Closed days to look at": 0,
        "Tents to confirm": 0,
        **NO_RELAPSE,
        "Graduations to decide": 0,
        "Families without a mentor": 0,
        "Postponed graduations": 0,
        "Appeals to answer": 0,
        **IN_THE_FIELD,
        **OF_TRAINING,
        **OF_DRAWINGS,
        "Proposals to decide": 1,
    },
    Role.VERIFIER: {
        **NO_RELAPSE,
        **IN_THE_FIELD,
        "Other income to verify": 0,
        "Proposals to verify at home": 0,
        "Village meetings to write down": 0,
        **OF_DRAWINGS,
        "Proposals to check": 1,
    },
    Role.ADMINISTRATOR: {
        **OF_TRAINING,
        "Accounts that wait for a code": 0,
        "Offices to verify": 0,
        "Tents to count back": 1,
        "Numbers that are not set": 0,
        **OF_THE_MARKET,
        "Village meetings to write down": 0,
        "Graduations to write down": 0,
        "Families without a mentor": 0,
        "Appeals to answer": 0,
    },
}


@pytest.mark.parametrize("role", WAITING)
def test_what_waits_is_counted(world: World, role: Role) -> None:
    with force_locale("en"):
        assert counts(make.user(role)) == WAITING[role]


def test_a_closed_day_waits_for_a_second_person(world: World) -> None:
    head = make.user(Role.HEAD)
    with broken("UPDATE day_close SET seen_at = NULL, seen_by_id = NULL"):
        assert counts(head)["Closed days to look at"] > 0
    with broken(f"UPDATE day_close SET seen_at = NULL, seen_by_id = NULL, closed_by_id = {head.id}"):
        assert counts(head)["Closed days to look at"] == 0  # nobody looks at his own


@pytest.mark.parametrize("role", sorted(OFFICERS - {Role.MENTOR}))
def test_nothing_of_another_area_is_counted(world: World, role: Role) -> None:
    assert not any(counts(make.user(role, area_code=ELSEWHERE)).values())


def test_a_mentor_sees_his_groups_only(world: World) -> None:
    other = make.group()
    make.product(other, makers={world.alone.id: 10_000}, state="needs_work")
    mine, others = (make.user(Role.MENTOR, group_id=key) for key in (world.group.id, other.id))
    url = "/dinas/produk?state=needs_work"
    assert (addresses(mine)[url], addresses(others)[url]) == (0, 1)


@pytest.mark.parametrize("role", sorted(OFFICERS))
def test_each_role_has_its_jobs(world: World, role: Role) -> None:
    scope = {"group_id": world.group.id} if role is Role.MENTOR else {}
    (jobs,) = waiting_for(make.user(role, **scope)).values()
    assert {str(job.label) for job in jobs} == {str(job.label) for job in JOBS if role in job.roles}


def test_what_is_urgent_and_what_has_waited_longest_comes_first(world: World) -> None:
    packer = make.user(Role.PACKER)
    ago = "UPDATE orders SET paid_at = '2026-01-05 00:00:00', ready_on = '2026-01-08' WHERE state = 'processing'"
    with broken(ago), clock.at(clock.now() + dt.timedelta(days=10)):
        (jobs,) = waiting_for(packer).values()
    first = next(job for job in jobs if job.count)
    assert (first.is_urgent, first.url) == (True, "/dinas/pesanan?state=processing&when=late")
    assert (first.days or 0) > 10
    for urgent in (True, False):
        waited = [job.days for job in jobs if job.is_urgent is urgent]
        known = [days for days in waited if days is not None]
        assert known == sorted(known, reverse=True)
        assert waited == [*known, *[None] * (len(waited) - len(known))]


def test_a_job_that_two_roles_share_stands_once(world: World) -> None:
    user = make.user(Role.PACKER)
    with unit_of_work():
        user.assignments.append(
            type(user.assignments[0])(role=Role.CURATOR, area_code="63.06", starts_on=make.LONG_AGO)
        )
    labels = [str(job.label) for jobs in waiting_for(user).values() for job in jobs]
    assert len(labels) == len(set(labels)) == len([job for job in JOBS if job.roles & {Role.PACKER, Role.CURATOR}])


def test_all_is_counted_in_one_statement(world: World) -> None:
    user = make.user(Role.TREASURER)
    waiting_for(user)  # warms what is remembered of the area
    with counted_queries() as statements:
        waiting_for(user)
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("role", "job", "sql"),
    [
        (Role.CURATOR, "Parcels to mend", "UPDATE product SET state = 'paused' WHERE id = {honey}"),
        (Role.CURATOR, "Parcels to mend", "UPDATE product SET price = price + 20000 WHERE id = {honey}"),
        (Role.PACKER, "Sold out", "UPDATE stock_level SET held = on_hand WHERE product_id = {honey}"),
        (Role.PACKER, "Orders on their way", f"UPDATE orders SET state = 'shipped' WHERE {TO_PACK}"),
        (
            Role.PACKER,
            "Orders to send",
            f"UPDATE orders SET state = 'ready', delivery_method = 'office' WHERE {TO_PACK}",
        ),
        (
            Role.PACKER,
            "Sites without days for the next weeks",
            "DELETE FROM market_day WHERE event_id IS NOT NULL OR state = 'called_off' AND rule_id IS NULL",
        ),
        (
            Role.PACKER,
            "Tents to give back: overdue",
            "UPDATE tent_loan SET returned_on = NULL, condition_back = NULL,"
            " borrowed_on = '2019-12-01', due_on = '2020-01-01'",
        ),
        (Role.ADMINISTRATOR, "Numbers that are not set", "DELETE FROM figure WHERE key = 'till_idle_minutes'"),
        (Role.ADMINISTRATOR, "Numbers that are not set", "UPDATE figure SET area_code = '11' WHERE key = 'qris_cap'"),
        (Role.HEAD, "Orders that are late", f"UPDATE orders SET ready_on = '2026-01-01' WHERE {TO_PACK}"),
    ],
)
def test_what_comes_up_is_seen(world: World, role: Role, job: str, sql: str) -> None:
    user = make.user(role)
    with force_locale("en"):
        before = counts(user)[job]
        with broken(sql.format(honey=world.honey.id)):
            assert counts(user)[job] == before + 1


def _orders_at(user: User) -> Any:
    return screens.list_for(user, FilterForm().filters())


def _parcels_at(user: User) -> Any:
    form = ParcelFilter()
    form.validate()
    return parcels.list_for(user, form.asked_state(), only_to_mend=bool(form.which.chosen()))


@pytest.mark.parametrize(
    ("job", "listed", "sql"),
    [
        ("Parcels to mend", _parcels_at, "UPDATE product SET state = 'paused' WHERE id = {honey}"),
        ("Parcels to mend", _parcels_at, "UPDATE product SET price = price + 20000 WHERE id = {honey}"),
        ("Parcels to mend", _parcels_at, "UPDATE product SET price = price WHERE id = {honey}"),
        ("Orders that are late", _orders_at, f"UPDATE orders SET ready_on = '2026-01-01' WHERE {TO_PACK}"),
    ],
)
def test_a_job_leads_to_a_list_of_as_many(world: World, job: str, listed: Callable[[User], Any], sql: str) -> None:
    user = make.user(Role.CURATOR)
    with force_locale("en"), broken(sql.format(honey=world.honey.id)):
        (tile,) = [each for jobs in waiting_for(user).values() for each in jobs if str(each.label) == job]
        with current_app.test_request_context(tile.url):
            shown = db.session.scalars(listed(user)).all()
        assert len(shown) == tile.count


def test_whoever_waits_for_a_code_or_a_check_is_one_step_away(world: World) -> None:
    seller = make.user(Role.SELLER, household_id=world.first.id)
    mentor = make.user(Role.MENTOR, group_id=world.group.id)
    verifier = make.user(Role.VERIFIER)
    with broken(f"UPDATE users SET password_hash = NULL WHERE id = {seller.id}"):
        assert addresses(mentor)[f"/dinas/pengguna/{seller.id}"] == 1
    month = clock.month_of(clock.today("Asia/Makassar"))
    wage = graduation.NoteContent(month, NoteKind.OTHER_INCOME, 1_000, "Upah")
    note = do(graduation.add_note, world.second.id, wage, mentor.id)
    assert addresses(verifier)[f"/dinas/graduasi/{world.second.id}"] == 1
    do(graduation.verify_note, note.id, verifier.id)
    assert addresses(verifier)["/dinas/graduasi/"] == 0


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({}, 1),
        ({"people": "4"}, 0),
        ({"net_sales": "0"}, 0),
        ({"is_final": "true"}, 0),
        ({"month": "'{earlier}'"}, 0),
    ],
)
def test_a_family_is_work_only_while_its_month_can_still_be_mended(
    world: World, values: dict[str, str], count: int
) -> None:
    mine, others = (make.user(Role.MENTOR, group_id=key) for key in (world.group.id, make.group().id))
    row = {"household_id": str(world.first.id), "month": "'{last}'", "net_sales": "70000", "other_income": "0"}
    row |= {"people": "0", "income_per_person": "0", "status": "'no_data'", "is_final": "false"}
    row |= {"computed_at": "'2026-01-01 00:00:00'", **values}
    sql = f"INSERT INTO snapshot ({', '.join(row)}) VALUES ({', '.join(row.values())})"
    months = {"last": last_month(), "earlier": clock.add_months(last_month(), -1)}
    with broken("DELETE FROM snapshot", sql.format(**months)):
        address = f"/dinas/keluarga/{world.first.id if count else ''}"
        assert addresses(mine)[address] == count
        assert addresses(others)["/dinas/keluarga/"] == 0


def test_who_has_nothing_to_do_is_shown_his_ways(world: World) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.ADMINISTRATOR, area_code=ELSEWHERE))
    page = client.get("/dinas").text
    assert "Nothing waits for you." in page
    ways = page.partition('id="ways"')[2]
    assert all(f'href="/dinas/{name}"' in ways for name in ("pengguna", "kelompok", "pengaturan"))
    make.sign_in(client, make.user(Role.TREASURER))
    assert 'id="ways"' not in client.get("/dinas").text


def test_the_head_reads_what_the_recap_sums(world: World) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.HEAD))
    months = queries.sales("63.06").months.values()
    assert sum(months) > 0
    page = client.get("/dinas").text
    for amount in (list(months)[-1], sum(months)):
        assert f'<p class="figure-value">{format_rupiah(amount)}</p>' in page
    assert all(f'href="/dinas/{name}"' in page.partition('id="reports"')[2] for name in ("rekap", "graduasi", "buku"))


def test_the_page_links_to_the_work(world: World) -> None:
    client = current_app.test_client()
    assert client.get("/dinas").status_code == 302
    make.sign_in(client, make.user(Role.TREASURER))
    page = client.get("/dinas").text
    assert 'href="/dinas/pengembalian"' in page
    assert 'href="/dinas/kurasi"' not in page
    make.sign_in(client, make.user(Role.SELLER, household_id=world.first.id))
    assert client.get("/dinas").status_code == 404
