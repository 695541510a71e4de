"""What the office's pages of aid and those of a group's phone have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..extensions import db
from ..groups.models import Group
from ..groups.queries import visible_groups
from ..shared import images, once
from ..shared.errors import InvalidInput
from ..shared.fields import BaseForm
from ..shared.i18n import _, _l
from ..shared.policy import Role
from ..shared.problems import form_problems
from . import drawings, labels, proposals, queries, rules
from .drawings import Bought
from .forms import (
    AskForm,
    GroupProposalForm,
    NothingForm,
    PhotosForm,
    ProposalForm,
    ProveForm,
    ReasonForm,
    costs_form,
    proposal_form,
)
from .models import Proposal, ProposalState
from .money_models import Drawing, DrawingState, Grant
from .rules import Line


@dataclass(frozen=True)
class Side:
    """Whose pages they are: name of the blueprint, layout, who reads and who writes."""

    name: str
    layout: str
    readers: frozenset[Role]
    writers: frozenset[Role]

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the address of a page of this side."""
        return url_for(f"{self.name}.{endpoint}", **values)


DESK = Side("aid", "layouts/work.html", rules.SEERS, rules.WRITERS)
OWN = Side("own_aid", "layouts/seller.html", rules.OWN_WRITERS, rules.OWN_WRITERS)


def show(template: str, side: Side, form: BaseForm | None = None, **values: Any) -> ResponseReturnValue:
    """Draw a page of a side; a form that was refused answers 422."""
    page = render_template(f"aid/{template}.html", side=side, layout=side.layout, form=form, labels=labels, **values)
    return page, 422 if form is not None and form.is_submitted() else 200


def groups_of(side: Side) -> list[Group]:
    """Return the groups for which the signed-in person may write."""
    found = visible_groups(current_user, side.writers).order_by(Group.name, Group.id)
    return list(db.session.scalars(found))


def edit_page(
    side: Side,
    form: ProposalForm,
    act: Callable[[ProposalForm], Proposal],
    title: str,
    back: str,
) -> ResponseReturnValue:
    """Show the form of a proposal; when it was sent and holds, write it and go on to its page."""
    if form.validate_on_submit():
        with form_problems(form):
            made = act(form)
        if not form.errors:
            flash(_("Saved."), "good")
            return redirect(side.url("proposal", proposal_id=made.id))
    return show("edit", side, form, title=title, back=back)


def write_once(group_id: int | None, village_code: str, form: GroupProposalForm) -> Proposal:
    """Begin a proposal once for each page it is written on, however often it is sent."""
    content, user_id = form.content(), current_user.id
    body = [group_id, village_code, vars(content) | {"lines": [vars(line) for line in content.lines]}]
    act = lambda: proposals.write(group_id, village_code, content, user_id).id  # noqa: E731
    key = once.only("aid_proposal", f"{user_id}:{form.key.data}", body, act)
    return db.session.get_one(Proposal, key)


def change_page(side: Side, proposal_id: int) -> ResponseReturnValue:
    """Change a draft."""
    proposal = queries.get_proposal_for(current_user, proposal_id, side.writers)
    lines = [Line(line.what, line.quantity, line.unit_price, line.unit) for line in proposal.lines]
    form: ProposalForm = proposal_form(
        ProposalForm, lines, data={"kind": proposal.kind.value, "title": proposal.title, "story": proposal.story}
    )

    def act(sent: ProposalForm) -> Proposal:
        return proposals.rewrite(proposal_id, sent.content(), current_user.id)

    return edit_page(side, form, act, proposal.title, side.url("proposal", proposal_id=proposal_id))


def proposal_page(side: Side, proposal_id: int, form: BaseForm | None = None, **more: Any) -> ResponseReturnValue:
    """Show a proposal with all that was done about it, and what may be done now."""
    proposal = queries.get_proposal_for(current_user, proposal_id, side.readers)
    is_draft = proposal.state is ProposalState.DRAFT
    waits = proposal.state in (ProposalState.DRAFT, ProposalState.SUBMITTED)
    return show(
        "proposal",
        side,
        form,
        proposal=proposal,
        press=NothingForm(),
        photos=form if isinstance(form, PhotosForm) else PhotosForm(),
        missing=proposals.missing(proposal) if waits else [],
        may_write=is_draft and queries.may_do(current_user, side.writers, proposal),
        may_withdraw=waits and queries.may_do(current_user, side.writers, proposal),
        grant=queries.grant_of(proposal_id),
        handovers=queries.handovers_of(proposal_id),
        steps=queries.steps_of(proposal_id),
        **more,
    )


def prepared(file: Any) -> images.Prepared:
    """Prepare the photo of a field. Raises InvalidInput where there is none, or it is no photo."""
    if not file:
        raise InvalidInput(_l("Choose a photo."), field="photo")
    return images.prepare_for("photo", file.stream)


def add_photos(side: Side, proposal_id: int) -> Any:
    """Put a photo to a draft; return the form where they were refused, else None."""
    queries.get_proposal_for(current_user, proposal_id, side.writers)
    form = PhotosForm()
    if form.validate_on_submit():
        with form_problems(form):
            _add_once(proposal_id, form.photo.data)
    return form if form.errors else None


