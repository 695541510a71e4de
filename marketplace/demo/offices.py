"""Offices around the yard; two of them buy on invoices, with something in every state: played through the services."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

from ..catalog.models import Product
from ..extensions import db
from ..offices import invoices, ordering, queries, service
from ..offices.models import Office, OfficeKind
from ..offices.ordering import Wish
from ..offices.service import OfficeContent
from ..orders import service as orders
from ..orders.billing import INVOICE
from ..orders.models import DeliveryMethod, Order
from ..orders.wanted import Delivery, LineRequest
from ..payments.kept import Rest
from ..shared import clock
from ..shared.policy import Role
from ..shared.transaction import unit_of_work
from ..stock import movements
from . import words
from .market_crew import Neighbour
from .people import REGENCY, Cast
from .trade import VILLAGE, moment

LIMIT = 15_000_000
BOUGHT = (3, 8, 14, 21)
"""Products (by number) that offices like to buy."""
SCHOOL, AGENCY = 10, 0
"""Places of the two among `words.OFFICES` that pay later: the buyer of that place asks, his colleague approves."""
AROUND_THE_YARD = (AGENCY, 8, SCHOOL, 11)
"""Places of those whose people walk over to the tent market."""


class Clerks:
    """Who orders for one office, and how they go about it."""

    def __init__(self, cast: Cast, products: list[int], asker: int, approver: int, office_id: int) -> None:
        self.cast = cast
        self.products = products
        self.asker = asker
        self.approver = approver
        self.office_id = office_id
        office = queries.membership(approver, office_id).office
        self.street, self.rt_rw = office.street, office.rt_rw

    def offer(self, *numbers: int) -> int:
        """Make an offer of ten of each product; return its id."""
        for number in numbers:
            self._supply(self.products[number])
        lines = tuple(LineRequest(10, self.products[number]) for number in numbers)
        delivery = Delivery(
            DeliveryMethod.OFFICE, self.street, self.rt_rw, village_code=VILLAGE, landmark="Ruang tata usaha"
        )
        return ordering.offer(Wish(self.office_id, REGENCY, lines, delivery), self.asker).id

    def _supply(self, product_id: int) -> None:
        product = db.session.get_one(Product, product_id)
        if product.tracks_stock:
            place = movements.location_of_group(product.group_id)
            movements.receive(product_id, place.id, 10, self.cast.staff[Role.PACKER])

    def approve(self, office_order_id: int) -> None:
        """Ask for it and approve it."""
        ordering.ask(office_order_id, self.asker)
        ordering.approve(office_order_id, self.approver)

    def order(self, serial: int, *numbers: int) -> Order:
        """Lead an offer to its order."""
        key = self.offer(*numbers)
        self.approve(key)
        return ordering.order(key, f"027/{serial:03d}/SP/{clock.now():%Y}", INVOICE, self.asker)

    def deliver(self, order: Order) -> None:
        """Bring an order to the office."""
        packer = self.cast.staff[Role.PACKER]
        for step in (orders.pack, orders.ship, orders.hand_over):
            step(order.id, packer)

    def pay(self, order: Order, amount: int) -> None:
        """Pay a part of an order's invoice."""
        invoice = queries.invoice_of(order)
        assert invoice is not None
        money = Rest("transfer", amount, f"SP2D{order.id:07d}")
        invoices.receive(invoice.id, money, self.cast.staff[Role.TREASURER])


def register(cast: Cast, products: list[int], first: dt.date) -> dict[int, Clerks]:
    """Write the offices and schools around the yard down on a day; return who orders for each, by its place."""
    return {place: _office(cast, products, first, place) for place in AROUND_THE_YARD}


def neighbours(clerks: Iterable[Clerks]) -> list[Neighbour]:
    """Return offices as the tent market knows them."""
    found = [db.session.get_one(Office, each.office_id) for each in clerks]
    return [Neighbour(office.id, office.name, office.kind) for office in found]


def let_them_order(clerks: Mapping[int, Clerks], now: dt.datetime) -> None:
    """Let two offices order and pay in the last weeks, and leave something for today."""
    school, agency = clerks[SCHOOL], clerks[AGENCY]
    _weeks_ago(now, 7, lambda: _settled(school))
    _weeks_ago(now, 6, lambda: _overdue(agency))
    _weeks_ago(now, 2, lambda: _partly_paid(school))
    with unit_of_work():
        agency.deliver(agency.order(15, BOUGHT[1], BOUGHT[3]))
        agency.order(16, BOUGHT[0])
        agency.approve(agency.offer(BOUGHT[2], BOUGHT[3]))
        agency.offer(BOUGHT[0], BOUGHT[1])
        ordering.ask(school.offer(BOUGHT[2]), school.asker)
        back = school.offer(BOUGHT[3])
        ordering.ask(back, school.asker)
        ordering.send_back(back, "Tolong kurangi menjadi lima", school.approver)
        ordering.cancel(school.offer(BOUGHT[1]), school.asker)


def _office(cast: Cast, products: list[int], first: dt.date, place: int) -> Clerks:
    name, kind = words.OFFICES[place]
    asker_id, approver_id = cast.buyers[place], cast.buyers[place + len(words.OFFICES)]
    with clock.at(moment(first, 10)), unit_of_work():
        treasurer = cast.staff[Role.TREASURER]
        content = OfficeContent(
            REGENCY,
            OfficeKind(kind),
            name,
            f"{words.STREETS[place]} No. {place + 3}",
            VILLAGE,
            words.person_name(700 + place, female=True),
            f"+6281250000{400 + place}",
            rt_rw=f"{place % 5 + 1:03}/001",
        )
        office = service.register(content, approver_id)
        service.join(office.invitation_code, asker_id)
        service.verify(office.id, treasurer)
        if place in (SCHOOL, AGENCY):
            service.set_credit(office.id, allowed=True, limit=LIMIT, actor_id=treasurer)
        return Clerks(cast, products, asker_id, approver_id, office.id)


def _back(now: dt.datetime, weeks: int) -> dt.datetime:
    return moment((now - dt.timedelta(weeks=weeks)).date(), 10)


def _weeks_ago(now: dt.datetime, weeks: int, act: Callable[[], None]) -> None:
    with clock.at(_back(now, weeks)), unit_of_work():
        act()


def _settled(clerks: Clerks) -> None:
    order = clerks.order(3, BOUGHT[0], BOUGHT[1])
    clerks.deliver(order)
    clerks.pay(order, order.due_amount)


def _overdue(clerks: Clerks) -> None:
    clerks.deliver(clerks.order(9, BOUGHT[2]))


def _partly_paid(clerks: Clerks) -> None:
    order = clerks.order(12, BOUGHT[1], BOUGHT[2])
    clerks.deliver(order)
    clerks.pay(order, order.due_amount // 2)
