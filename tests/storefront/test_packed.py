"""Pages travel packed to whoever can open them, and are the same as those that do not."""

import brotli
import pytest
from flask.testing import FlaskClient

from tests import make

KEPT = ("/", "/produk", "/parsel")


def _get(client: FlaskClient, path: str, packing: str) -> tuple[str, bytes]:
    answer = client.get(path, headers={"Accept-Encoding": packing})
    assert answer.status_code == 200
    assert "Accept-Encoding" in answer.headers["Vary"]
    body = answer.data
    if answer.headers.get("Content-Encoding") == "br":
        body = brotli.decompress(body)
    return answer.headers.get("Content-Encoding", ""), body


@pytest.mark.parametrize("path", KEPT)
@pytest.mark.parametrize("order", [("br, gzip", ""), ("", "br, gzip"), ("gzip", "br"), ("br;q=0", "br")])
def test_a_kept_page_is_packed_for_who_asks_for_it(client: FlaskClient, path: str, order: tuple[str, str]) -> None:
    make.product(stock=3, name="Dodol durian")
    unpacked = client.get(path).data
    for packing in (*order, *order):
        encoding, body = _get(client, path, packing)
        if encoding != "gzip":
            assert body == unpacked
        assert encoding in packing.replace("br;q=0", "")
    assert _get(client, path, "br")[0] == "br"


def test_a_packed_page_is_not_sent_twice(client: FlaskClient) -> None:
    first = client.get("/produk", headers={"Accept-Encoding": "br"})
    again = client.get("/produk", headers={"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/produk", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200  # another body has another tag


def test_a_page_with_a_form_is_packed_with_its_readers_secret(client: FlaskClient) -> None:
    product = make.product(stock=3)
    encoding, body = _get(client, f"/produk/{product.slug}", "br")
    assert encoding == "br"
    assert b'name="quantity"' in body
