"""The ways to pay, in the order in which they are offered."""

from ...areas.queries import time_zone
from ...orders.models import DeliveryMethod
from ...shared import clock
from ..accounts import providers_with_account
from ..provider import Flow, Provider
from .cash import Cash
from .qris import Qris
from .stripe import Stripe
from .tent import TentCash
from .transfer import Transfer

ALL: tuple[Provider, ...] = (Qris(), Transfer(), Stripe(), Cash(), TentCash())
PROVIDERS: dict[str, Provider] = {provider.code: provider for provider in ALL}
ONLINE = tuple(code for code, provider in PROVIDERS.items() if provider.flow is Flow.REDIRECT)
"""Codes of those that tell us by themselves what came."""


def available(order_total: int, delivery_method: DeliveryMethod, area_code: str) -> list[Provider]:
    """Return the ways in which an order of a sum can be paid in a regency."""
    day = clock.today(time_zone(area_code))
    ready = providers_with_account(area_code)
    return [
        provider
        for provider in PROVIDERS.values()
        if provider.is_on()
        and provider.serves(delivery_method)
        and (not provider.needs_account or provider.code in ready)
        and provider.least() <= order_total <= provider.limit(area_code, day)
    ]
