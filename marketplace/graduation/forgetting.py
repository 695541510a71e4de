"""The case of a family that is forgotten: steps, days and sums stay; words, photos and papers go."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select

from ..areas.rules import zone_of
from ..extensions import db
from ..shared import clock, images, photo_store
from ..shared.forgetting import MARK, Forgetter, Whom, Words
from ..shared.i18n import Text, _l
from ..shared.transaction import after_commit
from .case_models import ENDED, Assessment, Case, CaseEvent, CaseFile, CaseState, VillageMinutes
from .models import IncomeNote

OVER = ENDED | {CaseState.INDEPENDENT}
"""Nobody waits for anything of the family any more."""


def _own(whom: Whom) -> ColumnElement[bool]:
    return Case.household_id == whom.household_id


def _cases(whom: Whom) -> Select[Any]:
    return select(Case.id).where(_own(whom))


def _notes(whom: Whom) -> ColumnElement[bool]:
    return IncomeNote.household_id == whom.household_id


def _minutes(whom: Whom) -> ColumnElement[bool]:
    return VillageMinutes.case_id.in_(_cases(whom))


def _drop_files(whom: Whom) -> None:
    """Empty the lists of who sat at its meetings, and let photos and papers go, from the store too."""
    for event in db.session.scalars(select(CaseEvent).where(CaseEvent.case_id.in_(_cases(whom)))):
        if "reference" in event.detail:
            event.detail = event.detail | {"reference": MARK}
    for minutes in db.session.scalars(select(VillageMinutes).where(_minutes(whom))):
        minutes.attendance = {"people": []}
    shown = CaseFile.case_id.in_(_cases(whom))
    rows = db.session.execute(select(CaseFile.image_id, CaseFile.pdf_name).where(shown)).all()
    db.session.flush()
    db.session.execute(delete(CaseFile).where(shown).execution_options(synchronize_session=False))
    images.drop([image_id for image_id, _name in rows if image_id is not None])
    papers = [name for _image, name in rows if name is not None]
    after_commit(lambda: photo_store.remove(papers))


def _obstacles(whom: Whom) -> Iterable[Text]:
    for case in db.session.scalars(select(Case).where(_own(whom))):
        if case.state is CaseState.APPEALED:
            yield _l("An appeal of the family is not answered.")
        elif case.state not in OVER:
            yield _l("The family's case on the way out of aid is open.")
        elif case.warning is not None:
            yield _l("A warning of a relapse of the family is not answered.")


def _last_day(whom: Whom) -> dt.date | None:
    moment = db.session.scalar(select(func.max(Case.changed_at)).where(_own(whom)))
    return clock.local_date(moment, zone_of(whom.regency_code)) if moment else None


FORGETTER = Forgetter(
    words=(
        Words((Case.ministry_reference,), _own, is_own=True),
        Words((CaseEvent.note,), lambda whom: CaseEvent.case_id.in_(_cases(whom)), is_own=True),
        Words((CaseEvent.detail,), lambda whom: CaseEvent.case_id.in_(_cases(whom))),
        Words((Assessment.note,), lambda whom: Assessment.case_id.in_(_cases(whom)), is_own=True),
        Words((IncomeNote.description, IncomeNote.reason), _notes, is_own=True),
        Words((VillageMinutes.place, VillageMinutes.leader, VillageMinutes.conclusion), _minutes, is_own=True),
    ),
    also=_drop_files,
    seen_to=(VillageMinutes.attendance, CaseFile.pdf_name, CaseFile.sha256),
    obstacles=_obstacles,
    last_day=_last_day,
)
