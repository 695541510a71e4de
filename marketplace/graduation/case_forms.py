"""What is filled in with each step of a case, and what officers write down about it."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from ..accounts.models import User
from ..mentoring.models import Visit
from ..shared.errors import InvalidInput
from ..shared.fields import (
    CHOOSE,
    BaseForm,
    DateField,
    QuantityField,
    Required,
    RupiahField,
    TextAreaField,
    TextField,
    options,
)
from ..shared.formats import day as day_text
from ..shared.i18n import _, _l
from . import case_labels
from .case_models import ExitReason, FilePurpose
from .case_rules import Action
from .cases import Details, Meeting
from .criteria_rules import OBSERVED, CriterionKey

NOTE_LENGTH = 1000
MOST_PEOPLE = 200
LONGEST_NAME = 200


class CaseStepForm(BaseForm):
    """The base of what is filled in with a step; alone it is the button, and a word about why."""

    note = TextAreaField(_l("Note"), max_length=NOTE_LENGTH)

    def details(self) -> Details:
        """Return what was filled in."""
        return Details(note=self.note.data)


class ReasonForm(CaseStepForm):
    """A step that needs its reason."""

    note = TextAreaField(_l("Why?"), [Required()], max_length=NOTE_LENGTH)


class AssignForm(CaseStepForm):
    """Who mentors the family."""

    mentor_id = SelectField(_l("Mentor"), [Required(CHOOSE)], coerce=lambda text: int(text) if text else None)

    def offer(self, mentors: list[User]) -> None:
        """Let one of the family's mentors be chosen."""
        self.mentor_id.choices = options([("", CHOOSE), *((str(user.id), user.name) for user in mentors)])

    def details(self) -> Details:
        """Return who was chosen."""
        return Details(note=self.note.data, mentor_id=self.mentor_id.data)


class VerifyForm(CaseStepForm):
    """What was found at the family's home."""

    visited_on = DateField(_l("Day of your visit at home"), [Required()])
    found = RadioField(
        _l("Is it as it was proposed?"),
        [InputRequired()],
        choices=lambda: [("yes", _("Yes")), ("no", _("No"))],
    )
    note = TextAreaField(_l("What did you find?"), [Required()], max_length=NOTE_LENGTH)

    def details(self) -> Details:
        """Return what was found."""
        return Details(note=self.note.data, visited_on=self.visited_on.data, is_confirmed=self.found.data == "yes")


class MeetingForm(CaseStepForm):
    """The minutes of a village meeting."""

    held_on = DateField(_l("Day of the meeting"), [Required()])
    place = TextField(_l("Where?"), [Required()], max_length=120)
    leader = TextField(_l("Who led it?"), [Required()], max_length=120)
    people = TextAreaField(_l("Who was there?"), [Required()], max_length=8000)
    conclusion = TextAreaField(_l("What did the meeting come to?"), [Required()], max_length=NOTE_LENGTH)

    def validate_people(self, field: TextAreaField) -> None:
        """Refuse a list that no paper could hold."""
        names = self.names()
        if len(names) > MOST_PEOPLE or any(len(name) > LONGEST_NAME for name in names):
            raise ValueError(_("This is too long: at most %(count)s people, one on each line.", count=MOST_PEOPLE))

    def names(self) -> tuple[str, ...]:
        """Return who was there, one from each line."""
        return tuple(line.strip() for line in (self.people.data or "").splitlines() if line.strip())

    def details(self) -> Details:
        """Return the minutes."""
        meeting = Meeting(self.held_on.data, self.place.data, self.leader.data, self.conclusion.data, self.names())
        return Details(note=self.note.data, meeting=meeting)


class ApproveForm(CaseStepForm):
    """The decree by which the regent ratified."""

    decree_number = TextField(_l("Number of the decree"), [Required()], max_length=80)
    decree_on = DateField(_l("Day of the decree"), [Required()])

    def details(self) -> Details:
        """Return the decree."""
        return Details(note=self.note.data, decree_number=self.decree_number.data, decree_on=self.decree_on.data)


class GraduateForm(CaseStepForm):
    """The proof of the ministry's own system."""

    ministry_reference = TextField(_l("Reference in the ministry's system"), [Required()], max_length=80)
    effective_on = DateField(_l("Takes effect on"), [Required()])

    def details(self) -> Details:
        """Return the proof."""
        return Details(
            note=self.note.data,
            ministry_reference=self.ministry_reference.data,
            effective_on=self.effective_on.data,
        )


