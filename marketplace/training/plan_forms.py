"""What officers and agencies fill in about plans."""

from typing import Any

from wtforms import RadioField, SelectField
from wtforms.validators import Optional

from ..groups.labels import BUSINESS_KINDS
from ..groups.models import BusinessKind
from ..shared.fields import CHOOSE, BaseForm, QuantityField, Required, TextAreaField, TextField, options
from ..shared.i18n import _l
from . import labels, partners
from .forms import number_or_none
from .plan_models import LineKind
from .plans import LineContent


class YearField(QuantityField):
    """The year of a plan."""

    def write_bound(self, number: int) -> str:
        """Write a year without a point."""
        return str(number)


class PlanForm(BaseForm):
    """A plan of a year."""

    year = YearField(_l("Year"), [Required()], low=2000, high=2100)
    title = TextField(_l("Title"), [Required()], max_length=160)


class LineForm(BaseForm):
    """What an agency proposes, and who speaks for it."""

    kind = SelectField(_l("Kind"), [Required(CHOOSE)], choices=[])
    what = TextField(_l("What"), [Required()], max_length=160)
    business_kind = SelectField(_l("Business"), [Required(CHOOSE)], choices=[])
    commodity_id = SelectField(_l("Commodity"), [Optional()], choices=[])
    people = QuantityField(_l("For how many people"), [Optional()], low=1, high=100_000)
    story = TextAreaField(_l("Why"), [Optional()], max_length=1000)
    name = TextField(_l("Your name"), [Required()], max_length=120)

    def offer(self) -> None:
        """Let kinds and commodities be chosen."""
        self.kind.choices = options([("", CHOOSE), *((key.value, word) for key, word in labels.LINE_KINDS.items())])
        self.business_kind.choices = options([("", CHOOSE), *((k.value, word) for k, word in BUSINESS_KINDS.items())])
        self.commodity_id.choices = options([("", _l("About none")), *partners.commodity_choices()])

    def content(self) -> LineContent:
        """Return what was filled in."""
        return LineContent(
            kind=LineKind(self.kind.data),
            what=self.what.data,
            business_kind=BusinessKind(self.business_kind.data),
            commodity_id=number_or_none(self.commodity_id.data),
            people=self.people.data or 0,
            story=self.story.data,
        )


class AgencyLineForm(LineForm):
    """The same, written down by an officer in the name of an agency."""

    agency_id = SelectField(_l("Agency that proposes it"), [Required(CHOOSE)], choices=[])
    name = TextField(_l("Who spoke for it"), [Required()], max_length=120)

    def offer_agencies(self, area_code: str) -> None:
        """Let one of the agencies of an area be chosen."""
        self.agency_id.choices = options([("", CHOOSE), *partners.agency_choices(area_code)])


def _answers() -> Any:
    return options((key.value, word) for key, word in labels.ANSWERS.items())


class VoiceForm(BaseForm):
    """What an agency says of a line."""

    answer = RadioField(_l("What do you say?"), [Required(CHOOSE)], choices=_answers)
    said = TextAreaField(_l("In a few words"), [Optional()], max_length=1000)
    name = TextField(_l("Your name"), [Required()], max_length=120)


class AgencyVoiceForm(VoiceForm):
    """The same, written down by an officer in the name of an agency."""

    agency_id = SelectField(_l("Agency"), [Required(CHOOSE)], choices=[])
    name = TextField(_l("Who spoke for it"), [Required()], max_length=120)

    def offer_agencies(self, area_code: str) -> None:
        """Let one of the agencies of an area be chosen."""
        self.agency_id.choices = options([("", CHOOSE), *partners.agency_choices(area_code)])


class MakeForm(BaseForm):
    """A press that makes a training of a line."""

    misfit_reason = TextAreaField(_l("Reason, if it does not fit the area"), [Optional()], max_length=1000)


class NewLinkForm(BaseForm):
    """The agency that gets a link."""

    agency_id = SelectField(_l("Agency"), [Required(CHOOSE)], choices=[])

    def offer_agencies(self, area_code: str) -> None:
        """Let one of the agencies of an area be chosen."""
        self.agency_id.choices = options([("", CHOOSE), *partners.agency_choices(area_code)])
