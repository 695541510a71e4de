"""What every request knows before its view runs, and what every page may show."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, has_request_context, request, session
from flask_babel import get_locale
from flask_login import current_user

from .accounts import resume
from .areas import queries as areas
from .groups.role_scopes import regency_of
from .navigation import menu
from .shared import clock, drawn, formats, i18n
from .shared.errors import Forbidden, NotFound
from .shared.i18n import DEFAULT, LANGUAGES, chosen_by_switch, chosen_language
from .shared.policy import MAKERS, OFFICERS, Access, area_holds, areas_of, groups_of, has_role
from .shared.problems import TEXTS, answer, wants_json
from .shared.redirects import remember
from .tent_market.devices import is_soon_cashier


def choose_locale() -> str:
    """Return the reader's language: the switch's cookie, else his account's, else Indonesian."""
    if not has_request_context():  # a job or a command
        return DEFAULT
    return chosen_language() or (str(current_user.locale) if current_user.is_authenticated else DEFAULT)


def choose_time_zone() -> str:
    """Return the time zone of the area an officer works for, or that the visitor looks at."""
    return areas.time_zone(_office_code())


def _office_code() -> str:
    """Return the area that whoever is signed in works for: the one he looks at where it is his, else his first."""
    visited = areas.visited_code()
    if not has_request_context() or not has_role(current_user, OFFICERS):
        return visited
    own = areas_of(current_user, OFFICERS)
    found = own or [regency_of(key) or visited for key in groups_of(current_user, OFFICERS)[:1]]
    return visited if any(area_holds(code, visited) for code in found) else found[0][: len("63.06")]


def enforce_access() -> Response | None:
    """Let a request through only to a route that admits whoever asks.

    A page of a role that he lacks is refused; one of a side of the house where he has no business is not found.
    """
    view = _view_function()
    if view is None or request.endpoint == "static":
        return None
    rule: Access = view.access  # type: ignore[attr-defined]
    if rule.public:
        return None
    if not current_user.is_authenticated:
        return answer(401, "sign-in-first", str(TEXTS[401])) if wants_json() else resume.sign_in_first()
    if not rule.admits(current_user, signed_in=True):
        raise NotFound if rule.hides_from(current_user) else Forbidden
    current_user.is_near = not rule.of_province
    return None


def _view_function() -> object | None:
    return current_app.view_functions.get(request.endpoint) if request.endpoint else None


def page_context() -> dict[str, Any]:
    """Return the values that layouts use."""
    locale = str(get_locale() or "id")
    other = "en" if locale == "id" else "id"
    return {
        "locale": locale,
        "languages": LANGUAGES,
        "home_area": areas.visited(),
        "office_area": areas.named(_office_code()),
        "basket_count": session.get("basket_count", 0),
        "nav": _menu() if current_user.is_authenticated else [],
        "now": clock.now(),
        "switch_language_url": "/bahasa/" + other + "?" + urlencode({"next": _here()}),
    }


def _menu() -> list[dict[str, Any]]:
    """Return the menu of whoever is signed in; only makers become cashiers without an office that says so."""
    is_cashier = has_role(current_user, MAKERS) and is_soon_cashier(current_user.id)
    return menu(current_user.held, request.path, is_cashier=is_cashier)


def _here() -> str:
    """Return the present address as it is without a language of its own: whoever switches wants the other one."""
    if "bahasa" not in request.args:
        return request.full_path.rstrip("?")
    others = [(name, value) for name, value in request.args.items(multi=True) if name != "bahasa"]
    return request.path + ("?" + urlencode(others) if others else "")


def keep_language(response: Response) -> Response:
    """Let who came by a link in another language, and chose none before, read on in it."""
    asked = i18n.asked_language()
    if asked in (None, DEFAULT) or chosen_by_switch() or response.mimetype != "text/html":
        return response
    return remember(response, "lang", str(asked))


def init_app(app: Flask) -> None:
    """Put guard, page context and formats on an application."""
    app.before_request(enforce_access)
    app.after_request(keep_language)
    resume.init_app(app)
    app.context_processor(page_context)
    i18n.init_app(app)
    drawn.init_app(app)
    formats.init_app(app)
