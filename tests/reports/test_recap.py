"""The recap counts what is published, and adds up to what the journal says."""

import datetime as dt
import io

import pytest
from flask import current_app
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from marketplace.areas import queries as areas
from marketplace.catalog.models import Category, Product, ProductKind, ProductState
from marketplace.extensions import db
from marketplace.ledger import earned
from marketplace.ledger.models import (
    Account,
    EntryKind,
    HouseholdBalance,
    JournalEntry,
    JournalLine,
    Payout,
    PayoutState,
)
from marketplace.reports import queries
from marketplace.shared import clock
from marketplace.shared.money import format_rupiah
from marketplace.shared.policy import AREA_ROLES, Role
from tests import make
from tests.counting import counted_queries
from tests.reports.world import APRIL, World

DISTRICTS = 11


def test_every_district_is_named_also_with_nothing(world: World) -> None:
    found = {each.name: (each.goods, each.services) for each in queries.recap(make.REGENCY)}
    assert len(found) == DISTRICTS
    assert found["Kandangan"] == (5, 1)
    assert sum(goods + services for goods, services in found.values()) == 6


def test_only_what_is_published_counts(world: World) -> None:
    for state in ProductState:
        make.product(world.group, state=state, category=Category.BEAUTY)
    make.product(regency_code=make.OTHER_REGENCY, district_code="63.07.01", category=Category.BEAUTY)
    recap = queries.whole_recap(make.REGENCY)
    assert dict(recap.categories)[Category.BEAUTY] == 1
    published = select(func.count()).select_from(Product).where(Product.state == ProductState.PUBLISHED)
    here = published.where(Product.regency_code == make.REGENCY)
    assert recap.total == sum(count for _category, count in recap.categories) == db.session.scalar(here)
    assert recap.services == db.session.scalar(here.where(Product.kind == ProductKind.SERVICE))


def test_sales_are_what_families_earned(world: World) -> None:
    months, groups = queries.sales(make.REGENCY).months, queries.sales_by_group(make.REGENCY)
    paid = select(func.sum(Payout.amount)).where(Payout.state == PayoutState.PAID)
    owed = db.session.scalar(select(func.sum(HouseholdBalance.balance)))
    assert sum(months.values()) == sum(group.amount for group in groups) == owed + db.session.scalar(paid)
    assert len(months) == 12
    assert [group.amount for group in groups] == sorted((group.amount for group in groups), reverse=True)
    assert queries.sales_by_group(make.OTHER_REGENCY) == []


def test_districts_share_what_groups_earned(world: World) -> None:
    recap, groups = queries.whole_recap(make.REGENCY), queries.sales_by_group(make.REGENCY)
    districts = dict(queries.sales_by_district(recap.districts, groups))
    assert sum(districts.values()) == sum(group.amount for group in groups)
    assert set(districts) == {each.name for each in recap.districts}
    assert min(districts.values()) == 0


def test_weeks_sum_to_what_the_journal_says_of_their_days(world: World) -> None:
    monday = clock.week_of(clock.local_date(APRIL, "Asia/Makassar"))
    earning = select(-func.sum(JournalLine.amount)).join(JournalEntry)
    earning = earning.where(
        JournalLine.account == Account.HOUSEHOLD_PAYABLE, JournalEntry.kind.in_((EntryKind.DELIVERY, EntryKind.RETURN))
    )
    in_week = JournalEntry.entry_date.between(monday, monday + dt.timedelta(days=6))
    with clock.at(APRIL + dt.timedelta(weeks=20)):
        weeks = queries.sales(make.REGENCY).weeks
        days = earned.by_day(earned.of_group(world.group.id), monday)
        groups = {each.name: each.amount for each in queries.sales_by_group(make.REGENCY)}
    assert len(weeks) == 26
    assert weeks[monday] == db.session.scalar(earning.where(in_week)) != 0
    assert sum(earned.by_day(earned.of_group(world.group.id), dt.date(2020, 1, 1)).values()) == groups[world.group.name]
    assert 0 < sum(days.values()) <= groups[world.group.name]


def test_a_maker_sees_what_his_family_earned_each_month(world: World) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.SELLER, household_id=world.first.id))
    with clock.at(APRIL + dt.timedelta(weeks=20)):
        today = clock.today("Asia/Makassar")
        days = earned.by_day(earned.of_households([world.first.id]), earned.first_day(today))
        months = earned.by_month(days, today)
        page = client.get("/penjual/pendapatan").text
    assert sum(months.values()) == sum(days.values()) > 0
    assert all(format_rupiah(amount) in page for amount in months.values())


def test_a_page_of_a_group_shows_its_weeks(world: World) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.TREASURER))
    page = client.get(f"/dinas/kelompok/{world.group.id}/rekening").text
    assert 'aria-labelledby="weeks-title weeks-desc"' in page
    assert page.count('scope="row"') >= 26


@pytest.mark.parametrize("role", sorted(AREA_ROLES))
def test_every_officer_of_an_area_sees_it(world: World, role: Role) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(role))
    assert client.get("/dinas/rekap").status_code == 200


def test_the_page_asks_at_most_six_times(world: World) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.HEAD))
    client.get("/dinas/rekap")
    with counted_queries() as statements:
        client.get("/dinas/rekap")
    assert len(statements) <= 6


def test_the_file_says_the_same(world: World) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.HEAD))
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/dinas/rekap.xlsx").data))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    recap = queries.whole_recap(make.REGENCY)
    assert len(sheets) == 6
    assert sheets[0][1:-1] == [[each.name, each.goods, each.services, each.total] for each in recap.districts]
    assert sheets[0][-1][1:] == [recap.goods, recap.services, recap.total]
    assert [row[1] for row in sheets[2][1:]] == list(queries.sales(make.REGENCY).months.values())
    assert [row[1] for row in sheets[3][1:]] == list(queries.sales(make.REGENCY).weeks.values())
    assert sum(row[1] for row in sheets[4][1:]) == sum(row[1] for row in sheets[2][1:])
    assert len(sheets[5]) == 1 + len(queries.sales_by_group(make.REGENCY))


def test_officers_of_elsewhere_see_their_own(world: World) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.HEAD, area_code=make.OTHER_REGENCY))
    page = client.get("/dinas/rekap").text
    assert "Kandangan" not in page
    assert "Hulu Sungai Tengah" in page


def test_an_officer_of_a_part_sees_the_recap_of_that_part(world: World) -> None:
    places = (make.REGENCY, "63.06.05", "63.06.05.1002", "63.06.01")
    before = {code: queries.whole_recap(code).total for code in places}
    make.product(make.group(village_code="63.06.01.2001"))
    make.product(make.group(village_code="63.06.05.1002"))
    more = [queries.whole_recap(code).total - before[code] for code in places]
    assert more == [2, 1, 1, 1]
    assert before["63.06.01"] == 0
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.HEAD, area_code="63.06.01"))
    page = client.get("/dinas/rekap").text
    assert f"Recap of {areas.get_area('63.06.01').name}" in page
    assert areas.get_area("63.06.05").name not in page
    assert client.get("/dinas/rekap.xlsx").status_code == 200


def test_sales_of_a_part_are_those_of_its_goods(world: World) -> None:
    district, village = make.VILLAGE[:8], make.VILLAGE
    whole = sum(queries.sales(make.REGENCY).months.values())
    for code in (district, village):
        assert sum(queries.sales(code).months.values()) == whole
        assert queries.sales_by_group(code) == queries.sales_by_group(make.REGENCY)
    assert sum(queries.sales("63.06.01").weeks.values()) == 0
    assert queries.sales_by_group("63.06.01") == []
