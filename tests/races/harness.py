"""Run many buyers in several real processes against one database."""

import multiprocessing as mp
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import make_app

PROCESSES = 4

Task = Callable[[int], str]

_all_here: list[Any] = []


def meet() -> None:
    """Wait until every process is here: in a control, all have looked before anybody writes, on any machine."""
    _all_here[0].wait(120)


def run(url: str, build: Callable[..., Task], count: int, **values: Any) -> Counter[str]:
    """Run `build(**values)` in each process and its task for 0…count-1, spread over the processes.

    All start together behind a barrier; tasks that `meet` need a count that all processes have the same share of.
    Returns how often each answer came.
    """
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(["tests.races.warm"])
    barrier = context.Barrier(PROCESSES)
    answers: Any = context.Queue()
    workers = [
        context.Process(target=_work, args=(url, build, values, range(start, count, PROCESSES), barrier, answers))
        for start in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    tally: Counter[str] = Counter(answers.get(timeout=240) for _task in range(count))
    for worker in workers:
        worker.join(60)
    return tally


def _work(
    url: str, build: Callable[..., Task], values: dict[str, Any], tasks: range, barrier: Any, answers: Any
) -> None:
    with tempfile.TemporaryDirectory(prefix="warung-race-") as folder, make_app(url, Path(folder)).app_context():
        task = build(**values)
        _all_here.append(barrier)
        meet()
        for number in tasks:
            answers.put(_answer(task, number))


def _answer(task: Task, number: int) -> str:
    try:
        return task(number)
    except Exception as error:  # the tally shows every kind of error
        return f"error: {type(error).__name__}: {error}"[:300]
