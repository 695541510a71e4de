"""Parts of an Indonesian address as people write them."""

import re
from typing import Any

from .fields import TextField
from .i18n import Text, _

RT_RW = re.compile(
    r"(?:rt\W*rw\W*)?(?:rt\W*)?([0-9]{1,3})(?:\s*[/.,-]\s*|\s+|(?=\s*rw))(?:rw\W*)?([0-9]{1,3})",
    re.ASCII | re.IGNORECASE,
)


class RtRwField(TextField):
    """The two smallest parts of an address, RT and RW, as people write them; gives `001/002`."""

    def __init__(self, label: Text, **kwargs: Any) -> None:
        super().__init__(label, max_length=30, **kwargs)

    def read(self, typed: str) -> str:
        """Return both with three digits."""
        found = RT_RW.fullmatch(super().read(typed))
        if found is None:
            raise ValueError(_("Write both numbers. Example: 001/002"))
        return f"{int(found[1]):03}/{int(found[2]):03}"
