"""Who made a product, as its form says it: one family, or the parts of several."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Product, ProductShare
from marketplace.extensions import db
from marketplace.shared.policy import Role
from tests import make
from tests.catalog.stall import Stall

NEW = "/penjual/produk/baru"


@pytest.fixture
def stall(client: FlaskClient) -> Stall:
    return Stall(client)


def parts_kept() -> list[int]:
    return sorted(db.session.scalars(select(ProductShare.basis_points)))


def halves(**more: Any) -> dict[str, Any]:
    return {"shares-0-percent": "50", "shares-1-percent": "50", **more}


def test_parts_count_though_the_maker_is_still_the_one_that_was_offered(stall: Stall) -> None:
    assert stall.client.post(NEW, data=stall.form(**halves())).status_code == 302
    assert parts_kept() == [5_000, 5_000]


@pytest.mark.parametrize("percent", ["40", "60"])
def test_parts_that_are_not_the_whole_are_refused_and_kept_on_the_page(stall: Stall, percent: str) -> None:
    answer = stall.client.post(NEW, data=stall.form(**halves(**{"shares-1-percent": percent})))
    assert answer.status_code == 422
    assert f'value="{percent}"' in answer.text
    assert parts_kept() == []


def test_another_family_beside_the_parts_of_several_is_refused(stall: Stall) -> None:
    answer = stall.client.post(NEW, data=stall.form(maker=str(stall.families[2].id), **halves()))
    assert answer.status_code == 422
    assert 'href="#maker"' in answer.text
    assert parts_kept() == []


def test_a_product_of_several_becomes_one_familys_only_once_the_parts_are_empty(stall: Stall) -> None:
    stall.client.post(NEW, data=stall.form(maker="several", **halves()))
    change = f"/penjual/produk/{db.session.scalars(select(Product.id)).one()}/ubah"
    assert stall.client.post(change, data=stall.form(**halves())).status_code == 422
    assert parts_kept() == [5_000, 5_000]
    assert stall.client.post(change, data=stall.form()).status_code == 302
    db.session.expire_all()
    assert parts_kept() == [10_000]


def test_an_officer_to_whom_no_family_is_offered_has_to_choose(stall: Stall) -> None:
    make.sign_in(stall.client, make.user(Role.CURATOR))
    address = f"/dinas/produk/baru?kelompok={stall.group.id}"
    assert stall.client.post(address, data=stall.form(maker="", **halves())).status_code == 422
    one = stall.form(maker=str(stall.families[0].id), **halves())
    assert stall.client.post(address, data=one).status_code == 422
    assert stall.client.post(address, data=stall.form(maker="several", **halves())).status_code == 302
    assert parts_kept() == [5_000, 5_000]
