"""The sums of a year: villages that can be told apart, and the years there are any of."""

import datetime as dt

from flask import Flask
from flask.testing import FlaskClient

from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.training import totals
from tests import make
from tests.training import teaching

PANDULANGAN = ("63.06.02.2004", "63.06.03.2011")
"""Of Padang Batung and of Telaga Langsat."""
OTHER = "63.06.05.1001"


def taught(*villages: str) -> int:
    """Hold a training in which one person of each village takes part; return its id."""
    training = teaching.planned()
    of = teaching.with_class(training)
    for village in villages:
        teaching.put_in(of, *teaching.people(1, village_code=village, district_code=village[:8]))
    return int(training.id)


def test_two_villages_of_one_name_are_told_with_their_district(app: Flask) -> None:
    found = dict(totals.of_training(taught(*PANDULANGAN, OTHER)).by_village)
    one, two = "Pandulangan (Padang Batung)", "Pandulangan (Telaga Langsat)"
    assert found == {one: 1, two: 1, "Kandangan Kota": 1}


def test_the_sums_open_on_the_last_year_that_has_any(app: Flask, client: FlaskClient) -> None:
    with clock.at(dt.datetime(2023, 5, 2, 3, tzinfo=dt.UTC)):
        taught(OTHER)
    with clock.at(dt.datetime(2021, 5, 2, 3, tzinfo=dt.UTC)):
        taught(OTHER)
    assert totals.years(make.REGENCY) == [2023, 2021]
    make.sign_in(client, make.user(Role.CURATOR))
    page = client.get("/dinas/pelatihan/jumlah").text
    assert "2023" in page.partition("<h1>")[2].partition("</h1>")[0]
    assert "jumlah?year=2021" in page
    assert "year=2022" not in page
