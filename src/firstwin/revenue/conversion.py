"""Many amounts into the installation's currency, exactly and quickly."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from firstwin.core.money import LARGEST, exponent
from firstwin.revenue.section.exchange import Exchange


@dataclass
class Conversion:
    """Minor units of any currency into minor units of ours at the rates of a day, each rounded half to even.

    Every amount is converted and rounded by itself and then summed, so that the parts make up the total.
    """

    on: date
    _exchange: Exchange = field(init=False)
    _known: dict[str, Callable[[int], int | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._exchange = Exchange(self.on)

    @property
    def currency(self) -> str:
        return self._exchange.currency

    def minor(self, amount: int, currency: str) -> int | None:
        """None where the day has no rate. Nothing is nothing in any currency."""
        convert = self._known.get(currency)
        if convert is None:
            convert = self._known[currency] = self._converter(currency)
        return convert(amount)

    def _converter(self, currency: str) -> Callable[[int], int | None]:
        if currency == self.currency:
            return lambda amount: amount
        dated = self._exchange.rate(currency)
        if dated is None:
            return lambda amount: None if amount else 0
        whole = Fraction(dated.rate) * Fraction(10) ** (exponent(self.currency) - exponent(currency))
        times, by = whole.numerator, whole.denominator
        remembered: dict[int, int | None] = {}

        def convert(amount: int) -> int | None:
            found = remembered.get(amount)
            if found is None:
                result, left = divmod(amount * times, by)
                result += 2 * left > by or (2 * left == by and result % 2 == 1)
                found = remembered[amount] = result if abs(result) <= LARGEST else None
            return found

        return convert
