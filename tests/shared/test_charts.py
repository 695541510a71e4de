"""Charts stay in their box, stand on zero, and never show a smaller figure as a larger one."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from marketplace.shared.charts import (
    BOTTOM,
    HEIGHT,
    LEAST_RADIUS,
    NAMES,
    RADIUS,
    TICKS,
    TOP,
    Point,
    best_lengths,
    boxes,
    columns,
    lengths,
    round_step,
    symbols,
    ticks,
)
from marketplace.shared.money import MAX_RUPIAH

amounts = st.integers(-MAX_RUPIAH, MAX_RUPIAH)
points = st.lists(st.builds(Point, st.text(max_size=8), st.none() | amounts, st.none() | amounts), max_size=60)


@given(points)
def test_everything_is_inside_the_box(figures: list[Point]) -> None:
    chart = columns(figures, full=str, short=str)
    for bar in chart.bars:
        assert 0 <= bar.x < bar.x + bar.width <= 100.01
        assert TOP - 0.01 <= bar.y <= bar.y + bar.height <= BOTTOM + 0.01
    for y in (chart.zero, *(mark.y for mark in chart.marks), *(tick.y for tick in chart.ticks)):
        assert TOP <= y <= BOTTOM < HEIGHT
    assert all(0 < name.x < 100 for name in chart.names)


@given(points)
def test_every_bar_stands_on_zero(figures: list[Point]) -> None:
    chart = columns(figures, full=str, short=str)
    known = [point.value for point in figures if point.value is not None]
    for value, bar in zip(known, chart.bars, strict=True):
        foot = bar.y if value < 0 else bar.y + bar.height
        assert abs(foot - chart.zero) < 0.02
    assert any(tick.text == "0" and tick.y == chart.zero for tick in chart.ticks)


@given(points)
def test_more_is_never_lower(figures: list[Point]) -> None:
    chart = columns(figures, full=str, short=str)
    known = [point.value for point in figures if point.value is not None]
    ends = [bar.y + (bar.height if value < 0 else 0) for value, bar in zip(known, chart.bars, strict=True)]
    ordered = sorted(zip(known, ends, strict=True))
    assert all(lower[1] >= higher[1] - 0.02 for lower, higher in pairwise(ordered))


@given(points)
def test_names_stand_apart_and_the_last_column_has_one(figures: list[Point]) -> None:
    chart = columns(figures, full=str, short=str)
    assert len(chart.names) <= NAMES
    assert all(second.x - first.x >= 100 / (2 * NAMES) for first, second in pairwise(chart.names))
    assert not any(first.is_spare and second.is_spare for first, second in pairwise(chart.names))
    assert not figures or not chart.names[-1].is_spare
    assert not figures or chart.names[-1].text == figures[-1].label


@given(points)
def test_the_table_says_every_figure(figures: list[Point]) -> None:
    for point, row in zip(figures, columns(figures, full=str, short=str).rows, strict=True):
        assert row[:2] == [point.label, "–" if point.value is None else str(point.value)]


@given(amounts, amounts)
def test_ticks_are_round_even_and_few(one: int, other: int) -> None:
    low, high = sorted((one, other))
    found = ticks(low, high)
    assert found[0] <= low
    assert high <= found[-1]
    assert 0 in found
    assert len(found) <= TICKS + 2
    steps = {second - first for first, second in pairwise(found)}
    assert len(steps) <= 1
    assert all(str(step)[0] in "125" and set(str(step)[1:]) <= {"0"} for step in steps)


@given(st.integers(0, MAX_RUPIAH))
def test_a_step_is_the_smallest_that_is_enough(span: int) -> None:
    step = round_step(span)
    assert step * TICKS >= span
    assert step == 1 or step * TICKS < 2.5 * span


def test_a_bar_that_misses_its_line_is_told_apart() -> None:
    chart = columns([Point("Jan", 9, 10), Point("Feb", 10, 10), Point("Mar", None, 10)], full=str, short=str)
    assert [bar.is_under for bar in chart.bars] == [True, False]
    assert len(chart.marks) == 3
    assert chart.rows[2] == ["Mar", "–", "10"]


@given(st.lists(st.builds(Point, st.text(max_size=8), st.none() | amounts), max_size=40))
def test_lengths_are_parts_of_the_longest(figures: list[Point]) -> None:
    chart = lengths(figures, str)
    assert all(0 <= bar.percent <= 100 for bar in chart.bars)
    pairs = sorted((point.value or 0, bar.percent) for point, bar in zip(figures, chart.bars, strict=True))
    assert all(first[1] <= second[1] for first, second in pairwise(pairs))
    assert len(chart.rows) == len(figures)


@given(st.lists(st.builds(Point, st.text(max_size=8), amounts), max_size=40), st.integers(1, 20))
def test_nothing_is_lost_among_the_others(figures: list[Point], most: int) -> None:
    chart = best_lengths(figures, str, most, str)
    assert [row[0] for row in chart.rows] == [point.label for point in figures]
    assert sum(int(bar.text) for bar in chart.bars) == sum(point.value or 0 for point in figures)
    assert len(chart.bars) == min(len(figures), most + 1)
    if len(figures) > most:
        assert (chart.bars[-1].percent, chart.bars[-1].label) == (None, str(len(figures) - most))


@given(st.lists(st.none() | amounts, max_size=40))
def test_twice_the_figure_is_twice_the_area(values: list[int | None]) -> None:
    chart = symbols(values, str, "?")
    most = max([0, *(value for value in values if value is not None)])
    for value, part in zip(values, chart.parts, strict=True):
        assert part.text == ("?" if value is None else str(value))
        if value is None:
            assert part.radius is None
        elif value <= 0:
            assert part.radius == 0
        else:
            assert LEAST_RADIUS <= part.radius <= RADIUS
            assert part.radius == LEAST_RADIUS or abs(part.radius**2 / RADIUS**2 - value / most) < 0.001
    assert all(0 < part.radius <= RADIUS for part in chart.scale)


fives = st.lists(amounts, min_size=5, max_size=5).map(sorted).map(tuple)


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5), st.none() | fives), max_size=8))
def test_spreads_keep_their_order_on_one_scale(rows: list[tuple[str, str, tuple[int, ...] | None]]) -> None:
    chart = boxes(rows, str)
    assert [box.label for box in chart.bars] == [row[0] for row in rows]
    for (_label, _text, five), box in zip(rows, chart.bars, strict=True):
        assert (five is None) is (box.spots is None)
        if box.spots is not None:
            spots = list(vars(box.spots).values())
            assert spots == sorted(spots)
            assert spots[0] >= 0
            assert spots[-1] <= 100
    zero = next(tick.x for tick in chart.ticks if tick.text == "0")
    for (_label, _text, five), box in zip(rows, chart.bars, strict=True):
        if five is not None and five[0] >= 0:
            assert box.spots.smallest >= zero
