"""What an order would cost as the checkout form stands, before anybody orders."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..areas.queries import time_zone
from ..orders.models import DeliveryMethod
from ..orders.queries import delivery_fee
from ..orders.rules import needs_shipping
from ..shared import clock
from ..shared.formats import number
from ..shared.i18n import _
from ..shared.money import format_rupiah
from .queries import Contents, Line, names_of
from .rules import read_written


@dataclass(frozen=True)
class Summary:
    """Goods and delivery, rupiah; the fee is None as long as nobody knows where to."""

    goods_amount: int
    fee: int | None

    @property
    def total(self) -> int | None:
        """Return what the buyer would pay; None as long as the fee is not known."""
        return None if self.fee is None else self.goods_amount + self.fee


def summary_of(contents: Contents, method: str | None, village_code: str) -> Summary:
    """Return the sums of a basket that goes to a village, or is picked up."""
    if method == DeliveryMethod.PICKUP:
        return Summary(contents.goods_amount, 0)
    # Asked for anew: what the shop remembers of fees may be a minute old, and the order would be refused again.
    fee = delivery_fee(village_code, clock.today(time_zone(contents.regency_code))) if village_code else None
    return Summary(contents.goods_amount, fee)


def changed_lines(seen: str, now: Contents) -> list[str]:
    """Say in one sentence each what of a basket is another than its buyer saw; nothing where he saw none of ours."""
    before = read_written(seen)
    if not before:
        return []
    said = [_changed_line(line, before.pop(line.name, None)) for line in now.lines]
    gone = [_("%(name)s is no longer in your basket.", name=name) for name in names_of(before)]
    return [text for text in said if text] + gone


def _changed_line(line: Line, before: tuple[int, int] | None) -> str:
    name, now = line.sold.name, (line.quantity, line.sold.price)
    if before is None:
        return _("%(name)s is new in your basket.", name=name)
    if before[1] != now[1]:
        prices = {"before": format_rupiah(before[1]), "after": format_rupiah(now[1])}
        return _("%(name)s costs %(after)s, and not %(before)s as before.", name=name, **prices)
    if before[0] != now[0]:
        numbers = {"before": number(before[0]), "after": number(now[0])}
        return _("Of %(name)s there are now %(after)s, and not %(before)s as before.", name=name, **numbers)
    return ""


def changes(seen: Summary, now: Summary) -> str:
    """Say in one sentence each what of the sums is another than the buyer saw."""
    total = _("The total is now %(total)s. Look at it, then order.", total=format_rupiah(now.total or 0))
    said = []
    if seen.goods_amount != now.goods_amount:
        said.append(_changed_goods(seen.goods_amount, now.goods_amount))
    if seen.fee != now.fee:
        said.append(_changed_fee(seen.fee or 0, now.fee or 0))
    return " ".join([*said, total])


def _changed_goods(before: int, after: int) -> str:
    return _(
        "The goods cost %(after)s, and not %(before)s as before.",
        after=format_rupiah(after),
        before=format_rupiah(before),
    )


def _changed_fee(before: int, after: int) -> str:
    if not before:
        return _("Delivery costs %(fee)s.", fee=format_rupiah(after))
    return _(
        "Delivery costs %(after)s, and not %(before)s as before.",
        after=format_rupiah(after),
        before=format_rupiah(before),
    )


def spread(fees: Mapping[str, int], method: DeliveryMethod) -> str:
    """Say what a way of delivery costs, from the cheapest district to the dearest."""
    if not needs_shipping(method):
        return _("no delivery fee")
    low, high = min(fees.values()), max(fees.values())
    if low == high:
        return format_rupiah(low)
    return _("%(low)s to %(high)s, by district", low=format_rupiah(low), high=format_rupiah(high))
