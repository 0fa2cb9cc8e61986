"""One account as a list shows it."""

from datetime import date

from firstwin.accounts.listing.cells import Cell, ListColumn
from firstwin.accounts.models import AccountNow
from firstwin.core.fields import Field


def cell_of(account_id: int, field: Field, today: date) -> Cell:
    """The value of one field of one account."""
    return cells_of(account_id, [field], today)[0]


def cells_of(account_id: int, fields: list[Field], today: date) -> list[Cell]:
    """The values of several fields of one account. One read, and one for each set of choices."""
    columns = [ListColumn(field) for field in fields]
    paths = {path for column in columns for path in column.paths()}
    row = AccountNow.objects.filter(pk=account_id).values(*paths).get()
    return [column.cell(row, today) for column in columns]
