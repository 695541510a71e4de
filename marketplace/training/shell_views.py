"""The page on which it is written down who came where there is no signal, and what it asks the server.

What is written lies on the phone (static/js/attendance) until the server has taken it; it is sent to where the plain
form is (`training_classes.mark`).
"""

import datetime as dt

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from ..groups.queries import today
from ..shared.i18n import _l
from ..shared.phone_pages import PhonePage
from ..shared.policy import PUBLIC, access, roles
from . import phone_queries
from .access import MANAGERS
from .shell_words import WORDS

bp = Blueprint("attendance_shell", __name__)

AROUND = dt.timedelta(days=30)
"""A phone knows the days of so long before and after today."""
PAGE = PhonePage(
    "/dinas/pelatihan/hadir",
    _l("Who came"),
    _l("Attendance"),
    template="training/shell.html",
    words=WORDS,
    folder="attendance",
    parts=("js/till/dom.js", "js/till/words.js"),
)


@bp.route(PAGE.path)
@access(PUBLIC)
def show() -> str:
    """Show the page: the same for everybody, with nothing of anybody in it."""
    return PAGE.shown()


@bp.route(f"{PAGE.path}/sw.js")
@access(PUBLIC)
def worker() -> ResponseReturnValue:
    """Give the service worker with what it keeps."""
    return PAGE.worker_code()


@bp.route(f"{PAGE.path}/manifest.webmanifest")
@access(PUBLIC)
def manifest() -> ResponseReturnValue:
    """Tell telephones how the page looks among their programs."""
    return PAGE.manifest()


@bp.route(f"{PAGE.path}/data")
@access(roles(MANAGERS))
def data() -> ResponseReturnValue:
    """Tell an officer's phone who he is, and the days of trainings under way with who takes part and who came."""
    days = phone_queries.days_between(current_user, today() - AROUND, today() + AROUND)
    people = phone_queries.people_of({day.class_id for day in days})
    marks = phone_queries.marks_on({day.id for day in days})
    told = [
        {
            "id": day.id,
            "class": day.class_id,
            "held_on": day.held_on.isoformat(),
            "title": day.of_class.training.title,
            "name": day.of_class.name,
            "marks": marks[day.id],
        }
        for day in days
    ]
    user = {"id": current_user.id, "name": current_user.name}
    return jsonify(csrf=generate_csrf(), user=user, days=told, people=people)
