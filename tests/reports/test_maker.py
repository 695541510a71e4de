"""A maker's first page shows his own figures, and what the curator asked of him."""

from flask import current_app
from sqlalchemy import select

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Revision, RevisionState
from marketplace.catalog.rules import Remarks
from marketplace.extensions import db
from marketplace.ledger.queries import monthly_net_sales
from marketplace.reports import makers
from marketplace.reports.makers import Summary
from marketplace.shared import clock
from marketplace.shared.policy import Role
from tests import make
from tests.counting import counted_queries
from tests.reports.corruption import broken
from tests.reports.world import World, do


def test_a_family_sees_its_own_goods_work_and_money(world: World) -> None:
    seller = make.user(Role.SELLER, household_id=world.first.id)
    delivered = world.delivered(mats=3)
    share = 2 * 3 * 10_001 // 3 + 15_000  # two thirds of three mats, and the massage
    summary = makers.summary(seller)
    assert delivered.total == 3 * 10_001 + 15_000
    assert abs(summary.earned - share) <= 2
    assert summary.earned == _earned(world.first.id)
    assert summary.on_sale == 2
    # what is left of the order that was sent short, its massage, and what came in the place of honey
    assert summary.to_prepare == 3 + 1 + 2
    assert summary.free > 0


def _earned(household_id: int) -> int:
    month = clock.month_of(clock.today("Asia/Makassar"))
    return monthly_net_sales(make.REGENCY, month)[household_id]


def test_a_group_officer_sees_what_the_groups_goods_earned(world: World) -> None:
    world.delivered()
    officer = make.user(Role.GROUP_OFFICER, group_id=world.group.id)
    assert makers.summary(officer).earned == _earned(world.first.id) + _earned(world.second.id)


def test_only_what_buyers_can_order_now_is_counted(world: World) -> None:
    seller = make.user(Role.SELLER, household_id=world.alone.id)
    free = makers.summary(seller).free
    assert free > 0
    for state in ("paused", "submitted", "needs_work", "draft", "archived"):
        with broken(f"UPDATE product SET state = '{state}' WHERE id = {world.honey.id}"):
            assert makers.summary(seller).free == 0, state
    shelf = f"(SELECT min(id) FROM stock_level WHERE product_id = {world.honey.id})"
    with broken(f"UPDATE stock_level SET held = held + 1 WHERE id = {shelf}"):
        assert makers.summary(seller).free == free - 1


def test_a_family_without_goods_sees_zeros(world: World) -> None:
    seller = make.user(Role.SELLER, household_id=make.household(make.group()).id)
    assert makers.summary(seller) == Summary(0, 0, 0, 0, 0)


def test_the_summary_is_one_statement(world: World) -> None:
    seller = make.user(Role.SELLER, household_id=world.first.id)
    makers.summary(seller)
    with counted_queries() as statements:
        makers.summary(seller)
    assert len(statements) == 1


def test_what_the_curator_asked_stands_there_until_it_is_handed_in_again(world: World) -> None:
    officer = make.user(Role.GROUP_OFFICER, group_id=world.group.id)
    stranger = make.user(Role.GROUP_OFFICER, group_id=make.group().id)
    client = current_app.test_client()
    make.sign_in(client, officer)
    revision = db.session.scalars(select(Revision).where(Revision.state == RevisionState.PENDING)).one()
    product_id = revision.product_id
    do(catalog.return_for_work, revision.id, Remarks("Foto terlalu gelap", None, "Bu Noor"), make.user(Role.CURATOR))
    assert [remark.product_id for remark in makers.remarks(officer)] == [product_id]
    assert makers.remarks(stranger) == []
    page = client.get("/penjual").text
    assert "Foto terlalu gelap" in page
    assert f'href="/penjual/produk/{product_id}/ubah"' in page
    do(catalog.submit, product_id, officer)
    assert makers.remarks(officer) == []


def test_only_who_has_a_family_gets_the_link_to_its_months(world: World) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.SELLER, household_id=world.second.id))
    assert 'href="/penjual/kemajuan"' in client.get("/penjual").text
    make.sign_in(client, make.user(Role.GROUP_OFFICER, group_id=world.group.id))
    assert 'href="/penjual/kemajuan"' not in client.get("/penjual").text
