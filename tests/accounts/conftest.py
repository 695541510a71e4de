"""These tests read sentences, so their browser reads English whether or not the catalogue is compiled."""

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def client(client: FlaskClient) -> FlaskClient:
    """Return a browser that is not signed in, with the language switched to English."""
    client.set_cookie("lang", "en")
    return client
