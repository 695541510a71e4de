"""Who is signed in: what Flask-Login asks us."""

import re

from flask import session
from flask_login import AnonymousUserMixin, login_user

from ..extensions import login_manager
from ..shared.policy import OFFICERS, Grant, has_role
from ..shared.web import MAX_ID
from . import queries
from .models import User

TICKET = re.compile(r"(?P<id>[0-9]{1,19}):(?P<epoch>[0-9]{1,9})")


class Visitor(AnonymousUserMixin):
    """Somebody who is not signed in."""

    id: int | None = None
    name = ""
    grants: tuple[Grant, ...] = ()


@login_manager.user_loader
def load_user(ticket: str) -> User | None:
    """Return the user of a session cookie, unless he signed out, changed his password or was closed since."""
    found = TICKET.fullmatch(ticket)
    if found is None or int(found["id"]) > MAX_ID:
        return None
    user = queries.find_for_session(int(found["id"]))
    if user is None or not user.is_active or user.session_epoch != int(found["epoch"]):
        return None
    return user


def start(user: User) -> None:
    """Sign a user in on this browser; officers' sessions end with the browser, for their computers are shared."""
    session.permanent = not has_role(user, OFFICERS)
    login_user(user)


login_manager.anonymous_user = Visitor
login_manager.session_protection = "basic"
