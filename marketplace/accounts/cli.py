"""Make the first administrator of an installation: everybody after him is made on screen."""

import click
from flask.cli import AppGroup

from ..shared.errors import DomainError
from ..shared.fields import as_phone
from ..shared.policy import Role
from ..shared.transaction import unit_of_work
from . import rules, scopes, service
from .service import Profile

accounts_cli = AppGroup("accounts", help="People who sign in.")


@accounts_cli.command("administrator")
@click.option("--name", required=True)
@click.option("--phone", required=True)
@click.option("--area", required=True, help="Code of the regency, such as 63.06.")
def administrator(name: str, phone: str, area: str) -> None:
    """Make an administrator of an area and print the code with which he sets his password."""
    number = as_phone(phone)
    if number is None:
        raise click.BadParameter("not an Indonesian phone number", param_hint="--phone")
    try:
        with unit_of_work():
            place = scopes.place_of_area(area)
            user = service.create_user(Profile(name, number), Role.ADMINISTRATOR, place, None)
            code = service.make_code(user.id, None)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    click.echo(f"Sign in at /kode with {number} and the code {rules.spaced(code)}")
