"""Money is cut without losing a rupiah, and written as people here write it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.shared.money import MAX_RUPIAH, format_rupiah, largest_remainder

WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=20).filter(any)


@given(total=st.integers(0, MAX_RUPIAH), weights=WEIGHTS)
def test_parts_sum_to_the_whole_and_stay_within_one_of_their_share(total: int, weights: list[int]) -> None:
    parts = largest_remainder(total, weights)
    whole = sum(weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert total * weight // whole <= part <= -(-total * weight // whole)
        assert weight or not part


@given(total=st.integers(0, MAX_RUPIAH), weights=WEIGHTS)
def test_a_larger_weight_never_gets_less(total: int, weights: list[int]) -> None:
    parts = largest_remainder(total, weights)
    pairs = sorted(zip(weights, parts, strict=True))
    assert all(a[1] <= b[1] for a, b in itertools.pairwise(pairs) if a[0] < b[0])


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (1, [1, 1], [1, 0]),
        (10_001, [5_000, 5_000], [5_001, 5_000]),
        (15_000, [3_333, 3_333, 3_334], [5_000, 4_999, 5_001]),
        (0, [1, 2], [0, 0]),
        (7, [0, 5], [0, 7]),
    ],
)
def test_left_over_rupiah_go_to_the_largest_remainder_and_the_first_on_a_tie(
    total: int, weights: list[int], parts: list[int]
) -> None:
    assert largest_remainder(total, weights) == parts


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, []), (1, [0, 0]), (1, [2, -1])])
def test_what_cannot_be_cut_is_refused(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="must"):
        largest_remainder(total, weights)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "Rp0"), (999, "Rp999"), (15_000, "Rp15.000"), (1_500_000, "Rp1.500.000"), (-2_500, "-Rp2.500")],
)
def test_amounts_are_written_with_points(amount: int, text: str) -> None:
    assert format_rupiah(amount) == text
