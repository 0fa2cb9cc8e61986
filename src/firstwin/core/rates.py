"""Exchange rates as stored, for `money.convert`."""

from datetime import date
from decimal import Decimal

from django.db.models import Q

from firstwin.core.errors import Refused
from firstwin.core.models import Rate
from firstwin.core.money import exponent


class StoredRates:
    """Looks each rate up in the database; the inverse of a pair is used where only that is known."""

    def rate(self, base: str, quote: str, on: date) -> Decimal:
        """One unit of `base` in `quote` on the latest known day up to `on`. Raises Refused when there is none."""
        if base == quote:
            return Decimal(1)
        either = Q(base=base, quote=quote) | Q(base=quote, quote=base)
        known = Rate.objects.filter(either, on__lte=on).order_by("-on")[:2]
        if not known:
            raise Refused(f"There is no rate from {base} to {quote} on or before {on.isoformat()}.")
        # On the same day the pair as asked for wins over its inverse.
        best = max(known, key=lambda row: (row.on, row.base == base))
        return best.rate if best.base == base else 1 / best.rate


def put_rate(*, on: date, base: str, quote: str, rate: Decimal, source: str) -> Rate:
    """Keep a rate for a day; a second one for the same pair and day replaces it. Raises Refused for nonsense."""
    exponent(base)
    exponent(quote)
    if base == quote or not rate.is_finite() or rate <= 0 or rate.adjusted() > 11:
        raise Refused("A rate is a positive number between two different currencies.", field="rate")
    kept, _ = Rate.objects.update_or_create(
        base=base, quote=quote, on=on, defaults={"rate": round(rate, 12), "source": source}
    )
    return kept
