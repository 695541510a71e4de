"""What stands in a list is personal data: it is kept encrypted, also for the few days that it waits here."""

import json
from typing import Any

from ..shared import personal

PURPOSE = "registry"


def packed(value: Any) -> bytes:
    """Encrypt what JSON can hold."""
    return personal.encrypt(json.dumps(value), purpose=PURPOSE)


def unpacked(blob: bytes) -> Any:
    """Return what `packed` was given."""
    return json.loads(personal.decrypt(blob, purpose=PURPOSE))
