"""A group with a seller, and a curator: where the tests of products happen."""

import datetime as dt
from dataclasses import replace

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.catalog import queries, service
from marketplace.catalog.models import (
    Product,
    Revision,
    RevisionState,
)
from marketplace.catalog.rules import Remarks
from marketplace.extensions import db
from marketplace.groups.models import Group, Household
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.catalog.words import content

REMARKS = Remarks("Foto terlalu gelap, mohon diambil lagi di luar rumah.", None, "Ibu pendamping")
YESTERDAY = dt.date(2020, 1, 1)


class World:
    """A group of two families, a seller of the first, and a curator."""

    def __init__(self, *, trusted: bool = False) -> None:
        self.group: Group = make.group(trusted_from=YESTERDAY if trusted else None)
        self.family: Household = make.household(self.group)
        self.neighbour: Household = make.household(self.group)
        self.seller: User = make.user(Role.SELLER, household_id=self.family.id)
        self.curator: User = make.user(Role.CURATOR)

    def draft(self, **values: object) -> Product:
        with unit_of_work():
            return service.create_product(self.group.id, content(self.family, **values), self.seller)

    def published(self, **values: object) -> Product:
        product = self.draft(**values)
        with unit_of_work():
            service.approve(service.submit(product.id, self.seller).id, self.curator)
        return product

    def edit(self, product: Product, **values: object) -> None:
        with unit_of_work():
            now = queries.working_content(product, queries.revisions_of(product.id))
            service.edit_product(product.id, replace(now, **values), self.seller)  # type: ignore[arg-type]


def fresh(product: Product) -> Product:
    return db.session.get_one(Product, product.id, populate_existing=True)


def revisions(product: Product) -> list[tuple[int, RevisionState]]:
    rows = db.session.scalars(select(Revision).order_by(Revision.number))
    return [(row.number, row.state) for row in rows if row.product_id == product.id]


def pending(product: Product) -> Revision:
    statement = select(Revision).where(Revision.product_id == product.id, Revision.state == RevisionState.PENDING)
    return db.session.scalars(statement).one()
