"""A group that changes its name or its village is found by the new ones, wherever a copy of them is kept."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.areas.models import Area
from marketplace.catalog.service import refresh_group
from marketplace.extensions import db
from marketplace.groups.models import Group
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.models import Location
from tests import make

OTHER_VILLAGE = "63.06.05.1002"


def found(client: FlaskClient, words: str) -> list[str]:
    """Return the slugs of the products that the shop's search finds."""
    return re.findall(r'<h3><a href="/produk/([^"]+)"', client.get("/cari", query_string={"q": words}).text)


def village_name(code: str) -> str:
    return db.session.get_one(Area, code).name


@pytest.fixture
def group(app: Flask) -> Group:
    """Return a group whose two products are listed under its name, beside another group with one."""
    row = make.group(name="Melati")
    for slug in ("satu", "dua"):
        make.product(row, slug=slug, name="Dodol")
    other = make.group(name="Kenanga")
    make.product(other, slug="lain", name="Dodol")
    for each in (row, other):
        with unit_of_work():
            refresh_group(db.session.get_one(Group, each.id))
    return row


def change(client: FlaskClient, group: Group, **values: str) -> None:
    """Change the group through its page, as a curator does."""
    make.sign_in(client, make.user(Role.CURATOR))
    form = {"name": "Melati", "village_code": make.VILLAGE, "business_kind": "food", "formed_year": "2019"}
    assert client.post(f"/dinas/kelompok/{group.id}/ubah", data={**form, **values}).status_code == 302


def test_a_new_name_finds_its_goods_and_the_old_one_no_longer(client: FlaskClient, group: Group) -> None:
    assert sorted(found(client, "melati")) == ["dua", "satu"]
    change(client, group, name="Cempaka")
    assert sorted(found(client, "cempaka")) == ["dua", "satu"]
    assert found(client, "melati") == []
    assert found(client, "kenanga") == ["lain"]


def test_a_new_village_finds_its_goods(client: FlaskClient, group: Group) -> None:
    old, new = village_name(make.VILLAGE), village_name(OTHER_VILLAGE)
    change(client, group, village_code=OTHER_VILLAGE)
    assert sorted(found(client, f"{new} melati")) == ["dua", "satu"]
    assert found(client, f"{old} melati") == []


def test_the_place_of_its_goods_is_called_by_the_new_name(client: FlaskClient, group: Group) -> None:
    change(client, group, name="Cempaka")
    names = db.session.scalars(select(Location.name).where(Location.group_id == group.id)).all()
    assert names == ["Cempaka"]
