"""The language of the tests: they read the English of the source, the browser's read Indonesian."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from marketplace.extensions import babel
from marketplace.shared import drawn, i18n
from marketplace.storefront import forms, pieces

REMEMBERED = (drawn._drawn, pieces._card, pieces._filters, forms._options, forms._villages)
"""What keeps texts for the whole process, by a language's name alone."""


@contextmanager
def indonesian() -> Iterator[None]:
    """Let an application that is built inside find the Indonesian catalogue, and nobody after it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(babel.domain_instance, "cache", {})
        patch.setattr(i18n, "_catalogues", {})
        _forget()
        yield
    _forget()


def _forget() -> None:
    for function in REMEMBERED:
        function.cache_clear()
