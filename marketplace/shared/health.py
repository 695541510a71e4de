"""Say whether this process lives, and whether it can serve."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ..extensions import db
from .policy import PUBLIC, access

bp = Blueprint("health", __name__)


@bp.route("/healthz")
@access(PUBLIC)
def healthz() -> ResponseReturnValue:
    """Answer without asking anything else: the process lives."""
    return {"status": "ok"}


@bp.route("/readyz")
@access(PUBLIC)
def readyz() -> ResponseReturnValue:
    """Answer 200 when the database answers, else 503."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return {"status": "no database"}, 503
    return {"status": "ok"}
