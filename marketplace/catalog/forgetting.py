"""Words about a family that its groups' products keep."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select

from ..extensions import db
from ..groups.models import Group
from ..shared.forgetting import Forgetter, Whom, Words
from ..shared.i18n import Text, _l
from .models import Permit, Product, ProductShare, ProductState, Revision
from .service import refresh_group


def _of_groups(whom: Whom) -> ColumnElement[bool]:
    return Product.group_id.in_(whom.group_ids)


def _ids(whom: Whom) -> Select[Any]:
    return select(Product.id).where(_of_groups(whom))


def _search_anew(whom: Whom) -> None:
    """Let products be found by what they say now."""
    db.session.flush()
    db.session.expire_all()
    for group in db.session.scalars(select(Group).where(Group.id.in_(whom.group_ids)).order_by(Group.id)):
        refresh_group(group)


def _obstacles(whom: Whom) -> Iterable[Text]:
    shared = exists().where(
        ProductShare.product_id == Product.id,
        ProductShare.household_id == whom.household_id,
        Product.state != ProductState.ARCHIVED,
    )
    if db.session.scalar(select(shared)):
        yield _l("The family still has a share in a product: change the shares, or put the product away.")


FORGETTER = Forgetter(
    words=(
        Words((Product.name, Product.description), _of_groups),
        Words((Revision.changes, Revision.reasons, Revision.coach), lambda whom: Revision.product_id.in_(_ids(whom))),
        Words((Permit.number,), lambda whom: Permit.product_id.in_(_ids(whom))),
    ),
    also=_search_anew,
    seen_to=(Product.search_text,),
    obstacles=_obstacles,
)
