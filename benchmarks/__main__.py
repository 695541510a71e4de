"""Measure the shop: `python -m benchmarks`. Nothing here fails for being slow; it tells figures and ratios."""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import Pool
from multiprocessing.pool import Pool as PoolType
from pathlib import Path

from marketplace.demo.people import REGENCY

from .build import built
from .counts import Weight, weigh
from .rounds import VISITORS, Round, middle, play
from .scenes import SCENES, House, Who, fill_basket, sign_in
from .servers import SERVERS, Server, serve
from .table import Figures, show
from .visitor import Visitor

ROUNDS = 5
WARM_SECONDS = 0.4


@dataclass(frozen=True)
class Site:
    """The shop and the bare pages on a database of some size, each under its own server."""

    products: int
    folder: Path
    servers: dict[House, Server]
    cookies: dict[Who, dict[str, str]]

    def weigh(self) -> dict[str, Weight]:
        """Return bytes and queries of every scene here."""
        return weigh(self.folder, self.products)

    def play(self, pool: PoolType, scene: int, seconds: float) -> Round:
        """Run one round of a scene here."""
        house, who = SCENES[scene].house, SCENES[scene].who
        return play(pool, scene, self.servers[house], self.products, seconds, self.cookies[who])


def main() -> None:
    """Measure as asked for on the command line."""
    asked = _arguments()
    sizes = sorted(set(asked.products or [200, 20_000]))
    scenes = [i for i, scene in enumerate(SCENES) if scene.house is House.BARE or asked.only in scene.name]
    with ExitStack() as stack:
        pool = stack.enter_context(Pool(VISITORS))
        sites = [stack.enter_context(_open(size, asked.server)) for size in sizes]
        show(_measure(pool, sites, scenes, asked.seconds))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--products", type=int, action="append", help="size of the catalogue; may be given again")
    parser.add_argument("--seconds", type=float, default=5, help="time for each figure")
    parser.add_argument("--server", choices=SERVERS, default="granian")
    parser.add_argument("--only", default="", help="measure only scenes whose name holds this, and the bare pages")
    return parser.parse_args()


@contextmanager
def _open(products: int, server: str) -> Iterator[Site]:
    """Serve a copy of a database, so that orders of one run do not weigh on the next."""
    print(f"Preparing {products} products …")
    source = built(products)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(source, Path(name) / "data"))
        shop = serve(server, "wsgi:application", {"DATA_DIR": str(folder), "HOME_AREA": REGENCY})
        bare = serve(server, "benchmarks.reference:application", {"BENCH_DATABASE": str(folder / "warung.db")})
        with shop as shop_server, bare as bare_server:
            cookies = {who: _cookies(shop_server.port, who) for who in Who}
            yield Site(products, folder, {House.SHOP: shop_server, House.BARE: bare_server}, cookies)


def _cookies(port: int, who: Who) -> dict[str, str]:
    """Return what somebody has got from the shop before he is measured."""
    visitor = Visitor(port)
    if who is Who.BUYER:
        sign_in(visitor)
    elif who is Who.GUEST:
        fill_basket(visitor)
    visitor.close()
    return visitor.cookies


def _measure(pool: PoolType, sites: list[Site], scenes: list[int], seconds: float) -> Figures:
    """Go round and round over scenes and sites: what else the machine does falls on all of them."""
    weights = {(name, site.products): weight for site in sites for name, weight in site.weigh().items()}
    rounds: dict[tuple[str, int], list[Round]] = {(SCENES[i].name, s.products): [] for i in scenes for s in sites}
    for number in range(ROUNDS + 1):
        print(f"Round {number} of {ROUNDS} …")
        for scene in scenes:
            for site in sites:
                found = site.play(pool, scene, seconds / ROUNDS if number else WARM_SECONDS)
                rounds[SCENES[scene].name, site.products] += [found] if number else []
    memory = {site.products: site.servers[House.SHOP].memory() for site in sites}
    return Figures({key: middle(found) for key, found in rounds.items()}, weights, memory)


if __name__ == "__main__":
    main()
