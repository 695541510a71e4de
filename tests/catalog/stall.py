"""Where the tests of the products' pages happen."""

import secrets
from typing import Any

from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.catalog import service
from marketplace.catalog.models import Product, ProductState
from marketplace.groups.models import Group, Household
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.catalog.words import content


class Stall:
    """A group of three families, their seller, mentor and curator, and a browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.group: Group = make.group(name="KUBE Melati")
        self.families: list[Household] = [make.household(self.group) for _ in range(3)]
        self.seller: User = make.user(Role.SELLER, household_id=self.families[0].id)
        self.curator: User = make.user(Role.CURATOR)
        make.sign_in(client, self.seller)

    def form(self, **values: Any) -> dict[str, Any]:
        base: dict[str, Any] = {
            "name": "Keripik Talas",
            "category": "snack",
            "price": "Rp 12.500",
            "key": secrets.token_hex(8),
            "unit": "bungkus",
            "maker": str(self.families[0].id),
            "description": "Renyah.",
        }
        for index, family in enumerate(self.families):
            base[f"shares-{index}-household_id"] = str(family.id)
            base[f"shares-{index}-percent"] = ""
        return {**base, **values}

    def product(self, state: ProductState = ProductState.DRAFT, **values: Any) -> Product:
        with unit_of_work():
            made = content(self.families[0], **values)
            product = service.create_product(self.group.id, made, self.seller)
            if state is not ProductState.DRAFT:
                revision = service.submit(product.id, self.seller)
        if state is ProductState.PUBLISHED:
            with unit_of_work():
                service.approve(revision.id, self.curator)
        return product
