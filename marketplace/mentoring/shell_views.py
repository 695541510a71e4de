"""The page that writes visits without a signal, the worker that keeps it on a phone, and what it asks the server.

What is written lies on the phone (static/js/visits) until the server has answered with the visit's id; it is sent to
where the plain form is (`visits.create`).
"""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from ..groups.queries import today
from ..shared.i18n import _l
from ..shared.phone_pages import PhonePage
from ..shared.policy import PUBLIC, Role, access, roles
from . import queries
from .rules import MOST_PHOTOS
from .shell_words import WORDS

bp = Blueprint("visit_shell", __name__)

PAGE = PhonePage(
    "/dinas/pendampingan/catat",
    _l("Write a visit"),
    _l("Visit"),
    template="mentoring/shell.html",
    words=WORDS,
    folder="visits",
    parts=("js/shrink.js", "js/till/dom.js", "js/till/words.js"),
)


@bp.route(PAGE.path)
@access(PUBLIC)
def show() -> str:
    """Show the page: the same for everybody, with nothing of anybody in it."""
    return PAGE.shown(most=MOST_PHOTOS)


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
@access(roles(Role.MENTOR))
def data() -> ResponseReturnValue:
    """Tell a mentor's phone who he is, and his groups with their families."""
    found = queries.groups_with_families(current_user)
    groups = [
        {"id": group.id, "name": group.name, "families": [{"id": one.id, "name": one.name} for one in families]}
        for group, families in found
    ]
    user = {"id": current_user.id, "name": current_user.name}
    return jsonify(csrf=generate_csrf(), user=user, today=today().isoformat(), groups=groups)
