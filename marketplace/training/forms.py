"""What officers fill in about agencies, potentials, trainings and classes."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Optional

from ..areas.models import Agency
from ..groups.labels import BUSINESS_KINDS, REGISTRIES
from ..groups.models import BusinessKind, RegistrySource
from ..shared.fields import (
    CHOOSE,
    BaseForm,
    DateField,
    FilterField,
    KeyField,
    PhoneField,
    QuantityField,
    QueryForm,
    Required,
    TextAreaField,
    TextField,
    options,
)
from ..shared.i18n import Text, _, _l
from . import labels, partners
from .models import Attendance, Mark, Trainee, Training, TrainingClass, TrainingKind, TrainingState
from .partners import AgencyContent, Named
from .queries import Wanted
from .rules import MOST_DAYS, MOST_PLACES, ClassContent, TrainingContent

YEAR_DAYS = 365.25


def number_or_none(value: Any) -> int | None:
    """Return what was chosen as a number; None for no choice."""
    return int(value) if str(value or "").isdigit() else None


class AgencyForm(BaseForm):
    """What is known of an agency."""

    name = TextField(_l("Name of the agency"), [Required()], max_length=120)
    trade = TextField(
        _l("What it knows"), [Optional()], max_length=120, description=_l("For example: food processing, livestock.")
    )
    phone = PhoneField(_l("Phone"), [Optional()])

    def content(self) -> AgencyContent:
        """Return what was filled in."""
        return AgencyContent(self.name.data, self.trade.data, self.phone.data or None)


class PotentialForm(BaseForm):
    """A leading commodity of an area, as an agency named it."""

    area_code = SelectField(_l("Area"), [Required(CHOOSE)], choices=[])
    commodity = TextField(
        _l("Commodity"), [Required()], max_length=60, description=_l("For example: coconut, cacao, rattan.")
    )
    agency_id = SelectField(_l("Named by"), [Required(CHOOSE)], choices=[])
    named_on = DateField(_l("From"), [Required()])
    source = TextField(_l("Letter or study"), [Optional()], max_length=300)

    def offer(self, regency_code: str) -> None:
        """Let an area of the regency and one of its agencies be chosen."""
        self.area_code.choices = options([("", CHOOSE), *partners.area_choices(regency_code)])
        self.agency_id.choices = options([("", CHOOSE), *partners.agency_choices(regency_code)])

    def named(self) -> Named:
        """Return what was filled in."""
        return Named(
            self.area_code.data,
            self.commodity.data,
            int(self.agency_id.data),
            self.named_on.data,
            self.source.data,
        )


class EndPotentialForm(BaseForm):
    """The last day on which a commodity is a leading one."""

    ended_on = DateField(_l("Last day"), [Required()])


class TrainingFilter(QueryForm):
    """What the list of trainings is narrowed to."""

    state = FilterField(_l("State"), coerce=str, default="")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        words: list[tuple[str, Text]] = [(key.value, label) for key, (label, *_rest) in labels.STATES.items()]
        self.state.choices = options([("", _l("All")), *words])

    def asked(self) -> TrainingState | None:
        """Return the state; what cannot be read narrows nothing."""
        self.validate()
        chosen = self.state.chosen()
        return TrainingState(chosen) if chosen else None


class TrainingForm(BaseForm):
    """What a training is."""

    title = TextField(_l("What is taught"), [Required()], max_length=160)
    kind = SelectField(_l("Kind"), [Required(CHOOSE)], choices=[])
    business_kind = SelectField(_l("Business"), [Required(CHOOSE)], choices=[])
    commodity_id = SelectField(_l("Commodity"), [Optional()], choices=[])
    agency_id = SelectField(_l("Agency that trains"), [Required(CHOOSE)], choices=[])
    funding = TextField(_l("Paid by"), [Optional()], max_length=300)
    misfit_reason = TextAreaField(
        _l("Reason, if it does not fit the area"),
        [Optional()],
        max_length=1000,
        description=_l("Only where the commodity is none of the leading ones of the area."),
    )

    key = KeyField()

    def offer(self, regency_code: str) -> None:
        """Let kinds, commodities and agencies be chosen."""
        self.kind.choices = options([("", CHOOSE), *((key.value, label) for key, label in labels.KINDS.items())])
        self.business_kind.choices = options([("", CHOOSE), *((k.value, word) for k, word in BUSINESS_KINDS.items())])
        self.commodity_id.choices = options([("", _l("About none")), *partners.commodity_choices()])
        self.agency_id.choices = options([("", CHOOSE), *partners.agency_choices(regency_code)])

    def content(self) -> TrainingContent:
        """Return what was filled in."""
        return TrainingContent(
            title=self.title.data,
            kind=TrainingKind(self.kind.data),
            business_kind=BusinessKind(self.business_kind.data),
            agency_id=int(self.agency_id.data),
            commodity_id=number_or_none(self.commodity_id.data),
            funding=self.funding.data,
            misfit_reason=self.misfit_reason.data.strip(),
        )

    @classmethod
    def of(cls, training: Training) -> "TrainingForm":
        """Return the form with what is known of a training."""
        return cls(
            data={
                "title": training.title,
                "kind": training.kind.value,
                "business_kind": training.business_kind.value,
                "commodity_id": str(training.commodity_id or ""),
                "agency_id": str(training.agency_id),
                "funding": training.funding,
                "misfit_reason": training.misfit_reason,
            }
        )


class StepForm(BaseForm):
    """Why a training is called off; the address says what is done."""

    reason = TextField(_l("Why?"), [Optional()], max_length=300)


class ClassForm(BaseForm):
    """A class: its room and places."""

    name = TextField(_l("Name of the class"), [Required()], max_length=80)
    room = TextField(_l("Room"), [Optional()], max_length=160)
    places = QuantityField(_l("Places"), [Required()], low=1, high=MOST_PLACES)

    def content(self) -> ClassContent:
        """Return what was filled in."""
        return ClassContent(self.name.data, self.room.data, self.places.data)


class NewClassForm(ClassForm):
    """A class with its days one after the other; single days are added and taken out later."""

    first_on = DateField(_l("First day"), [Required()])
    days = QuantityField(_l("How many days"), [Required()], low=1, high=MOST_DAYS, default=1)
    sundays = BooleanField(_l("Also on Sundays"))


class DayForm(BaseForm):
    """One more day of a class."""

    held_on = DateField(_l("Day"), [Required()])


class PressForm(BaseForm):
    """A press that needs nothing but the token."""


class PeopleFilter(QueryForm):
    """Whom to look for among the people of the registry."""

    decile_from = QuantityField(_l("Decile from"), [Optional()], low=1, high=10)
    decile_to = QuantityField(_l("Decile to"), [Optional()], low=1, high=10)
    source = FilterField(_l("Registry"), coerce=str, default="")
    wrse = BooleanField(_l("Only WRSE"))
    place = FilterField(_l("District or village"), coerce=str, default="")
    age = QuantityField(_l("Age from"), [Optional()], low=0, high=120)
    untrained = BooleanField(_l("Not trained in this yet"))

    def offer(self, regency_code: str) -> None:
        """Let a registry and a place be chosen."""
        registries: list[tuple[str, Text]] = [(key.value, word) for key, word in REGISTRIES.items()]
        self.source.choices = options([("", _l("All")), *registries])
        places = [row for row in partners.area_choices(regency_code) if row[0] != regency_code]
        self.place.choices = options([("", _l("All")), *places])

    def wanted(self, today: dt.date) -> Wanted:
        """Return whom to look for; what cannot be read narrows nothing."""
        self.validate()
        place, source = self.place.chosen(), self.source.chosen()
        is_village = len(place) > len("63.06.05")
        age = None if self.age.errors else self.age.data
        return Wanted(
            decile_from=None if self.decile_from.errors else self.decile_from.data,
            decile_to=None if self.decile_to.errors else self.decile_to.data,
            source=RegistrySource(source) if source else None,
            wrse=bool(self.wrse.data),
            district_code="" if is_village else place,
            village_code=place if is_village else "",
            born_until=today - dt.timedelta(days=round(age * YEAR_DAYS)) if age else None,
            untrained=bool(self.untrained.data),
        )


class PeopleForm(BaseForm):
    """The people who get a place."""

    person = SelectMultipleField(_l("Participants"), choices=[], coerce=int)

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """Let these people be ticked."""
        self.person.choices = list(people)


class AttendanceForm(BaseForm):
    """Who came on a day; `with_people` adds a question for each."""

    def marks(self, trainees: Iterable[Trainee]) -> dict[int, Mark]:
        """Return trainee id → mark, of those about whom something was said."""
        found = {trainee.id: self[f"mark-{trainee.id}"].data for trainee in trainees}
        return {key: Mark(value) for key, value in found.items() if value}

    def seen(self, trainees: Iterable[Trainee]) -> dict[int, Mark]:
        """Return trainee id → mark as it stood when the page was opened."""
        found = {trainee.id: self[f"seen-{trainee.id}"].data for trainee in trainees}
        return {key: Mark(value) for key, value in found.items() if value in set(Mark)}

    def see(self, trainees: Iterable[Trainee], known: dict[int, Attendance]) -> None:
        """Put in what stands there now: whoever sends it again has looked."""
        for trainee in trainees:
            self[f"seen-{trainee.id}"].data = known[trainee.id].mark.value if trainee.id in known else ""


def with_people(trainees: Iterable[Trainee], known: dict[int, Attendance]) -> Any:
    """Return a form that asks of each whether he came, answered as far as it is written down."""
    choices = [(key.value, label) for key, label in labels.MARKS.items()]
    fields: dict[str, Any] = {}
    for trainee in trainees:
        row = known.get(trainee.id)
        fields[f"seen-{trainee.id}"] = HiddenField(default=row.mark.value if row else "")
        fields[f"mark-{trainee.id}"] = RadioField(
            trainee.person.name,
            [Optional()],
            choices=options(choices),
            default=row.mark.value if row else None,
        )
    made: type[AttendanceForm] = type("AttendanceOfDay", (AttendanceForm,), fields)
    return made()


def form_of_class(row: TrainingClass) -> ClassForm:
    """Return the form with what is known of a class."""
    return ClassForm(data={"name": row.name, "room": row.room, "places": row.places})


def form_of_agency(agency: Agency) -> AgencyForm:
    """Return the form with what is known of an agency."""
    return AgencyForm(data={"name": agency.name, "trade": agency.trade, "phone": agency.phone})


def title_of_year(year: int) -> str:
    """Return how a year's numbers are called."""
    return _("People trained in %(year)s", year=year)
