"""A phone that sells at a tent of the demo, and tells of it in batches, as a real one does."""

import datetime as dt
import json
from random import Random
from typing import Any
from uuid import UUID

from ..accounts.models import User
from ..extensions import db
from ..shared import clock
from ..tent_market import devices, sync
from ..tent_market.models import Stall
from ..tent_market.sync_bodies import read_batch
from .market_crew import Purchase

Event = dict[str, Any]
OLD_PRICE = 1_000
"""By so much a price list that the phone fetched days ago is behind, rupiah."""


class Phone:
    """A phone opened for one tent, whose clock may be ahead of ours."""

    def __init__(self, stall: Stall, seller: int, luck: Random, ahead: dt.timedelta) -> None:
        user = db.session.get_one(User, seller)
        device, _secret = devices.open_device(user, seller, f"HP {user.name.split()[0]}", [stall.id])
        self.device_id, self.stall_id = device.id, stall.id
        self.luck = luck
        self.ahead = ahead
        self.sequence = 0
        self.sold = 0

    def write_sale(self, bought: Purchase, *, off: int = 0) -> Event:
        """Write a sale down at the prices that the phone knows, which may be `off` rupiah below those of now."""
        lines = [
            {"product": key, "quantity": count, "price": price - off, "list": price - off}
            for key, (count, price) in bought.lines.items()
        ]
        total = sum(line["quantity"] * line["price"] for line in lines)
        self.sold += total
        who = bought.buyer.as_buyer if bought.buyer else {"kind": "public", "office": None}
        content = {"lines": lines, "paid": "qris" if bought.by_qris else "cash", "handed": None, "total": total}
        return self._event("sale", bought.at, **content, buyer=who)

    def write_void(self, sale: Event, at: dt.datetime) -> Event:
        """Undo a sale that was typed by mistake."""
        return self._event("void", at, of=sale["id"], reason="Salah ketik")

    def write_refund(self, sale: Event, at: dt.datetime) -> Event:
        """Take one piece of the first line of a sale back, which cannot be sold again."""
        line = sale["lines"][0]
        back = [{"product": line["product"], "quantity": 1, "spoiled": 1}]
        return self._event("refund", at, of=sale["id"], lines=back, amount=line["price"], reason="Kemasan bocor")

    def _event(self, kind: str, at: dt.datetime, **content: Any) -> Event:
        self.sequence += 1
        key = UUID(int=self.luck.getrandbits(128), version=4)
        said_at = (at + self.ahead).isoformat()
        return {
            "id": str(key), "seq": self.sequence, "kind": kind, "stall": self.stall_id, "at": said_at, **content
        }  # fmt: skip

    def send(self, *events: Event) -> None:
        """Send events now, with how far the phone had written."""
        told = {"sequence": self.sequence, "amount": self.sold}
        body = {"now": (clock.now() + self.ahead).isoformat(), "told": told, "events": list(events)}
        sync.take(self.device_id, read_batch(json.dumps(body).encode()))
