"""What officers and groups fill in about aid."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import SelectField
from wtforms.validators import Optional

from ..areas.models import Agency
from ..groups.models import Household
from ..groups.rules import BankAccount
from ..shared.errors import InvalidInput
from ..shared.fields import (
    BaseForm,
    DateField,
    FilterField,
    KeyField,
    QuantityField,
    QueryForm,
    Required,
    RupiahField,
    TextAreaField,
    TextField,
    options,
)
from ..shared.i18n import Text, _, _l
from . import labels
from .funds import FundContent
from .goods import Piece, Signed
from .goods_models import Found, ItemCondition
from .guidance import GuidanceContent
from .models import AidKind, Fund, FundRule, FundSource, Proposal, ProposalState
from .proposals import ProposalContent
from .rules import Cost, Decision, Line

ROWS, MORE_ROWS = 5, 3
CHOOSE = ("", _l("Please choose"))


def _choices(names: Iterable[Any], words: Any, *, first: Any = CHOOSE) -> list[Any]:
    return options([first, *((each.value, words[each]) for each in names)])


class ProposalFilter(QueryForm):
    """What the list of proposals is narrowed to."""

    state = FilterField(_l("State"), coerce=str, default="")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        words = [(state.value, badge[0]) for state, badge in labels.PROPOSALS.items()]
        self.state.choices = options([("", _l("All")), *words])

    def asked(self) -> ProposalState | None:
        """Return the state; None for all."""
        self.validate()
        chosen = self.state.chosen()
        return ProposalState(chosen) if chosen else None


class FundForm(BaseForm):
    """A fund: whose, of which year, and how much is in it."""

    area_code = SelectField(_l("Where may it be used?"), [Required()])
    source = SelectField(_l("Who pays?"), [Required()])
    year = QuantityField(_l("Budget year"), [Required()], low=2000, high=2100)
    name = TextField(_l("Name of the budget line"), [Required()], max_length=120)
    rule = SelectField(_l("What does it run out of?"), [Required()])
    budget = RupiahField(_l("Budget"), [Optional()], low=1)
    quota = QuantityField(_l("Number of groups"), [Optional()])

    def __init__(self, areas: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.area_code.choices = options(areas)
        self.source.choices = _choices(FundSource, labels.SOURCES)
        self.rule.choices = _choices(FundRule, labels.RULES)

    def content(self) -> FundContent:
        """Return the fund. Raises InvalidInput where what its rule asks for is missing."""
        rule = FundRule(self.rule.data)
        field = self.budget if rule is FundRule.MONEY else self.quota
        if field.data is None:
            raise InvalidInput(_l("Please fill this in."), field=field.short_name)
        whose = FundSource(self.source.data)
        return FundContent(self.area_code.data, whose, self.year.data, self.name.data, rule, field.data)


class LimitForm(BaseForm):
    """How much is in a fund from now on."""

    limit = RupiahField(_l("Now in the fund"), [Required()], low=1)


class ProposalForm(BaseForm):
    """What a proposal says; `proposal_form` adds the rows of its budget."""

    kind = SelectField(_l("What is asked for?"), [Required()])
    title = TextField(_l("What is it for?"), [Required()], max_length=120)
    story = TextAreaField(_l("Why is it needed, and what will come of it?"), [Optional()], max_length=4000)
    row_count = 0

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the fields of each row of the budget."""
        names = ("what", "quantity", "unit", "price")
        return [tuple(self[f"{name}-{row}"] for name in names) for row in range(self.row_count)]

    def lines(self) -> list[Line]:
        """Return the lines that were filled in. Raises InvalidInput beside what is missing of one."""
        found = []
        for what, quantity, unit, price in self.rows():
            if not any(field.data for field in (what, quantity, unit, price)):
                continue
            for field in (what, quantity, price):
                if not field.data:
                    raise InvalidInput(_l("Please fill this in."), field=field.short_name)
            found.append(Line(what.data, quantity.data, price.data, unit.data))
        return found

    def content(self) -> ProposalContent:
        """Return what the proposal says."""
        return ProposalContent(AidKind(self.kind.data), self.title.data, self.story.data, self.lines())


class GroupProposalForm(ProposalForm):
    """A proposal by an officer, who says whose it is."""

    whose = SelectField(_l("Whose proposal is it?"), [Required()])
    key = KeyField()


