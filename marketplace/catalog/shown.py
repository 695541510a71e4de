"""What the pages of the catalogue show of a product, put into words from rows that are already loaded."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..accounts.models import User
from ..shared import formats, images
from ..shared.exports import Cell, Sheet
from ..shared.i18n import Text, _, _l, _n
from ..shared.images import Photo
from ..shared.money import format_rupiah
from . import labels, queries, rules
from .access import Worker, acts_alone, is_curator_of, works_on
from .checklist import checklist
from .models import Product, ProductState, Revision, RevisionState
from .rules import Action, PermitContent, ProductContent
from .wording import Piece, marked

STEPS: Mapping[Action, tuple[str, Text, str, str]] = {
    Action.SUBMIT: ("ajukan", _l("Hand in for the check"), "primary", "send"),
    Action.WITHDRAW: ("tarik", _l("Take back"), "plain", "undo-2"),
    Action.PAUSE: ("jeda", _l("Stop selling for now"), "plain", "pause"),
    Action.RESUME: ("lanjut", _l("Sell again"), "primary", "play"),
    Action.ARCHIVE: ("simpan", _l("Put away"), "danger", "archive"),
    Action.RESTORE: ("kembali", _l("Bring back"), "primary", "undo-2"),
}
"""Word in the address, label, tone and icon of each button."""

SENTENCES: Mapping[ProductState, Text] = {
    ProductState.DRAFT: _l("Not handed in yet. Hand it in when it is ready."),
    ProductState.SUBMITTED: _l("Handed in. The Dinas Sosial looks at it now."),
    ProductState.NEEDS_WORK: _l("Make it better and hand it in again."),
    ProductState.PUBLISHED: _l("This product is on sale."),
    ProductState.PAUSED: _l("Sale is stopped. Nobody can order it now."),
    ProductState.ARCHIVED: _l("This product is put away."),
}

DONE: Mapping[str, Text] = {
    "ajukan": _l("Handed in."),
    "tarik": _l("Taken back."),
    "jeda": _l("Sale is stopped."),
    "lanjut": _l("It is on sale again."),
    "simpan": _l("Put away."),
    "kembali": _l("Brought back. Hand it in when it is ready."),
}
"""Word in the address → what is said after it."""


@dataclass(frozen=True)
class Row:
    """One field of a product in words, as it was and as it is handed in."""

    label: Text
    old: Sequence[str]
    new: Sequence[str]
    changed: bool

    @property
    def pieces(self) -> tuple[list[Piece], list[Piece]]:
        """Return old and new with the words marked that the other lacks."""
        return marked("\n".join(self.old), "\n".join(self.new))


def sheet(products: Sequence[Product]) -> Sheet:
    """Put an officer's list of products, with group and district loaded, into a sheet."""
    heads = (_l("Product"), _l("Kind"), _l("State"), _l("Price"), _l("Sold per"), _l("Group"), _l("District"))
    return Sheet(_("Products"), heads, [_sheet_row(product) for product in products])


def _sheet_row(product: Product) -> tuple[Cell, ...]:
    kind, state = str(labels.CATEGORIES[product.category]), str(labels.STATES[product.state])
    return (product.name, kind, state, product.price, product.unit, product.group.name, product.district.name)


def what_happens_now(product: Product, revisions: Sequence[Revision]) -> str:
    """Return the sentence that says where a product stands."""
    waiting = queries.open_revision(revisions)
    if product.state in rules.SHOWN and waiting is not None:
        if waiting.state is RevisionState.PENDING:
            return _("Your changes are being checked. Until then buyers see the product as it was.")
        return _("Your changes came back. Make them better and send them again.")
    return str(SENTENCES[product.state])


def told_after(product: Product, step: str, actor: Worker) -> tuple[str, str | None]:
    """Return what is said after a step, and the step that takes it back; None where none leads to what was."""
    if step == "lanjut" and product.state is ProductState.SUBMITTED:
        return _("Handed in. When it is approved it is on sale again."), None
    alone = acts_alone(actor, product, queries.today_at(product.regency_code))
    back = {
        "ajukan": "tarik",
        "tarik": "ajukan" if product.state is ProductState.DRAFT else None,
        "jeda": "lanjut" if alone else None,
        "lanjut": "jeda",
        "simpan": "kembali",
    }
    return str(DONE[step]), back.get(step)


def maker_page(product: Product, revisions: Sequence[Revision], actor: Worker) -> dict[str, Any]:
    """Return what the page of a product shows to the one who looks after it."""
    waiting = queries.open_revision(revisions)
    working = works_on(actor, product)
    alone = working and acts_alone(actor, product, queries.today_at(product.regency_code))
    now, after = rules.content_of(product), queries.working_content(product, revisions)
    return {
        "sentence": what_happens_now(product, revisions),
        "remarks": waiting if waiting is not None and waiting.state is RevisionState.RETURNED else None,
        "photos": [images.view(photo.image, product.name) for photo in product.photos],
        "rows": rows_of(now, now, _names(product)),
        "changes": [row for row in _change_rows(product, now, after) if row.changed],
        "steps": _steps(product, waiting) if working else [],
        "editable": working and product.state in rules.EDITED_AT_ONCE | rules.SHOWN,
        "band": queries.band_of(product) if alone and product.state in rules.SHOWN else None,
        "to_check": _to_check(product, waiting, actor),
        "history": history(revisions),
        "is_sold_out": working and bool(queries.sold_out([product])),
    }


