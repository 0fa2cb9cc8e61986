"""The database itself refuses to change or delete what was once said of an account."""

from firstwin.people import append_only

TABLES = ("signals_reading",)


def guards(vendor: str) -> tuple[list[str], list[str]]:
    """Statements that make the triggers, and those that drop them. KeyError for an unknown database.

    A migration that makes the table anew (SQLite, for most changes of a column) loses them and has to make them again.
    """
    return append_only.guards(
        vendor, TABLES, function="signals_append_only", refusal="the ledger of readings is append-only"
    )
