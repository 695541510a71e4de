"""Officers' pages of the groups."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as area_queries
from ..shared import lists, policy
from ..shared.errors import InvalidInput, NotFound
from ..shared.exports import Cell, Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import OFFICERS, Role, access, roles
from . import labels, queries, rules, service
from .forms import EndForm, GroupFilter, GroupForm, MemberForm, StoryForm, TrustForm
from .models import Group, MemberRole, Membership
from .pages import Heading, form_page
from .privacy import record_number_search

bp = Blueprint("groups", __name__, url_prefix="/dinas/kelompok")

MANAGERS = frozenset({Role.ADMINISTRATOR, Role.CURATOR})
EDITORS = MANAGERS | {Role.MENTOR}
EARNINGS_READERS = frozenset({Role.TREASURER, Role.HEAD, Role.MENTOR, Role.VERIFIER})
"""Who may go on to what the group's families earned."""


def _may(group: Group, wanted: frozenset[Role]) -> bool:
    return policy.may(current_user, wanted, area_code=group.village_code, group_id=group.id)


def _crumbs(group: Group | None = None) -> tuple[tuple[str, str], ...]:
    way = ((_("Groups"), url_for("groups.index")),)
    return way if group is None else (*way, (group.name, url_for("groups.show", group_id=group.id)))


@bp.route("")
@access(roles(OFFICERS))
def index() -> ResponseReturnValue:
    """List the groups of the officer's area."""
    form = GroupFilter()
    form.offer_districts(queries.districts_of_groups(current_user))
    form.validate()
    statement = queries.list_groups(
        current_user, text=form.q.data or "", district_code=form.district.chosen(), kind=form.asked_kind()
    )
    if lists.wants_file() and not form.errors:
        return lists.file("kelompok", _sheet(lists.rows_of(statement, scalars=False)))
    return render_template(
        "groups/index.html",
        file_url=lists.file_url(),
        page=paginate(statement, scalars=False),
        form=form,
        labels=labels,
        may_create=policy.has_role(current_user, MANAGERS),
    )


def _sheet(rows: list[Any]) -> Sheet:
    heads = (_l("Group"), _l("Village"), _l("Business"), _l("Formed"), _l("Families"), _l("Trusted"))
    return Sheet(_("Groups"), heads, [_row(group, members) for group, members in rows])


def _row(group: Group, members: int) -> tuple[Cell, ...]:
    kind = str(labels.BUSINESS_KINDS[group.business_kind])
    return (group.name, group.village.name, kind, str(group.formed_year), members, group.trusted_from)


@bp.route("/<id:group_id>")
@access(roles(OFFICERS))
def show(group_id: int) -> ResponseReturnValue:
    """Show a group with its members."""
    group = queries.get_group_for(current_user, group_id, OFFICERS)
    members = queries.members_of(group_id)
    today, sees_members = queries.today(), queries.sees_members(current_user, group, OFFICERS)
    return render_template(
        "groups/show.html",
        sees_members=sees_members,
        group=group,
        present=[m for m in members if m.ends_on is None or m.ends_on >= today],
        past=[m for m in members if m.ends_on is not None and m.ends_on < today],
        labels=labels,
        crumbs=_crumbs(),
        trust=TrustForm(),
        may_edit=_may(group, EDITORS),
        may_trust=_may(group, frozenset({Role.CURATOR})),
        reads_earnings=sees_members and _may(group, EARNINGS_READERS),
        sees_families=policy.has_role(current_user, queries.FAMILY_OFFICERS),
        # What floors below tell of a group; `wiring.py` hands over how to draw it.
        parts=[draw(group) for draw in current_app.extensions["group_parts"]],
    )


@bp.route("/baru", methods=["GET", "POST"])
@access(roles(MANAGERS))
def create() -> ResponseReturnValue:
    """Register a group."""
    form = GroupForm()
    form.offer_commodities(area_queries.commodities())
    form.village_code.offer(queries.villages_in(policy.areas_of(current_user, MANAGERS)))
    heading = Heading(_("New group"), _crumbs(), _("Save"))
    return form_page(
        form,
        lambda: service.create_group(form.content(), current_user.id),
        heading,
        lambda group: url_for("groups.show", group_id=group.id),
    )


@bp.route("/<id:group_id>/ubah", methods=["GET", "POST"])
@access(roles(EDITORS))
def edit(group_id: int) -> ResponseReturnValue:
    """Change a group: all of it, or as its mentor what the public reads."""
    group = queries.get_group_for(current_user, group_id, EDITORS)
    heading = Heading(_("Change the group"), _crumbs(group), _("Save"))
    if _may(group, MANAGERS):
        form = GroupForm(obj=group)
        form.offer_commodities(area_queries.commodities())
        form.village_code.offer(queries.villages_in([group.district_code]))
        return form_page(form, lambda: service.update_group(group_id, form.content(), current_user.id), heading)
    story = StoryForm(obj=group)
    return form_page(
        story,
        lambda: service.update_story(group_id, story.story.data, story.phone.data, current_user.id),
        heading,
    )


@bp.route("/<id:group_id>/percaya", methods=["POST"])
@access(roles(Role.CURATOR))
def trust(group_id: int) -> ResponseReturnValue:
    """Trust a group, or no longer."""
    queries.get_group_for(current_user, group_id, {Role.CURATOR})
    form = TrustForm()
    if form.validate_on_submit():
        service.set_trust(group_id, form.trusted.data, current_user.id)
        flash(_("Saved."), "good")
    return redirect(url_for("groups.show", group_id=group_id))


@bp.route("/<id:group_id>/anggota", methods=["GET", "POST"])
@access(roles(EDITORS))
def add_member(group_id: int) -> ResponseReturnValue:
    """Take a family into a group by the number on its family card."""
    group = queries.get_group_for(current_user, group_id, EDITORS)
    regency = group.regency_code
    form = MemberForm(data={"starts_on": queries.today(), "role": MemberRole.MEMBER})
    heading = Heading(_("Add a member"), _crumbs(group), _("Add"))

    def join() -> Membership:
        number = rules.read_number(form.kk.data, queries.today(), "kk")
        household = queries.find_by_kk(number, regency)
        record_number_search(household.id if household else None, current_user.id)
        if household is None:
            raise InvalidInput(_("No family with this number is registered here."), field="kk")
        return service.add_membership(group_id, household.id, form.role.data, form.starts_on.data, current_user.id)

    return form_page(form, join, heading)


@bp.route("/<id:group_id>/anggota/<id:membership_id>/akhiri", methods=["GET", "POST"])
@access(roles(EDITORS))
def end_member(group_id: int, membership_id: int) -> ResponseReturnValue:
    """End a family's time in a group."""
    group = queries.get_group_for(current_user, group_id, EDITORS)
    membership = next((m for m in queries.members_of(group_id) if m.id == membership_id), None)
    if membership is None:
        raise NotFound
    form = EndForm(data={"ends_on": queries.today()})
    heading = Heading(_("End the membership of %(name)s", name=membership.household.name), _crumbs(group), _("End"))
    return form_page(form, lambda: service.end_membership(membership_id, form.ends_on.data, current_user.id), heading)
