"""Anybody verifies a document by the code on it. Nothing personal is shown: the paper itself names its people."""

from flask import Blueprint, Response, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from ..areas import queries as areas
from ..shared.errors import NotFound
from ..shared.policy import PUBLIC, access
from . import labels, queries, rules, service
from .forms import CodeForm
from .models import Document, DocumentState

bp = Blueprint("verify", __name__)


@bp.route("/d")
@access(PUBLIC)
def ask() -> ResponseReturnValue:
    """Ask for the code on a document, and lead to what it stands for."""
    form = CodeForm()
    code = form.code()
    if code:
        return redirect(f"/d/{code}")
    return _answer(None, form), 422 if form.errors else 200


@bp.route("/d/<code>")
@access(PUBLIC)
def show(code: str) -> ResponseReturnValue:
    """Say whether the document that carries a code is valid."""
    form = CodeForm()
    form.kode.data = code
    try:
        return _answer(queries.by_code(rules.read_code(code)), form)
    except NotFound:
        return _answer(None, form, unknown=True), 404


def _answer(document: Document | None, form: CodeForm, *, unknown: bool = False) -> Response:
    state = queries.state_of(document) if document else None
    page = render_template(
        "documents/verify.html",
        document=document,
        state=state,
        is_outdated=_is_outdated(document) if document else False,
        successor=queries.successor_of(document) if document and state is DocumentState.REPLACED else None,
        issuer=areas.get_area(document.regency_code).name if document else "",
        labels=labels,
        form=form,
        unknown=unknown,
    )
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _is_outdated(document: Document) -> bool:
    """Tell whether the order of a document was changed since, as when a part of it came back."""
    return document.order is not None and not service.fits(document, document.order)
