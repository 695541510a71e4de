"""Who is signed in: what Flask-Login asks us."""

import re
from dataclasses import dataclass

from flask import session
from flask_login import AnonymousUserMixin, login_user

from ..extensions import cache, login_manager
from ..shared.i18n import DEFAULT, chosen_language
from ..shared.policy import OFFICERS, Grant, has_role
from ..shared.web import MAX_ID
from . import queries
from .models import User

READER_SECONDS = 20
TICKET = re.compile(r"(?P<id>[0-9]{1,19}):(?P<epoch>[0-9]{1,9})")


class Visitor(AnonymousUserMixin):
    """Somebody who is not signed in."""

    id: int | None = None
    name = ""
    grants: tuple[Grant, ...] = ()


@login_manager.user_loader
def load_user(ticket: str) -> User | None:
    """Return the user of a session cookie, unless he signed out, changed his password or was closed since."""
    user_id, epoch = _read(ticket)
    user = queries.find_for_session(user_id)
    if user is None or not user.is_active or user.session_epoch != epoch:
        return None
    user.is_near = False  # until it is known what he asks for
    return user


def _read(ticket: str) -> tuple[int, int]:
    """Return the account's id and the epoch of a ticket; the id of nobody when it is none."""
    found = TICKET.fullmatch(ticket)
    return (int(found["id"]), int(found["epoch"])) if found and int(found["id"]) <= MAX_ID else (0, 0)


@dataclass(frozen=True)
class Reader:
    """Who looks at a page, as far as a page has to know that is the same for many."""

    is_signed_in: bool = False
    language: str = DEFAULT


def reader() -> Reader:
    """Return who looks at a public page: enough to know which links stand at its top, and no more than that.

    It may be some seconds old; whatever belongs to a user himself is shown to `current_user` alone.
    """
    ticket = session.get("_user_id")
    if ticket is None:
        return Reader(language=chosen_language() or DEFAULT)
    known: Reader | None = cache.get(f"reader/{ticket}")
    if known is None:
        known = _look_up(ticket)
        cache.set(f"reader/{ticket}", known, timeout=READER_SECONDS)
    return Reader(known.is_signed_in, chosen_language() or known.language)


def _look_up(ticket: str) -> Reader:
    user_id, epoch = _read(ticket)
    facts = queries.session_facts(user_id)
    if facts is None or not facts.is_active or facts.session_epoch != epoch:
        return Reader()
    return Reader(True, facts.locale)


def start(user: User) -> None:
    """Sign a user in on this browser; officers' sessions end with the browser, for their computers are shared."""
    session.permanent = not has_role(user, OFFICERS)
    login_user(user)


login_manager.anonymous_user = Visitor
# No page asks how fresh a sign-in is. Noting it would write the cookie anew in an answer that was on its way while
# somebody signed in, and so sign him out again.
login_manager.session_protection = None
