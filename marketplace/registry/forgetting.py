"""A family that stands in a list which the office still keeps is not forgotten before that list is deleted."""

from collections.abc import Iterable

from sqlalchemy import exists, select

from ..extensions import db
from ..shared.forgetting import Forgetter, Whom
from ..shared.i18n import Text, _l
from .models import RegistryRow


def _obstacles(whom: Whom) -> Iterable[Text]:
    listed = exists().where(RegistryRow.household_id == whom.household_id)
    if db.session.scalar(select(listed)):
        yield _l("It stands in an imported list of a registry that is still kept.")


FORGETTER = Forgetter(obstacles=_obstacles)
