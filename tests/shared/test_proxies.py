"""Behind proxies a visitor has his own address; without them nobody can give himself another."""

from pathlib import Path

import pytest
from flask import request

from marketplace import create_app
from marketplace.config import load

OWN, CLAIMED, FIRST_PROXY = "203.0.113.9", "198.51.100.7", "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen", "scheme"),
    [
        (0, f"{CLAIMED}, {OWN}", "127.0.0.1", "http"),
        (1, OWN, OWN, "https"),
        (1, f"{CLAIMED}, {OWN}", OWN, "https"),
        (2, f"{CLAIMED}, {OWN}, {FIRST_PROXY}", OWN, "https"),
        (2, OWN, "127.0.0.1", "http"),
    ],
)
def test_only_the_entries_of_the_proxies_are_believed(
    tmp_path: Path, proxies: int, forwarded: str, seen: str, scheme: str
) -> None:
    app = create_app(load({"DATA_DIR": str(tmp_path), "PROXIES": str(proxies)}))
    protocols = ", ".join(["https"] * len(forwarded.split(",")))
    with app.test_client() as client:
        client.get("/healthz", headers={"X-Forwarded-For": forwarded, "X-Forwarded-Proto": protocols})
        assert (request.remote_addr, request.scheme) == (seen, scheme)
