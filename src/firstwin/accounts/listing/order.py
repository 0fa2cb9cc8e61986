"""The order of a list: a field, a direction, and accounts without a value last."""

from dataclasses import dataclass

from firstwin.accounts.listing.columns import NAME, is_nullable, sort_path
from firstwin.core.errors import Refused
from firstwin.core.fields import Field, Kind, Vocabulary


@dataclass(frozen=True)
class Order:
    """field: what it is sorted by as a person sees it.  path: the column compared.

    is_descending: as seen. is_falling: how the column runs; "days since" is stored as a date and so runs the other way.
    """

    field: Field
    path: str
    is_descending: bool

    @property
    def is_falling(self) -> bool:
        return self.is_descending != (self.field.kind is Kind.DAYS)

    @property
    def is_nullable(self) -> bool:
        return is_nullable(self.path)

    @property
    def text(self) -> str:
        """As addresses carry it: `employees`, or `-employees` for descending."""
        return f"-{self.field.key}" if self.is_descending else self.field.key


def order_of(text: str, vocabulary: Vocabulary) -> Order:
    """The order written as `employees` or `-employees`; by name when empty. Raises Refused."""
    key = text.removeprefix("-") or NAME
    field = vocabulary.field(key)
    path = sort_path(field)
    if path is None:
        raise Refused(f"The list cannot be sorted by {field.label.lower()}.")
    return Order(field, path, text.startswith("-"))
