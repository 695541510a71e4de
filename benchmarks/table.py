"""Print what was measured, beside what it is compared with and what it should reach."""

from dataclasses import dataclass

from .counts import Weight
from .rounds import Round
from .scenes import HELLO, KEPT, LIST_ANEW, LIST_BUYER, LIST_GUEST, LIST_PLAIN, ONE_QUERY, ORDER

HEADINGS = ("", "products", "a second", "p50 ms", "p99 ms", "cpu ms", "bytes", "queries", "of hello", "of one query")
WIDTHS = (26, 9, 10, 8, 8, 8, 8, 8, 9, 13)


@dataclass(frozen=True)
class Figures:
    """All figures of a run: by scene and number of products."""

    rounds: dict[tuple[str, int], Round]
    weights: dict[tuple[str, int], Weight]
    memory: dict[int, int]
    """Bytes, by number of products."""

    def rate(self, scene: str, products: int) -> float | None:
        """Return the acts a second, None when it was not measured."""
        found = self.rounds.get((scene, products))
        return found.rate if found else None

    def share(self, scene: tuple[str, int], of: tuple[str, int]) -> float | None:
        """Return one rate as a part of another."""
        one, other = self.rate(*scene), self.rate(*of)
        return one / other if one and other else None


def show(figures: Figures) -> None:
    """Print the table and the aims."""
    print(_line(HEADINGS))
    for name, products in sorted(figures.rounds, key=lambda key: (key[1], list(figures.rounds).index(key))):
        print(_line(_row(figures, name, products)))
    for products, size in figures.memory.items():
        print(f"\nMemory of the shop's processes at {products} products: {size / 1e6:.0f} MB")
    print("\nAims")
    for products in figures.memory:
        _show_aims(figures, products)


def _line(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell:<{WIDTHS[0]}}" if i == 0 else f"{cell:>{WIDTHS[i]}}" for i, cell in enumerate(cells))


def _row(figures: Figures, name: str, products: int) -> tuple[str, ...]:
    measured, weight = figures.rounds[name, products], figures.weights.get((name, products))
    return (
        name,
        str(products),
        f"{measured.rate:.0f}",
        f"{measured.p50:.1f}",
        f"{measured.p99:.1f}",
        f"{measured.cpu:.2f}",
        str(weight.size) if weight else "",
        str(weight.queries) if weight else "",
        *(_ratio(figures.share((name, products), (other, products))) for other in (HELLO, ONE_QUERY)),
    )


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _show_aims(figures: Figures, products: int) -> None:
    smallest = min(figures.memory)
    guest, buyer, anew = (
        figures.share((scene, products), (ONE_QUERY, products)) for scene in (LIST_GUEST, LIST_BUYER, LIST_ANEW)
    )
    kept = figures.share((LIST_PLAIN, products), (KEPT, products))
    grown = figures.share((LIST_ANEW, products), (LIST_ANEW, smallest))
    orders = figures.rate(ORDER, products)
    most = max((weight.queries for (_name, size), weight in figures.weights.items() if size == products), default=None)
    print(f"  at {products} products")
    for text, value, aim in (
        ("list on a plain visit, of the kept page", kept, "near 1"),
        ("list of a guest, of the one-query page", guest, "at least 0.6"),
        ("list of who is signed in, of the same", buyer, "at least 0.6"),
        ("list made anew, of the same", anew, "at least 0.6"),
        (f"list made anew, of its speed at {smallest}", grown, "at least 0.85"),
        ("whole orders a second", orders, "at least 60"),
        ("most queries on a page", most, "at most 6"),
    ):
        print(f"    {text:<44}{'-' if value is None else f'{value:.2f}':>10}   {aim}")
