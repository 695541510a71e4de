"""What officers type about accounts and roles."""

from typing import Any

from wtforms import SelectField
from wtforms.validators import Optional

from ..shared.fields import BaseForm, EmailField, FilterField, PhoneField, QueryForm, Required, TextField, options
from ..shared.i18n import _l
from ..shared.policy import Role
from .labels import ROLES


class UserSearch(QueryForm):
    """Find accounts by name, phone number or role."""

    q = TextField(_l("Name or phone number"), max_length=120, render_kw={"type": "search", "enterkeyhint": "search"})
    role = FilterField(
        _l("Role"),
        choices=options([("", _l("All")), *((role.value, label) for role, label in ROLES.items())]),
        default="",
    )

    def asked_role(self) -> Role | None:
        """Return the role asked for; None for all, and for what is no role."""
        chosen = self.role.chosen()
        return Role(chosen) if chosen else None


class PlaceForm(BaseForm):
    """For what a role is given; the choices depend on the role."""

    place: Any = SelectField(_l("For"))


class NewUserForm(PlaceForm):
    """A new account with its first role."""

    name = TextField(_l("Name"), [Required()], max_length=120, render_kw={"autocomplete": "off"})
    phone = PhoneField(_l("Phone number"), [Required()], render_kw={"autocomplete": "off"})
    email = EmailField(_l("E-mail"), [Optional()], render_kw={"autocomplete": "off"})


class PressForm(BaseForm):
    """A button and nothing else."""
