"""What officers and makers write down about goods."""

import secrets
from collections.abc import Mapping, Sequence

from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from ..shared.fields import BaseForm, FilterField, QuantityField, QueryForm, Required, TextField, options
from ..shared.i18n import Text, _, _l
from . import screens
from .models import LocationKind
from .tasks import Done, Task

KEY_LETTERS = 60
LEFT: tuple[tuple[str, Text], ...] = (
    ("", _l("All")),
    (screens.Left.SOLD_OUT, _l("Sold out")),
    (screens.Left.LOW, _l("Almost sold out")),
)


class TaskForm(BaseForm):
    """One task; `key` makes it happen once, however often the form is sent."""

    key = TextField(validators=[Required()], max_length=KEY_LETTERS, widget=HiddenInput())
    task = RadioField(_l("What happened?"), coerce=str, validators=[InputRequired()])
    quantity = QuantityField(_l("How many"), [Required()], low=0)
    uncounted = BooleanField(_l("The makers had not counted these in yet"))
    note = TextField(_l("Note"), max_length=300)

    def offer(self, tasks: Mapping[Task, Text]) -> None:
        """Let the form take these tasks only, called like this."""
        self.task.choices = options((task.value, word) for task, word in tasks.items())
        if not self.is_submitted():
            self.task.data = next(iter(tasks)).value

    def renew_key(self) -> None:
        """Give the form that is about to be shown a key of its own."""
        self.key.raw_data = None
        self.key.data = secrets.token_urlsafe(24)

    def done(self, product_id: int) -> Done:
        """Return what was filled in."""
        task = Task(self.task.data)
        uncounted = task is Task.BROUGHT and bool(self.uncounted.data)
        return Done(task, product_id, self.quantity.data, self.note.data, uncounted)


class FilterForm(QueryForm):
    """What the list of the stock is narrowed to."""

    q = TextField(_l("Product"), max_length=80)
    group = FilterField(_l("KUBE"), coerce=str, default="")
    place = FilterField(_l("Place"), coerce=str, default="")
    left = FilterField(_l("How many are left"), coerce=str, default="", choices=options(LEFT))

    def fill(self, groups: Sequence[tuple[int, str]]) -> None:
        """Offer these groups."""
        self.group.choices = options([("", _("All")), *((str(key), name) for key, name in groups)])
        places = {
            "": _("All"),
            LocationKind.STORE.value: _("In the store"),
            LocationKind.GROUP.value: _("At the makers"),
        }
        self.place.choices = options(places.items())

    def filters(self) -> screens.Filters:
        """Return what was chosen; what cannot be read is said beside its field, and narrows nothing."""
        self.validate()
        group, place, left = self.group.chosen(), self.place.chosen(), self.left.chosen()
        return screens.Filters(
            text="" if self.q.errors else self.q.data,
            group_id=int(group) if group else None,
            place=LocationKind(place) if place else None,
            left=screens.Left(left) if left else None,
        )
