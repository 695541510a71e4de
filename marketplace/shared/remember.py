"""Remember for a while what is the same for everybody and seldom changes."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from ..extensions import cache

P = ParamSpec("P")
R = TypeVar("R")


def remembered(seconds: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep what a function returns for its arguments, unless it is None; they must be plain values.

    Pages ask a dozen times: `cache.memoize` takes five times as long to find its key.
    """

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        name = f"{function.__module__}.{function.__qualname__}"

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            key = f"{name}{args}{kwargs}"
            known: R | None = cache.get(key)
            if known is None:
                known = function(*args, **kwargs)
                cache.set(key, known, timeout=seconds)
            return known

        return run

    return mark
