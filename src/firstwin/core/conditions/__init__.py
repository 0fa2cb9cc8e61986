"""Conditions on accounts: a frozen tree that is read from YAML or text, said as a sentence and asked of a database.

The rules in one place: a comparison with a missing value is false, whatever the operator; `not` is the exact
complement; text is compared folded. `evaluate.holds` says what a tree means; the database has to agree with it.
"""

from firstwin.core.conditions.check import check
from firstwin.core.conditions.compile import to_q
from firstwin.core.conditions.evaluate import holds
from firstwin.core.conditions.operators import operators_for
from firstwin.core.conditions.plain import dump, parse
from firstwin.core.conditions.sentence import sentence
from firstwin.core.conditions.textform import parse_text
from firstwin.core.conditions.tree import (
    EVERYTHING,
    All,
    Any,
    Change,
    Condition,
    Not,
    Related,
    Relative,
    Test,
    walk,
)
from firstwin.core.conditions.whole import over_all
from firstwin.core.conditions.written import from_query, to_query, to_text

__all__ = [
    "EVERYTHING",
    "All",
    "Any",
    "Change",
    "Condition",
    "Not",
    "Related",
    "Relative",
    "Test",
    "check",
    "dump",
    "from_query",
    "holds",
    "operators_for",
    "over_all",
    "parse",
    "parse_text",
    "sentence",
    "to_q",
    "to_query",
    "to_text",
    "walk",
]
