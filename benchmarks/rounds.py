"""Let visitors act for a while, several at once, and say how many acts a second that were and how long they took."""

import time
from dataclasses import dataclass
from multiprocessing.pool import Pool
from random import Random
from statistics import median, quantiles

from .scenes import SCENES, Who
from .servers import Server
from .visitor import Visitor

VISITORS = 4
"""Processes that act at the same time: twice the server's workers, so that none of these waits for a visitor."""


@dataclass(frozen=True)
class Job:
    """What one process does: a scene, by its number, again and again until its time is over."""

    scene: int
    port: int
    products: int
    seconds: float
    seed: int
    cookies: dict[str, str]


@dataclass(frozen=True)
class Round:
    """What was measured in one round, or the medians of several."""

    rate: float
    """Acts a second, of all visitors together."""
    p50: float
    """Milliseconds."""
    p99: float
    cpu: float
    """Milliseconds of processor time of the server for one act: says more than `rate` on a machine that is busy."""


def play(pool: Pool, scene: int, server: Server, products: int, seconds: float, cookies: dict[str, str]) -> Round:
    """Run one round of a scene."""
    jobs = [Job(scene, server.port, products, seconds, seed, cookies) for seed in range(VISITORS)]
    cpu = server.cpu_seconds()
    times = pool.map(_act, jobs, chunksize=1)
    cpu = server.cpu_seconds() - cpu
    together = sorted(taken for one in times for taken in one)
    percent = quantiles(together, n=100, method="inclusive")
    rate = sum(len(one) / sum(one) for one in times)
    return Round(rate, percent[49] * 1000, percent[98] * 1000, cpu / len(together) * 1000)


def _act(job: Job) -> list[float]:
    """Return the seconds that each act took."""
    scene, random = SCENES[job.scene], Random(f"{time.time()}{job.seed}")
    visitor = Visitor(job.port, job.cookies)
    taken: list[float] = []
    end = time.perf_counter() + job.seconds
    while not taken or time.perf_counter() < end:
        if scene.who is Who.PLAIN:
            visitor.cookies.clear()
        start = time.perf_counter()
        scene.act(visitor, job.products, random)
        taken.append(time.perf_counter() - start)
    visitor.close()
    return taken


def middle(rounds: list[Round]) -> Round:
    """Return the medians of some rounds."""
    return Round(
        rate=median(each.rate for each in rounds),
        p50=median(each.p50 for each in rounds),
        p99=median(each.p99 for each in rounds),
        cpu=median(each.cpu for each in rounds),
    )
