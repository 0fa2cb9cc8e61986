"""A scorecard: measures in groups, with weights; what each makes of a field, and what it does without one."""

from dataclasses import dataclass
from typing import Literal

from firstwin.core.conditions import Condition, Related

Missing = Literal["spread", "worst", "neutral"]
RollUp = Literal["none", "arr_weighted_mean", "mean", "worst", "best", "sum"]


@dataclass(frozen=True)
class Tier:
    """points: 0 to 100, for values below `below` (None: everything else). Half-open, the lowest first.

    Bounds are in the unit one speaks in: shares as 0.8, money in major units, days as days. points None: unscored.
    includes: whether the bound itself still belongs to it ("up to").
    """

    below: float | None
    points: float | None
    includes: bool = False


@dataclass(frozen=True)
class Tiers:
    tiers: tuple[Tier, ...]


@dataclass(frozen=True)
class Linear:
    """Points between two values in a straight line, beyond them as at the nearer one."""

    from_value: float
    from_points: float
    to_value: float
    to_points: float


@dataclass(frozen=True)
class Bounded:
    """Best within [low, high]; in a straight line down to 0 at `zero_low` and `zero_high` (None: never falls there)."""

    low: float | None
    high: float | None
    zero_low: float | None
    zero_high: float | None
    best_points: float = 100.0


@dataclass(frozen=True)
class Choices:
    """Points by word, for CHOICE fields; a word not listed counts as missing."""

    points: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Holds:
    """Points by whether a condition holds. Missing when every field of the condition is missing."""

    where: Condition
    yes: float = 100.0
    no: float = 0.0


Shape = Tiers | Linear | Bounded | Choices | Holds


@dataclass(frozen=True)
class Variant:
    """Another shape for accounts of which a condition holds (segment, stage, age …). shape None: not scored there."""

    where: Condition
    shape: Shape | None


@dataclass(frozen=True)
class Fresh:
    """A value counts while the data behind it is no older: by a field that says when it last came, in days."""

    by: str
    days: int


@dataclass(frozen=True)
class Measure:
    """field: key of the vocabulary; empty where the shape is `Holds`.

    variants: the first whose condition holds replaces `shape`.
    missing: for an account that never had a value: `spread` its weight inside the group, then over the groups; count
        as the `worst` (0) or as `neutral` (50).
    carry_days: a value that went missing counts with its last points for so many days as if it were there; afterwards
        it still contributes at most those points while coverage drops. A lost measure never raises a score.
    fresh: how old the data behind it may be; a value over older data counts as one that went missing.
    """

    key: str
    label: str
    field: str
    weight: float
    shape: Shape
    variants: tuple[Variant, ...] = ()
    missing: Missing = "spread"
    carry_days: int = 0
    help: str = ""
    count: Related | None = None
    change_days: int = 0
    fresh: Fresh | None = None


@dataclass(frozen=True)
class Group:
    key: str
    label: str
    weight: float
    measures: tuple[Measure, ...]
    help: str = ""


@dataclass(frozen=True)
class Scorecard:
    """amber_from, green_from: bands are half-open: red [0, amber), amber [amber, green), green [green, 100].

    least_coverage: below, the score is unknown, never green.  roll_up: how children make the score of their parent,
    shown beside the parent's own.
    """

    key: str
    label: str
    groups: tuple[Group, ...]
    amber_from: float = 50.0
    green_from: float = 75.0
    least_coverage: float = 0.5
    roll_up: RollUp = "arr_weighted_mean"
    help: str = ""

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All measures, in order."""
        return tuple(measure for group in self.groups for measure in group.measures)
