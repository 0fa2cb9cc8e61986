"""The tree of a condition. Frozen, plain, without a word about databases."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from firstwin.core.errors import Refused

MAX_NODES = 100
MAX_DEPTH = 8
MAX_VALUES = 200
MAX_TEXT = 500
MAX_DAYS = 36_500
MAX_COUNT = 1_000_000

Quantifier: TypeAlias = Literal["any", "none", "count"]
COUNT_OPS = ("eq", "ne", "lt", "le", "gt", "ge")

DAY_WORDS = (
    "today", "yesterday", "tomorrow",
    "start_of_week", "start_of_month", "start_of_quarter", "start_of_year",
)  # fmt: skip
RELATIVE_UNITS = ("days_ago", "days_ahead")
_BY = re.compile(r"[+-]?\d{1,15}(\.\d{1,6})?%?")


@dataclass(frozen=True)
class Relative:
    """A day counted from today."""

    unit: str
    n: int

    def __post_init__(self) -> None:
        if self.unit not in RELATIVE_UNITS:
            raise Refused(f"A relative date is one of {', '.join(RELATIVE_UNITS)}, not {self.unit!r}.")
        whole(self.n, MAX_DAYS, self.unit)


@dataclass(frozen=True)
class Change:
    """How a value moved: by at least `by` (`-30%`, `5`; None: in any way) within the last `within_days` days."""

    within_days: int
    by: str | None = None

    def __post_init__(self) -> None:
        whole(self.within_days, MAX_DAYS, "within_days", least=1)
        if self.by is not None and not (isinstance(self.by, str) and _BY.fullmatch(self.by)):
            raise Refused("`by` is an amount such as 5 or -30%.")


Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = Scalar | Relative | Change | tuple[Scalar | Relative, ...] | None


@dataclass(frozen=True)
class Test:
    """`field op value`. False when the field's value is missing, whatever the operator (but `not_set`)."""

    __test__ = False  # it is no test case, whatever pytest makes of the name

    field: str
    op: str
    value: Value = None


@dataclass(frozen=True)
class All:
    """Holds when every part does; without parts, always."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class Any:
    """Holds when a part does; without parts, never."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class Not:
    """The exact complement: holds wherever `part` does not, so also where a value is missing."""

    part: "Condition"


@dataclass(frozen=True)
class Related:
    """About the rows of a collection: any or none of them, or their count `op n`.

    where: over the collection's own fields.  within_days: only rows dated within the last n days, today included.
    """

    quantifier: Quantifier
    collection: str
    where: "Condition | None" = None
    op: str = "ge"
    n: int = 1
    within_days: int | None = None

    def __post_init__(self) -> None:
        if self.quantifier not in get_args(Quantifier):
            raise Refused(f"Rows are asked for with any, none or count, not {self.quantifier!r}.")
        if self.op not in COUNT_OPS:
            raise Refused(f"A count is compared with {', '.join(COUNT_OPS)}, not {self.op!r}.")
        whole(self.n, MAX_COUNT, "n")
        if self.within_days is not None:
            whole(self.within_days, MAX_DAYS, "within_days", least=1)


Condition: TypeAlias = All | Any | Not | Test | Related
EVERYTHING = All()


def whole(number: object, most: int, name: str, *, least: int = 0) -> int:
    """`number` when it is a whole number between `least` and `most`; raises Refused otherwise."""
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
        raise Refused(f"`{name}` is a whole number from {least} to {most}.")
    return number


def children(tree: Condition) -> tuple[tuple[str, Condition], ...]:
    """(path step, part) of each part of a node."""
    match tree:
        case All(parts):
            return tuple((f"all[{place}]", part) for place, part in enumerate(parts))
        case Any(parts):
            return tuple((f"any[{place}]", part) for place, part in enumerate(parts))
        case Not(part):
            return (("not", part),)
        case Related(where=where) if where is not None:
            return ((f"{tree.quantifier} {tree.collection}", where),)
        case _:
            return ()


def walk(tree: Condition, path: str = "") -> Iterator[tuple[str, Condition]]:
    """Every node with its path, parents first."""
    yield path, tree
    for step, part in children(tree):
        yield from walk(part, f"{path}.{step}" if path else step)


def bounded(tree: Condition) -> Condition:
    """The tree itself. Raises Refused when it is too deep or too wide to be asked of a database."""
    nodes = 0
    level = [tree]
    for depth in range(MAX_DEPTH + 2):
        if not level:
            return tree
        nodes += len(level)
        if depth == MAX_DEPTH:
            raise Refused(f"The condition is nested too deep: at most {MAX_DEPTH} levels.")
        if nodes > MAX_NODES:
            raise Refused(f"The condition is too long: at most {MAX_NODES} parts.")
        level = [part for node in level for _, part in children(node)]
    return tree


def relative_from(data: Mapping[object, object]) -> Relative | Change:
    """`{days_ago: 30}` or `{by: -30%, within_days: 90}` as a value. Raises Refused."""
    keys = set(data)
    if "within_days" in keys and keys <= {"within_days", "by"}:
        by = data.get("by")
        if isinstance(by, int | float) and not isinstance(by, bool):
            by = repr(by)
        if by is not None and not isinstance(by, str):
            raise Refused("`by` is an amount such as 5 or -30%.")
        return Change(whole(data["within_days"], MAX_DAYS, "within_days", least=1), by)
    if len(keys) == 1:
        unit, n = next(iter(data.items()))
        if isinstance(unit, str) and unit in RELATIVE_UNITS:
            return Relative(unit, whole(n, MAX_DAYS, unit))
    raise Refused("A value is text, a number, true or false, a list of these, {days_ago: n} or {days_ahead: n}.")
