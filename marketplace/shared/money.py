"""Whole rupiah: cut without losing one, and show them as people here write them."""

from collections.abc import Sequence
from functools import lru_cache

from babel.numbers import format_currency

MAX_RUPIAH = 1_000_000_000_000
"""The largest sum a form takes: far over any real one, far under 64 bits even when summed."""


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Cut `total` in proportion to `weights` so that the parts sum to it exactly.

    Units left over by rounding down go to the largest remainders, the earlier weight first on a tie.
    Raises ValueError for negative input or when no weight is above zero.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("total and weights must not be negative")
    whole = sum(weights)
    if whole == 0:
        raise ValueError("at least one weight must be above zero")
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return parts


@lru_cache(maxsize=4_096)
def format_rupiah(amount: int) -> str:
    """Write an amount as `Rp1.500.000`, in every language of the site."""
    text: str = format_currency(amount, "IDR", "¤#,##0;-¤#,##0", locale="id_ID", currency_digits=False)
    return text
