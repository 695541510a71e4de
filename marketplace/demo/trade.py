"""Play the planned year through the real services: every order is placed, paid, packed and handed over."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from ..accounts.models import User
from ..areas.queries import time_zone
from ..catalog.models import Product
from ..extensions import db
from ..graduation import service as graduation
from ..graduation.models import NoteKind
from ..graduation.service import NoteContent
from ..orders import adjustments, returns
from ..orders import service as orders
from ..orders.models import DeliveryMethod, Order, OrderState
from ..orders.queries import refund_due
from ..orders.wanted import Buyer, Delivery, LineRequest, PlaceOrder
from ..payments import refunds
from ..payments import service as payments
from ..payments.models import Payment, RefundMethod
from ..shared import clock
from ..shared.policy import Role
from ..shared.transaction import unit_of_work
from ..stock import movements
from . import words
from .payday import Payday
from .people import REGENCY, Cast
from .plan import PlannedOrder

VILLAGE = "63.06.05.1001"
WAYS = ("transfer", "transfer", "qris", "qris", "cash")


def moment(day: dt.date, hour: int, minute: int = 0, area_code: str = REGENCY) -> dt.datetime:
    """Return a local time of an area as a moment."""
    return dt.datetime.combine(day, dt.time(hour, minute), clock.zone(time_zone(area_code)))


class Market:
    """The demo's shop on its way through the year."""

    def __init__(self, cast: Cast, products: Sequence[int], parcels: Sequence[int], now: dt.datetime) -> None:
        self.cast = cast
        self.products = products
        self.parcels = parcels
        self.now = now
        self.treasurer = cast.staff[Role.TREASURER]
        self.packer = cast.staff[Role.PACKER]
        self.payday = Payday(cast, REGENCY)

    def supply(self, month: dt.date, planned: Iterable[PlannedOrder]) -> None:
        """Let the groups make what a month will need and a little more, and bring a part to the store."""
        need: Counter[int] = Counter()
        for order in planned:
            need.update({chunk.product: chunk.quantity for chunk in order.chunks})
            if order.parcel is not None:
                for name, count in words.PARCELS[order.parcel].components:
                    need[_number(name)] += count * order.parcels
        with clock.at(moment(month, 7)), unit_of_work():
            for number, quantity in sorted(need.items()):
                self._make(number, quantity + 3 + number % 7)

    def _make(self, number: int, quantity: int) -> None:
        product = db.session.get_one(Product, self.products[number])
        if not product.tracks_stock:
            return
        place = movements.location_of_group(product.group_id)
        movements.receive(product.id, place.id, quantity, self.packer)
        if number % 3 == 0:
            movements.deliver_to_store(product.id, quantity // 2 + 1, self.packer, "Setor mingguan")

    def trade(self, planned: PlannedOrder) -> None:
        """Lead one order through its life, as far as the present day allows."""
        fate = planned.luck % 100
        with unit_of_work():
            with clock.at(moment(planned.day, 8 + planned.luck % 9, planned.luck % 60)):
                order = self._place(planned)
                payment = payments.start_first(order)
            if fate < 3:
                self._let_expire(planned.day)
            else:
                self._go_on(order.id, payment.id, planned.day, fate)

    def _place(self, planned: PlannedOrder) -> Order:
        user = db.session.get_one(User, self.cast.buyers[planned.buyer])
        method = (DeliveryMethod.PICKUP, DeliveryMethod.OFFICE, DeliveryMethod.PICKUP, DeliveryMethod.ADDRESS)[
            planned.luck % 4
        ]
        way = WAYS[planned.luck % len(WAYS)]
        if way == "cash" and method is not DeliveryMethod.PICKUP:
            way = "transfer"
        lines = [LineRequest(chunk.quantity, product_id=self.products[chunk.product]) for chunk in planned.chunks]
        if planned.parcel is not None:
            lines.append(LineRequest(planned.parcels, parcel_id=self.parcels[planned.parcel]))
        return orders.place(
            PlaceOrder(
                regency_code=REGENCY,
                key=f"demo-{planned.day}-{planned.luck}-{planned.buyer}",
                buyer=Buyer(user.id, user.name, str(user.phone), user.office_name),
                delivery=_delivery(method, user, planned.luck),
                lines=tuple(lines),
                payment_method=way,
                keep_for=payments.time_to_pay(way, REGENCY),
            )
        )

    def _let_expire(self, day: dt.date) -> None:
        late = moment(day + dt.timedelta(days=2), 9)
        if late < self.now:
            with clock.at(late):
                payments.expire_due(clock.now())

    def _go_on(self, order_id: int, payment_id: int, day: dt.date, fate: int) -> None:
        """Pay, pack and hand over; a few orders are cancelled, sent short or come back."""
        is_new = day > self.now.date() - dt.timedelta(days=3)
        steps: tuple[tuple[int, int, Callable[[], None]], ...] = (
            (0, 17, partial(self._pay, payment_id, claim_only=is_new and fate % 2 == 1)),
            (1, 9, partial(self._before_packing, order_id, fate)),
            (1, 14, partial(self._pack, order_id)),
            (2, 11, partial(self._hand_over, order_id, payment_id)),
            (4, 10, partial(self._afterwards, order_id, fate)),
        )
        for days, hour, step in steps:
            at = moment(day + dt.timedelta(days=days), hour)
            if at > self.now:
                return
            with clock.at(at):
                step()

    def _pay(self, payment_id: int, *, claim_only: bool) -> None:
        """Confirm a payment; of the newest some are only claimed, so that the treasurer has work."""
        payment = db.session.get_one(Payment, payment_id)
        if payment.provider == "transfer" and claim_only:
            payments.claim(payment_id, None, "Sudah saya transfer tadi siang")
        elif payment.provider != "cash":
            payments.confirm(payment_id, payment.amount, f"MUT{payment_id:07d}", self.treasurer)

    def _before_packing(self, order_id: int, fate: int) -> None:
        order = db.session.get_one(Order, order_id)
        if order.state is not OrderState.PROCESSING:
            return
        if fate < 6:
            adjustments.cancel(order_id, by_buyer=True, reason="Acara dibatalkan", actor_id=order.buyer_id)
            self._give_back(order_id, "Acara dibatalkan")
        elif fate < 10 and order.lines[0].quantity > 1:
            adjustments.short_ship(order_id, order.lines[0].id, 1, "Kemasan rusak", self.packer)
            self._give_back(order_id, "Kemasan rusak")

    def _give_back(self, order_id: int, reason: str) -> None:
        due = refund_due(order_id)
        if due > 0:
            reference = f"KEMBALI{order_id:06d}"
            self.payday.provide(f"k{order_id}", cash=0, bank=due)
            refunds.record_refund(order_id, due, RefundMethod.TRANSFER, reference, reason, self.treasurer)

    def _pack(self, order_id: int) -> None:
        order = db.session.get_one(Order, order_id)
        if order.state is not OrderState.PROCESSING:
            return
        orders.pack(order_id, self.packer)
        if order.delivery_method is not DeliveryMethod.PICKUP:
            orders.ship(order_id, self.packer)

    def _hand_over(self, order_id: int, payment_id: int) -> None:
        order = db.session.get_one(Order, order_id)
        if order.state not in (OrderState.READY, OrderState.SHIPPED):
            return
        if order.paid_at is None:
            handed = -(-order.due_amount // 50_000) * 50_000
            payments.collect_cash(payment_id, handed, self.treasurer)
        else:
            orders.hand_over(order_id, self.packer)

    def _afterwards(self, order_id: int, fate: int) -> None:
        if fate == 99 and db.session.get_one(Order, order_id).state is OrderState.COMPLETED:
            returns.take_return(order_id, restock=False, reason="Rusak di jalan", actor_id=self.packer)
            self._give_back(order_id, "Rusak di jalan")

    def pay_out(self, month: dt.date) -> None:
        """Pay most families what they are owed, on the fifth of the month after."""
        at = moment(clock.add_months(month, 1) + dt.timedelta(days=4), 10)
        if at <= self.now:
            with unit_of_work():
                self.payday.pay(at, lambda household_id: household_id % 9 > 0)

    def reckon(self, months: Sequence[dt.date]) -> None:
        """Note some wages, then reckon every month against the line and close those that are over."""
        for month in months:
            after = min(self.now, moment(clock.add_months(month, 1), 6))
            with unit_of_work(), clock.at(after):
                for family in self.cast.families[::10]:
                    self._note(family.household_id, month)
                graduation.build_month(REGENCY, month)
                if clock.add_months(month, 1) <= self.now.date():
                    graduation.close_month(REGENCY, month)

    def _note(self, household_id: int, month: dt.date) -> None:
        content = NoteContent(month, NoteKind.OTHER_INCOME, 450_000, "Upah harian di kebun")
        note = graduation.add_note(household_id, content, self.cast.mentors[0])
        graduation.verify_note(note.id, self.cast.staff[Role.VERIFIER])


def _delivery(method: DeliveryMethod, user: User, luck: int) -> Delivery:
    if method is DeliveryMethod.PICKUP:
        return Delivery(method)
    if method is DeliveryMethod.OFFICE:
        return Delivery(method, street=user.office_name, village_code=VILLAGE, landmark="Ruang tata usaha")
    street = f"{words.STREETS[luck % len(words.STREETS)]} No. {luck % 80 + 1}"
    return Delivery(method, street, "002/001", VILLAGE, "Dekat langgar")


def _number(name: str) -> int:
    return next(number for number, product in enumerate(words.PRODUCTS) if product.name == name)
