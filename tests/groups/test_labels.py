"""Every value that can be stored has a word on screen."""

from enum import StrEnum

import pytest

from marketplace.graduation import labels as months
from marketplace.graduation.models import MonthStatus, NoteKind
from marketplace.graduation.queries import Standing
from marketplace.groups import labels
from marketplace.groups.models import BusinessKind, MemberRole, Programme, RegistrySource, Relation, Sex


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (labels.BUSINESS_KINDS, BusinessKind),
        (labels.MEMBER_ROLES, MemberRole),
        (labels.RELATIONS, Relation),
        (labels.SEXES, Sex),
        (labels.REGISTRIES, RegistrySource),
        (labels.PROGRAMMES, Programme),
        (months.STATUSES, MonthStatus),
        (months.NOTE_KINDS, NoteKind),
        (months.STANDINGS, Standing),
    ],
)
def test_nothing_is_without_a_word(words: dict[StrEnum, object], kind: type[StrEnum]) -> None:
    assert set(words) == set(kind)
