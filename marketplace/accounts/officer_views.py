"""Accounts and roles, as administrators and mentors look after them."""

from urllib.parse import quote

from flask import Blueprint, Response, current_app, flash, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_login import current_user

from ..shared.errors import NotFound
from ..shared.fields import options
from ..shared.i18n import _
from ..shared.paging import paginate
from ..shared.policy import Role, access, roles
from ..shared.problems import form_problems
from ..shared.redirects import go
from . import labels, queries, rules, scopes, service
from .choosing import read_choosing
from .models import RoleAssignment, User
from .officer_forms import NewUserForm, PlaceForm, PressForm, UserSearch
from .service import Profile

bp = Blueprint("users", __name__, url_prefix="/dinas/pengguna")

HELPERS = roles(Role.ADMINISTRATOR, Role.MENTOR, of_province=True)


@bp.route("")
@access(HELPERS)
def search() -> ResponseReturnValue:
    """Find accounts; nothing is listed before something is asked."""
    form = UserSearch()
    form.validate()
    text = form.q.data or ""
    statement = queries.search_users(current_user, text, form.asked_role())
    page = paginate(statement) if statement is not None else None
    shown = [row for user in page.items for row in user.current_assignments()] if page else []
    return render_template(
        "accounts/users.html", form=form, page=page, places=scopes.places_of(shown), held=labels.held
    )


@bp.route("/baru", methods=["GET", "POST"])
@access(HELPERS)
def create() -> ResponseReturnValue:
    """Make an account with its first role, and show its code."""
    choosing = read_choosing(current_user)
    form = NewUserForm()
    form.place.choices = options(choosing.choices())
    if choosing.role and choosing.places and form.validate_on_submit():
        with form_problems(form):
            profile = Profile(form.name.data, form.phone.data, form.email.data or None)
            user = service.create_user(profile, choosing.role, choosing.places[form.place.data], current_user)
            code = service.make_code(user.id, current_user)
        if not form.errors:
            return _show_code(user, code)
    status = 422 if form.is_submitted() else 200
    return render_template("accounts/create.html", form=form, choosing=choosing, roles=labels.ROLES), status


@bp.route("/<id:user_id>")
@access(HELPERS)
def show(user_id: int) -> ResponseReturnValue:
    """Show an account with its roles and what may be done about it."""
    user = queries.get_user_for(current_user, user_id)
    places = scopes.places_of(user.assignments)
    rows = [(row, places.of(row)) for row in user.assignments]
    in_force = user.current_assignments()
    return render_template(
        "accounts/user.html",
        user=user,
        rows=rows,
        in_force=in_force,
        endable=[row for row, place in rows if row in in_force and _may_end(row, place)],
        looked_after=queries.may_look_after(current_user, user),
        is_self=user.id == current_user.id,
        form=PressForm(),
        roles=labels.ROLES,
    )


def _may_end(row: RoleAssignment, place: rules.Place | None) -> bool:
    """Tell whether a button is of use; the service decides again."""
    return place is not None and row.user_id != current_user.id and rules.may_give(current_user, row.role, place)


@bp.route("/<id:user_id>/peran", methods=["GET", "POST"])
@access(HELPERS)
def give_role(user_id: int) -> ResponseReturnValue:
    """Give an account one more role."""
    user = queries.get_user_for(current_user, user_id)
    choosing = read_choosing(current_user)
    form = PlaceForm()
    form.place.choices = options(choosing.choices())
    if choosing.role and choosing.places and form.validate_on_submit():
        with form_problems(form):
            service.grant_role(user.id, choosing.role, choosing.places[form.place.data], current_user)
        if not form.errors:
            flash(_("The role is given."), "good")
            return go(url_for("users.show", user_id=user_id))
    status = 422 if form.is_submitted() else 200
    return render_template("accounts/role.html", user=user, form=form, choosing=choosing, roles=labels.ROLES), status


@bp.route("/<id:user_id>/peran/<id:assignment_id>/akhiri", methods=["POST"])
@access(HELPERS)
def end_role(user_id: int, assignment_id: int) -> ResponseReturnValue:
    """End a role at once."""
    user = queries.get_user_for(current_user, user_id)
    if not any(row.id == assignment_id for row in user.assignments):
        raise NotFound
    service.end_role(assignment_id, current_user)
    flash(_("The role is ended."), "good")
    return go(url_for("users.show", user_id=user_id))


@bp.route("/<id:user_id>/kode", methods=["POST"])
@access(HELPERS)
def make_code(user_id: int) -> ResponseReturnValue:
    """Make a new one-time code and show it once."""
    user = queries.get_user_for(current_user, user_id)
    return _show_code(user, service.make_code(user_id, current_user))


@bp.route("/<id:user_id>/tutup", methods=["POST"])
@access(HELPERS)
def close(user_id: int) -> ResponseReturnValue:
    """Close an account and end its sessions."""
    return _set_active(user_id, False, _("The account is closed."))


@bp.route("/<id:user_id>/buka", methods=["POST"])
@access(HELPERS)
def reopen(user_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    return _set_active(user_id, True, _("The account is open again."))


def _set_active(user_id: int, is_active: bool, message: str) -> ResponseReturnValue:
    queries.get_user_for(current_user, user_id)
    service.set_active(user_id, is_active, current_user)
    flash(message, "good")
    return go(url_for("users.show", user_id=user_id))


def _show_code(user: User, code: str) -> Response:
    """Answer with the code itself: after this page nobody can see it again, so no cache may keep it."""
    page = render_template("accounts/code.html", user=user, code=rules.spaced(code), link=_whatsapp(user, code))
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _whatsapp(user: User, code: str) -> str | None:
    """Return a link that opens a ready message to the person, in his language; None without a mobile number."""
    if not user.phone or not user.phone.startswith("+628"):
        return None
    page = current_app.extensions["config"].base_url + url_for("accounts.enter_code")
    with force_locale(user.locale):
        text = _(
            "Hello %(name)s. Your code for Warung Kesejahteraan: %(code)s. Open %(page)s, type your phone number and"
            " this code, and choose a password. The code works for 7 days. Give it to nobody else.",
            name=user.name,
            code=rules.spaced(code),
            page=page,
        )
    return f"https://wa.me/{user.phone[1:]}?text={quote(text)}"
