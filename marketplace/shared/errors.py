"""Errors of the domain: they carry data, and are turned into a page, a form message or JSON in one place."""

from collections.abc import Sequence
from dataclasses import dataclass

from .i18n import Text, _, _l


class DomainError(Exception):
    """Something a person asked for that cannot be done; `message` says why in his language."""

    status = 409
    code = "refused"

    def __init__(self, message: Text, *, field: str | None = None) -> None:
        super().__init__(str(type(self).__name__))
        self.message = message
        self.field = field
        """Name of the form field the message belongs beside, or None for the whole form."""


class InvalidInput(DomainError):
    """A value that cannot be taken as it is."""

    status = 422
    code = "invalid-input"


class NotFound(DomainError):
    """There is no such thing, or not for this person: strangers learn nothing from the difference."""

    status = 404
    code = "not-found"

    def __init__(self) -> None:
        super().__init__(_l("We could not find that page."))


class Forbidden(DomainError):
    """The person is known, the thing is his to see, but not his to change."""

    status = 403
    code = "forbidden"

    def __init__(self, message: Text | None = None) -> None:
        super().__init__(message or _l("You are not allowed to do this."))


class Locked(DomainError):
    """Too many tries; wait a while."""

    status = 429
    code = "too-many-tries"


class StateConflict(DomainError):
    """The thing is no longer in a state from which this can be done."""

    code = "state-conflict"

    def __init__(self, message: Text | None = None) -> None:
        super().__init__(message or _l("This has changed in the meantime. Look at it again before you go on."))


class KeyReused(DomainError):
    """An idempotency key came back with another body."""

    code = "key-reused"

    def __init__(self) -> None:
        super().__init__(_l("This form was already sent with other content."))


@dataclass(frozen=True)
class Missing:
    """One product of which there is not enough: how many were wanted and how many are free."""

    product_id: int
    name: str
    wanted: int
    free: int

    def say(self) -> str:
        """Say how many were wanted and how many there are."""
        return _("%(name)s: you asked for %(wanted)s, %(free)s are left.", **vars(self))


class Shortage(DomainError):
    """Stock does not cover the demand; all shortages of an order come together."""

    code = "shortage"

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(_l("Some products are not available in the amount you asked for."))
        self.missing = tuple(missing)
