"""The columns of the frame's family: what the ledger said of accounts as of a moment."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from firstwin.core.frames import At, Column, Columns
from firstwin.signals.evidence import number_of
from firstwin.signals.ledger.columns import columns_of, said, under
from firstwin.signals.ledger.family import DAYS, NUMBERS, WHOLE, WORDS
from firstwin.signals.ledger.told import pace_of


def as_of(ids: list[int], at: At) -> Columns:
    """Over accounts in this order."""
    definitions, found = under(at), said(ids, at)
    pace = pace_of(ids, found, at, definitions)
    told: list[dict[str, Any]] = [columns_of(found[pk], definitions, pace.get(pk)) if pk in found else {} for pk in ids]
    answer = {name: _numbers([one.get(name) for one in told], np.float64) for name in NUMBERS}
    answer |= {key: _numbers([one.get(name) for one in told], np.int64) for key, name in WHOLE.items()}
    answer |= {name: _words([one.get(name) for one in told]) for name in WORDS}
    answer |= {name: _days([one.get(name) for one in told]) for name in DAYS}
    answer["segments"] = _tags([one.get("segments") for one in told])
    return answer


def _numbers(values: Sequence[Any], kind: Any) -> Column:
    known = np.array([value is not None for value in values], np.bool_)
    return Column(np.array([0 if value is None else value for value in values], kind), known)


def _days(values: Sequence[date | None]) -> Column:
    return _numbers([number_of(day) if day is not None else None for day in values], np.int64)


def _words(values: Sequence[Any]) -> Column:
    found = np.full(len(values), "", object)
    found[:] = [value or "" for value in values]
    return Column(found, np.asarray(found != "", np.bool_))


def _tags(values: Sequence[str | None]) -> Column:
    found = np.empty(len(values), object)
    found[:] = [frozenset(word for word in (value or "").split("|") if word) for value in values]
    return Column(found, np.ones(len(values), np.bool_))
