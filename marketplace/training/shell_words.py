"""Every word of the page on which it is written down who came without a signal, by the name under which
static/js/attendance asks for it."""

from ..shared.i18n import Text, _l
from .labels import MARKS
from .models import Mark

WORDS: dict[str, Text] = {
    "title": _l("Who came"),
    "lead": _l("It is kept on this phone and sent by itself when there is a signal."),
    "all_sent": _l("Everything written here is sent."),
    "unsent": _l("{count} days are not sent yet. They are safe on this phone."),
    "unsent_one": _l("One day is not sent yet. It is safe on this phone."),
    "not_taken": _l("{count} days were not taken. Below it says why: look at them and save them again."),
    "not_taken_one": _l("One day was not taken. Below it says why: look at it and save it again."),
    "no_signal": _l("No signal now. You can go on writing."),
    "sign_in_first": _l("Please sign in again. Nothing is lost: it is sent after that."),
    "sign_in": _l("Sign in"),
    "as": _l("You write as {name}."),
    "days_missing": _l(
        "Open this page once with a signal, signed in as who plans trainings. After that it works without."
    ),
    "no_days": _l("No training is under way whose days have come."),
    "people": _l("{filled} of {count} written down"),
    "begun": _l("Begun, not saved yet"),
    "waits": _l("Waits for a signal"),
    "of_other": _l("Written by {name}. It is sent when {name} signs in on this phone."),
    "refused": _l("Not taken: {why}"),
    "fill": _l("Write down who came"),
    "go_on": _l("Go on"),
    "change": _l("Change it"),
    "all_came": _l("Everybody else came"),
    "elsewhere": _l("Written down elsewhere: {mark}"),
    "nobody": _l("Say of somebody whether he came."),
    "save": _l("Save this day"),
    "kept": _l("Kept on this phone."),
    "discard": _l("Throw away what I wrote"),
    "discard_sure": _l("What you wrote about this day was not sent. Throw it away for good?"),
    "cancel": _l("Cancel"),
    "back": _l("All days"),
    "send_now": _l("Send now"),
    "too_full": _l("This phone has no room left. Delete some pictures of your own and try again."),
    "no_worker": _l("This browser cannot keep this page. Use a new Chrome, and an address with https."),
    "home": _l("Trainings"),
    **{mark.value: MARKS[mark] for mark in Mark},
}
