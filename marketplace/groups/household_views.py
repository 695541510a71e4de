"""Officers' pages of the families: looked up, never browsed, and every look is written down."""

import datetime as dt
import re

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..extensions import db
from ..shared import policy
from ..shared.errors import InvalidInput, NotFound
from ..shared.i18n import _
from ..shared.paging import paginate
from ..shared.policy import Role, access, roles
from ..shared.problems import form_problems
from . import labels, privacy, queries, rules, service
from .access_log import READERS
from .forgetting_views import PROPOSERS
from .forms import EndForm
from .found import reasons
from .household_forms import (
    NO_GROUP,
    BankForm,
    DepartureForm,
    EnrolmentForm,
    HouseholdForm,
    JoinForm,
    PersonForm,
    RegisterForm,
    RevealForm,
    SearchForm,
)
from .models import Group, Household, MemberRole, Person, Relation
from .pages import Heading, form_page

bp = Blueprint("households", __name__, url_prefix="/dinas/keluarga")

EDITORS = frozenset({Role.MENTOR, Role.CURATOR, Role.ADMINISTRATOR})
FOLLOWERS = frozenset({Role.MENTOR, Role.VERIFIER, Role.HEAD})
"""Who may go on to the family's months against the poverty line."""
FILE_KEEPERS = frozenset({Role.ADMINISTRATOR, Role.VERIFIER})
"""Who may take out all that is kept of a family."""
EARNINGS_READERS = FOLLOWERS | {Role.TREASURER}
"""Who may go on to what the family earned."""


def _crumbs(household: Household | None = None) -> tuple[tuple[str, str], ...]:
    way = ((_("Families"), url_for("households.index")),)
    if household is None:
        return way
    return (*way, (household.name, url_for("households.show", household_id=household.id)))


@bp.route("", methods=["GET", "POST"])
@access(roles(queries.FAMILY_OFFICERS))
def index() -> ResponseReturnValue:
    """Look for a family; nothing is listed before."""
    form = SearchForm()
    if form.validate_on_submit():
        with form_problems(form):
            return redirect(_search(form.text.data))
    text = request.args.get("q", "").strip()
    if not form.is_submitted():
        form.text.data = text
    if len(text) > form.text.max_length:
        form.text.errors = [_("This is too long: at most %(count)s letters.", count=form.text.max_length)]
        text = ""
    found = paginate(queries.search_households(current_user, text)) if text else None
    page = render_template(
        "groups/households.html",
        form=form,
        page=found,
        reasons=reasons(found.items, text) if found else {},
        may_edit=policy.has_role(current_user, EDITORS),
        reads_log=policy.has_role(current_user, READERS),
        forgets=policy.has_role(current_user, PROPOSERS),
    )
    return page, 422 if form.is_submitted() else 200


def _search(text: str) -> str:
    """Return where a search leads: a full number to its family, a name or last four digits to a list.

    A number, whole or mistyped, never becomes part of an address.
    """
    digits = re.sub(r"\D", "", text)
    if len(digits) > queries.LAST_DIGITS or (digits and len(digits) < queries.LAST_DIGITS):
        return _search_number(rules.read_number(text, queries.today(), "text"))
    if not digits and sum(letter.isalpha() for letter in text) < queries.SHORTEST_NAME:
        raise InvalidInput(_("Type at least three letters of the name."), field="text")
    return url_for("households.index", q=digits or text)


def _search_number(number: str) -> str:
    found = queries.find_by_number(current_user, number)
    privacy.record_number_search(found[0].id if found else None, current_user.id)
    if found is None:
        flash(_("No family with this number was found in your area."), "warn")
        return url_for("households.index")
    family, person = found
    flash(_("Found by the NIK of %(name)s.", name=person.name) if person else _("Found by the KK number."))
    return url_for("households.show", household_id=family.id)


@bp.route("/<id:household_id>")
@access(roles(queries.FAMILY_OFFICERS))
def show(household_id: int) -> ResponseReturnValue:
    """Show a family; who looked and when is written down once the page is made."""
    household = queries.get_family_for(current_user, household_id)
    form = RevealForm()
    form.offer(household)
    page, actor_id = _family_page(household, form), current_user.id
    privacy.record_view(household_id, actor_id)
    return page


