"""Turn errors into answers: a page for people, problem JSON (RFC 9457) for programs, a message in a form."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import structlog
from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_babel import force_locale, get_locale
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from . import transaction, unfinished
from .errors import DomainError, Shortage
from .i18n import DEFAULT, Text, _, _l, chosen_language
from .policy import MAKERS, OFFICERS, Role, has_role
from .unfinished import SHOWN_AGAIN, WAYS_BACK, Unfinished

log = structlog.get_logger()


@dataclass(frozen=True)
class Side:
    """A side of the house: address and name of its first page, who works there, and how its pages are laid out."""

    home: str
    word: Text
    roles: frozenset[Role]
    layout: str


HOUSE = (
    Side("/dinas", _l("Work list"), OFFICERS, "layouts/work.html"),
    Side("/penjual", _l("Home"), MAKERS, "layouts/seller.html"),
)
BUSY_SECONDS = 5
"""After so long a program may try again: most of what locks rows is done in a fraction of it."""
Way: TypeAlias = tuple[str, Text, str]
"""Address, word and icon of a button."""
SHOP: Way = ("/", _l("Back to the shop"), "store")
GOODS: tuple[Way, ...] = (("/produk", _l("All goods"), "search"), ("/parsel", _l("Parcels"), "gift"))


def wants_json() -> bool:
    """Tell whether the caller asks for JSON rather than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"


def answer(status: int, code: str, message: str) -> Response:
    """Build the answer for a problem in the form the caller wants."""
    if wants_json():
        response = jsonify(type=f"about:blank#{code}", title=message, status=status)
        response.content_type = "application/problem+json"
    else:
        response = make_response(_page(status, message))
    response.status_code = status
    return response


def _page(status: int, message: str) -> str:
    """Draw the page of a problem: for whoever works in this side of the house among his own ways, unless we failed."""
    ways, layout = _ways(status), _own_layout()
    if status >= 500 or layout is None:
        return draw(status, message, ways)
    return render_template("errors/at_work.html", layout=layout, status=status, message=message, ways=ways, kept=None)


def _own_layout() -> str | None:
    """Return the layout of the side of the house that is asked for, if it is the reader's own."""
    side = _side()
    return side.layout if side and current_user.is_authenticated and has_role(current_user, side.roles) else None


def draw(status: int | None, message: str, ways: list[Way], kept: Unfinished | None = None) -> str:
    """Draw the page of a problem (without status: of no connection) and what to do now, the best first.

    What was sent can be sent once more from it (`kept`); with files it is shown again first, for those have to be
    chosen anew. Past the context of other pages: the database may be what does not answer.
    """
    template = current_app.jinja_env.get_template("errors/problem.html")
    mark = WAYS_BACK.get(kept.path, (SHOWN_AGAIN, kept.page)) if kept and kept.had_files else None
    return template.render(status=status, message=message, ways=ways, locale=str(get_locale()), kept=kept, mark=mark)


def _ways(status: int) -> list[Way]:
    """Return what to do now, the best first.

    Told by the address alone where somebody is refused: who is on neither side of the house gets 404.
    """
    side = _side()
    if side and (status == 403 or (status == 404 and _own_layout())):
        return [(side.home, side.word, "house"), SHOP]
    if status >= 500 and request.method == "GET":
        return [(request.full_path.rstrip("?"), _("Try again"), "rotate-ccw"), SHOP]
    if status == 404 and side is None:
        return [SHOP, *GOODS]
    before = request.referrer or ""
    if status != 404 and before.startswith(request.host_url):
        return [(before, _("Back to the page before"), "arrow-left"), SHOP]
    return [SHOP]


def _side() -> Side | None:
    """Return the side of the house that the address belongs to."""
    return next((side for side in HOUSE if f"{request.path}/".startswith(f"{side.home}/")), None)


@contextmanager
def form_problems(form: FlaskForm) -> Iterator[None]:
    """Put a domain error of the block into the form, beside its field, and undo what was written.

    After the block look at `form.errors`: when there are any, show the form again with status 422.
    """
    try:
        yield
    except DomainError as error:
        if error.status in (403, 404):
            raise
        transaction.rollback()
        _add_to_form(form, error)


def _add_to_form(form: FlaskForm, error: DomainError) -> None:
    messages = [str(error.message)]
    if isinstance(error, Shortage):
        messages += [missing.say() for missing in error.missing]
    if error.field is not None and error.field in form:
        field = form[error.field]
        field.errors = [*field.errors, *messages]
    else:
        form.form_errors.extend(messages)


TEXTS: dict[int, Text] = {
    400: _l("The request could not be read. Go back and try again."),
    401: _l("Please sign in first."),
    403: _l("You are not allowed to do this."),
    404: _l("We could not find that page."),
    405: _l("This address does not take that kind of request."),
    413: _l("The file is too large."),
    429: _l("Too many tries. Please wait a while."),
}


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    text = TEXTS.get(status) or _("That did not work. Go back and try again.")
    return answer(status, (error.name or "error").lower().replace(" ", "-"), str(text))


def _domain_error(error: DomainError) -> Response:
    transaction.rollback()
    return answer(error.status, error.code, str(error.message))


def _database_error(error: SQLAlchemyError) -> Response:
    """Answer 503 where only others were in the way: nothing was written, so the same may come again."""
    if not transaction.is_busy(error):
        return _unexpected(error)
    transaction.rollback()
    log.warning("busy", path=request.path, exc_info=error)
    with force_locale(chosen_language() or DEFAULT):
        message = _("Very many are at it just now. Nothing was changed. Please try again in a moment.")
        response = answer(503, "busy", message) if wants_json() else _busy_page(message)
    response.headers["Retry-After"] = str(BUSY_SECONDS)
    return response


def _busy_page(message: str) -> Response:
    kept = unfinished.sent() if request.method == "POST" else None
    ways = [each for each in _ways(503) if not kept or each == SHOP]
    response = make_response(draw(503, message, ways, kept), 503)
    response.headers["Cache-Control"] = "no-store"
    return response


def _unexpected(error: Exception) -> Response:
    transaction.rollback()
    log.error("unexpected error", path=request.path, exc_info=error)
    with force_locale(chosen_language() or DEFAULT):  # that of his account is in the database
        return answer(500, "unexpected", _("Something went wrong on our side. Nothing was changed. Please try again."))


def init_app(app: Flask) -> None:
    """Register the one mapping from errors to answers."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(Exception, _unexpected)
