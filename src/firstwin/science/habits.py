"""How steady use is."""

import numpy as np
import numpy.typing as npt

WEEKS, ENOUGH = 12, 8
"""A habit: use in at least 8 of the last 12 weeks."""

DAILY, WEEKLY, OCCASIONAL = 9, 5, 2
"""Days of use out of 14 from which on it is called so."""


def frequency(days_14: int) -> str:
    """The word for so many days of use out of the last 14."""
    if days_14 >= DAILY:
        return "daily"
    if days_14 >= WEEKLY:
        return "weekly"
    return "occasional" if days_14 >= OCCASIONAL else "inactive"


def is_habit(weeks: int) -> bool:
    """Whether use in so many of the last 12 weeks is one."""
    return weeks >= ENOUGH


def stickiness(person_days: npt.ArrayLike, active_28: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Mean people a day over 28 days ÷ people in 28 days; NaN where there was nobody."""
    days, people = np.asarray(person_days, np.int64), np.asarray(active_28, np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(people > 0, days / (28 * people), np.nan)
