"""Work pages name the area that the reader works for, and tell the time of it; the shop shows the area he looks at."""

import pytest
from flask.testing import FlaskClient

from marketplace.shared.policy import Role
from tests import make

HOME_NAME = "Kabupaten Hulu Sungai Selatan"
PLACES = (
    ("63.06", "", HOME_NAME, "WITA"),
    ("32.79", "", "Kota Banjar", "WIB"),
    ("32.79.04", "", "Kota Banjar", "WIB"),
    ("64", "", "Kalimantan Timur", "WITA"),
    ("63", "", HOME_NAME, "WITA"),
    ("63", "63.03", "Kabupaten Banjar", "WITA"),
    ("32.79", "63.03", "Kota Banjar", "WIB"),
)


@pytest.mark.parametrize(("own", "picked", "name", "zone"), PLACES)
def test_an_officer_reads_the_name_and_the_time_of_his_area(
    client: FlaskClient, own: str, picked: str, name: str, zone: str
) -> None:
    make.sign_in(client, make.user(Role.HEAD, area_code=own))
    if picked:
        client.set_cookie("area", picked)
    answer = client.get("/dinas")
    assert answer.status_code == 200  # also where he has to choose a regency before he sees its money
    page = answer.text
    assert f"<span>{name}</span>" in page
    assert f"Social office, {name} ·" in page
    assert f"{zone}\n" in page.partition("As of ")[2][:40]


def test_a_mentor_reads_the_name_of_his_groups_regency(client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.MENTOR, group_id=make.group().id))
    client.set_cookie("area", "32.79")
    assert f"<span>{HOME_NAME}</span>" in client.get("/dinas").text
