"""Turns are fair, whoever comes and goes, and always the same for the same past."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.tent_market.rotation import LOOK_BACK, Turn, Waiting, in_turn, share_out

FIRST = dt.date(2026, 1, 5)
WEEK = dt.timedelta(weeks=1)
names = st.lists(st.text("abc", max_size=2), min_size=1, max_size=9)
tents = st.lists(st.integers(0, 3), min_size=1, max_size=5)


def waiting(group_names: Sequence[str], past: Sequence[tuple[int, dt.date]], day: dt.date) -> list[Waiting]:
    """Return the groups as they stand on a day, reckoned from (group, day) of the past in the plainest way."""
    found = []
    for number, name in enumerate(group_names):
        days = [held for group, held in past if group == number]
        in_year = [held for held in days if held >= day - LOOK_BACK]
        found.append(Waiting(number, name, len(in_year), max(days, default=None), len(days)))
    return found


def play(group_names: Sequence[str], weeks: Sequence[Sequence[int]]) -> list[list[Turn]]:
    """Share the tents of some weeks out one after the other."""
    past: list[tuple[int, dt.date]] = []
    played = []
    for number, places in enumerate(weeks):
        day = FIRST + number * WEEK
        turns = share_out(waiting(group_names, past, day), dict(enumerate(places)))
        past += [(turn.group.group_id, day) for turn in turns]
        played.append(turns)
    return played


def spread(group_names: Sequence[str], played: Sequence[Sequence[Turn]]) -> int:
    """Return by how many days the most served group is ahead of the least served."""
    counts = Counter(turn.group.group_id for turns in played for turn in turns)
    days = [counts[number] for number in range(len(group_names))]
    return max(days) - min(days)


@given(names, st.lists(tents, max_size=12), st.integers(1, 20))
@settings(deadline=None)
def test_nobody_is_ever_more_than_a_day_ahead(group_names: list[str], weeks: list[list[int]], times: int) -> None:
    """Over years too, in which days fall out of those that count."""
    played = play(group_names, weeks * times)
    for number in range(len(played)):
        assert spread(group_names, played[: number + 1]) <= 1


@given(names, st.lists(tents, max_size=12))
def test_nobody_has_two_places_on_a_day_and_no_tent_is_too_full(group_names: list[str], weeks: list[list[int]]) -> None:
    for turns, places in zip(play(group_names, weeks), weeks, strict=True):
        groups = [turn.group.group_id for turn in turns]
        assert len(set(groups)) == len(groups) == min(len(group_names), sum(places))
        taken = Counter(turn.tent for turn in turns)
        assert all(taken[tent] <= count for tent, count in enumerate(places))


@given(names, st.lists(tents, max_size=8), st.randoms())
def test_the_order_in_which_groups_are_named_changes_nothing(
    group_names: list[str], weeks: list[list[int]], luck: object
) -> None:
    past = [(turn.group.group_id, FIRST) for turns in play(group_names, weeks[:1]) for turn in turns]
    groups = waiting(group_names, past, FIRST + WEEK)
    shuffled = list(groups)
    luck.shuffle(shuffled)  # type: ignore[attr-defined]
    assert in_turn(shuffled) == in_turn(groups)


def test_fewest_days_then_longest_ago_then_name() -> None:
    early, late = dt.date(2026, 2, 2), dt.date(2026, 6, 1)
    groups = [
        Waiting(1, "Anggrek", 2, late),
        Waiting(2, "Melati", 1, late),
        Waiting(3, "Kenanga", 1, early),
        Waiting(4, "Cempaka"),
        Waiting(5, "Bakung"),
    ]
    assert [each.name for each in in_turn(groups)] == ["Bakung", "Cempaka", "Kenanga", "Melati", "Anggrek"]


def test_each_tent_gets_one_before_any_gets_two() -> None:
    groups = [Waiting(number, f"K{number}") for number in range(4)]
    assert [turn.tent for turn in share_out(groups, {7: 2, 8: 0, 9: 2})] == [7, 9, 7, 9]
