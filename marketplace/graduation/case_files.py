"""What shows something about a case: photos and PDFs of people, kept apart from what is public."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from flask import Response
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..shared import audit, images, photo_store
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _l
from ..shared.images import Stored
from ..shared.photo_views import open_private
from ..shared.transaction import after_commit, command
from .assessments import locked_case
from .case_models import ENDED, Assessment, CaseFile, FilePurpose
from .criteria_rules import CriterionKey

LARGEST_PDF = 10 * 1024 * 1024
MOST_FILES = 60
"""Of one case: nobody looks at more."""
PDF_MARK = b"%PDF-"


@dataclass(frozen=True)
class Sent:
    """A file that lies in the store and has no row yet: a photo or a PDF."""

    sha256: str
    photo: Stored | None = None
    pdf_name: str | None = None


def store(stream: IO[bytes]) -> Sent:
    """Put a photo or a PDF into the store. Raises InvalidInput beside `file` for anything else.

    Call it before the command that writes it down: it takes a while.
    """
    sha256 = images.fingerprint(stream)
    head = stream.read(len(PDF_MARK))
    stream.seek(0)
    if head != PDF_MARK:
        return Sent(sha256, photo=images.write_all([images.prepare_for("file", stream)], private=True)[0])
    content = stream.read(LARGEST_PDF + 1)
    if len(content) > LARGEST_PDF:
        raise InvalidInput(_l("The file is too large."), field="file")
    name = f"private/cases/{secrets.token_urlsafe(16)}.pdf"
    photo_store.write(name, content)
    return Sent(hashlib.sha256(content).hexdigest(), pdf_name=name)


@command
def add(case_id: int, sent: Sent, purpose: FilePurpose, criterion: CriterionKey | None, actor_id: int) -> CaseFile:
    """Write a stored file down for a case. Raises StateConflict when the case has ended, or has enough of them."""
    case = locked_case(case_id)
    count = db.session.scalar(select(func.count()).select_from(CaseFile).where(CaseFile.case_id == case_id)) or 0
    if case.state in ENDED or count >= MOST_FILES:
        raise StateConflict(_l("This case takes no more files."))
    same = select(CaseFile).where(
        CaseFile.case_id == case_id,
        CaseFile.event_id.is_(None),
        CaseFile.sha256 == sent.sha256,
        CaseFile.purpose == purpose,
        CaseFile.criterion.is_not_distinct_from(criterion),
        CaseFile.uploaded_by_id == actor_id,
    )
    there = db.session.scalar(same.limit(1))
    if there is not None:
        return there  # the same form, sent twice
    image = images.add_rows([sent.photo], actor_id, private=True)[0] if sent.photo else None
    db.session.flush()
    row = CaseFile(
        case_id=case_id,
        purpose=purpose,
        criterion=criterion,
        image_id=image.id if image else None,
        pdf_name=sent.pdf_name,
        sha256=sent.sha256,
        uploaded_by_id=actor_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor_id, "case.file", ("household", case.household_id), file_id=row.id, purpose=purpose.value)
    return row


@command
def remove(file_id: int, case_ids: Iterable[int], actor_id: int) -> None:
    """Take out a file that was filed by mistake: another family's paper must not stay in this one's.

    Raises NotFound for a file of somebody else, StateConflict once a step or an assessment rests on it.
    """
    row = db.session.get(CaseFile, file_id)
    if row is None or row.uploaded_by_id != actor_id or row.case_id not in set(case_ids):
        raise NotFound
    case = locked_case(row.case_id)
    row = db.session.get(CaseFile, file_id, populate_existing=True)  # as it is now that nobody else changes the case
    if row is None:
        raise NotFound
    if row.id not in removable([row], actor_id):
        raise StateConflict(_l("A step or an assessment rests on this file: it stays."))
    db.session.delete(row)
    db.session.flush()
    if row.image_id is not None:
        images.drop([row.image_id])
    else:
        after_commit(lambda: photo_store.remove([row.pdf_name or ""]))
    audit.record(
        actor_id, "case.file.remove", ("household", case.household_id), file_id=file_id, purpose=row.purpose.value
    )


def removable(files: Sequence[CaseFile], actor_id: int) -> set[int]:
    """Return the ids of those files that somebody filed himself, and on which nothing rests yet."""
    waiting = [row for row in files if row.event_id is None and row.uploaded_by_id == actor_id]
    if not waiting:
        return set()
    frozen = select(Assessment.frozen).where(Assessment.case_id.in_({row.case_id for row in waiting}))
    looked_at = {each[0] for found in db.session.scalars(frozen) for each in found["files"]}
    return {row.id for row in waiting} - looked_at


def files_of(case_ids: Iterable[int]) -> list[CaseFile]:
    """Return the files of some cases with who brought them, newest first."""
    statement = select(CaseFile).where(CaseFile.case_id.in_(list(case_ids)))
    statement = statement.options(joinedload(CaseFile.uploaded_by), joinedload(CaseFile.image))
    return list(db.session.scalars(statement.order_by(CaseFile.id.desc())))


def opened(file_id: int, case_ids: Iterable[int]) -> Response:
    """Return a file of one of some cases; the caller has checked who asks. Raises NotFound."""
    row = db.session.get(CaseFile, file_id)
    if row is None or row.case_id not in set(case_ids):
        raise NotFound
    if row.image is not None:
        return open_private(row.image, images.WIDTHS[-1])
    _length, parts = photo_store.read(row.pdf_name or "")
    response = Response(parts, mimetype="application/pdf")
    response.headers.update(_headers(f"berkas-{row.id}.pdf"))
    return response


def _headers(name: str) -> dict[str, Any]:
    # Saved, never shown by the browser among our pages: it came from outside.
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
