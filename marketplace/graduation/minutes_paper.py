"""Papers of a case: the minutes of a village meeting, and the statement that a family signs.

Working papers without a number of a series: the village keeps its own.
"""

from ..documents import facts, papers, words
from ..documents.papers import Content
from ..groups.models import Household
from .case_models import Case, VillageMinutes


def minutes(row: VillageMinutes, household: Household) -> Content:
    """Write down what a village meeting came to, with a place to sign for everybody who was there."""
    issuer = facts.issuer_in(household.regency_code, row.recorded_by_id)
    own = {
        "date": words.long_day(row.held_on),
        "is_return": row.is_return,
        "family": household.name,
        "village": household.village.name,
        "district": household.district.name,
        "day": words.long_day(row.held_on),
        "day_words": words.day_in_words(row.held_on),
        "where": row.place,
        "leader": row.leader,
        "conclusion": row.conclusion,
        "people": [_person(name) for name in row.attendance["people"]],
    }
    return papers.working(issuer, f"Musyawarah {row.id}", own)


def _person(written: str) -> dict[str, str]:
    """Part a name from what the person is in the village, as it was written in one line."""
    name, _dash, place = written.partition(" - ")
    return {"name": name.strip(), "place": place.strip()}


def statement(case: Case, household: Household, mentor: str) -> Content:
    """Write down what a family signs before it is proposed: that it knows, agrees, and may withdraw."""
    issuer = facts.issuer_in(household.regency_code, None)
    own = {
        "family": household.name,
        "village": household.village.name,
        "district": household.district.name,
        "mentor": mentor,
    }
    return papers.working(issuer, f"Pernyataan {case.id}", own)
