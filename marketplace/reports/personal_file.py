"""All that is kept of a family, gathered for itself: what it told, what it earned, what happened, and who looked."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import select

from ..accounts.forgetting import accounts_of
from ..areas.rules import zone_of
from ..documents import facts, papers, words
from ..documents.papers import Content
from ..extensions import db
from ..graduation.case_labels import PURPOSES
from ..graduation.case_models import Case, CaseFile
from ..graduation.labels import NOTE_KINDS
from ..graduation.models import IncomeNote
from ..graduation.timeline import story
from ..groups import access_log, labels
from ..groups.models import Household, Person
from ..groups.privacy import as_bank_account
from ..ledger import earned, payout_queries
from ..ledger.models import Payout, PayoutState
from ..orders.models import Order
from ..shared import clock, personal
from ..shared.formats import day as day_text
from ..shared.formats import month as month_text
from ..shared.formats import phone
from ..shared.i18n import _
from ..shared.money import format_rupiah

MOST = 1_000
"""So many looks at a file are told; there are no families with more."""
BEGINNING = dt.date(2000, 1, 1)


@dataclass(frozen=True)
class Part:
    """One part of the file: a table with its heads, every cell as it is read."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Family:
    """Whose file it is, and whether its numbers are told in full."""

    household: Household
    in_full: bool

    @property
    def zone(self) -> str:
        """Return the name of the time zone where it lives."""
        return zone_of(self.household.regency_code)


Source: TypeAlias = Callable[[Family], Part]


def _number(blob: bytes | None, last4: str | None, purpose: str, *, in_full: bool) -> str:
    if blob is None or not last4:
        return "–"
    return personal.decrypt(blob, purpose=purpose) if in_full else f"••••{last4}"


def _who(family: Family) -> Part:
    row = family.household
    address = personal.decrypt(row.address_encrypted, purpose="address")
    rows = [
        (_("Name of the head of the family"), row.name),
        (_("KK number"), _number(row.kk_encrypted, row.kk_last4, "kk", in_full=family.in_full)),
        (_("Address"), address or "–"),
        (_("Village"), f"{row.village.name}, {row.district.name}"),
        (_("Named in"), str(labels.REGISTRIES[row.registry_source])),
        (_("Decile"), str(row.decile or _("Not known"))),
        (_("Bank account"), _bank(family)),
        *((_("Account"), f"{user.name}, {_reached(user.phone, user.email)}") for user in _accounts(row)),
    ]
    return Part(_("Who you are"), (_("What"), _("Is kept as")), rows)


def _accounts(household: Household) -> Iterable[Any]:
    own, shared = accounts_of(household.id)
    return (*own, *shared)


def _reached(number: str | None, email: str | None) -> str:
    return phone(number) if number else (email or "–")


def _bank(family: Family) -> str:
    blob = family.household.bank_encrypted
    if blob is None or not family.in_full:
        return _number(blob, family.household.bank_last4, "bank", in_full=False)
    account = as_bank_account(personal.decrypt(blob, purpose="bank"))
    return f"{account.bank} {account.number}, {account.holder}"


def _people(family: Family) -> Part:
    heads = (_("Name"), _("Relation"), _("Sex"), _("Birthday"), _("NIK"), _("Counted from"), _("Until"))
    return Part(_("People"), heads, [_person(person, in_full=family.in_full) for person in family.household.people])


def _person(person: Person, *, in_full: bool) -> tuple[str, ...]:
    return (
        person.name,
        str(labels.RELATIONS[person.relation]),
        str(labels.SEXES[person.sex]) + (" · WRSE" if person.wrse else ""),
        _day(person.born_on),
        _number(person.nik_encrypted, person.nik_last4, "nik", in_full=in_full),
        _day(person.joined_on),
        _day(person.left_on),
    )


def _day(day: dt.date | None) -> str:
    return day_text(day) if day else "–"


def _groups(family: Family) -> Part:
    rows = [
        (row.group.name, str(labels.MEMBER_ROLES[row.role]), _day(row.starts_on), _day(row.ends_on))
        for row in family.household.memberships
    ]
    return Part(_("Groups"), (_("Group"), _("Role"), _("Since"), _("Last day")), rows)


def _programmes(family: Family) -> Part:
    rows = [
        (str(labels.PROGRAMMES[row.programme]), _day(row.starts_on), _day(row.ends_on))
        for row in family.household.enrolments
    ]
    return Part(_("Programmes"), (_("Programme"), _("Since"), _("Last day")), rows)


