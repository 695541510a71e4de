"""The list that families sign who get cash of a batch, as PDF: drawn when it is asked for, without a number."""

import datetime as dt

from flask import Blueprint, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..accounts.models import User
from ..areas import queries as areas
from ..ledger.models import BatchState, PayoutBatch
from ..ledger.payout_queries import RELEASERS, get_batch_for, signing
from ..shared import clock, documents
from ..shared.i18n import _
from ..shared.policy import access, roles
from . import facts, files, papers, words
from .papers import Content, Signer

bp = Blueprint("cash_list", __name__)

APPROVED = frozenset({BatchState.RELEASED, BatchState.CLOSED})


@bp.route("/dinas/pencairan/<id:batch_id>/tanda-terima.pdf")
@access(roles(RELEASERS))
def file(batch_id: int) -> ResponseReturnValue:
    """Return the list to sign of a batch that a second person released; back to the batch where there is none."""
    batch = get_batch_for(current_user, batch_id, RELEASERS)
    missing = _obstacle(batch)
    if missing:
        flash(missing, "warn")
        return redirect(url_for("payout_batch.show", batch_id=batch_id))
    link = f"{current_app.extensions['config'].base_url}/dinas/pencairan/{batch_id}"
    content = documents.draw("cash_list", _content(batch), link, clock.now())
    return files.as_pdf(content, f"tanda-terima-{batch_id}.pdf")


def _obstacle(batch: PayoutBatch) -> str:
    """Say why there is no list to sign; an empty text where there is one."""
    if batch.state not in APPROVED:
        return _("The batch is not released yet: nobody may be paid, and nobody signs.")
    return "" if signing(batch) else _("Nobody gets cash in this batch: nobody has to sign.")


def _content(batch: PayoutBatch) -> Content:
    zone = areas.time_zone(batch.area_code)
    rows = [
        Signer(each.household.name, each.household.village.name, each.amount, each.signed_by) for each in signing(batch)
    ]
    approval = {
        "preparer": batch.prepared_by.name if batch.prepared_by else "",
        "prepared": _said(batch.prepared_by, batch.prepared_at, zone),
        "released": _said(batch.released_by, batch.released_at, zone),
    }
    number = f"Pencairan {batch.id}"
    return papers.cash_list(facts.issuer_in(batch.area_code, None), number, approval, rows)


def _said(who: User | None, at: dt.datetime | None, zone: str) -> str:
    moment = words.long_moment(at.astimezone(clock.zone(zone))) if at else ""
    return ", ".join(part for part in (who.name if who else "", moment) if part)