def _add_once(proposal_id: int, file: Any) -> None:
    """Keep a photo of a draft; the same file again is the one that is there."""
    ready, user_id = prepared(file), current_user.id

    def act() -> int:
        image = images.store(ready, user_id, private=True)
        db.session.flush()
        proposals.add_files(proposal_id, [image.id], user_id)
        return image.id

    once.only("aid_photo", f"{proposal_id}:{images.fingerprint(file.stream)}", "", act)


def press(act: Callable[[], Any]) -> BaseForm | None:
    """Act on a press without more; return the form with what stands in the way, else None."""
    form = NothingForm()
    if form.validate_on_submit():
        with form_problems(form):
            act()
    return form if form.errors else None


def drawing_page(side: Side, drawing_id: int, form: BaseForm | None = None) -> ResponseReturnValue:
    """Show a drawing with its plan and its receipts, and what may be done now."""
    drawing = queries.get_drawing_for(current_user, drawing_id, side.readers)
    proposal = drawing.grant.proposal
    writes = queries.may_do(current_user, side.writers, proposal)
    releases = side is DESK and queries.may_do(current_user, rules.RELEASERS, proposal)
    state = drawing.state
    return show(
        "drawing",
        side,
        form,
        drawing=drawing,
        press=NothingForm(),
        missing=drawings.missing_to_release(drawing, current_user.id)
        if state is DrawingState.ASKED and releases
        else [],
        may_prove=writes and state is DrawingState.RELEASED,
        may_withdraw=writes and state is DrawingState.ASKED,
        may_release=releases and state is DrawingState.ASKED,
        may_settle=releases and state is DrawingState.PROVED and drawing.proved_by_id != current_user.id,
    )


def grant_page(side: Side, grant_id: int, form: BaseForm | None = None, **more: Any) -> ResponseReturnValue:
    """Show the account of a grant."""
    grant = queries.get_grant_for(current_user, grant_id, side.readers)
    writes = queries.may_do(current_user, side.writers, grant.proposal)
    open_now = drawings.missing_to_ask(grant)
    found = queries.drawings_of(grant_id)
    return show("grant", side, form, grant=grant, drawings=found, may_ask=writes, open_now=open_now, **more)


def ask_page(side: Side, grant_id: int) -> ResponseReturnValue:
    """Ask to draw from a grant by a plan."""
    grant = queries.get_grant_for(current_user, grant_id, side.writers)
    form: AskForm = costs_form(AskForm, with_photos=False)
    if form.validate_on_submit():
        with form_problems(form):
            key = _ask_once(grant, form)
        if not form.errors:
            flash(_("Asked for. Another person releases it."), "good")
            return redirect(side.url("drawing", drawing_id=key))
    return show(
        "ask", side, form, grant=grant, most=drawings.most_at_once(grant), open_now=drawings.missing_to_ask(grant)
    )


def _ask_once(grant: Grant, form: AskForm) -> int:
    plan = [cost for _row, cost in form.costs()]
    body, user_id, grant_id = [form.purpose.data, [vars(cost) for cost in plan]], current_user.id, grant.id
    act = lambda: drawings.ask(grant_id, form.purpose.data, plan, user_id).id  # noqa: E731
    return once.only("aid_ask", f"{grant_id}:{user_id}:{form.key.data}", body, act)


def prove_page(side: Side, drawing_id: int) -> ResponseReturnValue:
    """Send the receipts of a drawing."""
    drawing = queries.get_drawing_for(current_user, drawing_id, side.writers)
    form: ProveForm = costs_form(ProveForm, with_photos=True)
    if form.validate_on_submit():
        with form_problems(form):
            _prove(drawing, form)
        if not form.errors:
            flash(_("Sent. The office goes through it."), "good")
            return redirect(side.url("drawing", drawing_id=drawing_id))
        drawing = queries.get_drawing_for(current_user, drawing_id, side.writers)
    return show("prove", side, form, drawing=drawing)


def _prove(drawing: Drawing, form: ProveForm) -> None:
    sent = {row: field.data.stream for row, (_what, _amount, field) in enumerate(form.rows()) if field.data}
    ready = {row: images.prepare_for(f"photo-{row}", stream) for row, stream in sent.items()}
    costs, rest, key = form.costs(), form.rest.data or 0, drawing.id
    rules.refuse_while(rules.missing_of_proof(drawing.amount, [cost for _row, cost in costs], rest))
    photos = images.store_all([ready[row] for row, _cost in costs], current_user.id, private=True)
    stored = [photo.id for photo in photos]
    receipts = [Bought(cost.what, cost.amount, image_id) for (_row, cost), image_id in zip(costs, stored, strict=True)]
    drawings.prove(key, receipts, rest, current_user.id)


def reason_page(side: Side, title: str, back: str, act: Callable[[str], Any], lead: str = "") -> ResponseReturnValue:
    """Ask why, then act."""
    form = ReasonForm()
    if form.validate_on_submit():
        with form_problems(form):
            act(form.reason.data)
        if not form.errors:
            flash(_("Saved."), "good")
            return redirect(back)
    return show("reason", side, form, title=title, back=back, lead=lead)
