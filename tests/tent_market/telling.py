"""A phone that sells at tents and tells of it, in few words. Call inside `app`."""

import datetime as dt
import itertools
import json
import uuid
from typing import Any

from flask import current_app
from werkzeug.test import TestResponse

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market import devices
from marketplace.tent_market.models import Stall
from marketplace.tent_market.sync_bodies import Batch, read_batch
from marketplace.tent_market.till_models import TillDevice, TillStall
from tests import make

Event = dict[str, Any]
_tokens = itertools.count(1)


class Till:
    """A phone with a counter of its own, opened for some tents."""

    def __init__(self, *stalls: Stall, cashier: User | None = None, name: str = "HP Bu Siti") -> None:
        self.cashier = cashier or make.user(Role.PACKER)
        self.token = f"token-{next(_tokens)}"
        device = TillDevice(
            day_id=stalls[0].day_id,
            cashier_id=self.cashier.id,
            name=name,
            token_hash=devices.hash_of(self.token),
            stalls=[TillStall(stall_id=stall.id) for stall in stalls],
        )
        self.id: int = make.add(device).id
        self.stall_id = stalls[0].id
        self.sequence = 0

    def event(self, kind: str, /, **content: Any) -> Event:
        """Write an event down, with the next number."""
        self.sequence += 1
        own = {"id": str(uuid.uuid4()), "seq": self.sequence, "kind": kind, "stall": self.stall_id}
        return own | {"at": "2026-07-06T09:15:00+08:00"} | content

    def sale(self, *lines: Event, **more: Any) -> Event:
        """Sell lines of `of` for cash, unless it is said otherwise."""
        total = sum(line["quantity"] * line["price"] for line in lines)
        content = {"paid": "cash", "handed": None, "total": total, "buyer": {"kind": "public", "office": None}}
        return self.event("sale", **{"lines": list(lines), **content, **more})

    def void(self, sale: Event, **more: Any) -> Event:
        """Undo a sale that was typed by mistake."""
        return self.event("void", **{"of": sale["id"], "reason": "salah ketik", **more})

    def refund(self, sale: Event, quantity: int, spoiled: int = 0, **more: Any) -> Event:
        """Take pieces of the first line of a sale back."""
        line = sale["lines"][0]
        name = "product" if "product" in line else "parcel"
        back = {name: line[name], "quantity": quantity, "spoiled": spoiled}
        amount = quantity * line["price"]
        return self.event("refund", **{"of": sale["id"], "lines": [back], "amount": amount, "reason": "remuk", **more})

    def body(self, *events: Any, **more: Any) -> bytes:
        """Return a batch as it is sent; what is not said is as an honest phone says it."""
        told = {"sequence": self.sequence, "amount": 0}
        body = {"now": clock.now().isoformat(), "told": told, "events": list(events), **more}
        return json.dumps(body).encode()

    def batch(self, *events: Any) -> Batch:
        """Return a batch as it is taken in."""
        return read_batch(self.body(*events))

    def send(self, *events: Any, **more: Any) -> TestResponse:
        """Send events."""
        return self.post(self.body(*events, **more))

    def post(self, body: bytes) -> TestResponse:
        """Send bytes."""
        head = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        answer = current_app.test_client().post(
            "/kasir/kirim", data=body, headers=head, content_type="application/json"
        )
        db.session.rollback()
        db.session.expire_all()
        return answer

    def tell(self, *events: Any, **more: Any) -> list[str]:
        """Send events and return what was said to each: `booked`, `rescue revoked` …"""
        answer = self.send(*events, **more)
        assert answer.status_code == 200, answer.text
        assert answer.json is not None
        return [
            " ".join([one["result"], *([one["problem"]] if "problem" in one else [])]) for one in answer.json["results"]
        ]

    def revoke(self) -> None:
        """Report it as lost."""
        with unit_of_work():
            devices.revoke(self.id, "hilang di pasar", self.cashier.id)


def of(product_id: int, quantity: int = 1, price: int = 15_000, **more: Any) -> Event:
    """Return a line of a product at its price."""
    return {"product": product_id, "quantity": quantity, "price": price, "list": price, **more}


def box(parcel_id: int, recipe_id: int, quantity: int, price: int) -> Event:
    """Return a line of a parcel."""
    return {"parcel": parcel_id, "recipe": recipe_id, "quantity": quantity, "price": price, "list": price}


def minutes(count: int) -> str:
    """Return the time of a phone whose clock is so many minutes ahead."""
    return (clock.now() + dt.timedelta(minutes=count)).isoformat()
