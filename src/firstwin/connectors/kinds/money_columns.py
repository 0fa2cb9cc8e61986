"""Amounts of a slice in minor units, each with its currency."""

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from firstwin.connectors.kinds.amounts import minor_units
from firstwin.connectors.kinds.gather import Gathered
from firstwin.core.errors import Refused

if TYPE_CHECKING:  # its library takes long to load
    from firstwin.connectors.mapping.schema import Column


@cache
def _nothing() -> "Column":
    from firstwin.connectors.mapping.schema import Column

    return Column(constant="")


class Amounts:
    """Reads amounts of one file: with the currency of the row, the mapping's constant, or the installation's."""

    def __init__(self, gathered: Gathered) -> None:
        self._fields = gathered.intake.binding.file.fields
        self.currencies = gathered.column("currency", settings.FIRSTWIN_CURRENCY)

    def column_of(self, name: str) -> "Column":
        return self._fields.get(name) or _nothing()

    def minor(self, name: str, at: int, amount: Decimal | None) -> int | None:
        """Minor units of field `name` in row `at`. Raises Refused at that field."""
        if amount is None:
            return None
        column = self.column_of(name)
        try:
            return minor_units(amount, self.currencies[at], rounds=column.rounds, is_minor=column.minor)
        except Refused as problem:
            raise Refused(problem.message, field=name) from None
