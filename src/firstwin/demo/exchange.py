"""Exchange rates of the demo's currencies, month by month, into the installation's own."""

from datetime import date
from decimal import Decimal

from django.conf import settings

from firstwin.core.periods import add_months
from firstwin.core.rates import put_rate

# US dollars for one unit, some years back; each drifts a little month by month.
_DOLLARS = {"USD": Decimal(1), "EUR": Decimal("1.07"), "GBP": Decimal("1.24"), "JPY": Decimal("0.0068")}
_MONTHS = 5 * 12


def keep_rates(as_of: date) -> None:
    """A rate a month for each pair that the demo needs; those that are there already stay as they are told here."""
    home = settings.FIRSTWIN_CURRENCY
    if home not in _DOLLARS:
        return  # amounts in other currencies then say that they have no rate
    first = add_months(as_of.replace(day=1), -_MONTHS)
    for currency in _DOLLARS:
        for month in range(_MONTHS + 1) if currency != home else ():
            rate = _at(currency, month) / _at(home, month)
            put_rate(on=add_months(first, month), base=currency, quote=home, rate=round(rate, 6), source="demo")


def _at(currency: str, month: int) -> Decimal:
    if currency == "USD":
        return Decimal(1)
    swing = Decimal((month * 7 + len(currency) * ord(currency[0])) % 23 - 11) / 400
    return _DOLLARS[currency] * (1 + swing)
