"""Every form sent twice with the same content, as by a double click or the back button: it happens once."""

import datetime as dt
from typing import Any

import pytest

from tests.hostile.page import Pairs
from tests.hostile.place import Found, Place, Rows

AGAIN = {
    "shop.product": "each press puts one more into the basket, where it is seen before it is ordered",
    "shop.parcel": "the same",
    "buying.again_own": "the same",
    "buying.again_linked": "the same",
    "payments.send_own_proof": "a second proof takes the place of the first",
    "payments.send_proof": "the same",
    "office_orders.send_proof": "the same",
    "parcels.edit": "a second photo takes the place of the first",
    "offices.new_invitation": "only the code that is shown last works",
    "online.own": "the stub does not forget what the town forgets: tests/payments/test_online.py presses it twice",
    "online.linked": "the same",
    "plans.invite": "only the link that is shown last works",
    "users.make_code": "only the code that is shown last works",
}
"""Forms that may do the same again, and why."""
NOTED = {"audit_entry", "wrong_try"}
"""Tables that say what was asked, not what came of it."""
RENEWED = {"statement_file", "office_order_line"}
"""Tables whose rows the same form writes anew in the place of the old ones: the same, under other numbers."""
PART = "1.000"


def _whole(place: Place, found: Found) -> Pairs:
    return found.filled(place.good(found))


def _sparse(place: Place, found: Found) -> Pairs:
    """Fill in what must be, and of sums only a part, so that a second one would fit."""
    needed = {field.name.rpartition("-")[2] for field in found.form.fields if field.required}
    pairs = found.filled({name: text for name, text in place.good(found).items() if name in needed})
    return [(name, PART if name == "amount" else text) for name, text in pairs]


# That a part of a sum would fit a second time is reckoned by us; any database would let it.
@pytest.mark.parametrize("fill", [_whole, pytest.param(_sparse, marks=pytest.mark.once)])
def test_the_same_form_twice_happens_once(place: Place, forms: list[Found], fill: Any) -> None:
    wrong, worked = [], 0
    for found in forms:
        if found.endpoint in AGAIN:
            continue
        pairs = fill(place, found)
        first, once = place.send(found, pairs), _what_came_of_it(place.dump())
        second, twice = place.send(found, pairs), _what_came_of_it(place.dump())
        place.restore()
        changed = sorted(name for name in once if once[name] != twice[name])
        wrong += [f"{found}: {first.status_code}, {second.status_code}: {changed}"] * bool(changed)
        worked += first.status_code < 400
    assert not wrong, "\n".join(wrong)
    assert worked > len(forms) // 2


def _what_came_of_it(rows: Rows) -> Rows:
    """Return rows without moments and secrets, which are written anew with the same meaning."""
    return {
        name: [_plain(row[1:] if name in RENEWED else row) for row in found]
        for name, found in rows.items()
        if name not in NOTED
    }


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(None if isinstance(value, bytes | dt.datetime) else value for value in row)


def test_the_same_key_with_another_content_is_refused(place: Place, forms: list[Found]) -> None:
    """A page kept by the back button cannot silently swallow what was typed anew; sent once more, it is done."""
    keyed = [found for found in forms if found.form.named("key") and found.form.named("name")]
    keyed = [found for found in keyed if found.button != ("go", "count")]  # only asks for the sum
    assert {found.endpoint for found in keyed} >= {"products.create", "parcels.create"}
    for found in keyed:
        pairs = _whole(place, found)
        assert place.send(found, pairs).status_code < 400
        other = [(name, "Nama yang lain" if name == "name" else text) for name, text in pairs]
        refused = place.send(found, other)
        assert refused.status_code in (409, 422), found
        assert "Nama yang lain" in refused.text or found.endpoint == "basket.checkout"
        place.restore()
