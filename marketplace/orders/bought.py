"""What an order is made of, as its papers and pages name it."""

from dataclasses import dataclass

from .models import Order, OrderLine


@dataclass(frozen=True)
class Line:
    """What is left of a line of an order; of an order that ended, what had been ordered."""

    name: str
    contents: str
    """What a parcel is made of; empty for a product."""
    unit: str
    quantity: int
    unit_price: int

    @property
    def amount(self) -> int:
        """Return what the line costs, rupiah."""
        return self.quantity * self.unit_price


def lines_of(order: Order) -> tuple[Line, ...]:
    """Return the lines of an order that anything is left of."""
    return tuple(
        Line(line.name, _contents(line), line.unit, line.shown_quantity, line.unit_price)
        for line in order.lines
        if line.shown_quantity
    )


def _contents(line: OrderLine) -> str:
    if line.recipe_id is None:
        return ""
    parts = (f"{part.quantity // line.quantity} {part.unit} {part.name}" for part in line.components)
    return ", ".join(parts)
