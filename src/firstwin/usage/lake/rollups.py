"""What roll-ups are made of: one text of SQL each, shared by folds, rebuilds and readers."""

from functools import cache
from pathlib import Path

from firstwin.usage.lake.schema import SCHEMAS

_TOGETHER = {
    "mask": "bit_or(mask)",
    "first_ts": "min(first_ts)",
    "last_ts": "max(last_ts)",
    "count": "whole(sum(count))",
    "people": "max(people)",
    "value_micro": "whole(sum(value_micro))",
}


@cache
def made_of_events(table: str) -> str:
    """The roll-up `table` of all rows of the relation `events`."""
    return (Path(__file__).parent / "sql" / f"{table}.sql").read_text()


def made_one(table: str, source: str) -> str:
    """Rows of the same key in `source` as one."""
    names = SCHEMAS[table].names
    columns = ", ".join(f"{_TOGETHER[name]} as {name}" if name in _TOGETHER else name for name in names)
    keys = ", ".join(name for name in names if name not in _TOGETHER)
    return f"select {columns} from {source} group by {keys}"  # noqa: S608


def order_of(table: str) -> str:
    """How the rows of a file are sorted."""
    names = SCHEMAS[table].names
    if table == "events":
        return "place, ts, k1, k2"
    keys = [name for name in names if name not in _TOGETHER]
    return ", ".join(keys)


def block_column(table: str) -> str:
    """The block in which a row stands."""
    return "block" if "block" in SCHEMAS[table].names else "block_of(day)"
