"""Numbers that run from 1 without a gap: a number is taken in the transaction that uses it, or not at all."""

from sqlalchemy import ForeignKey, String, update
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model, db
from .columns import quantity_check
from .transaction import command
from .upsert import insert


class NumberSeries(Model):
    """The last number given in a series of an area and a year."""

    __tablename__ = "number_series"
    __table_args__ = (quantity_check("last_number"),)

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(default=0)


@command
def next_number(name: str, area_code: str, year: int) -> int:
    """Take the next number of a series. Whoever comes at the same moment waits until this transaction ends.

    What is rolled back gives its number back, so take it last: the others wait for all that follows.
    """
    series = {"name": name, "area_code": area_code, "year": year}
    db.session.execute(insert(NumberSeries).values(**series, last_number=0).on_conflict_do_nothing())
    taken = (
        update(NumberSeries)
        .filter_by(**series)
        .values(last_number=NumberSeries.last_number + 1)
        .returning(NumberSeries.last_number)
        .execution_options(synchronize_session=False)
    )
    return db.session.execute(taken).scalar_one()
