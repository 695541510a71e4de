"""What tills ask and tell: JSON for programs, problems as RFC 9457."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user
from flask_wtf.csrf import generate_csrf
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ..extensions import csrf
from ..shared import clock, transaction
from ..shared.errors import DomainError, Forbidden
from ..shared.i18n import _, _l
from ..shared.policy import PUBLIC, SIGNED_IN, access
from ..shared.problems import TEXTS
from . import devices, pace, sync, till_data
from .models import Stall
from .sync_bodies import MOST_BYTES, BadBatch, OpenBody, read_batch
from .till_models import TillDevice

bp = Blueprint("till", __name__, url_prefix="/kasir")

BEARER = "Bearer "
LONGEST_TOKEN = 100


class UnknownTill(DomainError):
    """No phone has this secret."""

    status = 401
    code = "unknown-till"

    def __init__(self) -> None:
        super().__init__(_l("This phone is not known here. Open the till anew."))


@bp.after_request
def never_kept(response: Response) -> Response:
    """Let no browser keep an answer: the till itself keeps what it needs."""
    response.headers["Cache-Control"] = "no-store"
    return response


def problem(status: int, code: str, title: str, **more: Any) -> Response:
    """Return a problem as programs read it."""
    response = jsonify(type=f"about:blank#{code}", title=title, status=status, **more)
    response.status_code, response.content_type = status, "application/problem+json"
    if status == 429:
        response.headers["Retry-After"] = str(pace.MINUTE)
    return response


@bp.errorhandler(DomainError)
def _domain_error(error: DomainError) -> Response:
    transaction.rollback()
    errors = {error.field: [str(error.message)]} if error.field else None
    return problem(error.status, error.code, str(error.message), **({"errors": errors} if errors else {}))


@bp.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> Response:
    transaction.rollback()
    status = error.code or 500
    title = TEXTS.get(status) or _("That did not work. Go back and try again.")
    return problem(status, (error.name or "error").lower().replace(" ", "-"), str(title))


def _till() -> TillDevice:
    """Return the phone that asks. Raises UnknownTill, and TooFast."""
    said = request.headers.get("Authorization", "")
    token = said.removeprefix(BEARER)
    is_token = said.startswith(BEARER) and 0 < len(token) <= LONGEST_TOKEN
    device = devices.find(token) if is_token else None
    pace.keep(f"till/{device.id}" if device else f"address/{request.remote_addr}")
    if device is None:
        raise UnknownTill
    return device


def _sent() -> bytes:
    """Return the body, read no further than it may go, and once: after a deadlock the view runs again."""
    if "till_body" not in g:
        g.till_body = request.stream.read(MOST_BYTES + 1)
    sent: bytes = g.till_body
    if len(sent) > MOST_BYTES:
        raise RequestEntityTooLarge
    return sent


@bp.route("/pilihan")
@access(SIGNED_IN)
def choices() -> ResponseReturnValue:
    """Tell at which tents whoever is signed in may open a till."""
    found = devices.stalls_to_sell_at(current_user, current_user.id)
    return jsonify(csrf=generate_csrf(), cashier=current_user.name, stalls=[_choice(stall) for stall in found])


def _choice(stall: Stall) -> dict[str, Any]:
    return {
        "id": stall.id,
        "tent": stall.tent.number,
        "site": stall.day.site.name,
        "day": stall.day.held_on.isoformat(),
        "is_today": devices.days_until(stall.day) == 0,
    }


@bp.route("/perangkat", methods=["POST"])
@access(SIGNED_IN)
def open_device() -> ResponseReturnValue:
    """Open this phone as a till; its secret is told once, here.

    The till has its own key from now on, so the account is signed out of this browser: on a borrowed phone nothing
    would stand before it. His other phones stay signed in.
    """
    pace.keep(f"user/{current_user.id}")
    try:
        body = OpenBody.model_validate_json(_sent())
    except ValidationError as error:
        fields = {
            str(fault["loc"][0]) for fault in error.errors(include_url=False, include_input=False) if fault["loc"]
        }
        errors = {field: [_("Please fill this in.")] for field in sorted(fields)}
        return problem(422, "invalid-input", _("The request could not be read. Go back and try again."), errors=errors)
    device, token = devices.open_device(current_user, current_user.id, body.name, body.stalls)
    logout_user()
    session.clear()
    return jsonify(token=token, device=device.id), 201


@bp.route("/data")
@access(PUBLIC)
@csrf.exempt
def data() -> ResponseReturnValue:
    """Tell a till what it needs to sell all day without a network; one that was reported lost learns nothing."""
    device = _till()
    if device.revoked_at is not None:
        raise Forbidden(_l("This phone was reported lost. Its sales still arrive."))
    return jsonify(till_data.of_device(device))


@bp.route("/kirim", methods=["POST"])
@access(PUBLIC)
@csrf.exempt
def send() -> ResponseReturnValue:
    """Take in what a till tells, and answer each of its events."""
    device = _till()
    try:
        batch = read_batch(_sent())
    except BadBatch:
        return problem(422, "no-batch", _("The request could not be read. Go back and try again."))
    answer = sync.take(device.id, batch)
    return jsonify(
        now=clock.now().isoformat(timespec="milliseconds"),
        revoked=answer.is_revoked,
        last_sequence=answer.last_sequence,
        results=[result.told() for result in answer.results],
    )