def _family_page(household: Household, form: RevealForm) -> str:
    day = queries.today()
    return render_template(
        "groups/household.html",
        household=household,
        present=[p for p in household.people if p.left_on is None],
        left=[p for p in household.people if p.left_on is not None],
        ages={p.id: rules.age_on(p.born_on, day) for p in household.people if p.born_on},
        labels=labels,
        crumbs=_crumbs(),
        reveal=form,
        may_edit=_covers(EDITORS, household, day) and household.forgotten_on is None,
        follows_months=_covers(FOLLOWERS, household, day),
        reads_earnings=_covers(EARNINGS_READERS, household, day),
        takes_out=_covers(FILE_KEEPERS, household, day),
        may_forget=_covers(PROPOSERS, household, day),
    )


def _covers(wanted: frozenset[Role], household: Household, day: dt.date) -> bool:
    """Tell whether one of these roles of the reader covers the family, so that a button leads somewhere."""
    groups = [
        m.group_id for m in household.memberships if m.starts_on <= day and (m.ends_on is None or m.ends_on >= day)
    ]
    return any(
        policy.may(current_user, wanted, area_code=household.village_code, group_id=key) for key in (None, *groups)
    )


@bp.route("/<id:household_id>/buka", methods=["POST"])
@access(roles(queries.FAMILY_OFFICERS))
def reveal(household_id: int) -> ResponseReturnValue:
    """Show one piece of personal data once, for a reason that is kept."""
    household = queries.get_family_for(current_user, household_id)
    form, crumbs = RevealForm(), _crumbs(household)
    form.offer(household)
    if form.validate_on_submit():
        secret, person_id, what = form.chosen()
        with form_problems(form):
            value = privacy.reveal(household_id, secret, form.reason.data, current_user.id, person_id)
        if not form.errors:
            return _revealed(secret, value, what, crumbs)
        household = queries.get_family_for(current_user, household_id)
    return _family_page(household, form), 422


def _revealed(
    secret: privacy.Secret, value: str, what: str, crumbs: tuple[tuple[str, str], ...]
) -> ResponseReturnValue:
    account = privacy.as_bank_account(value) if secret is privacy.Secret.BANK else None
    page = render_template("groups/revealed.html", value=value, account=account, what=what, crumbs=crumbs)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _editable_groups() -> list[Group]:
    statement = queries.visible_groups(current_user, EDITORS).order_by(Group.name)
    return list(db.session.scalars(statement))


@bp.route("/baru", methods=["GET", "POST"])
@access(roles(EDITORS))
def register() -> ResponseReturnValue:
    """Register a family. A mentor's family joins one of his groups: else he could not see it again."""
    groups, codes = _editable_groups(), policy.areas_of_families(current_user, EDITORS)
    form = RegisterForm(data={"joined_on": queries.today()})
    form.village_code.offer(queries.villages_in({*codes, *(group.regency_code for group in groups)}))
    form.offer_groups([(group.id, group.name) for group in groups], may_wait=bool(codes))
    heading = Heading(_("Register a family"), _crumbs(), _("Save"))

    def act() -> None:
        household = service.register_household(form.content(), form.head(), current_user.id)
        if form.group_id.data != NO_GROUP:
            service.add_membership(
                form.group_id.data, household.id, MemberRole.MEMBER, queries.today(), current_user.id
            )
        flash(_("The family is registered. You find it by its name."), "good")

    return form_page(form, act, heading)


@bp.route("/<id:household_id>/ubah", methods=["GET", "POST"])
@access(roles(EDITORS))
def edit(household_id: int) -> ResponseReturnValue:
    """Change what is written down about a family."""
    household = queries.get_household_for(current_user, household_id, EDITORS)
    form = HouseholdForm(obj=household)
    form.village_code.offer(queries.villages_in([household.regency_code]))
    heading = Heading(
        _("Change the family"), _crumbs(household), _("Save"), _("Leave number and address empty to keep them.")
    )
    return form_page(form, lambda: service.update_household(household_id, form.content(), current_user.id), heading)


