"""Amounts in the installation's currency, with the rate and its day; what has no rate stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Q

from firstwin.core.errors import Refused
from firstwin.core.models import Rate
from firstwin.core.money import Money


@dataclass(frozen=True)
class DatedRate:
    """One unit of the foreign currency in ours, and the day the rate is of."""

    rate: Decimal
    on: date


@dataclass(frozen=True)
class Exchange:
    """Converts into the installation's currency at the rates of a day. Each currency is looked up once."""

    on: date
    currency: str = field(default_factory=lambda: str(settings.FIRSTWIN_CURRENCY))
    _known: dict[str, DatedRate | None] = field(default_factory=dict)

    def rate(self, currency: str) -> DatedRate | None:
        """None: there is no rate on or before the day."""
        if currency not in self._known:
            self._known[currency] = (
                DatedRate(Decimal(1), self.on) if currency == self.currency else self._look(currency)
            )
        return self._known[currency]

    def money(self, minor: int, currency: str) -> Money | None:
        """The amount in our currency, rounded half to even; None without a rate."""
        if currency == self.currency:
            return Money(minor, currency)
        found = self.rate(currency)
        if found is None:
            return None
        try:
            return Money.from_major(Money(minor, currency).major * found.rate, self.currency, rounded=True)
        except Refused:  # more than fits
            return None

    def total(self, amounts: Mapping[str, int]) -> Money | None:
        """Minor units by currency, each converted and rounded by itself, then summed. None where one has no rate."""
        converted = [self.money(minor, currency) for currency, minor in amounts.items() if minor]
        if any(one is None for one in converted):
            return None
        return sum((one for one in converted if one is not None), start=Money(0, self.currency))

    def missing(self, amounts: Mapping[str, int]) -> list[str]:
        """Currencies of these amounts that have no rate."""
        return sorted(currency for currency, minor in amounts.items() if minor and self.rate(currency) is None)

    def used(self, amounts: Mapping[str, int]) -> list[tuple[str, DatedRate]]:
        """(currency, rate) of the foreign ones that have a rate."""
        pairs = [(one, self.rate(one)) for one in sorted(amounts) if one != self.currency and amounts[one]]
        return [(currency, rate) for currency, rate in pairs if rate is not None]

    def _look(self, currency: str) -> DatedRate | None:
        either = Q(base=currency, quote=self.currency) | Q(base=self.currency, quote=currency)
        rows = list(Rate.objects.filter(either, on__lte=self.on).order_by("-on")[:2])
        if not rows:
            return None
        # On the same day the pair as asked for wins over its inverse.
        best = max(rows, key=lambda row: (row.on, row.base == currency))
        return DatedRate(best.rate if best.base == currency else 1 / best.rate, best.on)
