"""The recap of an office: choose its days and the office, fill in the NIP of each person, issue it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..ledger.scope import working_area
from ..shared import clock, lists, once
from ..shared.errors import NotFound
from ..shared.exports import Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from . import recap, rules, service
from .forms import PeopleForm, PeriodForm, nip_name, people_form
from .recap import Found, Period

bp = Blueprint("recap", __name__)

ISSUER = roles(rules.MONEY_ISSUERS)
LONGEST = 160


def _period(form: PeriodForm) -> Period:
    area_code = working_area(current_user, rules.MONEY_ISSUERS)
    return Period(area_code, *form.days(clock.today(areas.time_zone(area_code))))


@bp.route("/dinas/dokumen/rekap")
@access(ISSUER)
def index() -> ResponseReturnValue:
    """Show the offices whose people ordered in a period."""
    form = PeriodForm()
    period = _period(form)
    statement = recap.offices(period, form.text())
    if lists.wants_file() and not form.errors:
        return lists.file("rekap-instansi", _sheet(lists.rows_of(statement, scalars=False)))
    page = paginate(statement, scalars=False)
    shown = render_template("documents/offices.html", form=form, period=period, page=page, file_url=lists.file_url())
    return shown, 422 if form.errors else 200


def _sheet(rows: list[Any]) -> Sheet:
    heads = (_l("Office"), _l("Orders"), _l("Sum"))
    return Sheet(_("Recap of an office"), heads, [(office, count, int(amount)) for office, count, amount in rows])


@bp.route("/dinas/dokumen/rekap/orang", methods=["GET", "POST"])
@access(ISSUER)
def people() -> ResponseReturnValue:
    """Show what each person of an office ordered in a period, and issue the recap of it."""
    asked, office = PeriodForm(), request.args.get("office", "")[:LONGEST]
    period = _period(asked)
    if asked.first.errors or asked.last.errors or not office:
        raise NotFound
    found = recap.people(period, office)
    form = people_form(found)()
    issued = _issued(form, found, period, office) if form.validate_on_submit() else None
    if issued is not None:
        flash(_("The recap is ready."), "good")
        return redirect(url_for("documents.show", document_id=issued))
    page = render_template(
        "documents/people.html", form=form, found=found, period=period, office=office, nip_name=nip_name
    )
    return page, 422 if form.errors else 200


def _issued(form: PeopleForm, found: list[Found], period: Period, office: str) -> int | None:
    """Issue the recap once for the key of its form; None when that could not be, which the form says then."""
    people = recap.named(found, {one.key: form[nip_name(one.key)].data for one in found})
    days = (period.first, period.last)
    given = (period.regency_code, office, days, people, current_user.id)
    body = (period.regency_code, office, days, {one.name: one.nip for one in people})
    with form_problems(form):
        return once.only("recap", form.key.data, body, lambda: service.issue_recap(*given).id)
    return None
