"""What officers fill in about groups."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the type stubs are behind
from wtforms.validators import Optional

from ..shared.fields import (
    CHOOSE,
    BaseForm,
    DateField,
    FilterField,
    PhoneField,
    QuantityField,
    QueryForm,
    Required,
    TextAreaField,
    TextField,
)
from ..shared.i18n import Text, _, _l
from . import queries, rules
from .labels import BUSINESS_KINDS, MEMBER_ROLES
from .models import BusinessKind, MemberRole

E = TypeVar("E", bound=StrEnum)


def options(words: Mapping[E, Text], blank: Text | None = None) -> Callable[[], list[tuple[str, str]]]:
    """Return what gives the options of a select, in the reader's language; `blank` is the word for no choice."""

    def give() -> list[tuple[str, str]]:
        first = [] if blank is None else [("", str(blank))]
        return first + [(key.value, str(text)) for key, text in words.items()]

    return give


def optional(kind: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what reads an option, and None for no choice."""
    return lambda value: kind(value) if value not in ("", None) else None


class VillageField(SelectField):
    """A village, chosen among those of its district; gives its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_l("Village"), [Required(CHOOSE)], choices=[], **kwargs)

    def offer(self, villages: Mapping[str, list[tuple[str, str]]]) -> None:
        """Let one of these be chosen: district → its villages (code, name)."""
        self.choices = [SelectChoice("", str(CHOOSE))]
        for district, rows in villages.items():
            self.choices += [SelectChoice(code, name, optgroup=district) for code, name in rows]


class YearField(QuantityField):
    """A year in which a group can have been formed."""

    def __init__(self, label: Text, **kwargs: Any) -> None:
        super().__init__(label, [Required()], low=rules.FIRST_YEAR, high=queries.today().year, **kwargs)

    def write_bound(self, number: int) -> str:
        """Write a year without a point."""
        return str(number)


class GroupFilter(QueryForm):
    """What to show of the list of groups."""

    q = TextField(_l("Name"), max_length=80)
    district = FilterField(_l("District"), choices=[], default="")
    kind = FilterField(_l("Business"), choices=options(BUSINESS_KINDS, _l("All")), default="")

    def offer_districts(self, districts: list[tuple[str, str]]) -> None:
        """Let one of these districts be chosen, or none."""
        self.district.choices = [("", _("All")), *districts]

    def asked_kind(self) -> BusinessKind | None:
        """Return the business asked for; None for all, and for what was not understood."""
        return optional(BusinessKind)(self.kind.chosen())  # type: ignore[no-any-return]


def _story() -> TextAreaField:
    return TextAreaField(
        _l("Story"), [Optional()], max_length=2000, description=_l("Everybody sees this. Name no family.")
    )


def _phone() -> PhoneField:
    return PhoneField(_l("Phone"), [Optional()])


class StoryForm(BaseForm):
    """What a mentor keeps up to date: the public story and the phone number."""

    story = _story()
    phone = _phone()


class GroupForm(BaseForm):
    """All that is written down about a group."""

    name = TextField(_l("Name of the group"), [Required()], max_length=120)
    village_code = VillageField()
    business_kind = SelectField(
        _l("Business"), [Required(CHOOSE)], choices=options(BUSINESS_KINDS, CHOOSE), coerce=optional(BusinessKind)
    )
    formed_year = YearField(_l("Year it was formed"))
    commodity_id = SelectField(_l("Main commodity"), [Optional()], choices=[], coerce=optional(int))
    story = _story()
    phone = _phone()

    def offer_commodities(self, commodities: list[tuple[int, str]]) -> None:
        """Let what most of its goods are made of be chosen, or nothing."""
        self.commodity_id.choices = [("", _("Not known")), *commodities]

    def content(self) -> rules.GroupContent:
        """Return what was filled in."""
        return rules.GroupContent(
            name=self.name.data,
            village_code=self.village_code.data,
            formed_year=self.formed_year.data,
            business_kind=self.business_kind.data,
            story=self.story.data,
            phone=self.phone.data,
            commodity_id=self.commodity_id.data,
        )


class MemberForm(BaseForm):
    """A family that joins, named by its family card: whoever adds it has the card before him."""

    kk = TextField(
        _l("KK number of the family"),
        [Required()],
        max_length=30,
        description=_l("16 digits, from the family card."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    role = SelectField(_l("Role"), choices=options(MEMBER_ROLES), coerce=MemberRole)
    starts_on = DateField(_l("Member since"), [Required()])


class EndForm(BaseForm):
    """The last day of something."""

    ends_on = DateField(_l("Last day"), [Required()])


class TrustForm(BaseForm):
    """Whether the group is trusted from now on; the button says it."""

    trusted = BooleanField()