def _earnings(family: Family) -> Part:
    """Tell the months that brought anything, and how it stands."""
    days = earned.by_day(earned.of_households([family.household.id]), BEGINNING)
    months: dict[dt.date, int] = {}
    for each, amount in sorted(days.items()):
        months[clock.month_of(each)] = months.get(clock.month_of(each), 0) + amount
    standing = payout_queries.standing(family.household.id)
    rows = [(month_text(first), format_rupiah(amount)) for first, amount in months.items()]
    sums = [
        (_("Earned together"), format_rupiah(sum(months.values()))),
        (_("Paid out"), format_rupiah(standing.paid)),
        (_("Not paid out yet"), format_rupiah(standing.balance)),
    ]
    return Part(_("Earnings"), (_("Month"), _("Rupiah")), [*rows, *sums])


def _notes(family: Family) -> Part:
    own = select(IncomeNote).where(IncomeNote.household_id == family.household.id).order_by(IncomeNote.id)
    rows = [
        (month_text(row.month), str(NOTE_KINDS[row.kind]), format_rupiah(row.amount), row.description)
        for row in db.session.scalars(own)
    ]
    return Part(_("Costs and other income"), (_("Month"), _("Kind"), _("Rupiah"), _("What")), rows)


def _happened(family: Family) -> Part:
    rows = [(_day(entry.on), str(entry.title), entry.text) for entry in story(family.household, BEGINNING)]
    return Part(_("What happened: visits, trainings, goods, decisions"), (_("Day"), _("What"), _("More")), rows)


def _papers(family: Family) -> Part:
    own = select(CaseFile).join(Case, Case.id == CaseFile.case_id).where(Case.household_id == family.household.id)
    rows = [
        (_day(clock.local_date(row.uploaded_at, family.zone)), str(PURPOSES[row.purpose]))
        for row in db.session.scalars(own.order_by(CaseFile.id))
    ]
    return Part(_("Photos and papers, with what you signed"), (_("Day"), _("What")), rows)


def _signed(family: Family) -> Part:
    own = select(Payout).where(Payout.household_id == family.household.id, Payout.state == PayoutState.PAID)
    rows = [
        (_day(_local(row.decided_at, family.zone)), format_rupiah(row.amount), row.signed_by or "–")
        for row in db.session.scalars(own.order_by(Payout.id))
    ]
    return Part(_("Money that was paid to you"), (_("Day"), _("Rupiah"), _("Signed by")), rows)


def _local(moment: dt.datetime | None, zone: str) -> dt.date | None:
    return clock.local_date(moment, zone) if moment else None


def _bought(family: Family) -> Part:
    ids = [user.id for user in accounts_of(family.household.id)[0]]
    own = select(Order).where(Order.buyer_id.in_(ids)).order_by(Order.id)
    rows = [
        (row.number, _day(clock.local_date(row.placed_at, family.zone)), row.buyer_name, format_rupiah(row.total))
        for row in db.session.scalars(own)
    ]
    return Part(_("What you bought here"), (_("Order"), _("Day"), _("For"), _("Rupiah")), rows)


def _looked(family: Family) -> Part:
    """Tell who looked by what he works as: the office answers for its people, not they for it."""
    found = db.session.execute(access_log.of_family(family.household.id).limit(MOST)).all()
    rows = [
        (f"{line.at:%d/%m/%Y %H:%M}", line.role, line.what, line.reason or "–")
        for line in access_log.lines((entry, household, user) for entry, household, user in found)
    ]
    return Part(_("Who looked at your file or changed it"), (_("When"), _("Who"), _("What"), _("Why")), rows)


SOURCES: tuple[Source, ...] = (
    *(_who, _people, _groups, _programmes, _earnings, _notes, _signed, _bought, _papers, _happened, _looked),
)


def gather(household: Household, *, in_full: bool) -> list[Part]:
    """Return all parts of a family's file, also those in which nothing is kept."""
    family = Family(household, in_full)
    return [source(family) for source in SOURCES]


def paper(household: Household, parts: Sequence[Part], actor_id: int) -> Content:
    """Write the file down as it is printed; a working paper without a number of a series."""
    issuer = facts.issuer_in(household.regency_code, actor_id)
    own = {
        "family": household.name,
        "parts": [{"title": part.title, "heads": part.heads, "rows": part.rows} for part in parts],
        "nothing": _("Nothing is kept here."),
        "made": words.long_moment(clock.now().astimezone(clock.zone(zone_of(household.regency_code)))),
    }
    return papers.working(issuer, f"Data keluarga {household.id}", own)
