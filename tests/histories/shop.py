"""The goods, families and buyers that histories are played with."""

from fractions import Fraction

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.groups import rules as group_rules
from marketplace.groups import service as groups
from marketplace.orders import service as orders
from marketplace.orders.models import DeliveryMethod, Order
from marketplace.orders.wanted import Delivery, LineRequest
from marketplace.payments import service as payments
from marketplace.shared.errors import InvalidInput
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.histories.model import Bought, Line, Sold
from tests.offices.purchasing import Bureau
from tests.orders.asking import wanted
from tests.parcels import build
from tests.payments import billing
from tests.storefront.buying import fee

STOCK = 60
CREDIT = 2_000_000
FEE = 12_000
PACKING = 5_000
TO_DOOR = Delivery(DeliveryMethod.ADDRESS, street="Jalan Contoh 1", village_code=make.VILLAGE)
PICKUP = Delivery(DeliveryMethod.PICKUP)


class Shop:
    """Three products of four families, a parcel of two of them, and an office that pays later."""

    def __init__(self) -> None:
        billing.bank()
        fee(FEE)
        group = make.group()
        families = [make.household(group) for _number in range(4)]
        for family in families:
            with unit_of_work():
                account = group_rules.BankAccount("Bank Contoh", "1234567890", "Siti Contoh")
                groups.set_bank(family.id, account, None)
        first, second, third, fourth = (family.id for family in families)
        self.families = [first, second, third, fourth]
        self.sold: dict[int, Sold] = {}
        self.goods = [
            self._product({first: 3_333, second: 3_334, third: 3_333}, 10_007),
            self._product({fourth: 10_000}, 20_001),
            self._product({second: 6_667, fourth: 3_333}, 9_001),
        ]
        box = {self.goods[0]: 2, self.goods[1]: 1}
        self.parcel = build.offered(box, price=60_013)
        self.parcel_sold = self._boxed(box, 60_013)
        self.bureau = Bureau(credit=CREDIT)

    def _product(self, makers: dict[int, int], price: int) -> Product:
        row = make.product(makers=makers, price=price, approved_price=price, stock=STOCK)
        parts = {family: Fraction(price * points, 10_000) for family, points in makers.items()}
        self.sold[row.id] = Sold(price, 0, {row.id: 1}, parts)
        return row

    def _boxed(self, box: dict[Product, int], price: int) -> Sold:
        value = sum(product.price * count for product, count in box.items())
        parts: dict[int, Fraction] = {}
        for product, count in box.items():
            for family, part in self.sold[product.id].parts.items():
                worth = part * count * Fraction(price - PACKING, value)
                parts[family] = parts.get(family, Fraction(0)) + worth
        return Sold(price, PACKING, {product.id: count for product, count in box.items()}, parts)

    def requests(self, choices: dict[int, int]) -> list[LineRequest]:
        """Return what is asked for: index of a product, or 3 for the parcel → how many."""
        return [
            LineRequest(count, parcel_id=self.parcel.id)
            if at == len(self.goods)
            else LineRequest(count, product_id=self.goods[at].id)
            for at, count in choices.items()
        ]

    def ordered(self, choices: dict[int, int], method: str, delivery: Delivery) -> Bought:
        """Place an order and make its bill; where the way to pay does not fit, it stays without one."""
        with unit_of_work():
            order = orders.place(wanted(*self.requests(choices), delivery=delivery))
        try:
            with unit_of_work():
                payments.start(order.id, method)
        except InvalidInput:
            pass
        return self.known(order)

    def on_invoice(self, choices: dict[int, int]) -> Bought:
        """Let the office order and pay later."""
        return self.known(self.bureau.ordered(*self.requests(choices)), on_invoice=True)

    def known(self, order: Order, *, on_invoice: bool = False) -> Bought:
        """Return what the model knows of an order."""
        db.session.expire_all()
        row = db.session.get_one(Order, order.id)
        lines = {line.id: Line(self.sold_as(line.product_id), line.quantity) for line in row.lines}
        pickup = row.delivery_method is DeliveryMethod.PICKUP
        return Bought(row.id, lines, 0 if pickup else FEE, on_invoice)

    def sold_as(self, product_id: int | None) -> Sold:
        """Return what a line of a product is, or one of the parcel."""
        return self.parcel_sold if product_id is None else self.sold[product_id]