@bp.route("/<id:household_id>/orang/baru", methods=["GET", "POST"])
@access(roles(EDITORS))
def add_person(household_id: int) -> ResponseReturnValue:
    """Add a person to a family."""
    household = queries.get_household_for(current_user, household_id, EDITORS)
    form = PersonForm(data={"joined_on": queries.today(), "relation": Relation.CHILD})
    heading = Heading(_("Add a person"), _crumbs(household), _("Save"))
    return form_page(form, lambda: service.add_person(household_id, form.content(), current_user.id), heading)


def _person_of(household: Household, person_id: int) -> Person:
    for person in household.people:
        if person.id == person_id:
            return person
    raise NotFound


@bp.route("/<id:household_id>/orang/<id:person_id>/ubah", methods=["GET", "POST"])
@access(roles(EDITORS))
def edit_person(household_id: int, person_id: int) -> ResponseReturnValue:
    """Change what is written down about a person."""
    household = queries.get_household_for(current_user, household_id, EDITORS)
    form = PersonForm(obj=_person_of(household, person_id))
    heading = Heading(_("Change the person"), _crumbs(household), _("Save"), _("Leave the NIK empty to keep it."))
    return form_page(form, lambda: service.update_person(person_id, form.content(), current_user.id), heading)


@bp.route("/<id:household_id>/orang/<id:person_id>/pergi", methods=["GET", "POST"])
@access(roles(EDITORS))
def end_person(household_id: int, person_id: int) -> ResponseReturnValue:
    """Count a person no longer."""
    household = queries.get_household_for(current_user, household_id, EDITORS)
    person = _person_of(household, person_id)
    form = DepartureForm(data={"left_on": queries.today()})
    heading = Heading(_("%(name)s left the family", name=person.name), _crumbs(household), _("Save"))
    return form_page(form, lambda: service.record_departure(person_id, form.left_on.data, current_user.id), heading)


@bp.route("/<id:household_id>/bantuan/baru", methods=["GET", "POST"])
@access(roles(EDITORS))
def add_enrolment(household_id: int) -> ResponseReturnValue:
    """Write down a programme that the family receives."""
    household = queries.get_household_for(current_user, household_id, EDITORS)
    form = EnrolmentForm(data={"starts_on": queries.today()})
    heading = Heading(_("Add a programme"), _crumbs(household), _("Save"))
    return form_page(
        form,
        lambda: service.enrol(household_id, form.programme.data, form.starts_on.data, current_user.id),
        heading,
    )


@bp.route("/<id:household_id>/bantuan/<id:enrolment_id>/akhiri", methods=["GET", "POST"])
@access(roles(EDITORS))
def end_enrolment(household_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Write down that a programme ended."""
    household = queries.get_household_for(current_user, household_id, EDITORS)
    if enrolment_id not in {row.id for row in household.enrolments}:
        raise NotFound
    form = EndForm(data={"ends_on": queries.today()})
    lead = _("This only writes down what was decided elsewhere.")
    heading = Heading(_("The programme ended"), _crumbs(household), _("Save"), lead)
    return form_page(form, lambda: service.end_enrolment(enrolment_id, form.ends_on.data, current_user.id), heading)


@bp.route("/<id:household_id>/kelompok", methods=["GET", "POST"])
@access(roles(EDITORS))
def join(household_id: int) -> ResponseReturnValue:
    """Take the family into a group."""
    household = queries.get_household_for(current_user, household_id, EDITORS)
    regency = household.regency_code
    form = JoinForm(data={"starts_on": queries.today(), "role": MemberRole.MEMBER})
    form.offer([(g.id, g.name) for g in _editable_groups() if g.regency_code == regency], household, queries.today())
    heading = Heading(_("Add to a group"), _crumbs(household), _("Add"))
    return form_page(
        form,
        lambda: service.add_membership(
            form.group_id.data,
            household_id,
            form.role.data,
            form.starts_on.data,
            current_user.id,
            form.person_id.data,
        ),
        heading,
    )


@bp.route("/<id:household_id>/bank", methods=["GET", "POST"])
@access(roles(EDITORS))
def bank(household_id: int) -> ResponseReturnValue:
    """Keep the account to which the family is paid."""
    household = queries.get_household_for(current_user, household_id, EDITORS)
    form = BankForm()
    heading = Heading(_("Bank account"), _crumbs(household), _("Save"))
    return form_page(form, lambda: service.set_bank(household_id, form.account(), current_user.id), heading)
