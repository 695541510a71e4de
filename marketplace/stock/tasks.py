"""What people at the store and at the makers' do with goods, each done once however often the form is sent."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

from ..catalog.models import Product
from ..extensions import db
from ..shared import once
from ..shared.errors import InvalidInput, NotFound
from ..shared.i18n import _l
from ..shared.transaction import command
from . import movements


class Task(StrEnum):
    BROUGHT = "brought"
    """Setor barang: out of the group, into the store."""
    TAKEN_BACK = "taken_back"
    MADE = "made"
    FEWER = "fewer"
    """Fewer are at the makers than was thought: sold elsewhere, eaten, broken."""
    COUNTED_STORE = "counted_store"
    COUNTED_GROUP = "counted_group"
    SPOILED_STORE = "spoiled_store"
    SPOILED_GROUP = "spoiled_group"


AT_GROUP = (Task.MADE, Task.COUNTED_GROUP, Task.SPOILED_GROUP)
"""What a mentor may write down: the store is not his."""


@dataclass(frozen=True)
class Done:
    """A task that was done: how many of which product."""

    task: Task
    product_id: int
    quantity: int
    note: str = ""
    uncounted: bool = False
    """Goods brought to the store that the makers had not counted in before."""


@command
def record(key: str, done: Done, actor_id: int | None) -> None:
    """Write a task down as movements, once for each key.

    Raises KeyReused for the same key with another content, InvalidInput beside `quantity` or `note`.
    """
    claim = once.claim("stock", key, asdict(done))
    if claim.result_id is not None:
        return
    product = db.session.get(Product, done.product_id)
    if product is None:
        raise NotFound
    DOING[done.task](product, done, actor_id)
    claim.result_id = product.id


@command
def count_in(product: Product, quantity: int, actor_id: int) -> None:
    """Count in what the makers have of a product that was just listed."""
    movements.receive(product.id, _group_place(product), quantity, actor_id)


def _brought(product: Product, done: Done, actor_id: int | None) -> None:
    if done.uncounted:
        _made(product, done, actor_id)
    movements.deliver_to_store(product.id, done.quantity, actor_id, done.note)


def _taken_back(product: Product, done: Done, actor_id: int | None) -> None:
    movements.take_back(product.id, done.quantity, actor_id, done.note)


def _made(product: Product, done: Done, actor_id: int | None) -> None:
    movements.receive(product.id, _group_place(product), done.quantity, actor_id, done.note)


def _fewer(product: Product, done: Done, actor_id: int | None) -> None:
    movements.count_fewer(product.id, _group_place(product), done.quantity, actor_id, done.note)


def _counted_store(product: Product, done: Done, actor_id: int | None) -> None:
    movements.adjust_count(product.id, _store(product), done.quantity, actor_id, done.note)


def _counted_group(product: Product, done: Done, actor_id: int | None) -> None:
    movements.adjust_count(product.id, _group_place(product), done.quantity, actor_id, done.note)


def _spoiled_store(product: Product, done: Done, actor_id: int | None) -> None:
    movements.spoil(product.id, _store(product), done.quantity, actor_id, _reason(done))


def _spoiled_group(product: Product, done: Done, actor_id: int | None) -> None:
    movements.spoil(product.id, _group_place(product), done.quantity, actor_id, _reason(done))


def _reason(done: Done) -> str:
    if not done.note:
        raise InvalidInput(_l("Write why the goods cannot be sold."), field="note")
    return done.note


def _store(product: Product) -> int:
    return movements.store_of(product.regency_code).id


def _group_place(product: Product) -> int:
    return movements.location_of_group(product.group_id).id


DOING: dict[Task, Callable[[Product, Done, int | None], None]] = {
    Task.BROUGHT: _brought,
    Task.TAKEN_BACK: _taken_back,
    Task.MADE: _made,
    Task.FEWER: _fewer,
    Task.COUNTED_STORE: _counted_store,
    Task.COUNTED_GROUP: _counted_group,
    Task.SPOILED_STORE: _spoiled_store,
    Task.SPOILED_GROUP: _spoiled_group,
}
