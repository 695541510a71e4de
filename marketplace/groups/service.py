"""Commands on groups and the families in them."""

import datetime as dt
import json
from dataclasses import asdict

from blinker import Signal
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from ..areas.models import Area, Level
from ..areas.rules import district_of, regency_of, zone_of
from ..extensions import db
from ..shared import audit, clock, personal
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import Text, _l
from ..shared.transaction import command
from . import changes, rules
from .models import (
    AssistanceEnrolment,
    Group,
    Household,
    MemberRole,
    Membership,
    Person,
    Programme,
)

NO_KEY_UPDATE = {"key_share": True}
"""Locks a row against other changes of it, but not against rows that point to it: sales go on meanwhile."""


renamed = Signal()
"""Sent with a group whose name or village may have changed, inside the command: floors below keep words of both."""


def _today(area_code: str) -> dt.date:
    return clock.today(zone_of(area_code))


def _places(village_code: str) -> dict[str, str]:
    """Return the three codes of a village. Raises InvalidInput when no such village is loaded."""
    village = db.session.get(Area, village_code)
    if village is None or village.level is not Level.VILLAGE:
        raise InvalidInput(_l("Please choose a village."), field="village_code")
    return {
        "village_code": village_code,
        "district_code": district_of(village_code),
        "regency_code": regency_of(village_code),
    }


def _write(message: Text, field: str) -> None:
    """Write what was changed; what another row already holds alone is refused with the message."""
    try:
        db.session.flush()
    except IntegrityError:
        raise InvalidInput(message, field=field) from None


def _insert(row: Group | Household | Person, message: Text, field: str) -> None:
    db.session.add(row)
    _write(message, field)


def _locked_group(group_id: int) -> Group:
    """Load a group so that nobody else gives out its offices meanwhile."""
    group = db.session.get(Group, group_id, with_for_update=NO_KEY_UPDATE)
    if group is None:
        raise NotFound
    return group


def _locked_household(household_id: int) -> Household:
    household = db.session.get(Household, household_id, with_for_update=NO_KEY_UPDATE)
    if household is None:
        raise NotFound
    _refuse_forgotten(household)
    return household


def _refuse_forgotten(household: Household) -> None:
    if household.forgotten_on is not None:
        raise StateConflict(_l("This family was made anonymous."))


@command
def create_group(content: rules.GroupContent, actor_id: int | None) -> Group:
    """Register a KUBE in a village. Its stock location is made when goods are first counted there."""
    rules.check_formed_year(content.formed_year, _today(content.village_code))
    group = Group(slug=_free_slug(content.name), **{**asdict(content), **_places(content.village_code)})
    _refuse_same_name(group)
    _insert(group, _l("A group with this name was just added."), "name")
    audit.record(actor_id, "group.create", ("group", group.id))
    return group


def _refuse_same_name(group: Group) -> None:
    twin = select(Group.id).where(Group.village_code == group.village_code, Group.name == group.name)
    with db.session.no_autoflush:
        found = db.session.scalar(twin.where(Group.id != (group.id or 0)))
    if found is not None:
        raise InvalidInput(_l("This village has a group with this name already."), field="name")


def _free_slug(name: str) -> str:
    alike = select(Group.slug).where(Group.slug.startswith(rules.slug_of(name)))
    return rules.free_slug(name, db.session.scalars(alike))


@command
def update_group(group_id: int, content: rules.GroupContent, actor_id: int | None) -> Group:
    """Change what is written down about a group; its address in the shop stays.

    Raises InvalidInput for a village of another district: the group's products are listed by district.
    """
    group = _locked_group(group_id)
    rules.check_formed_year(content.formed_year, _today(content.village_code))
    places = _places(content.village_code)
    if places["district_code"] != group.district_code:
        raise InvalidInput(_l("A group stays in its district."), field="village_code")
    for name, value in {**asdict(content), **places}.items():
        setattr(group, name, value)
    _refuse_same_name(group)
    db.session.flush()  # who is told of it reads the rows anew
    renamed.send(group)
    audit.record(actor_id, "group.update", ("group", group_id))
    return group


@command
def update_story(group_id: int, story: str, phone: str | None, actor_id: int | None) -> Group:
    """Change the public story and the phone number of a group."""
    group = _locked_group(group_id)
    group.story, group.phone = story, phone
    audit.record(actor_id, "group.update_story", ("group", group_id))
    return group


