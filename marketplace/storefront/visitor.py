"""Who stands in the shop: his basket's owner, and what his session remembers of it."""

from flask import Flask, session
from flask_login import current_user, user_logged_in, user_logged_out

from ..accounts.models import User
from . import queries, service
from .models import Basket
from .queries import Owner

TOKEN = "basket_token"  # noqa: S105 (the name of it, not one)
COUNT = "basket_count"
ORDERS = "order_tokens"
KEPT_ORDER = "kept_order"
"""The secret link of the order whose form a guest asked this browser to remember."""
CHECKOUT = "checkout_key"
"""The key of the checkout form he was shown last, until its order came back to him."""
MOST_ORDERS = 5


def owner() -> Owner:
    """Return whose basket this visitor fills."""
    if current_user.is_authenticated:
        return Owner(user_id=current_user.id)
    return Owner(token=session.get(TOKEN, ""))


def remember(basket: Basket) -> None:
    """Keep in the session whose basket it is and how many things are in it."""
    if basket.user_id is None:
        session[TOKEN] = basket.token
    recount(queries.count_of(owner()))


def recount(count: int) -> None:
    """Keep in the session how many things are in the visitor's basket."""
    if session.get(COUNT, 0) != count:
        session[COUNT] = count


def remember_order(token: str, *, for_long: bool | None = None) -> None:
    """Keep a guest's last orders at hand in his session, which ends with the browser unless he wants it otherwise.

    What he wrote is filled in again only from an order for which he asked for that; `for_long` is None where he was
    not asked.
    """
    others = [known for known in session.get(ORDERS, []) if known != token]
    session[ORDERS] = [token, *others][:MOST_ORDERS]
    if for_long is not None:
        session[KEPT_ORDER] = token if for_long else ""
    session.permanent = session.permanent or bool(for_long)


def forget_orders() -> None:
    """Forget a guest's orders on this browser, and that it was to remember them for long."""
    for name in (ORDERS, KEPT_ORDER):
        session.pop(name, None)
    session.permanent = False


def kept_order() -> str:
    """Return the secret link of the order whose form this browser was asked to remember; empty without one."""
    return str(session.get(KEPT_ORDER, ""))


def show_checkout(key: str) -> None:
    """Keep in the session which checkout form was shown; an empty key says that its order came back."""
    if session.get(CHECKOUT, "") != key:
        session[CHECKOUT] = key


def shown_checkout() -> str:
    """Return the key of the checkout form that was shown last and brought no order yet; empty without one."""
    return str(session.get(CHECKOUT, ""))


def remembered_orders() -> list[str]:
    """Return the secret links of the orders a guest made in this session."""
    return list(session.get(ORDERS, []))


def _signed_in(_app: Flask, user: User) -> None:
    token = session.pop(TOKEN, "")
    if token:
        service.merge_on_sign_in(user.id, token)
    session[COUNT] = queries.count_of(Owner(user_id=user.id))


def _signed_out(_app: Flask, user: object) -> None:
    for name in (TOKEN, COUNT, ORDERS, KEPT_ORDER, CHECKOUT):
        session.pop(name, None)


user_logged_in.connect(_signed_in)
user_logged_out.connect(_signed_out)
