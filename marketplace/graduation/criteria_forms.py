"""The next version of the criteria: each with what it is for and its numbers."""

from collections.abc import Mapping
from typing import Any

from wtforms import FormField, SelectField
from wtforms.form import Form

from ..shared.fields import BaseForm, DateField, QuantityField, Required, RupiahField, TextField, options
from ..shared.i18n import _l
from . import case_labels
from .criteria import NewCriterion, NewSet
from .criteria_rules import ALTERNATIVES, RUPIAH, SCHEMA, CriterionKey

UNUSED, REQUIRED, WEIGHED, INSTEAD = "unused", "required", "weighed", "instead"
PARTS = {
    REQUIRED: _l("Required: blocks"),
    WEIGHED: _l("Is weighed"),
    INSTEAD: _l("Another path"),
    UNUSED: _l("Not asked"),
}


class SetForm(BaseForm):
    """A version from a day on; `set_form` adds a part for each criterion."""

    effective_from = DateField(_l("Holds from"), [Required()])
    source = TextField(_l("Decree or guideline"), [Required()], max_length=300)

    def new_set(self, area_code: str) -> NewSet:
        """Return what was filled in."""
        parts = [_criterion(key, self[key.value].form) for key in CriterionKey]
        criteria = [part for part in parts if part is not None]
        return NewSet(area_code, self.effective_from.data, self.source.data, criteria)


def _criterion(key: CriterionKey, form: Any) -> NewCriterion | None:
    if form.part.data == UNUSED:
        return None
    return NewCriterion(key, form.part.data == REQUIRED, {name: form[name].data for name in SCHEMA[key]})


def set_form(now: Mapping[CriterionKey, Any], **values: Any) -> SetForm:
    """Make the form with all criteria, filled in with those that hold now."""
    fields = {key.value: FormField(_part_form(key), label=case_labels.CRITERIA[key]) for key in CriterionKey}
    start = {key.value: _start(key, now.get(key)) for key in CriterionKey}
    form: SetForm = type("FilledSetForm", (SetForm,), fields)(data=start, **values)
    return form


def _part_form(key: CriterionKey) -> type[Form]:
    parts = (INSTEAD, UNUSED) if key in ALTERNATIVES else (REQUIRED, WEIGHED, UNUSED)
    fields: dict[str, Any] = {
        "part": SelectField(_l("What is it for?"), choices=lambda: options((part, PARTS[part]) for part in parts))
    }
    for name, bounds in SCHEMA[key].items():
        kind = RupiahField if name == RUPIAH else QuantityField
        label = case_labels.PARAMETERS[name]
        fields[name] = kind(label, [Required()], low=bounds.low, high=bounds.high)
    return type(f"{key.title()}Form", (Form,), fields)


def _start(key: CriterionKey, now: Any) -> dict[str, Any]:
    if now is None:
        return {"part": UNUSED} | {name: bounds.start for name, bounds in SCHEMA[key].items()}
    part = INSTEAD if key in ALTERNATIVES else REQUIRED if now.is_required else WEIGHED
    return {"part": part, **now.parameters}
