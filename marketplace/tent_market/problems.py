"""Several things that are wrong with what was typed about a tent, each beside its field, all told at once."""

from collections.abc import Mapping

from wtforms import Form

from ..shared.errors import InvalidInput
from ..shared.i18n import Text, _


class SeveralProblems(InvalidInput):
    """Names of fields and what is wrong in each."""

    def __init__(self, message: Text, fields: Mapping[str, str]) -> None:
        super().__init__(message)
        self.fields = dict(fields)

    def mark(self, form: Form) -> None:
        """Put each problem beside its field of a form."""
        for name, text in self.fields.items():
            if name in form:
                form[name].errors = [*form[name].errors, text]


def not_so_many(free: Mapping[str, int]) -> SeveralProblems:
    """Return the problem that fewer are free than were counted out; `free` by the name of the field."""
    texts = {name: _("Only %(free)s are free there.", free=max(count, 0)) for name, count in free.items()}
    return SeveralProblems(_("Not so many are there. Nothing was moved."), texts)
