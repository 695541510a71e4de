"""The journal goes to hledger, whose own checks accept it and whose balances are ours."""

import datetime as dt
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from marketplace.ledger import hledger, journal
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balances
from marketplace.shared.policy import Role
from tests import make
from tests.ledger.earning import earn, give_up, money_in
from tests.ledger.paying import family, paid, released

YEAR = (dt.date(2020, 1, 1), dt.date(2030, 1, 1))


@pytest.fixture
def program() -> str:
    found = shutil.which("hledger")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("hledger is missing, and this is CI")
        pytest.skip("hledger is not installed: its tests are skipped")
    return found


def run(program: str, file: Path, *args: str) -> str:
    result = subprocess.run([program, "-f", str(file), *args], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def balances(program: str, file: Path) -> dict[str, int]:
    """Return the balances that hledger reckons, account by account."""
    rows: list[Any] = json.loads(run(program, file, "balance", "--flat", "-O", "json"))[0]
    return {row[0]: row[3][0]["aquantity"]["decimalMantissa"] for row in rows}


def world() -> None:
    row, other = family(75_000), family(20_000)
    paid(released(row).payouts[0])
    give_up(other.id, 5_000)
    earn(row.id, None, 3_000, dt.date(2025, 12, 31))
    money_in(40_000, Account.BANK)


def write(folder: Path, since: dt.date, until: dt.date) -> Path:
    file = folder / "buku.journal"
    file.write_text("".join(journal.as_hledger(make.REGENCY, since, until)))
    return file


@pytest.mark.parametrize("since", [YEAR[0], dt.date(2026, 1, 1)])
def test_its_checks_pass_and_its_balances_are_ours(app: Flask, program: str, tmp_path: Path, since: dt.date) -> None:
    world()
    file = write(tmp_path, since, YEAR[1])
    run(program, file, "check", "--strict", "ordereddates")
    found = balances(program, file)
    ours = account_balances(make.REGENCY)
    for account, name in hledger.NAMES.items():
        assert sum(sum_ for key, sum_ in found.items() if (key + ":").startswith(name + ":")) == ours[account], name


def test_an_empty_book_is_a_journal_too(app: Flask, program: str, tmp_path: Path) -> None:
    run(program, write(tmp_path, *YEAR), "check", "--strict")


def test_one_transaction_is_written_per_entry_and_families_by_number(app: Flask, tmp_path: Path) -> None:
    world()
    text = write(tmp_path, *YEAR).read_text()
    assert len(re.findall(r"^[0-9]{4}-", text, re.MULTILINE)) == 8
    assert "Keluarga" not in text


def test_every_account_has_a_name_of_its_own() -> None:
    assert set(hledger.NAMES) == set(Account)
    assert len(set(hledger.NAMES.values())) == len(Account)
    assert {name.partition(":")[0] for name in hledger.NAMES.values()} <= set(hledger.TYPES)


@given(st.text(max_size=200))
def test_no_text_ends_a_line_or_begins_a_comment(text: str) -> None:
    assert not set(hledger.plain(text)) & set(";|\n\r\t\x0b\x0c\x85\u2028")


def test_it_is_downloaded_from_the_journal(app: Flask, client: FlaskClient) -> None:
    world()
    make.sign_in(client, make.user(Role.HEAD))
    answer = client.get("/dinas/buku?since=2026-01-01&until=2026-12-31&format=hledger")
    assert answer.mimetype == "text/plain"
    assert ".journal" in answer.headers["Content-Disposition"]
    assert "aset:kas" in answer.text
    make.sign_in(client, make.user(Role.PACKER))
    assert client.get("/dinas/buku?format=hledger").status_code == 403
