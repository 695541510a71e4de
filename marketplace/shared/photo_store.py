"""Where the files of photos and documents lie: a local folder or an S3-compatible store, by the configured URL."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import obstore
from flask import current_app
from obstore.store import from_url

from .errors import NotFound


def name_of(token: str, width: int, extension: str, *, private: bool) -> str:
    """Return the name of one file. What is private lies apart, so that serving the public asks no table."""
    return f"{'private' if private else 'public'}/{token}/{width}.{extension}"


def write(name: str, content: bytes) -> None:
    """Write a file; it is there for good when this returns."""
    obstore.put(_store(), name, content)


def read(name: str) -> tuple[int, Iterator[bytes]]:
    """Return length and content of a file. Raises NotFound."""
    try:
        found = obstore.get(_store(), name)
    except FileNotFoundError:
        raise NotFound from None
    return found.meta["size"], (bytes(part) for part in found.stream())


def remove(names: Iterable[str]) -> None:
    """Remove files; those that are not there are no matter."""
    for name in names:
        with suppress(FileNotFoundError):
            obstore.delete(_store(), name)


def _store() -> Any:
    # Made at first use, not at start: the client's threads do not survive the fork into workers.
    stores = current_app.extensions
    if "photo_store" not in stores:
        address: str = stores["config"].photo_store
        options: dict[str, Any] = {"mkdir": True} if address.startswith("file:") else {}
        stores["photo_store"] = from_url(address, **options)
    return stores["photo_store"]
