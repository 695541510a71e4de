"""A visitor picks the regency whose goods he sees."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("text", "found", "not_found"),
    [
        ("hulu sungai", {"63.06", "63.07", "63.08"}, {"63.01"}),
        ("SUNGAI selatan", {"63.06"}, {"63.07"}),
        ("kota banjar", {"32.79", "63.71"}, {"63.06"}),
        ("%", set(), {"63.06"}),
        ("xyzzy", set(), {"63.06"}),
    ],
)
def test_regencies_are_found_by_words_of_their_name(
    client: FlaskClient, text: str, found: set[str], not_found: set[str]
) -> None:
    page = client.get("/daerah", query_string={"q": text}).text
    assert all(f"/daerah/{code}?" in page for code in found)
    assert not any(f"/daerah/{code}?" in page for code in not_found)


def test_all_are_there_page_by_page(client: FlaskClient) -> None:
    first, last = client.get("/daerah").text, client.get("/daerah?page=22").text
    assert first.count('href="/daerah/') == 24
    assert last.count('href="/daerah/') == 514 - 21 * 24


def test_the_pick_is_remembered_and_leads_back(client: FlaskClient) -> None:
    answer = client.get("/daerah/32.79?next=/masuk")
    assert (answer.status_code, answer.location) == (303, "/masuk")
    assert "Kota Banjar" in client.get("/masuk").text
    assert client.get("/daerah/32.79?next=https://contoh.id").location == "/"


@pytest.mark.parametrize("code", ["63", "63.06.05", "63.99", "xx", "63.06.05.1001", "0" * 500])
def test_only_a_regency_can_be_picked(client: FlaskClient, code: str) -> None:
    assert client.get(f"/daerah/{code}").status_code == 404
    assert client.get_cookie("area") is None


@pytest.mark.parametrize("cookie", ["63", "xx.yy", "'; --", "63.99"])
def test_a_strange_cookie_means_home(client: FlaskClient, cookie: str) -> None:
    client.set_cookie("area", cookie)
    assert "Hulu Sungai Selatan" in client.get("/masuk").text
