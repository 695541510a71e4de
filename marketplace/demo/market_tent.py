"""One tent on one market day of the demo: loaded, sold from, counted back and confirmed, by the real services."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from ..ledger.models import Account
from ..ledger.queries import account_balances
from ..offices.models import OfficeKind
from ..orders.wanted import LineRequest
from ..shared import clock
from ..stock import movements
from ..tent_market import closing, loading, sales, stall_queries, stalls
from ..tent_market.closing import Cash
from ..tent_market.goods_models import Load
from ..tent_market.loading import Signature
from ..tent_market.models import Stall
from ..tent_market.sales import Sale
from ..tent_market.stall_rules import Tally
from .market_crew import Crew, Goods, Neighbour, Purchase
from .market_phone import OLD_PRICE, Phone
from .people import REGENCY

FLOAT = 50_000
"""Change money of a tent, rupiah, on days when the treasurer has so much for all of them."""
BROUGHT = (6, 12)
"""Least and most pieces of a product that go to a tent."""
SALES = (2, 4)
"""Least and most sales of a tent on a day."""
MOST_AT_ONCE, OFFICE_TAKES = 3, (3, 6)
"""Pieces: of anybody at most, and of an office that buys for its guests."""
QRIS, OFFICES, TWO_THINGS = 0.3, 0.15, 0.25
"""Parts of the sales: paid by QRIS, to an office or school, of two products."""
ODD_COUNT, ODD_CASH = 0.12, 0.1
"""Parts of the counts that are not simply all there: of goods, and of drawers."""
SPOILED = ("Kemasan bocor kena hujan", "Remuk waktu diangkut", "Lewat tanggal baik")
GIVEN = ("Contoh untuk tamu dinas", "Diberikan kepada petugas kebersihan")
MISSING = ("Tidak ketemu waktu dihitung", "Mungkin terbawa pembeli")
CASH = ((-2_000, "Salah kembalian"), (-5_000, "Salah kembalian"), (1_000, "Pembeli tidak menunggu kembalian"))
AHEAD = dt.timedelta(minutes=17)
"""So far ahead is the clock of a phone that nobody set."""


class Oddity(StrEnum):
    """What may be odd about the day of a phone."""

    OLD_PRICE = "old_price"
    SHORT = "short"
    CLOCK = "clock"
    MISTYPED = "mistyped"
    """A sale is taken back by two phones."""
    CAME_BACK = "came_back"
    LATE = "late"
    """A sale arrives when the tent is closed."""
    SILENT = "silent"
    """A sale has not arrived."""


@dataclass(frozen=True)
class Span:
    """When a tent sells, and up to when the story goes."""

    opens: dt.datetime
    closes: dt.datetime
    now: dt.datetime


class TentDay:
    """One tent on one market day; call inside a unit of work."""

    def __init__(self, stall_id: int, span: Span, goods: Goods, crew: Crew, luck: Random) -> None:
        self.stall: Stall = stalls.locked_open(stall_id)
        self.span = span
        self.goods = goods
        self.crew = crew
        self.luck = luck
        self.sellers = crew.sellers_at(self.stall) or [crew.packer]
        self.left: dict[int, int] = {}
        self.late: tuple[Phone, Purchase] | None = None

    def list_goods(self) -> Load:
        """Let each group make one or two of its goods, and write them on the list of what goes to the tent."""
        wanted = {}
        for row in self.stall.groups:
            ids = self.goods.of_group(row.group_id)
            place = movements.location_of_group(row.group_id)
            for product_id in self.luck.sample(ids, min(self.luck.randint(1, 2), len(ids))):
                wanted[product_id] = self.luck.randint(*BROUGHT)
                movements.receive(product_id, place.id, wanted[product_id], self.crew.packer)
        return loading.list_goods(self.stall.id, wanted, {}, self.crew.packer)

    def sign(self, load: Load) -> None:
        """Count the list out, and let a seller sign for it with name and finger."""
        for line in load.lines:
            self.left[line.product_id] = self.left.get(line.product_id, 0) + line.planned
        signature = Signature(self.crew.name(self.sellers[0]), _strokes(self.luck))
        loading.sign(load.id, {line.id: line.planned for line in load.lines}, signature, self.crew.packer)

    def put_float(self) -> None:
        """Put change money into the drawer, if there is some for all."""
        if account_balances(REGENCY)[Account.CASH] > 10 * FLOAT:
            closing.put_float(self.stall.id, FLOAT, self.crew.treasurer)

    # Sales

    def sell_by_hand(self) -> None:
        """Enter the sales one by one: the year before there were tills."""
        offices = [each for each in self.crew.neighbours if each.kind is not OfficeKind.SCHOOL]
        for number, bought in enumerate(self._purchases(offices)):
            lines = tuple(LineRequest(count, key) for key, (count, _price) in bought.lines.items())
            way, office = "qris" if bought.by_qris else "tent_cash", bought.buyer.name if bought.buyer else ""
            with clock.at(bought.at):
                seller = self.luck.choice(self.sellers)
                sales.enter(self.stall, Sale(f"demo-tenda-{self.stall.id}-{number}", lines, way, office), seller)

    def sell_by_phone(self, oddity: Oddity | None) -> None:
        """Sell with a phone that tells of each sale as it is made."""
        ahead = AHEAD if oddity is Oddity.CLOCK else dt.timedelta()
        with clock.at(min(self.span.opens - dt.timedelta(minutes=20), self.span.now)):
            phone = Phone(self.stall, self.sellers[0], self.luck, ahead)
        bought = list(self._purchases(self.crew.neighbours))
        for each in bought[:-1]:
            with clock.at(each.at):
                phone.send(phone.write_sale(each))
        if bought:
            with clock.at(bought[-1].at):
                self._sell_oddly(phone, bought[-1], oddity)

    def _sell_oddly(self, phone: Phone, bought: Purchase, oddity: Oddity | None) -> None:
        """Sell the last thing of the day in the way in which something is to look at."""
        soon = bought.at + dt.timedelta(minutes=4)
        if oddity is Oddity.LATE:
            self.late = phone, replace(bought, by_qris=True)
            return
        sale = phone.write_sale(self._made_odd(bought, oddity), off=OLD_PRICE if oddity is Oddity.OLD_PRICE else 0)
        if oddity is Oddity.SILENT:
            phone.send()
            return
        phone.send(sale)
        with clock.at(soon):
            if oddity is Oddity.CAME_BACK:
                phone.send(phone.write_refund(sale, soon))
            if oddity is Oddity.MISTYPED:
                phone.send(phone.write_void(sale, soon), phone.write_void(sale, soon))

    def _made_odd(self, bought: Purchase, oddity: Oddity | None) -> Purchase:
        """Return a purchase of more than there is, or one that is paid in cash and can be given back."""
        if oddity is Oddity.CAME_BACK:
            return replace(bought, by_qris=False)
        if oddity is not Oddity.SHORT:
            return bought
        key, (count, price) = next(iter(bought.lines.items()))
        return replace(bought, lines=bought.lines | {key: (count + self.left.pop(key) + 1, price)})

    def send_late(self) -> None:
        """Let the phone tell of the sale that it could not tell of in time; it was paid by QRIS."""
        if self.late is not None:
            phone, bought = self.late
            phone.send(phone.write_sale(bought))

    def _purchases(self, offices: list[Neighbour]) -> Iterator[Purchase]:
        """Decide who buys what, and take it off what is left."""
        minutes = int((self.span.closes - self.span.opens).total_seconds()) // 60 - 10
        times = sorted(self.luck.sample(range(5, minutes), self.luck.randint(*SALES)))
        for at in [self.span.opens + dt.timedelta(minutes=count) for count in times]:
            there = sorted(key for key, count in self.left.items() if count)
            if not there or at > self.span.now:
                return
            buyer = self.luck.choice(offices) if self.luck.random() < OFFICES else None
            keys = self.luck.sample(there, 2 if len(there) > 1 and self.luck.random() < TWO_THINGS else 1)
            lines = {key: (self._take(key, is_office=buyer is not None), self.goods.price(key)) for key in keys}
            yield Purchase(at, lines, self.luck.random() < QRIS, buyer)

    def _take(self, product_id: int, *, is_office: bool) -> int:
        least, most = OFFICE_TAKES if is_office else (1, MOST_AT_ONCE)
        count = min(self.left[product_id], self.luck.randint(least, most))
        self.left[product_id] -= count
        return count

    # The close

    def count(self) -> None:
        """Count goods and cash back: most is as it should be, the rest has its reason."""
        there = {row.id: row.there for row in stall_queries.goods_at(self.stall.location_id)}
        expected = stall_queries.drawer_of(self.stall).expected
        tallies = {key: self._tally(key, count) for key, count in there.items()}
        off, reason = self.luck.choice(CASH) if self.luck.random() < ODD_CASH and expected > FLOAT else (0, "")
        closing.count(self.stall.id, tallies, Cash(expected + off, reason), self._to_groups(there), self.crew.packer)

    def _tally(self, product_id: int, count: int) -> Tally:
        if self.late is not None and product_id in self.late[1].lines:
            return Tally(count - self.late[1].lines[product_id][0], note="Terjual, tetapi HP belum terkirim")
        if not count or self.luck.random() >= ODD_COUNT:
            return Tally(count)
        return self.luck.choice(
            (
                Tally(count - 1, spoiled=1, note=self.luck.choice(SPOILED)),
                Tally(count - 1, given=1, note=self.luck.choice(GIVEN)),
                Tally(count - 1, note=self.luck.choice(MISSING)),
            )
        )

    def _to_groups(self, there: Mapping[int, int]) -> frozenset[int]:
        """Return what goes back to its makers; now and then something stays in the store for the shop."""
        return frozenset(key for key in there if self.luck.random() < 0.9)

    def confirm(self) -> None:
        """Let somebody else confirm the count."""
        closing.confirm(self.stall.id, self.crew.head if self.luck.random() < 0.3 else self.crew.treasurer)


def _strokes(luck: Random) -> str:
    """Return a name as a finger writes it: some loops to the right."""
    points = [(20 + 18 * step, 40 + luck.randint(-22, 22)) for step in range(12)]
    first, rest = points[0], points[1:]
    return f"M{first[0]} {first[1]}" + "".join(f"L{x} {y}" for x, y in rest)
