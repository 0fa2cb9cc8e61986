"""What a grid's head needs to know about a column."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Column:
    """kind decides alignment; sorted is how the list is ordered by it now; sort_url is where a click leads."""

    label: str
    kind: Literal["lead", "text", "num", "date", "check"] = "text"
    sort_url: str = ""
    sorted: Literal["", "asc", "desc"] = ""
    help: str = ""
    width: Literal["", "s", "m", "l"] = ""
    is_hidden: bool = False
