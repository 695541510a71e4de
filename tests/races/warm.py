"""Read once by the server that forks the processes of all races: an application's first start takes longest."""

import tempfile
from pathlib import Path

from sqlalchemy.orm import configure_mappers

import tests.make  # noqa: F401
from tests.conftest import make_app

with tempfile.TemporaryDirectory(prefix="warung-warm-") as _folder:
    make_app("sqlite://", Path(_folder))
configure_mappers()
