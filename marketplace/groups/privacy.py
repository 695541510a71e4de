"""Seeing personal data: every look leaves an audit row, and a full number needs a reason."""

import json
from enum import StrEnum

from ..extensions import db
from ..shared import audit, personal
from ..shared.errors import InvalidInput, NotFound
from ..shared.i18n import _l
from ..shared.transaction import command
from . import rules
from .models import Household, Person


class Secret(StrEnum):
    """What can be revealed of a family."""

    KK = "kk"
    NIK = "nik"
    ADDRESS = "address"
    BANK = "bank"


class Page(StrEnum):
    """Which page of a family somebody looked at."""

    FAMILY = "family"
    MONTHS = "months"
    EARNINGS = "earnings"
    CASE = "case"
    PAPERS = "papers"


@command
def record_view(household_id: int, actor_id: int | None, page: Page = Page.FAMILY) -> None:
    """Write down that somebody looked at a page of a family."""
    audit.record(actor_id, "household.view", ("household", household_id), page=page.value)


@command
def record_file(household_id: int, reason: str, actor_id: int, *, printed: bool, in_full: bool) -> None:
    """Write down that somebody took out all that is kept of a family. Raises InvalidInput for too short a reason."""
    rules.check_reason(reason)
    subject = ("household", household_id)
    audit.record(actor_id, "household.file", subject, reason=reason, printed=printed, in_full=in_full)


@command
def record_number_search(household_id: int | None, actor_id: int | None) -> None:
    """Write down that somebody looked for a full number, and which family it led to, if any."""
    audit.record(actor_id, "household.search_number", ("household", household_id))


@command
def reveal(household_id: int, secret: Secret, reason: str, actor_id: int | None, person_id: int | None = None) -> str:
    """Return one piece of personal data in the clear and write down who asked for it and why.

    `person_id` names whose NIK. Raises InvalidInput when the reason is too short or there is nothing to see.
    """
    rules.check_reason(reason)
    household = db.session.get(Household, household_id)
    if household is None:
        raise NotFound
    blob = _nik_of(household, person_id) if secret is Secret.NIK else _blob_of(household, secret)
    if blob is None:
        raise InvalidInput(_l("Nothing is written down here yet."), field="secret")
    audit.record(
        actor_id, "household.reveal", ("household", household_id), reason=reason, what=secret.value, person_id=person_id
    )
    return personal.decrypt(blob, purpose=secret.value)


def _nik_of(household: Household, person_id: int | None) -> bytes | None:
    person = db.session.get(Person, person_id) if person_id is not None else None
    if person is None or person.household_id != household.id:
        raise NotFound
    return person.nik_encrypted


def _blob_of(household: Household, secret: Secret) -> bytes | None:
    columns = {
        Secret.KK: household.kk_encrypted,
        Secret.ADDRESS: household.address_encrypted,
        Secret.BANK: household.bank_encrypted,
    }
    return columns[secret]


def as_bank_account(revealed: str) -> rules.BankAccount:
    """Return the account that a revealed text describes."""
    return rules.BankAccount(**json.loads(revealed))
