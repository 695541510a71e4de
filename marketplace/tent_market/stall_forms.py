"""What is filled in about a tent's goods and money on a market day."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import SelectField

from ..parcels.models import Parcel
from ..shared.fields import (
    CHOOSE,
    BaseForm,
    KeyField,
    QuantityField,
    Required,
    RupiahField,
    TextField,
    options,
)
from ..shared.i18n import _l
from ..stock.models import MovementReason
from .goods_models import Load
from .loading import OUT, Good, Signature
from .stall_rules import Tally

NOTE_LENGTH = 300
NAME_LENGTH = 120
STROKES_LENGTH = 8000
HERE_AT_MOST = 100_000
TARGETS = (("store", _l("To the store")), ("group", _l("To its makers")))
WHAT = {MovementReason.SPOILED: _l("Spoiled"), MovementReason.GIVEN_AWAY: _l("Given away")}


class PlanForm(BaseForm):
    """How many of what go along; `plan_form` adds the goods and parcels."""

    key = KeyField()

    def chosen(self, begins: str) -> dict[int, int]:
        """Return id → how many of the fields whose name begins so."""
        return {
            int(field.short_name.removeprefix(begins)): field.data
            for field in self
            if field.short_name.startswith(begins) and field.data
        }


def plan_form(goods: Iterable[Good], parcels: Iterable[Parcel]) -> PlanForm:
    """Return the form of a new loading list, the suggestions written in."""
    fields = {f"plan-{good.product.id}": _pieces(good.product.unit) for good in goods}
    fields |= {f"parcel-{parcel.id}": _pieces("") for parcel in parcels}
    kind: type[PlanForm] = type("PlanForm", (PlanForm,), fields)
    return kind(data={f"plan-{good.product.id}": good.suggestion for good in goods})


def _pieces(unit: str) -> QuantityField:
    label = _l("How many (%(unit)s)", unit=unit) if unit else _l("How many")
    return QuantityField(label, low=0, high=HERE_AT_MOST)


class SignForm(BaseForm):
    """What was counted out, and who takes it; `sign_form` adds the lines."""

    name = TextField(_l("Name of who takes the goods"), [Required()], max_length=NAME_LENGTH)
    strokes = TextField(_l("Signature"), max_length=STROKES_LENGTH)

    def counted(self) -> dict[int, int]:
        """Return line → how many were counted out."""
        names = [field.short_name for field in self if field.short_name.startswith("counted-")]
        return {int(name.removeprefix("counted-")): self[name].data or 0 for name in names}

    def signature(self) -> Signature:
        """Return who signed."""
        return Signature(self.name.data, self.strokes.data)


def sign_form(load: Load) -> SignForm:
    """Return the form to count a list out, what was planned written in."""
    fields = {
        f"counted-{line.id}": QuantityField(_l("Counted out"), [Required()], low=0, high=HERE_AT_MOST)
        for line in load.lines
    }
    kind: type[SignForm] = type("SignForm", (SignForm,), fields)
    return kind(data={f"counted-{line.id}": line.planned for line in load.lines})


class WriteOffForm(BaseForm):
    """What spoiled or was given away while the tent sells; `write_off_form` adds what it has."""

    key = KeyField()
    product = SelectField(_l("Product"), [Required(CHOOSE)])
    quantity = QuantityField(_l("How many"), [Required()], high=HERE_AT_MOST)
    what = SelectField(
        _l("What happened"), [Required(CHOOSE)], choices=options([("", CHOOSE), *((key, WHAT[key]) for key in OUT)])
    )
    note = TextField(_l("Why"), [Required()], max_length=NOTE_LENGTH)


def write_off_form(goods: Iterable[Any], **values: Any) -> WriteOffForm:
    """Return the form of what spoiled, with what the tent has now to choose from."""
    form = WriteOffForm(**values)
    there = [(str(row.id), f"{row.name} ({row.there})") for row in goods if row.there]
    form.product.choices = options([("", CHOOSE), *there])
    return form


class FloatForm(BaseForm):
    """Change money for the drawer."""

    key = KeyField()
    amount = RupiahField(_l("Change money"), [Required()], low=1)


class LateForm(BaseForm):
    """Money that is brought after the close."""

    key = KeyField()
    amount = RupiahField(_l("Amount"), [Required()], low=1)
    note = TextField(_l("Where it comes from"), [Required()], max_length=120)


class CloseForm(BaseForm):
    """What was counted back; `close_form` adds the goods."""

    cash = RupiahField(_l("Counted in the drawer"), [Required()])
    cash_reason = TextField(_l("Why is it another sum?"), max_length=NOTE_LENGTH)

    def tallies(self, product_ids: Iterable[int]) -> dict[int, Tally]:
        """Return product → what was counted."""
        return {key: self._tally(key) for key in product_ids}

    def _tally(self, key: int) -> Tally:
        back, spoiled, given = (self[f"{name}-{key}"].data or 0 for name in ("back", "spoiled", "given"))
        return Tally(back, spoiled, given, self[f"note-{key}"].data)

    def to_group(self, product_ids: Iterable[int]) -> frozenset[int]:
        """Return the products whose rest goes to their makers."""
        return frozenset(key for key in product_ids if self[f"to-{key}"].data == "group")


def close_form(goods: Iterable[Any]) -> CloseForm:
    """Return the form to count a tent back."""
    fields: dict[str, Any] = {}
    for row in goods:
        fields |= _close_fields(row.id)
    kind: type[CloseForm] = type("CloseForm", (CloseForm,), fields)
    return kind()


def _close_fields(key: int) -> Mapping[str, Any]:
    return {
        f"back-{key}": QuantityField(_l("Left over"), [Required()], low=0, high=HERE_AT_MOST),
        f"spoiled-{key}": QuantityField(_l("Spoiled"), low=0, high=HERE_AT_MOST),
        f"given-{key}": QuantityField(_l("Given away"), low=0, high=HERE_AT_MOST),
        f"note-{key}": TextField(_l("Why"), max_length=NOTE_LENGTH),
        f"to-{key}": SelectField(_l("The rest goes"), choices=options(TARGETS)),
    }
