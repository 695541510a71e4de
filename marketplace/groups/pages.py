"""The one shape of the many small forms of this domain."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from ..shared.fields import BaseForm
from ..shared.i18n import _
from ..shared.problems import form_problems

T = TypeVar("T")


@dataclass(frozen=True)
class Heading:
    """What stands over and under a form: its title, the way back (label, address) and the word on the button."""

    title: str
    crumbs: tuple[tuple[str, str], ...]
    submit: str
    lead: str = ""


def form_page(
    form: BaseForm, act: Callable[[], T], heading: Heading, onward: Callable[[T], str] | None = None
) -> ResponseReturnValue:
    """Show a form; when it was sent and holds, act and go on to what came of it, or back to where it was opened."""
    if form.validate_on_submit():
        with form_problems(form):
            made = act()
        if not form.errors:
            flash(_("Saved."), "good")
            return redirect(onward(made) if onward else heading.crumbs[-1][1])
    page = render_template("groups/form.html", form=form, heading=heading)
    return page, 422 if form.is_submitted() else 200
