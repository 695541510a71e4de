"""A batch that is being put together: who is on the page, who is ticked, and how each is paid."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .models import HouseholdBalance, PayoutMethod
from .payouts import Choice


def usual_method(row: HouseholdBalance) -> PayoutMethod:
    """Return how a household is paid if nobody says otherwise: by bank where its account is known."""
    return PayoutMethod.CASH if row.household.bank_last4 is None else PayoutMethod.BANK


@dataclass(frozen=True)
class Draft:
    """The households on the page; those ticked get their whole balance."""

    rows: Sequence[HouseholdBalance]
    ticked: Collection[int]
    methods: Mapping[int, PayoutMethod]

    @property
    def choices(self) -> list[Choice]:
        """Return who is to be paid, and how."""
        return [Choice(row.household_id, self.method_of(row)) for row in self._chosen()]

    def _chosen(self) -> Iterable[HouseholdBalance]:
        return (row for row in self.rows if row.household_id in self.ticked)

    def method_of(self, row: HouseholdBalance) -> PayoutMethod:
        """Return how a household is to be paid."""
        return self.methods.get(row.household_id, usual_method(row))

    @property
    def gone(self) -> int:
        """Return how many of the ticked ones cannot be paid any more: in another batch by now, or without balance."""
        return len(set(self.ticked) - {row.household_id for row in self.rows})

    @property
    def sums(self) -> dict[PayoutMethod, int]:
        """Return method → rupiah of those ticked."""
        sums = Counter(dict.fromkeys(PayoutMethod, 0))
        for row in self._chosen():
            sums[self.method_of(row)] += row.balance
        return dict(sums)