@command
def set_trust(group_id: int, trusted: bool, actor_id: int | None) -> Group:
    """Let the makers of a group move prices, stock and pause alone, or end that; the first day of trust is kept."""
    group = _locked_group(group_id)
    if trusted and group.trusted_from is None:
        group.trusted_from = _today(group.village_code)
        audit.record(actor_id, "group.trust", ("group", group_id))
    elif not trusted and group.trusted_from is not None:
        group.trusted_from = None
        audit.record(actor_id, "group.end_trust", ("group", group_id))
    return group


@command
def add_membership(
    group_id: int,
    household_id: int,
    role: MemberRole,
    starts_on: dt.date,
    actor_id: int | None,
    person_id: int | None = None,
) -> Membership:
    """Take a family into a group of its regency from a day on.

    Raises InvalidInput when it is in already, or another family holds the office at that time.
    """
    group = _locked_group(group_id)
    household = _locked_household(household_id)
    if household.regency_code != group.regency_code:
        raise InvalidInput(_l("The family lives in another regency."))
    rules.check_not_future(starts_on, _today(group.village_code), "starts_on")
    existing = db.session.scalars(select(Membership).where(Membership.group_id == group_id)).all()
    rules.check_membership(household_id, role, starts_on, existing)
    if person_id is not None and _get_person(person_id).household_id != household_id:
        raise InvalidInput(_l("Please choose a person of this family."), field="person_id")
    membership = Membership(
        group_id=group_id, household_id=household_id, person_id=person_id, role=role, starts_on=starts_on
    )
    db.session.add(membership)
    audit.record(actor_id, "membership.add", ("household", household_id), group_id=group_id, role=role.value)
    return membership


@command
def end_membership(membership_id: int, ends_on: dt.date, actor_id: int | None) -> None:
    """End a family's time in a group; `ends_on` is its last day. Raises StateConflict when it ended already."""
    membership = db.session.get(Membership, membership_id)
    if membership is None:
        raise NotFound
    rules.check_end(membership.starts_on, ends_on, _today(membership.group.village_code), "ends_on")
    _end_once(Membership, membership_id, ends_on)
    subject = ("household", membership.household_id)
    audit.record(actor_id, "membership.end", subject, group_id=membership.group_id)


def _end_once(kind: type[Membership | AssistanceEnrolment], row_id: int, ends_on: dt.date) -> None:
    ended = db.session.execute(update(kind).where(kind.id == row_id, kind.ends_on.is_(None)).values(ends_on=ends_on))
    if ended.rowcount == 0:  # type: ignore[attr-defined]
        raise StateConflict


@command
def register_household(content: rules.HouseholdContent, head: rules.PersonContent, actor_id: int | None) -> Household:
    """Register a family with its head. Raises InvalidInput when the KK number or the NIK is taken.

    KK number and address must be given.
    """
    today = _today(content.village_code)
    if content.kk is None:
        raise InvalidInput(_l("Please fill this in."), field="kk")
    household = Household(**_family_columns(content, today), **_places(content.village_code))
    _insert(household, KK_TAKEN, "kk")
    person = Person(household_id=household.id, **_person_columns(rules.complete(head, today)))
    _insert(person, NIK_TAKEN, "nik")
    audit.record(actor_id, "household.register", ("household", household.id))
    return household


KK_TAKEN = _l("A family with this KK number is registered already.")
NIK_TAKEN = _l("A person with this NIK belongs to a registered family already.")


def _family_columns(content: rules.HouseholdContent, today: dt.date) -> dict[str, object]:
    columns: dict[str, object] = {
        "name": content.name,
        "registry_source": content.registry_source,
        "decile": content.decile,
    }
    if content.address is not None:
        columns["address_encrypted"] = personal.encrypt(content.address, purpose="address")
    if content.kk is not None:
        number = rules.read_number(content.kk, today, "kk")
        columns["kk_encrypted"] = personal.encrypt(number, purpose="kk")
        columns["kk_hash"] = personal.lookup_hash(number, purpose="kk")
        columns["kk_last4"] = personal.last_four(number)
    return columns


def _person_columns(person: rules.PersonContent) -> dict[str, object]:
    columns: dict[str, object] = {k: v for k, v in asdict(person).items() if k != "nik"}
    if person.nik:
        columns["nik_encrypted"] = personal.encrypt(person.nik, purpose="nik")
        columns["nik_hash"] = personal.lookup_hash(person.nik, purpose="nik")
        columns["nik_last4"] = personal.last_four(person.nik)
    return columns


