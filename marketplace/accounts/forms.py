"""What people type about themselves."""

from typing import Any

from wtforms import PasswordField, RadioField, ValidationError
from wtforms.validators import Length, Optional

from ..shared.fields import BaseForm, EmailField, PhoneField, Required, TextField, options
from ..shared.i18n import LANGUAGES, Text, _, _l
from . import rules


class SecretField(PasswordField):
    """A password: taken as typed, blanks and all, and never sent back."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; a file is no password."""
        super().process_formdata([value for value in valuelist if isinstance(value, str)])


def _password(label: Text, autocomplete: str) -> SecretField:
    return SecretField(
        label,
        [Required(), Length(max=rules.LONGEST_PASSWORD, message=_l("This password is too long."))],
        render_kw={"autocomplete": autocomplete, "maxlength": rules.LONGEST_PASSWORD},
    )


def _identifier() -> TextField:
    return TextField(_l("Phone number or e-mail"), [Required()], max_length=254, render_kw={"autocomplete": "username"})


class SignInForm(BaseForm):
    """Phone or e-mail, and password."""

    identifier = _identifier()
    password = _password(_l("Password"), "current-password")


class SignUpForm(BaseForm):
    """A buyer's own account."""

    name = TextField(_l("Your name"), [Required()], max_length=120, render_kw={"autocomplete": "name"})
    phone = PhoneField(_l("Phone number"), [Required()])
    email = EmailField(_l("E-mail"), [Optional()])
    office_name = TextField(
        _l("Office, school or business"), [Optional()], max_length=160, render_kw={"autocomplete": "organization"}
    )
    password = _password(_l("Password"), "new-password")


class CodeForm(BaseForm):
    """A one-time code and the password that its owner wants."""

    identifier = _identifier()
    code = TextField(
        _l("Code"), [Required()], max_length=20, render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"}
    )
    password = _password(_l("New password"), "new-password")

    def validate_code(self, field: TextField) -> None:
        """Take the code with or without its gap."""
        code = field.data.replace(" ", "").replace("-", "")
        if not (code.isascii() and code.isdigit() and len(code) == rules.CODE_DIGITS):
            raise ValidationError(_("A code has %(count)s figures.", count=rules.CODE_DIGITS))
        field.data = code


class ProfileForm(BaseForm):
    """What people change of their account."""

    name = TextField(_l("Your name"), [Required()], max_length=120, render_kw={"autocomplete": "name"})
    office_name = TextField(
        _l("Office, school or business"), [Optional()], max_length=160, render_kw={"autocomplete": "organization"}
    )
    locale = RadioField(_l("Language"), [Required()], choices=options(LANGUAGES.items()))


class ChangePasswordForm(BaseForm):
    """The old password and the new one."""

    old = _password(_l("Password until now"), "current-password")
    password = _password(_l("New password"), "new-password")