def proposal_form(kind: type[ProposalForm], lines: Sequence[Line], **values: Any) -> Any:
    """Return a form with a row for each line and some empty ones."""
    count = max(ROWS, len(lines) + MORE_ROWS)
    fields: dict[str, Any] = {"row_count": count}
    for row in range(count):
        line = lines[row] if row < len(lines) else None
        number = {"number": row + 1}
        fields[f"what-{row}"] = TextField(
            _l("Line %(number)s: what?", **number), [Optional()], max_length=120, default=line and line.what
        )
        fields[f"quantity-{row}"] = QuantityField(
            _l("Line %(number)s: how many?", **number), [Optional()], default=line and line.quantity
        )
        fields[f"unit-{row}"] = TextField(
            _l("Line %(number)s: of which unit?", **number), [Optional()], max_length=20, default=line and line.unit
        )
        fields[f"price-{row}"] = RupiahField(
            _l("Line %(number)s: price of one", **number), [Optional()], low=1, default=line and line.unit_price
        )
    made: type[ProposalForm] = type(kind.__name__, (kind,), fields)
    form = made(**values)
    form.kind.choices = _choices(AidKind, labels.KINDS)
    return form


class PhotosForm(BaseForm):
    """A photo of the signed letter, or of the place."""

    photo = FileField(_l("Photo"))


class NothingForm(BaseForm):
    """A press without more."""


class ReasonForm(BaseForm):
    """Why."""

    reason = TextField(_l("Why?"), [Required()], max_length=500)


class DecisionForm(BaseForm):
    """By which decree a proposal is approved, and what pays for it."""

    fund_id = SelectField(_l("Fund that pays"))
    decree_number = TextField(_l("Number of the decree"), max_length=80)
    decree_on = DateField(_l("Date of the decree"))

    def offer(self, funds: Iterable[tuple[Fund, str]]) -> None:
        """Let one of some funds be chosen, each with what is left of it."""
        self.fund_id.choices = options([CHOOSE, *((str(fund.id), text) for fund, text in funds)])

    def decision(self) -> Decision:
        """Return what was filled in, also where something is missing: all that is open is said together."""
        fund_id = int(self.fund_id.data) if self.fund_id.data else None
        return Decision(fund_id, self.decree_number.data, self.decree_on.data)


class GuidanceForm(BaseForm):
    """Which agency guided a group."""

    agency_id = SelectField(_l("Agency that guided"), [Required()])
    topic = TextField(_l("In what?"), [Required()], max_length=120)
    held_on = DateField(_l("Held on"), [Required()])

    def offer(self, agencies: Iterable[Agency]) -> None:
        """Let one of some agencies be chosen."""
        self.agency_id.choices = options([CHOOSE, *((str(agency.id), agency.name) for agency in agencies)])

    def content(self) -> GuidanceContent:
        """Return what was filled in."""
        return GuidanceContent(int(self.agency_id.data), self.topic.data, self.held_on.data)


