"""Errors as people and programs read them."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("path", ["/tidak-ada", "/produk/tidak-ada"])
def test_a_page_says_what_happened(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>We could not find that page.</h1>" in answer.text


def test_a_program_gets_problem_json(client: FlaskClient) -> None:
    answer = client.get("/tidak-ada", headers={"Accept": "application/json"})
    assert answer.content_type == "application/problem+json"
    assert answer.get_json() == {
        "type": "about:blank#not-found",
        "title": "We could not find that page.",
        "status": 404,
    }
