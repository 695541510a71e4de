"""Anything that can happen to the money of a shop, in any order, beside a small model of it.

What a service refuses must change nothing; what it takes must change what the model says, to the rupiah and the piece.
"""

import random

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balances, balance_of
from marketplace.orders.queries import refund_due
from marketplace.reports import checks
from marketplace.shared.transaction import rollback
from marketplace.stock.models import StockLevel
from tests import make
from tests.conftest import reset
from tests.histories.buying import Buying
from tests.histories.going_out import GoingOut
from tests.histories.goods import Goods
from tests.histories.model import HELD, LEFT_THE_SHELF
from tests.histories.shop import PICKUP, STOCK, Shop
from tests.histories.stage import CHOICES, MONEY, STEPS


class History(Buying, Goods, GoingOut):
    """One history of one shop."""

    @initialize(seed=st.integers(0, 2**32))
    def open_the_shop(self, seed: int) -> None:
        """Start with an order of each kind, one of them delivered, so that there is something to play with."""
        dice = random.Random(seed)
        reset(self.app)
        self.shop = Shop()
        for method in ("transfer", "transfer", "cash", "stripe"):
            self.place("order", self.shop.ordered, dice.choice(CHOICES), method, PICKUP)
        self.place("invoice", self.shop.on_invoice, dice.choice(CHOICES))
        self.go_all_the_way(0)

    @rule(seed=st.integers(0, 2**32))
    def something_happens(self, seed: int) -> None:
        """Let one of the things happen that can now; all are as likely, so that histories come far.

        Drawn by the seed alone: what Hypothesis draws may not depend on random numbers of the shop, as unique codes.
        """
        dice = random.Random(seed)
        chosen = dice.choice([each for each in STEPS if each.when(self)])
        drawn = {name: dice.choice(options) for name, options in chosen.drawn.items()}
        note(f"{chosen.name}: {drawn}")
        getattr(self, chosen.name)(**drawn)

    @invariant()
    def money_is_where_the_model_says(self) -> None:
        found = account_balances(make.REGENCY)
        accounts = (*MONEY, Account.DISPUTED, Account.DISPUTE_LOSSES, Account.PROVIDER_FEES)
        assert {key: found.get(key, 0) for key in accounts} == {key: self.books.money[key] for key in accounts}
        assert sum(found.values()) == 0

    @invariant()
    def buyers_are_owed_what_the_model_says(self) -> None:
        orders = self.books.orders.values()
        assert {each.id: refund_due(each.id) for each in orders} == {each.id: each.owed_back for each in orders}
        assert all(each.owed_back >= 0 for each in orders), "an order was paid with too little"

    @invariant()
    def families_have_what_their_goods_brought(self) -> None:
        if not self.books.orders:
            return
        found = {family: balance_of(family) + self.books.paid_out[family] for family in self.shop.families}
        assert sum(found.values()) == self.books.earned_in_all()
        for family, (worth, off) in self.books.earned().items():
            assert abs(found[family] - worth) <= off

    def teardown(self) -> None:
        """See that the goods are where they should be and that every check of the shop holds."""
        if not self.books.orders:
            return
        rollback()
        used, held = self.books.used(LEFT_THE_SHELF), self.books.used(HELD)
        statement = select(StockLevel.product_id, func.sum(StockLevel.on_hand), func.sum(StockLevel.held))
        for product_id, there, kept_back in db.session.execute(statement.group_by(StockLevel.product_id)):
            assert (there, kept_back) == (STOCK - used[product_id], held[product_id])
        assert {check.name: found.faults for check in checks.ALL if (found := check.run()).broken} == {}
