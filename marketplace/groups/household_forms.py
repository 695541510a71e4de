"""What officers fill in about families."""

import datetime as dt

from wtforms import BooleanField, SelectField
from wtforms.validators import Optional

from ..shared.fields import CHOOSE, BaseForm, DateField, Required, TextAreaField, TextField
from ..shared.i18n import _, _l
from . import rules
from .forms import VillageField, optional, options
from .labels import MEMBER_ROLES, PROGRAMMES, REGISTRIES, RELATIONS, SEXES
from .models import Household, MemberRole, Programme, RegistrySource, Relation, Sex
from .privacy import Secret

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}
NO_GROUP = 0
"""Chosen for a family that joins no group yet."""


def _deciles() -> list[tuple[str, str]]:
    return [("", _("Not known")), *((str(number), str(number)) for number in range(1, 11))]


class SearchForm(BaseForm):
    """What a family is looked for by. It is posted, so that a number is never part of an address."""

    text = TextField(
        _l("Name, last four digits, or full number"), [Required()], max_length=80, render_kw={"autocomplete": "off"}
    )


class HouseholdForm(BaseForm):
    """What is written down about a family. On a change, an empty number or address stays as it is."""

    name = TextField(_l("Name of the head of the family"), [Required()], max_length=120)
    kk = TextField(_l("New KK number"), [Optional()], max_length=30, render_kw=DIGITS)
    village_code = VillageField()
    address = TextAreaField(_l("New address"), [Optional()], max_length=300)
    registry_source = SelectField(_l("Named in"), choices=options(REGISTRIES), coerce=RegistrySource)
    decile = SelectField(_l("Decile"), choices=_deciles, coerce=optional(int), description=_l("1 is the poorest."))

    def content(self) -> rules.HouseholdContent:
        """Return what was filled in."""
        return rules.HouseholdContent(
            name=self.name.data,
            kk=self.kk.data or None,
            village_code=self.village_code.data,
            address=self.address.data or None,
            registry_source=self.registry_source.data,
            decile=self.decile.data,
        )


class RegisterForm(HouseholdForm):
    """A new family with its head, and the group it joins."""

    kk = TextField(_l("KK number"), [Required()], max_length=30, render_kw=DIGITS)
    address = TextAreaField(_l("Address"), [Required()], max_length=300)
    nik = TextField(_l("NIK of the head"), [Required()], max_length=30, render_kw=DIGITS)
    joined_on = DateField(_l("Counted in this family from"), [Required()])
    group_id = SelectField(_l("Group"), [Required(CHOOSE)], choices=[], coerce=optional(int))

    def offer_groups(self, groups: list[tuple[int, str]], *, may_wait: bool) -> None:
        """Let one of these groups be chosen, or none yet where the family may wait for one."""
        waiting = [(NO_GROUP, _("None yet"))] if may_wait else []
        self.group_id.choices = [("", str(CHOOSE)), *waiting, *groups]

    def head(self) -> rules.PersonContent:
        """Return the head of the family; the NIK says sex and birthday."""
        return rules.PersonContent(
            name=self.name.data, relation=Relation.HEAD, joined_on=self.joined_on.data, nik=self.nik.data
        )


class PersonForm(BaseForm):
    """A person of a family. On a change, an empty NIK stays as it is."""

    name = TextField(_l("Name"), [Required()], max_length=120)
    relation = SelectField(_l("Relation"), choices=options(RELATIONS), coerce=Relation)
    nik = TextField(
        _l("NIK"),
        [Optional()],
        max_length=30,
        render_kw=DIGITS,
        description=_l("With it, sex and birthday need not be filled in."),
    )
    sex = SelectField(_l("Sex"), choices=options(SEXES, CHOOSE), coerce=optional(Sex))
    born_on = DateField(_l("Birthday"), [Optional()])
    wrse = BooleanField(_l("Woman in social-economic hardship (WRSE)"))
    joined_on = DateField(_l("Counted in this family from"), [Required()])

    def content(self) -> rules.PersonContent:
        """Return what was filled in."""
        return rules.PersonContent(
            name=self.name.data,
            relation=self.relation.data,
            joined_on=self.joined_on.data,
            nik=self.nik.data or None,
            sex=self.sex.data,
            born_on=self.born_on.data,
            wrse=self.wrse.data,
        )


class DepartureForm(BaseForm):
    """When a person left the family."""

    left_on = DateField(_l("Counted no longer from"), [Required()])


class EnrolmentForm(BaseForm):
    """A programme that the family receives."""

    programme = SelectField(_l("Programme"), choices=options(PROGRAMMES), coerce=Programme)
    starts_on = DateField(_l("Since"), [Required()])


class JoinForm(BaseForm):
    """A group that the family joins."""

    group_id = SelectField(_l("Group"), [Required(CHOOSE)], choices=[], coerce=optional(int))
    person_id = SelectField(_l("Who attends"), choices=[], coerce=optional(int))
    role = SelectField(_l("Role"), choices=options(MEMBER_ROLES), coerce=MemberRole)
    starts_on = DateField(_l("Member since"), [Required()])

    def offer(self, groups: list[tuple[int, str]], household: Household, day: dt.date) -> None:
        """Let one of these groups be chosen, and one of the people of the family."""
        present = [person for person in household.people if rules.is_present(person, day)]
        self.group_id.choices = [("", str(CHOOSE)), *groups]
        self.person_id.choices = [("", _("Not known")), *((person.id, person.name) for person in present)]


class BankForm(BaseForm):
    """Where the family is paid by transfer."""

    bank = TextField(_l("Bank"), [Required()], max_length=60)
    number = TextField(_l("Account number"), [Required()], max_length=30, render_kw=DIGITS)
    holder = TextField(_l("Name on the account"), [Required()], max_length=120)

    def account(self) -> rules.BankAccount:
        """Return what was filled in."""
        return rules.BankAccount(self.bank.data, self.number.data, self.holder.data)


class RevealForm(BaseForm):
    """What to see in full, and why."""

    secret = SelectField(_l("What do you need to see?"), choices=[])
    reason = TextField(_l("Why?"), [Required()], max_length=300, description=_l("It is kept with your name."))

    def offer(self, household: Household) -> None:
        """Let one thing be chosen that is written down about the family."""
        self.words = {
            Secret.KK.value: _("KK number"),
            Secret.ADDRESS.value: _("Address"),
            **({Secret.BANK.value: _("Bank account")} if household.bank_last4 else {}),
            **{f"nik:{p.id}": _("NIK of %(name)s", name=p.name) for p in household.people if p.nik_last4},
        }
        self.secret.choices = list(self.words.items())

    def chosen(self) -> tuple[Secret, int | None, str]:
        """Return what is to be shown, whose it is, and how it is called."""
        kind, _colon, person_id = str(self.secret.data).partition(":")
        return Secret(kind), int(person_id) if person_id else None, self.words[self.secret.data]
