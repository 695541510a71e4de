"""A group in the field, on a day of November."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.mentoring.field import NOW, Field


@pytest.fixture
def field(app: Flask) -> Iterator[Field]:
    with time_machine.travel(NOW, tick=False):
        yield Field()
