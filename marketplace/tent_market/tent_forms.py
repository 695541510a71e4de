"""What officers fill in about tents and their loans."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, SelectField
from wtforms.validators import Optional

from ..shared.errors import InvalidInput
from ..shared.fields import BaseForm, DateField, FilterField, QueryForm, Required, TextField, options
from ..shared.i18n import _, _l
from . import labels
from .models import Condition, Tent
from .tents import Handover, State, TentTab

NUMBER_LENGTH = 20
MOST_TENTS = 50


class TentFilter(QueryForm):
    """What the list of tents is narrowed to."""

    tab = FilterField(_l("Which"), coerce=str, default="")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.tab.choices = options((key.value, label) for key, label in labels.TENT_TABS.items())

    def asked(self) -> TentTab:
        """Return the list; what cannot be read narrows nothing."""
        self.validate()
        chosen = self.tab.chosen()
        return TentTab(chosen) if chosen else TentTab.ALL


class NewTentsForm(BaseForm):
    """The numbers that are painted on tents."""

    numbers = TextField(_l("Numbers on the tents"), [Required()], max_length=400)
    note = TextField(_l("Note"), [Optional()], max_length=200)

    def each(self) -> list[str]:
        """Return the numbers. Raises InvalidInput for one that is too long, twice there, or too many of them."""
        numbers = [part.strip() for part in self.numbers.data.split(",") if part.strip()]
        if not numbers or len(numbers) > MOST_TENTS or len(set(numbers)) != len(numbers):
            raise InvalidInput(_("Write each number once, with a comma between. Example: 1, 2, 3"), field="numbers")
        if max(map(len, numbers)) > NUMBER_LENGTH:
            raise InvalidInput(_("A number has at most %(count)s letters.", count=NUMBER_LENGTH), field="numbers")
        return numbers


class TentForm(BaseForm):
    """What is to be known of a tent."""

    note = TextField(_l("Note"), [Optional()], max_length=200)
    is_active = BooleanField(_l("This tent is used"))


class StatesForm(BaseForm):
    """In which condition tents change hands; `with_states` adds two fields for each."""

    def states(self, tents: Iterable[Tent]) -> dict[int, State]:
        """Return tent id → its condition, of those about which something was said."""
        found = {tent.id: (self[f"state-{tent.id}"].data, self[f"note-{tent.id}"].data) for tent in tents}
        return {key: State(Condition(condition), note) for key, (condition, note) in found.items() if condition}


class BorrowForm(StatesForm):
    """Who lends tents to us, by which letter, until when."""

    lender = TextField(_l("Office that lends them"), [Required()], max_length=160)
    letter = TextField(_l("Number of its letter"), [Optional()], max_length=80)
    borrowed_on = DateField(_l("Handed over on"), [Required()])
    due_on = DateField(_l("To be given back by"), [Required()])
    handed_by = TextField(_l("Who handed them over?"), [Required()], max_length=120)

    def handover(self) -> Handover:
        """Return what was filled in."""
        return Handover(
            self.lender.data, self.letter.data, self.borrowed_on.data, self.due_on.data, self.handed_by.data
        )


class ReturnForm(StatesForm):
    """When tents went back, and who took them."""

    returned_on = DateField(_l("Given back on"), [Required()])
    taken_back_by = TextField(_l("Who took them back?"), [Required()], max_length=120)


def with_states(
    kind: type[StatesForm], tents: Iterable[Tent], left: Any, conditions: Iterable[Condition], **values: Any
) -> Any:
    """Return a form with condition and note of each of some tents; `left` is the word for one that is not meant."""
    choices = [("", left), *((each.value, labels.CONDITIONS[each]) for each in conditions)]
    fields: dict[str, Any] = {}
    for tent in tents:
        name = _("Tent %(number)s", number=tent.number)
        fields[f"state-{tent.id}"] = SelectField(name, [Optional()], choices=options(choices), default="")
        label = _("Note on tent %(number)s", number=tent.number)
        fields[f"note-{tent.id}"] = TextField(label, [Optional()], max_length=300)
    made: type[StatesForm] = type(kind.__name__, (kind,), fields)
    return made(**values)
