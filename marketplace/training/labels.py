"""The words on screen for what trainings and plans are made of."""

from ..shared.i18n import Text, _l
from .models import Mark, TrainingKind, TrainingState
from .plan_models import Answer, LineKind
from .rules import Standing, Step

KINDS: dict[TrainingKind, Text] = {
    TrainingKind.TRAINING: _l("Training"),
    TrainingKind.GUIDANCE: _l("Technical guidance (bimtek)"),
}
ON_PAPER: dict[TrainingKind, str] = {
    TrainingKind.TRAINING: "pelatihan",
    TrainingKind.GUIDANCE: "bimbingan teknis",
}
STATES: dict[TrainingState, tuple[Text, str, str]] = {
    TrainingState.PLANNED: (_l("Planned"), "neutral", "calendar-days"),
    TrainingState.RUNNING: (_l("Under way"), "info", "play"),
    TrainingState.DONE: (_l("Finished"), "good", "circle-check"),
    TrainingState.CANCELLED: (_l("Called off"), "bad", "circle-x"),
}
"""Word, tone and icon of a badge."""
STEPS: dict[Step, Text] = {
    Step.START: _l("Start the training"),
    Step.FINISH: _l("Finish the training"),
    Step.CANCEL: _l("Call it off"),
}
MARKS: dict[Mark, Text] = {
    Mark.CAME: _l("Came"),
    Mark.EXCUSED: _l("Excused"),
    Mark.ABSENT: _l("Absent"),
}
MARK_SIGNS: dict[Mark, str] = {Mark.CAME: "check", Mark.EXCUSED: "mail", Mark.ABSENT: "x"}
LINE_KINDS: dict[LineKind, Text] = {LineKind.TRAINING: _l("Training"), LineKind.AID: _l("Aid")}
ANSWERS: dict[Answer, Text] = {
    Answer.AGREE: _l("We agree"),
    Answer.DISAGREE: _l("We do not agree"),
    Answer.COMMENT: _l("Only a comment"),
}
STANDINGS: dict[Standing, tuple[Text, str, str]] = {
    Standing.OPEN: (_l("Waits for other agencies"), "neutral", "clock"),
    Standing.AGREED: (_l("Agreed"), "good", "circle-check"),
    Standing.DISPUTED: (_l("Not agreed"), "warn", "triangle-alert"),
}
