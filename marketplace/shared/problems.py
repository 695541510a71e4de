"""Turn errors into answers: a page for people, problem JSON (RFC 9457) for programs, a message in a form."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import structlog
from flask import Flask, Response, current_app, jsonify, make_response, request
from flask_babel import force_locale, get_locale
from flask_wtf import FlaskForm
from werkzeug.exceptions import HTTPException

from . import transaction
from .errors import DomainError, Shortage
from .i18n import DEFAULT, Text, _, _l, chosen_language

log = structlog.get_logger()

HOMES: tuple[tuple[str, Text], ...] = (("/dinas", _l("Work list")), ("/penjual", _l("Home")))
"""Address and name of the first page of each side of the house."""
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
        response = make_response(draw(status, message, _ways(status)))
    response.status_code = status
    return response


def draw(status: int | None, message: str, ways: list[Way]) -> str:
    """Draw the page of a problem (without status: of no connection) and what to do now, the best first.

    Past the context of other pages: the database may be what does not answer.
    """
    template = current_app.jinja_env.get_template("errors/problem.html")
    return template.render(status=status, message=message, ways=ways, locale=str(get_locale()))


def _ways(status: int) -> list[Way]:
    """Return what to do now, the best first.

    Told by the address alone: who is on neither side of the house gets 404.
    """
    home = next((home for home in HOMES if f"{request.path}/".startswith(f"{home[0]}/")), None)
    if status == 403 and home:
        return [(*home, "house"), SHOP]
    if status >= 500 and request.method == "GET":
        return [(request.full_path.rstrip("?"), _("Try again"), "rotate-ccw"), SHOP]
    if status == 404 and home is None:
        return [SHOP, *GOODS]
    before = request.referrer or ""
    if status != 404 and before.startswith(request.host_url):
        return [(before, _("Back to the page before"), "arrow-left"), SHOP]
    return [SHOP]


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


def _unexpected(error: Exception) -> Response:
    transaction.rollback()
    log.error("unexpected error", path=request.path, exc_info=error)
    with force_locale(chosen_language() or DEFAULT):  # that of his account is in the database
        return answer(500, "unexpected", _("Something went wrong on our side. Nothing was changed. Please try again."))


def init_app(app: Flask) -> None:
    """Register the one mapping from errors to answers."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
