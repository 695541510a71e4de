"""An installation that can send e-mail, to a mail server on this machine."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.notices.mailbox import Mailbox, open_box
from tests.payments import billing


@pytest.fixture(autouse=True)
def _account(request: pytest.FixtureRequest) -> None:
    """Let what is bought be paid by transfer; what needs no database is spared it."""
    if "app" in request.fixturenames:
        request.getfixturevalue("app")
        billing.bank()


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    known = app.extensions["config"]
    with open_box() as box:
        app.extensions["config"] = replace(known, mail_server=box.url, mail_sender="Warung <warung@contoh.id>")
        yield box
        app.extensions["config"] = known