@command
def update_household(household_id: int, content: rules.HouseholdContent, actor_id: int | None) -> Household:
    """Change what is written down about a family, within its regency."""
    household = _locked_household(household_id)
    places = _places(content.village_code)
    if places["regency_code"] != household.regency_code:
        raise InvalidInput(_l("A family stays in its regency."), field="village_code")
    columns = _family_columns(content, _today(content.village_code))
    told = changes.between(household, {**columns, **places})
    for name, value in {**columns, **places}.items():
        setattr(household, name, value)
    _write(KK_TAKEN, "kk")
    audit.record(actor_id, "household.update", ("household", household_id), changes=told)
    return household


@command
def add_person(household_id: int, content: rules.PersonContent, actor_id: int | None) -> Person:
    """Add a person to a family from a day on.

    Raises InvalidInput when the NIK is impossible or taken, or the person is there already (a form sent twice): the
    number of people decides what a family's income is measured against.
    """
    household = _locked_household(household_id)
    complete = rules.complete(content, _today(household.village_code))
    present = [known for known in household.people if known.left_on is None]
    if any(rules.is_same(complete, known.name, known.born_on) for known in present):
        raise InvalidInput(_l("This person is written down in this family already."), field="name")
    person = Person(household_id=household_id, **_person_columns(complete))
    _insert(person, NIK_TAKEN, "nik")
    audit.record(actor_id, "person.add", ("household", household_id), person_id=person.id)
    return person


@command
def update_person(person_id: int, content: rules.PersonContent, actor_id: int | None) -> Person:
    """Change what is written down about a person; the NIK only when one is given."""
    person = _get_person(person_id)
    complete = rules.complete(content, _today(person.household.village_code))
    if person.left_on is not None and complete.joined_on > person.left_on:
        raise InvalidInput(_l("The end cannot be before the start."), field="joined_on")
    columns = _person_columns(complete)
    told = changes.between(person, columns)
    for name, value in columns.items():
        setattr(person, name, value)
    _write(NIK_TAKEN, "nik")
    audit.record(actor_id, "person.update", ("household", person.household_id), person_id=person_id, changes=told)
    return person


@command
def record_departure(person_id: int, left_on: dt.date, actor_id: int | None) -> Person:
    """Count a person no longer from a day on. Raises StateConflict when he left already."""
    person = _get_person(person_id)
    if person.left_on is not None:
        raise StateConflict
    rules.check_end(person.joined_on, left_on, _today(person.household.village_code), "left_on")
    person.left_on = left_on
    audit.record(actor_id, "person.leave", ("household", person.household_id), person_id=person_id)
    return person


def _get_person(person_id: int) -> Person:
    person = db.session.get(Person, person_id, with_for_update=NO_KEY_UPDATE)
    if person is None:
        raise NotFound
    _refuse_forgotten(person.household)
    return person


@command
def enrol(household_id: int, programme: Programme, starts_on: dt.date, actor_id: int | None) -> AssistanceEnrolment:
    """Write down that a family receives a programme from a day on; twice at once is refused."""
    household = _locked_household(household_id)
    rules.check_not_future(starts_on, _today(household.village_code), "starts_on")
    same = select(AssistanceEnrolment).where(
        AssistanceEnrolment.household_id == household_id, AssistanceEnrolment.programme == programme
    )
    rules.check_no_overlap(starts_on, db.session.scalars(same))
    enrolment = AssistanceEnrolment(household_id=household_id, programme=programme, starts_on=starts_on)
    db.session.add(enrolment)
    audit.record(actor_id, "programme.enrol", ("household", household_id), programme=programme.value)
    return enrolment


@command
def end_enrolment(enrolment_id: int, ends_on: dt.date, actor_id: int | None) -> None:
    """Write down the last day of a programme. Raises StateConflict when it ended already.

    This records what was decided elsewhere; nothing here decides it.
    """
    enrolment = db.session.get(AssistanceEnrolment, enrolment_id)
    if enrolment is None:
        raise NotFound
    rules.check_end(enrolment.starts_on, ends_on, _today(enrolment.household.village_code), "ends_on")
    _end_once(AssistanceEnrolment, enrolment_id, ends_on)
    subject = ("household", enrolment.household_id)
    audit.record(actor_id, "programme.end", subject, programme=enrolment.programme.value)


@command
def set_bank(household_id: int, account: rules.BankAccount, actor_id: int | None) -> Household:
    """Keep the bank account to which a family is paid."""
    checked = rules.check_bank_account(account)
    household = _locked_household(household_id)
    household.bank_encrypted = personal.encrypt(json.dumps(asdict(checked)), purpose="bank")
    household.bank_last4 = personal.last_four(checked.number)
    audit.record(actor_id, "household.set_bank", ("household", household_id))
    return household