class ExitForm(CaseStepForm):
    """Why a family leaves that did not graduate."""

    exit_reason = SelectField(_l("Reason"), [Required(CHOOSE)])
    note = TextAreaField(_l("What is known?"), [Required()], max_length=NOTE_LENGTH)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pairs = [(reason.value, text) for reason, text in case_labels.EXITS.items()]
        self.exit_reason.choices = options([("", CHOOSE), *pairs])

    def details(self) -> Details:
        """Return the reason."""
        return Details(note=self.note.data, exit_reason=ExitReason(self.exit_reason.data))


FORMS: dict[Action, type[CaseStepForm]] = {
    Action.ASSIGN: AssignForm,
    Action.VERIFY: VerifyForm,
    Action.DELIBERATE: MeetingForm,
    Action.PROPOSE_BACK: MeetingForm,
    Action.APPROVE: ApproveForm,
    Action.REJECT: ReasonForm,
    Action.POSTPONE: ReasonForm,
    Action.WITHDRAW: ReasonForm,
    Action.APPEAL: ReasonForm,
    Action.UPHOLD: ReasonForm,
    Action.DISMISS: ReasonForm,
    Action.RELAPSE: ReasonForm,
    Action.GRADUATE: GraduateForm,
    Action.EXIT: ExitForm,
}


class FileForm(BaseForm):
    """A photo or a PDF that shows something."""

    purpose = SelectField(_l("What does it show?"), [Required(CHOOSE)])
    criterion = SelectField(_l("Which question does it answer?"))
    file = FileField(_l("Photo or PDF"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose.choices = options(
            [("", CHOOSE), *((key.value, text) for key, text in case_labels.PURPOSES.items())]
        )
        asked = [(key.value, case_labels.CRITERIA[key]) for key in CriterionKey if key in OBSERVED]
        self.criterion.choices = options([("", _l("None")), *asked])

    def chosen(self) -> tuple[FilePurpose, CriterionKey | None]:
        """Return what the file shows, and which question it answers."""
        key = self.criterion.data
        return FilePurpose(self.purpose.data), CriterionKey(key) if key else None

    def stream(self) -> Any:
        """Return the file. Raises InvalidInput when none was chosen."""
        if not self.file.data or not self.file.data.filename:
            raise InvalidInput(_l("Choose a file."), field="file")
        return self.file.data.stream


class AnswersForm(BaseForm):
    """What the mentor saw: a question without an answer stays unanswered."""

    food = QuantityField(case_labels.QUESTIONS[CriterionKey.FOOD], low=0, high=12)
    sources = QuantityField(case_labels.QUESTIONS[CriterionKey.SOURCES], low=0, high=50)
    assets = QuantityField(case_labels.QUESTIONS[CriterionKey.ASSETS], low=0, high=500)
    savings = RupiahField(case_labels.QUESTIONS[CriterionKey.SAVINGS])
    school = QuantityField(case_labels.QUESTIONS[CriterionKey.SCHOOL], low=0, high=20)
    note = TextAreaField(_l("Note"), max_length=NOTE_LENGTH)

    def ask_only(self, keys: frozenset[CriterionKey]) -> None:
        """Ask what the criteria in force ask for, and nothing else."""
        for key in OBSERVED - keys:
            del self[key.value]

    def answers(self) -> dict[CriterionKey, int]:
        """Return the answers that were given."""
        asked = [key for key in sorted(OBSERVED) if key.value in self]
        return {key: self[key.value].data for key in asked if self[key.value].data is not None}


class VisitForm(BaseForm):
    """Which visit stands for the one that was due."""

    visit_id = SelectField(_l("Visit"), [Required(CHOOSE)], coerce=lambda text: int(text) if text else None)

    def offer(self, visits: list[Visit]) -> None:
        """Let one of the visits be chosen."""
        pairs = [(str(visit.id), f"{day_text(visit.visited_on)} · {visit.findings[:60]}") for visit in visits]
        self.visit_id.choices = options([("", CHOOSE), *pairs])


class WordsForm(BaseForm):
    """Something that is written down about a case."""

    note = TextAreaField(_l("What happened?"), [Required()], max_length=NOTE_LENGTH)
