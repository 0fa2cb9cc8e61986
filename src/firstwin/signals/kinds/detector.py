"""A detector: a risk or an opportunity found from facts."""

from dataclasses import dataclass

from firstwin.core.conditions import Condition
from firstwin.signals.models.kinds import Severity, What


@dataclass(frozen=True)
class Alarm:
    """A change of weekly use, by a budget of alarms (METHOD 7).

    budget: alarms per success manager per week that one is ready to look at; the height of the alarm is solved from
    history.  slack: k of the CUSUM.  direction: down or up.
    """

    budget: float = 1.0
    slack: float = 0.5
    direction: str = "down"


@dataclass(frozen=True)
class Graded:
    """Another severity where a condition holds; the first that does counts."""

    where: Condition
    severity: Severity


@dataclass(frozen=True)
class Detector:
    """where: the accounts it finds; with `alarm`: those of them whose alarm fires, of all when None.

    clears: when an open finding ends; None: as soon as `where` no longer holds.
    after_days: it has to hold for so many days before it is told.  quiet_days: not told again so soon after it cleared.
    stake: `arr` (the account's), a key of a MONEY field, or "" for none.
    collection, rows_where: rows of a collection that are its evidence, each one named in words.
    per_row: one finding for each of those rows instead of one for the account.  row_key: the field of the collection
    that names a row over time; empty: the row's own id.
    words: the sentence of a finding, `{rows} overdue since {overdue_days:since}[, {overdue}]`; empty: label and values.
    fields: keys whose values are evidence.  advice: what to do about it.
    family: `relationship`, `usage`, `commercial`, `support`, `progress`, `growth`: how findings are grouped on screen.
    """

    key: str
    label: str
    what: What
    severity: Severity
    family: str
    where: Condition | None = None
    alarm: Alarm | None = None
    clears: Condition | None = None
    grades: tuple[Graded, ...] = ()
    after_days: int = 0
    quiet_days: int = 0
    stake: str = "arr"
    fields: tuple[str, ...] = ()
    collection: str = ""
    rows_where: Condition | None = None
    per_row: bool = False
    row_key: str = ""
    words: str = ""
    advice: str = ""
    help: str = ""
