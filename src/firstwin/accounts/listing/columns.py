"""What a list can show and sort by, out of the vocabulary."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field as Column

from firstwin.accounts.models import AccountNow
from firstwin.core.fields import Field, Kind, Vocabulary

NAME = "name"
DEFAULT = (NAME, "owner", "health", "stage", "risks_open", "arr", "renews", "last_touch", "issues")
"""As many as fit beside the rail at 1280 px (`list.css` narrows them)."""
MOST = 40

# Kinds whose stored column says which of two comes first.
_ORDERED = {Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.DAYS, Kind.SHARE, Kind.TEXT, Kind.FLAG, Kind.CHOICE}


def offered(vocabulary: Vocabulary) -> Mapping[str, Field]:
    """Fields a list can show: those with a value in the row of an account."""
    return {key: field for key, field in vocabulary.fields.items() if field.shown}


def chosen(keys: Sequence[str], vocabulary: Vocabulary) -> list[Field]:
    """The fields of these keys, the name always first; keys that are gone or twice are left out."""
    known = offered(vocabulary)
    wanted = dict.fromkeys((NAME, *keys))
    return [known[key] for key in wanted if key in known][:MOST]


def sort_path(field: Field) -> str | None:
    """The column a list is ordered by for this field, None where it has no order.

    What is compared as an id (the owner) is ordered by the folded name beside it.
    """
    if field.is_id:
        beside = f"{field.display}_folded"
        return beside if _column(beside) is not None else None
    if field.stored is None or field.kind not in _ORDERED or _column(field.stored) is None:
        return None
    return field.stored


def is_nullable(path: str) -> bool:
    column = _column(path)
    return column is None or column.null


def python_type(path: str) -> str:
    """`text`, `number`, `date` or `flag`: what the values of a column are."""
    column = _column(path)
    kind = column.get_internal_type() if column is not None else ""
    if kind == "DateField":
        return "date"
    if kind == "BooleanField":
        return "flag"
    return "number" if "Integer" in kind or kind == "FloatField" else "text"


def is_summed(field: Field) -> bool:
    """Whether a total of the column means something."""
    return field.kind in (Kind.NUMBER, Kind.MONEY) and field.stored is not None and _column(field.stored) is not None


def is_averaged(field: Field) -> bool:
    """Counts out of a fixed number (3 of 4) and levels are averaged, not added up."""
    return field.is_level or field.unit.startswith("of ")


def _column(path: str) -> "Column[object, object] | None":
    try:
        return AccountNow._meta.get_field(path)  # type: ignore[return-value]
    except FieldDoesNotExist:
        return None
