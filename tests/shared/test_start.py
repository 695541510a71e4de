"""The application starts on a fresh database, and rows can be made."""

from flask import Flask
from sqlalchemy import func, select

from marketplace.areas.models import Area
from marketplace.extensions import db
from tests import make


def test_areas_of_the_whole_country_are_there(app: Flask) -> None:
    counts = dict(db.session.execute(select(Area.level, func.count()).group_by(Area.level)).all())
    assert {k.value: v for k, v in counts.items()} == {
        "province": 38,
        "regency": 514,
        "district": 7285,
        "village": 148,
    }


def test_a_product_with_stock_can_be_made(app: Flask) -> None:
    product = make.product(stock=7)
    assert product.shares[0].basis_points == 10_000
