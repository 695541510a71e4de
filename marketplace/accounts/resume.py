"""Lead whoever sent a form when his session was over through sign-in and back to it, with all he typed."""

import re
from dataclasses import replace
from urllib.parse import urlencode

from flask import Flask, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from ..shared import images, kept_photos, transaction, unfinished
from ..shared.i18n import _
from ..shared.policy import Access
from ..shared.problems import answer, wants_json
from ..shared.redirects import go, local_path
from ..shared.unfinished import KEPT, SHOWN_AGAIN, NotSentYet, Unfinished
from . import rules
from .forms import SignInForm

OWN_FIELDS = frozenset({SHOWN_AGAIN, kept_photos.FIELD, "csrf_token", "key"})
CHOSEN = re.compile("[a-z_]*|[0-9]{1,5}")
"""What a choice or an id looks like, which nobody typed."""
MOST_PHOTOS = 8
"""So many a product may have: no form of ours sends more."""
LONGEST_TOLD = 1000
"""Letters: the message lies in a cookie."""


def sign_in_first() -> Response:
    """Ask to sign in: with the form that was sent on the way, or on the way to the page that was asked for."""
    return _sign_in_with(_sent())


def _sign_in_with(form: Unfinished | None) -> Response:
    if form is None:
        here = request.full_path.rstrip("?") if request.method == "GET" else unfinished.own_page() or "/"
        return make_response(redirect(url_for("accounts.sign_in") + "?" + urlencode({"next": here})))
    page = render_template(
        "accounts/sign_in.html",
        form=SignInForm(formdata=None),
        kept=unfinished.sealed(form),
        had_files=form.had_files,
        next=form.page,
    )
    return _private(page, 401)


def kept_again() -> dict[str, object]:
    """Return what the sign-in page carries on when it is shown once more."""
    form = unfinished.opened(request.form.get(KEPT, ""))
    return {"kept": request.form[KEPT], "had_files": form.had_files} if form else {}


def page_after_sign_in() -> ResponseReturnValue | None:
    """Return the page that leads back to the form; None without one, and for another person than who filled it in."""
    form = unfinished.opened(request.form.get(KEPT, ""))
    if form is None or form.owner not in ("", str(current_user.id)):
        return None
    return _way_back(form, 200)


def _way_back(form: Unfinished, status: int) -> Response:
    layout = rules.layout_of(current_user) if current_user.is_authenticated else "layouts/shop.html"
    mark = unfinished.WAYS_BACK.get(form.path, (SHOWN_AGAIN, form.page))
    return _private(render_template("accounts/way_back.html", kept=form, mark=mark, layout=layout), status)


def _private(page: str, status: int) -> Response:
    """Answer with a page that holds what somebody typed: no cache may keep it."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent() -> Unfinished | None:
    is_page = not wants_json() and "X-Part" not in request.headers
    form = unfinished.sent() if request.method == "POST" and is_page else None
    return _with_photos(form) if form is not None and form.had_files else form


def _with_photos(form: Unfinished) -> Unfinished:
    """Keep the photos of a product's form beside what was typed, and let it name them."""
    files = [file.stream for file in request.files.getlist("photos") if file.filename]
    if not files or len(files) > MOST_PHOTOS or unfinished.is_shown_again():
        return form
    stored = images.write_all(kept_photos.readable(files))
    with transaction.unit_of_work():
        ids = kept_photos.keep(stored, int(form.owner) if form.owner.isdecimal() else None)
    all_kept = len(ids) == len(files)
    if all_kept:
        kept_photos.tell(ids)
    named = tuple((kept_photos.FIELD, kept_photos.reference(key)) for key in ids)
    return replace(form, fields=(*form.fields, *named), had_files=not all_kept)


def _form_expired(_error: CSRFError) -> Response:
    view: object = current_app.view_functions[request.endpoint or ""]
    rule: Access = view.access  # type: ignore[attr-defined]
    form = _sent()
    if form is not None and not rule.public and not current_user.is_authenticated:
        return _sign_in_with(form)
    if form is not None:
        return _way_back(form, 400)
    text = _("This form was open for too long. Go back, load the page again and send it once more.")
    return answer(400, "form-expired", text)


def _say_that_nothing_was_sent() -> None:
    if not unfinished.is_shown_again():
        return
    if current_user.is_authenticated:
        flash(_("You are signed in again. Nothing was sent yet. Look it over, then send it."), "warn")
    else:
        flash(_("Nothing was sent yet. Look it over, then send it."), "warn")


def _back_to_page(_error: NotSentYet) -> Response:
    """Lead to the page of a button that stands for a whole form: it has to be pressed once more."""
    transaction.rollback()
    return go(local_path(request.form[SHOWN_AGAIN]))


def _tell_what_was_typed(response: Response) -> Response:
    """Say what was typed into a form whose page cannot show it filled in, so that it can be written again."""
    if 300 <= response.status_code < 400 and unfinished.is_shown_again():
        unseen = OWN_FIELDS | unfinished.unseen_fields()
        words = [value for name, value in request.form.items(multi=True) if name not in unseen]
        typed = " · ".join(value for value in words if value.strip() and not CHOSEN.fullmatch(value))
        if typed:
            flash(_("You had written: %(text)s", text=typed[:LONGEST_TOLD]))
    return response


def init_app(app: Flask) -> None:
    """Put this in the way of forms that came too late."""
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(NotSentYet, _back_to_page)
    app.before_request(_say_that_nothing_was_sent)
    app.after_request(_tell_what_was_typed)
    app.add_template_global(unfinished.is_shown_again)
