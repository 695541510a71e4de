"""What the papers of trainings say: the list on which people sign, and certificates as they were frozen."""

from collections.abc import Sequence

from ..documents import facts, papers, words
from ..documents.papers import Content
from ..shared.errors import NotFound
from .models import Certificate, Trainee, TrainingClass

DAYS_ON_A_PAGE = 5
"""Columns that leave room for a signature."""


def attendance_list(row: TrainingClass, trainees: Sequence[Trainee], actor_id: int | None) -> Content:
    """Write down who takes part in a class, with room to sign on each day; a working paper without a number."""
    days = [day.held_on for day in row.days]
    pages = [days[at : at + DAYS_ON_A_PAGE] for at in range(0, len(days), DAYS_ON_A_PAGE)] or [[]]
    own = {
        "title": row.training.title,
        "agency": row.training.agency.name,
        "class": row.name,
        "room": row.room,
        "span": _span(row),
        "pages": [[words.long_day(day) for day in page] for page in pages],
        "people": [{"name": one.person.name, "village": one.village.name} for one in trainees],
    }
    return papers.working(facts.issuer_in(row.training.regency_code, actor_id), f"kelas {row.id}", own)


def _span(row: TrainingClass) -> str:
    if not row.days:
        return ""
    first, last = (words.long_day(day.held_on) for day in (row.days[0], row.days[-1]))
    return first if first == last else f"{first} sampai {last}"


def certificates(rows: Sequence[Certificate]) -> Content:
    """Gather what certificates say, one for each page. Raises NotFound for none."""
    if not rows:
        raise NotFound
    return {"certificates": [row.content for row in rows], **rows[0].content}
