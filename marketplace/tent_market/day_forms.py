"""What officers fill in about a market day."""

from collections.abc import Iterable
from typing import Any

from wtforms import SelectField
from wtforms.validators import Optional

from ..accounts.models import User
from ..shared.fields import BaseForm, FilterField, IdField, QuantityField, QueryForm, Required, TextField, options
from ..shared.i18n import _, _l
from . import labels
from .fields import TicksField
from .models import Site, Stall, Tent
from .placing import MOST_PER_TENT
from .queries import DayTab
from .rotation import Waiting

OUT = "0"
"""In the place of a tent: in none."""


class DayFilter(QueryForm):
    """What the list of market days is narrowed to."""

    tab = FilterField(_l("Which"), coerce=str, default="")
    site = FilterField(_l("Site"), coerce=str, default="")

    def __init__(self, sites: Iterable[Site], **values: Any) -> None:
        super().__init__(**values)
        self.tab.choices = options((key.value, label) for key, label in labels.DAY_TABS.items())
        self.site.choices = options([("", _l("All sites")), *((str(site.id), site.name) for site in sites)])

    def asked(self) -> tuple[DayTab, int | None]:
        """Return list and site; what cannot be read narrows nothing."""
        self.validate()
        tab, site = self.tab.chosen(), self.site.chosen()
        return DayTab(tab) if tab else DayTab.COMING, int(site) if site else None


class ReasonForm(BaseForm):
    """Why a day does not take place."""

    reason = TextField(_l("Why does it not take place?"), [Required()], max_length=200)


class TentsForm(BaseForm):
    """Which tents are put up; at first all."""

    tents = TicksField(_l("Which tents?"), [Required(_l("Tick at least one tent."))], coerce=int)

    def offer(self, found: Iterable[Tent], *, tick: bool) -> None:
        """Let each of these tents be ticked, or tick them all."""
        tents = list(found)
        self.tents.choices = [(tent.id, _("Tent %(number)s", number=tent.number)) for tent in tents]
        if tick:
            self.tents.data = [tent.id for tent in tents]


class ShareForm(BaseForm):
    """How many groups sell in one tent."""

    per_tent = QuantityField(_l("How many groups in each tent?"), [Required()], low=1, high=MOST_PER_TENT, default=2)


class PlaceForm(BaseForm):
    """Into which tent a group goes, by hand."""

    group_id = IdField(_l("Group"), [Required()])
    stall_id = SelectField(_l("Tent"), [Required()], coerce=str)

    def offer(self, stands: Iterable[Stall], *, out: bool = True) -> None:
        """Let one of these tents be chosen, or none."""
        numbers = [(str(stall.id), _("Tent %(number)s", number=stall.tent.number)) for stall in stands]
        self.stall_id.choices = options([*numbers, *([(OUT, _l("In no tent on this day"))] if out else [])])

    def stall(self) -> int | None:
        """Return the tent; None for none."""
        return None if self.stall_id.data == OUT else int(self.stall_id.data)


class AddForm(PlaceForm):
    """Which group gets a place by hand, and in which tent."""

    group_id: Any = SelectField(_l("Group"), [Required()], coerce=str)

    def offer_groups(self, waiting: Iterable[Waiting]) -> None:
        """Let one of these groups be chosen, in the order of their turn."""
        self.group_id.choices = options((str(each.group_id), each.name) for each in waiting)


class CashierForm(BaseForm):
    """Who sells in a tent."""

    users = TicksField(_l("Who may sell here?"), [Optional()], coerce=int)

    def offer(self, found: Iterable[User], there: Iterable[User]) -> None:
        """Let each of these people be ticked; those who may already are."""
        known = {user.id: user for user in [*there, *found]}
        self.users.choices = [(user.id, user.name) for user in known.values()]
        if not self.is_submitted():
            self.users.data = [user.id for user in there]
