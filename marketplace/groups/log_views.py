"""The page on which the head of an office sees who looked at families' files and who changed them."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import BooleanField
from wtforms.validators import Optional

from ..shared import lists
from ..shared.exports import Cell, Sheet
from ..shared.fields import DateField, QueryForm, TextField
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, roles
from . import access_log
from .access_log import Line, Narrowing

bp = Blueprint("access_log", __name__, url_prefix="/dinas/keluarga")


class LogFilter(QueryForm):
    """What the log is narrowed to."""

    q = TextField(_l("Family or officer"), [Optional()], max_length=80)
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("Until"), [Optional()])
    looks = BooleanField(_l("Only looks, no changes"))

    def narrowing(self) -> Narrowing:
        """Return what is asked for; what was not understood narrows nothing."""
        if not self.validate():
            return Narrowing()
        return Narrowing(self.q.data or "", bool(self.looks.data), self.since.data, self.until.data)


@bp.route("/jejak")
@access(roles(access_log.READERS))
def index() -> ResponseReturnValue:
    """List every look at a family's file and every change of it, or give the list as Excel."""
    form = LogFilter()
    statement = access_log.log_for(current_user, form.narrowing())
    if lists.wants_file() and not form.errors:
        return lists.file_of_people("jejak", _sheet(lists.rows_of(statement, scalars=False)), current_user.id)
    page = paginate(statement, scalars=False)
    return render_template(
        "groups/access_log.html",
        page=page,
        lines=access_log.lines(page.items),
        form=form,
        file_url=lists.file_url(),
        crumbs=((_("Families"), url_for("households.index")),),
    )


def _sheet(rows: list[Any]) -> Sheet:
    heads = (_l("When"), _l("Family"), _l("Who"), _l("As"), _l("What"), _l("Why"))
    return Sheet(_("Who looked"), heads, [_row(line) for line in access_log.lines(rows)])


def _row(line: Line) -> tuple[Cell, ...]:
    return (f"{line.at:%Y-%m-%d %H:%M}", line.family, line.who, line.role, line.what, line.reason)
