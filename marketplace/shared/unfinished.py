"""A form that was sent when its session was over: what was typed comes back, and nothing is done by itself.

What was typed travels encrypted through the sign-in page of the same browser, so that nothing has to be kept here
for people whom nobody knows. After that the browser sends it to its address again, under a mark (`SHOWN_AGAIN`) with
which no form is valid and no command writes: every page then shows it as it shows any form that has to be corrected.
"""

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from flask import g, has_request_context, request, session
from flask_wtf import FlaskForm

from . import clock, personal
from .i18n import _
from .redirects import local_path

SHOWN_AGAIN = "shown_again"
"""Name of the field that marks a form as not to be acted on; its value is the page it stands on."""
KEPT = "kept"
"""Name of the field in which the sign-in page carries what was typed."""
PURPOSE = "unfinished-form"
SECONDS = 30 * 60
LONGEST = 100_000
"""Letters of all fields together: beyond it a form is not kept."""
WAYS_BACK: dict[str, tuple[str, str]] = {}
"""Path → name and value of the field that stands for `SHOWN_AGAIN` where a form needs more than to be shown again."""
NEVER_KEPT = frozenset({KEPT, SHOWN_AGAIN, "password", "old"})


class NotSentYet(Exception):
    """A form that is only shown again reached a command."""


@dataclass(frozen=True)
class Unfinished:
    """A form that could not be taken: where it was sent, the page it stands on, what was typed, and by whom."""

    path: str
    page: str
    fields: tuple[tuple[str, str], ...]
    had_files: bool
    owner: str
    """Id of the account whose session is over; empty when the browser does not tell."""
    until: float


def is_shown_again() -> bool:
    """Tell whether the request only brings back what was typed."""
    return has_request_context() and request.method == "POST" and SHOWN_AGAIN in request.form


def refuses(form: FlaskForm) -> bool:
    """Tell whether a form is only shown again, and say so on it; not on one that is a part of another."""
    if not is_shown_again() or form._prefix:
        return False
    g.unseen_fields = unseen_fields() | {
        field.name for field in form if getattr(field.widget, "input_type", "") == "hidden"
    }
    form.form_errors.append(_("Look it over, then send it once more."))
    return True


def unseen_fields() -> frozenset[str]:
    """Return the names of the hidden fields of the forms that are shown again: nobody typed what they hold."""
    known: frozenset[str] = g.get("unseen_fields", frozenset())
    return known


def own_page() -> str:
    """Return the path of this site's page that the request comes from; empty for another site's, or an unknown one."""
    found = urlsplit(request.headers.get("Referer", ""))
    query = f"?{found.query}" if found.query else ""
    return local_path(found.path + query, "") if found.netloc == request.host else ""


def sent() -> Unfinished | None:
    """Return the form of this request; None when it is not ours, too long, or nothing was typed in it.

    Another site's form is never shown as if its reader had typed it: browsers name the sender of every POST.
    """
    is_ours = urlsplit(request.headers.get("Origin", "")).netloc == request.host
    fields = tuple(
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in NEVER_KEPT and not name.endswith("csrf_token")
    )
    length = sum(len(name) + len(value) for name, value in fields)
    path = local_path(request.full_path.rstrip("?"), "")
    if not is_ours or not path or not fields or length > LONGEST:
        return None
    return Unfinished(
        path=path,
        page=own_page() or "/",
        fields=fields,
        had_files=any(file.filename for _name, file in request.files.items(multi=True)),
        owner=str(session.get("_user_id", "")).partition(":")[0],
        until=clock.now().timestamp() + SECONDS,
    )


def sealed(form: Unfinished) -> str:
    """Return a form as a text that only this installation can read."""
    return base64.urlsafe_b64encode(personal.encrypt(json.dumps(asdict(form)), purpose=PURPOSE)).decode()


def opened(text: str) -> Unfinished | None:
    """Return the form in a sealed text; None when it is none of ours or too old."""
    try:
        values = json.loads(personal.decrypt(base64.urlsafe_b64decode(text), purpose=PURPOSE))
    except (binascii.Error, ValueError, InvalidTag):
        return None
    form = Unfinished(**{**values, "fields": tuple((name, value) for name, value in values["fields"])})
    return form if form.until > clock.now().timestamp() else None
