"""A small model of the shop's money and goods: sums per order, per account and per family, in plain numbers.

It is told what happened (money that came, pieces that went) and knows nothing of journal, shares or stock rows.
"""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from marketplace.ledger.models import Account
from marketplace.orders.models import OrderState

S = OrderState
LEFT_THE_SHELF = frozenset({S.READY, S.SHIPPED, S.COMPLETED, S.RETURNED})
HELD = frozenset({S.AWAITING_PAYMENT, S.AWAITING_VERIFICATION, S.PROCESSING})
OVER = frozenset({S.CANCELLED, S.EXPIRED})
DELIVERED = frozenset({S.COMPLETED, S.RETURNED})


@dataclass(frozen=True)
class Sold:
    """What one piece of a line is: its price, the packing money in it, its goods, and each family's part."""

    price: int
    packing: int
    goods: dict[int, int]
    """Product id → how many are in one piece."""
    parts: dict[int, Fraction]
    """Household id → rupiah of one piece, not rounded."""


@dataclass
class Line:
    """A line of an order: how many of it are left, and how many came back broken."""

    sold: Sold
    left: int
    destroyed: int = 0


@dataclass
class Bought:
    """What is known of an order: its lines, the money that came and went, and what the unique code spared its buyer."""

    id: int
    lines: dict[int, Line]
    fee: int
    on_invoice: bool = False
    state: OrderState = S.AWAITING_PAYMENT
    is_covered: bool = False
    spared: int = 0
    received: int = 0
    given: int = 0
    cuts: int = 0
    """How often something was taken off: each time, each share is rounded anew."""

    @property
    def due(self) -> int:
        """Return what the order comes to now."""
        return self.fee + sum(line.left * line.sold.price for line in self.lines.values())

    @property
    def kept(self) -> int:
        """Return the money that came and did not go back."""
        return self.received - self.given

    @property
    def needed(self) -> int:
        """Return how much of its money the order keeps for itself."""
        if self.state in OVER or not self.is_covered:
            return 0
        return max(self.due - self.spared, 0)

    @property
    def owed_back(self) -> int:
        """Return what the buyer has to get back; who pays later may have paid too little until then."""
        return max(self.kept - self.needed, 0) if self.on_invoice else self.kept - self.needed

    def settle(self, code: int, exact: int) -> None:
        """Write down that the order was paid just now: by the sum that its bill asked for (`exact`, else 0), or by all
        that is kept, some bill of it having had a unique code."""
        used = exact or (self.kept if self.kept <= self.due else self.due - code)
        self.is_covered, self.spared = True, self.due - used


@dataclass
class Books:
    """All orders, what lies in each account, and what was paid to each family."""

    orders: dict[int, Bought] = field(default_factory=dict)
    money: Counter[Account] = field(default_factory=Counter)
    paid_out: Counter[int] = field(default_factory=Counter)

    def receive(self, order: Bought, account: Account, amount: int) -> None:
        """Money for an order came."""
        order.received += amount
        self.money[account] += amount

    def give_back(self, order: Bought, account: Account, amount: int) -> None:
        """Money of an order went back."""
        order.given += amount
        self.money[account] -= amount

    def pay_out(self, household_id: int, account: Account, amount: int) -> None:
        """A family was paid; a negative amount came back from it."""
        self.paid_out[household_id] += amount
        self.money[account] -= amount

    def earned(self) -> dict[int, tuple[Fraction, int]]:
        """Return household id → what its delivered goods are worth, and by how much rounding may be off."""
        worth: dict[int, Fraction] = {}
        off: Counter[int] = Counter()
        for order in self.orders.values():
            for line in order.lines.values():
                for family, part in line.sold.parts.items() if order.state in DELIVERED else ():
                    worth[family] = worth.get(family, Fraction(0)) + part * line.left
                    off[family] += 2 * (1 + order.cuts)
        return {family: (amount, off[family]) for family, amount in worth.items()}

    def earned_in_all(self) -> int:
        """Return what all families earned together: to the rupiah, for rounding only moves it between them."""
        lines = [line for each in self.orders.values() if each.state in DELIVERED for line in each.lines.values()]
        return sum(line.left * (line.sold.price - line.sold.packing) for line in lines)

    def used(self, states: frozenset[OrderState]) -> Counter[int]:
        """Return product id → pieces in the orders of some states; what came back broken is gone with them."""
        count: Counter[int] = Counter()
        for order in self.orders.values():
            for line in order.lines.values() if order.state in states else ():
                for product_id, each in line.sold.goods.items():
                    count[product_id] += each * (line.left + line.destroyed)
        return count