def _to_check(product: Product, waiting: Revision | None, actor: Worker) -> int | None:
    if waiting is None or waiting.state is not RevisionState.PENDING or not is_curator_of(actor, product):
        return None
    return waiting.id


def _steps(product: Product, waiting: Revision | None) -> list[tuple[str, Text, str, str]]:
    found = [action for action in STEPS if rules.can(product.state, action)]
    if product.state is ProductState.PAUSED:
        found.remove(Action.SUBMIT)  # selling again hands it in by itself where that is needed
    steps = [STEPS[action] for action in found]
    if product.state in rules.SHOWN and waiting is not None:
        word, _label, tone, icon = STEPS[Action.WITHDRAW]
        steps.insert(0, (word, _l("Drop my changes"), tone, icon))
    return steps


def curation_page(product: Product, revision: Revision, revisions: Sequence[Revision]) -> dict[str, Any]:
    """Return what a curator sees of what was handed in: old beside new, the checklist, the past."""
    now = rules.content_of(product)
    decided = revision.state is not RevisionState.PENDING
    after = now if decided else rules.merged(now, revision.changes)
    earlier = [other for other in revisions if other.number < revision.number]
    return {
        "rows": [row for row in _change_rows(product, now, after) if row.label is not labels.FIELDS["photos"]],
        "is_change": bool(revision.changes) and not decided,
        "old_photos": _photos(product, now, now),
        "new_photos": _photos(product, now, after),
        "checks": checklist(after, queries.today_at(product.regency_code)),
        "asked": next((other for other in earlier if other.state is RevisionState.RETURNED), None),
        "history": history([revision, *earlier]),
    }


def _change_rows(product: Product, now: ProductContent, after: ProductContent) -> list[Row]:
    return rows_of(now, after, _names(product, after))


def _names(product: Product, after: ProductContent | None = None) -> dict[int, str]:
    names = {share.household_id: share.household.name for share in product.shares}
    new = {share.household_id for share in after.shares} - set(names) if after else set()
    return {**names, **queries.names_of_households(new)} if new else names


def _photos(product: Product, now: ProductContent, after: ProductContent) -> list[Photo | None]:
    found = {photo.image_id: photo.image for photo in product.photos}
    if set(after.photos) - set(now.photos):
        found = queries.images_by_id(after.photos)
    return [images.view(found[image_id], after.name) for image_id in after.photos]


def rows_of(old: ProductContent, new: ProductContent, names: Mapping[int, str]) -> list[Row]:
    """Return every field of two versions in words, photos as a count."""
    changed = rules.diff(old, new)
    before, after = _in_words(old, names), _in_words(new, names)
    return [Row(labels.FIELDS[key], before[key], after[key], key in changed) for key in labels.FIELDS]


def _in_words(content: ProductContent, names: Mapping[int, str]) -> dict[str, list[str]]:
    weight, days, photos = content.weight_gram, content.shelf_life_days, len(content.photos)
    return {
        "name": [content.name],
        "category": [str(labels.CATEGORIES[content.category])],
        "unit": [content.unit],
        "price": [format_rupiah(content.price)],
        "description": [line for line in content.description.splitlines() if line.strip()],
        "weight_gram": [_("%(count)s gram", count=formats.number(weight))] if weight else [],
        "shelf_life_days": [_n("%(num)s day", "%(num)s days", days)] if days else [],
        "shares": [f"{names.get(s.household_id, '?')}: {formats.percent(s.basis_points)}" for s in content.shares],
        "permits": [_permit(permit) for permit in content.permits],
        "photos": [_n("%(num)s photo", "%(num)s photos", photos)] if photos else [],
    }


def _permit(permit: PermitContent) -> str:
    text = f"{labels.PERMITS[permit.kind]} {permit.number}"
    if permit.expires_on is None:
        return text
    return _("%(permit)s, valid until %(day)s", permit=text, day=formats.day(permit.expires_on))


def history(revisions: Sequence[Revision]) -> list[dict[str, Any]]:
    """Return the quality history as a timeline, newest first: who handed in when, and who decided when.

    What was taken back says nothing and is left out.
    """
    shown = [revision for revision in revisions if revision.state is not RevisionState.WITHDRAWN]
    return [entry for revision in shown for entry in (*_decided(revision), _handed_in(revision))]


def _decided(revision: Revision) -> Iterator[dict[str, Any]]:
    if revision.decided_at is not None:
        yield _entry(revision.state, revision.decided_by, revision.decided_at, revision.reasons)


def _handed_in(revision: Revision) -> dict[str, Any]:
    fields = [str(labels.FIELDS[name]) for name in revision.changes if name in labels.FIELDS]
    about = _("Changes: %(fields)s", fields=", ".join(fields)) if fields else ""
    return _entry(RevisionState.PENDING, revision.submitted_by, revision.submitted_at, about)


def _entry(state: RevisionState, who: User | None, when: dt.datetime, text: str) -> dict[str, Any]:
    title, tone = labels.REVISIONS[state]
    named = f"{title} · {who.name}" if who else str(title)
    return {"when": formats.moment(when), "title": named, "text": text, "tone": tone}
