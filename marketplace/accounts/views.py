"""Sign in, sign up, sign out, one's own account, and the language."""

from flask import Blueprint, flash, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from ..shared.errors import NotFound
from ..shared.fields import BaseForm
from ..shared.i18n import LANGUAGES, _
from ..shared.policy import PUBLIC, SIGNED_IN, access
from ..shared.problems import form_problems
from ..shared.redirects import asked_next, go, remember
from . import passwords, queries, resume, rules, service, sessions
from .forms import ChangePasswordForm, CodeForm, ProfileForm, SignInForm, SignUpForm
from .models import User
from .service import Profile
from .tries import Guess, refuse_locked

bp = Blueprint("accounts", __name__)


def _guess(kind: str, identifier: str) -> Guess:
    return Guess(kind, identifier, request.remote_addr or "")


def _page(template: str, form: BaseForm, **values: object) -> ResponseReturnValue:
    return render_template(template, form=form, **values), (422 if form.is_submitted() else 200)


@bp.route("/masuk", methods=["GET", "POST"])
@access(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Sign in by phone or e-mail with a password."""
    if current_user.is_authenticated:
        return resume.page_after_sign_in() or go(asked_next(rules.home_path(current_user)))
    form = SignInForm()
    if form.validate_on_submit():
        user = _try_sign_in(form)
        if user is not None:
            sessions.start(user)
            return resume.page_after_sign_in() or go(asked_next(rules.home_path(user)))
    return _page("accounts/sign_in.html", form, next=request.args.get("next"), **resume.kept_again())


def _try_sign_in(form: SignInForm) -> User | None:
    """Check the password first, without a lock, and as long for an unknown user as for a known one."""
    guess = _guess("sign-in", queries.normal_identifier(form.identifier.data))
    user = None
    with form_problems(form):
        refuse_locked(guess)
        known = queries.find_by_identifier(guess.identifier)
        known_hash = known.password_hash if known else None
        fits = passwords.matches(known_hash, form.password.data)
        user = service.sign_in(guess, known_hash if fits else None)
        if user is None:
            form.form_errors.append(_("Number, e-mail or password is wrong."))
    return user


@bp.route("/keluar", methods=["POST"])
@access(PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End every session of whoever is signed in."""
    if current_user.is_authenticated:
        service.sign_out(current_user.id)
    logout_user()
    session.clear()
    flash(_("You are signed out."), "good")
    return go("/")


@bp.route("/daftar", methods=["GET", "POST"])
@access(PUBLIC)
def sign_up() -> ResponseReturnValue:
    """Make a buyer's account."""
    if current_user.is_authenticated:
        return go(rules.home_path(current_user))
    form = SignUpForm()
    if form.validate_on_submit():
        with form_problems(form):
            user = _register(form)
        if not form.errors:
            sessions.start(user)
            flash(_("Welcome. Your account is ready."), "good")
            return go(asked_next("/keranjang" if session.get("basket_count") else "/"))
    return _page("accounts/sign_up.html", form)


def _register(form: SignUpForm) -> User:
    name, phone, email = form.name.data, form.phone.data, form.email.data or None
    rules.check_password(form.password.data, name, phone, email)
    password_hash = passwords.hash_password(form.password.data)
    locale = request.cookies.get("lang", "id")
    profile = Profile(name, phone, email, form.office_name.data, locale if locale in LANGUAGES else "id")
    return service.register_buyer(profile, password_hash)


@bp.route("/kode", methods=["GET", "POST"])
@access(PUBLIC)
def enter_code() -> ResponseReturnValue:
    """Set a password by a one-time code."""
    form = CodeForm()
    if form.validate_on_submit():
        user = _try_code(form)
        if user is not None:
            sessions.start(user)
            flash(_("Your password is set. You are signed in."), "good")
            return go(rules.home_path(user))
    return _page("accounts/enter_code.html", form)


def _try_code(form: CodeForm) -> User | None:
    guess = _guess("code", queries.normal_identifier(form.identifier.data))
    user = None
    with form_problems(form):
        refuse_locked(guess)
        rules.check_password(form.password.data, guess.identifier)
        password_hash = passwords.hash_password(form.password.data)
        user = service.use_code(guess, form.code.data, password_hash)
        if user is None:
            form.form_errors.append(_("Number or code is wrong, or the code is too old. Ask for a new one."))
    return user


@bp.route("/akun", methods=["GET", "POST"])
@access(SIGNED_IN)
def account() -> ResponseReturnValue:
    """Show and change one's own account."""
    form = ProfileForm(obj=current_user)
    if form.validate_on_submit():
        locale = form.locale.data
        service.save_profile(current_user.id, form.name.data, form.office_name.data, locale)
        flash(_("Saved."), "good")
        return remember(go("/akun"), "lang", locale)
    return _page("accounts/account.html", form, layout=rules.layout_of(current_user))


@bp.route("/akun/kata-sandi", methods=["GET", "POST"])
@access(SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Change one's password, ending every other session but this."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        user = _try_change(form)
        if user is not None:
            sessions.start(user)
            flash(_("Your password is changed. Other devices are signed out."), "good")
            return go("/akun")
    return _page("accounts/change_password.html", form, layout=rules.layout_of(current_user))


def _try_change(form: ChangePasswordForm) -> User | None:
    me: User = current_user._get_current_object()
    guess = _guess("change", str(me.id))
    user = None
    with form_problems(form):
        refuse_locked(guess)
        rules.check_password(form.password.data, me.name, me.phone, me.email)
        known_hash = me.password_hash
        fits = passwords.matches(known_hash, form.old.data)
        password_hash = passwords.hash_password(form.password.data)
        user = service.change_password(me.id, guess, known_hash if fits else None, password_hash)
        if user is None:
            form.old.errors = [*form.old.errors, _("This is not your password.")]
    return user


@bp.route("/bahasa/<code>")
@access(PUBLIC)
def switch_language(code: str) -> ResponseReturnValue:
    """Remember the language for this browser and go back."""
    if code not in LANGUAGES:
        raise NotFound
    return remember(go(asked_next()), "lang", code)