class HandoverForm(BaseForm):
    """When goods changed hands and who received them; `handover_form` adds the rows of pieces."""

    handed_on = DateField(_l("Handed over on"), [Required()])
    name = TextField(_l("Name of who receives for all"), [Required()], max_length=120)
    strokes = TextField(_l("Signature"), max_length=8000)
    key = KeyField()
    row_count = 0

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the fields of each row."""
        names = ("what", "serial", "value", "condition", "receiver")
        return [tuple(self[f"{name}-{row}"] for name in names) for row in range(self.row_count)]

    def pieces(self) -> list[Piece]:
        """Return the pieces that were filled in. Raises InvalidInput beside what is missing of one."""
        found = []
        for what, serial, value, condition, receiver in self.rows():
            if not value.data and not serial.data:
                continue
            for field in (what, value):
                if not field.data:
                    raise InvalidInput(_l("Please fill this in."), field=field.short_name)
            family = int(receiver.data) if receiver.data else None
            found.append(Piece(what.data, serial.data, value.data, ItemCondition(condition.data), family))
        return found

    def signed(self) -> Signed:
        """Return who received."""
        return Signed(self.handed_on.data, self.name.data, self.strokes.data)


def handover_form(proposal: Proposal, families: Sequence[Household], **values: Any) -> Any:
    """Return a form with a row for each line of a proposal and some empty ones."""
    whats = [line.what for line in proposal.lines]
    count = max(ROWS, len(whats) + MORE_ROWS)
    receivers = [("", _l("All of them together")), *((str(family.id), family.name) for family in families)]
    conditions = [(each.value, word) for each, word in labels.CONDITIONS.items()]
    fields: dict[str, Any] = {"row_count": count}
    for row in range(count):
        number = {"number": row + 1}
        what = whats[row] if row < len(whats) else ""
        fields[f"what-{row}"] = TextField(_l("Piece %(number)s: what?", **number), max_length=120, default=what)
        fields[f"serial-{row}"] = TextField(_l("Piece %(number)s: serial number", **number), max_length=60)
        fields[f"value-{row}"] = RupiahField(_l("Piece %(number)s: value", **number), [Optional()], low=1)
        fields[f"condition-{row}"] = SelectField(
            _l("Piece %(number)s: condition", **number), choices=options(conditions), default=ItemCondition.NEW.value
        )
        fields[f"receiver-{row}"] = SelectField(
            _l("Piece %(number)s: for whom?", **number), [Optional()], choices=options(receivers), default=""
        )
    made: type[HandoverForm] = type("HandoverForm", (HandoverForm,), fields)
    return made(**values)


class LookForm(BaseForm):
    """What was found of a piece."""

    found = SelectField(_l("What was found?"), [Required()])
    note = TextField(_l("Note"), [Optional()], max_length=300)
    seen_on = DateField(_l("Seen on"), [Required()])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        words: dict[Found, Text] = {each: badge[0] for each, badge in labels.FOUND.items()}
        self.found.choices = _choices(Found, words)


class BankForm(BaseForm):
    """The account of a group."""

    bank = TextField(_l("Bank"), [Required()], max_length=60)
    number = TextField(_l("Account number"), [Required()], max_length=30)
    holder = TextField(_l("Name on the account"), [Required()], max_length=120)

    def account(self) -> BankAccount:
        """Return what was filled in."""
        return BankAccount(self.bank.data, self.number.data, self.holder.data)


class TrancheForm(BaseForm):
    """A part of a grant that is to be paid."""

    amount = RupiahField(_l("How much?"), [Required()], low=1)
    due_on = DateField(_l("Planned for"), [Required()])
    key = KeyField()


class DisburseForm(BaseForm):
    """That a part was paid."""

    reference = TextField(_l("Reference of the bank"), [Required()], max_length=60)
    paid_on = DateField(_l("Paid on"), [Required()])


class CostsForm(BaseForm):
    """Rows of what and how much; `costs_form` adds them."""

    row_count = 0

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the fields of each row."""
        names = ("what", "amount", "photo") if "photo-0" in self else ("what", "amount")
        return [tuple(self[f"{name}-{row}"] for name in names) for row in range(self.row_count)]

    def costs(self) -> list[tuple[int, Cost]]:
        """Return row → what it costs. Raises InvalidInput beside what is missing of one."""
        found = []
        for row, (what, amount, *photo) in enumerate(self.rows()):
            if not what.data and not amount.data and not any(field.data for field in photo):
                continue
            for field in (what, amount, *photo):
                if not field.data:
                    raise InvalidInput(_l("Please fill this in."), field=field.short_name)
            found.append((row, Cost(what.data, amount.data)))
        return found


class AskForm(CostsForm):
    """What a group wants to draw, and for what."""

    purpose = TextField(_l("What for?"), [Required()], max_length=300)
    key = KeyField()


class ProveForm(CostsForm):
    """The receipts of a drawing."""

    rest = RupiahField(_l("Put back into the account"), [Optional()])


def costs_form(kind: type[CostsForm], *, with_photos: bool, **values: Any) -> Any:
    """Return a form with some rows of what and how much, and a photo of each receipt."""
    fields: dict[str, Any] = {"row_count": ROWS}
    for row in range(ROWS):
        number = {"number": row + 1}
        fields[f"what-{row}"] = TextField(_l("Line %(number)s: what?", **number), [Optional()], max_length=120)
        fields[f"amount-{row}"] = RupiahField(_l("Line %(number)s: how much?", **number), [Optional()], low=1)
        if with_photos:
            fields[f"photo-{row}"] = FileField(_("Line %(number)s: photo of the receipt", **number))
    made: type[CostsForm] = type(kind.__name__, (kind,), fields)
    return made(**values)
