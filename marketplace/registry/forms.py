"""What officers fill in to import a list."""

import re
from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import SelectField

from ..groups.labels import REGISTRIES
from ..groups.models import RegistrySource
from ..shared.errors import InvalidInput
from ..shared.fields import BaseForm, options
from ..shared.i18n import _, _l
from . import labels
from .columns import Column
from .reading import LARGEST

SAMPLES = 90


class UploadForm(BaseForm):
    """A list and where it comes from."""

    source = SelectField(
        _l("List of"),
        choices=lambda: options((source.value, label) for source, label in REGISTRIES.items()),
        coerce=RegistrySource,
    )
    file = FileField(_l("Excel or CSV file"))

    def content(self) -> tuple[str, bytes]:
        """Return name and bytes of the file. Raises InvalidInput when none was chosen."""
        if not self.file.data or not self.file.data.filename:
            raise InvalidInput(_("Choose a file."), field="file")
        raw: bytes = self.file.data.read(LARGEST + 1)
        return re.sub(r"[^\w. -]", "_", str(self.file.data.filename)), raw


class ColumnsForm(BaseForm):
    """What each column of a list holds; `columns_form` adds a field for each."""

    width = 0

    def roles(self) -> list[Column]:
        """Return what was chosen."""
        return [Column(self[f"column-{place}"].data) for place in range(self.width)]


def columns_form(heads: Sequence[str], guessed: Sequence[Column]) -> ColumnsForm:
    """Return the form for a list, with what was guessed chosen in it."""
    choices = options((column.value, label) for column, label in labels.COLUMNS.items())
    fields: dict[str, Any] = {"width": len(heads)}
    for place, head in enumerate(heads):
        fields[f"column-{place}"] = SelectField(head, coerce=str, choices=choices, default=guessed[place].value)
    form: ColumnsForm = type("TheseColumnsForm", (ColumnsForm,), fields)()
    return form
