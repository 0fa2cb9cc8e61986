"""Since when the past of accounts reads otherwise: facts that came since about earlier days, and those that went.

Only facts that stages and segments can depend on are looked at. Told too early rather than too late: folding an
unchanged day again changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from firstwin.accounts.bulk import among
from firstwin.accounts.models import Merge
from firstwin.core.clock import day_of
from firstwin.core.fields import Vocabulary, vocabulary
from firstwin.core.frames import ComputedFamily, SqlFamily, computed_rows, frame_families
from firstwin.signals.evidence import collections_of, keys_read
from firstwin.signals.kinds.pipeline import Pipeline
from firstwin.signals.kinds.pipeline_text import is_computed
from firstwin.signals.refresh.definitions import Definitions
from firstwin.signals.refresh.folding import BEGAN
from firstwin.signals.risks.silence import KEY as SILENT

Table = tuple[Any, str]
"""A model, and the column of it that names the account."""

_OURS = ("last_two_way", "paying_since")
"""What `silent` is made of."""

_WHEN = ("valid_from", "occurred_at", "starts_on")
"""The first of these that a row has is when it is about; one without any is about every day."""

_ABOUT_KNOWING = frozenset({
    "id", "known_at", "known_until", "recorded_at", "stated_at", "valid_to", "origin_run", "origin_line",
    "is_reconstructed",
})  # fmt: skip
"""Columns in which two rows may differ that say the same."""


def learned(since: Mapping[int, datetime], definitions: Definitions) -> dict[int, date]:
    """Account → the first day that reads otherwise by what was learned since; accounts without any are left out.

    since: by account.
    """
    if not since:
        return {}
    first, found = min(since.values()), _merged(since)
    tables, computed = _read_by(definitions, vocabulary())
    for table in tables:
        for pk, day in _of_table(*table, since):
            found[pk] = min(found.get(pk, date.max), day)
    for family in computed:
        assert family.learned is not None
        for pk, day in family.learned(sorted(since), first).items():
            found[pk] = min(found.get(pk, date.max), day)
    return found


def _merged(since: Mapping[int, datetime]) -> dict[int, date]:
    """A merge brings a whole history along, and its end takes it away."""
    first = min(since.values())
    came = Merge.objects.filter(Q(recorded_at__gt=first) | Q(known_until__gt=first) | Q(valid_to__gt=first))
    pairs = came.values_list("survivor", "absorbed")
    return {pk: date.min for pair in pairs for pk in pair if pk in since}


def _of_table(model: Any, account: str, since: Mapping[int, datetime]) -> Iterator[tuple[int, date]]:
    first = min(since.values())
    changed = Q(recorded_at__gt=first) | Q(known_until__gt=first)
    rows = defaultdict[int, list[dict[str, Any]]](list)
    for row in among(model._base_manager.filter(changed), account, sorted(since)).order_by().values():
        rows[row[account]].append(row)
    for pk, some in rows.items():
        day = _first_day(some, since[pk])
        if day is not None:
            yield pk, day


def _first_day(rows: Iterable[dict[str, Any]], since: datetime) -> date | None:
    """What went and came again with another end reads otherwise from the nearer end on."""
    came, went = list[dict[str, Any]](), list[dict[str, Any]]()
    for row in rows:
        if row["known_until"] is None and row["recorded_at"] > since:
            came.append(row)
        elif row["known_until"] is not None and row["known_until"] > since >= row["recorded_at"]:
            went.append(row)
    ends = defaultdict[Any, list[Any]](list)
    for row in went:
        ends[_said(row)].append(row)
    days = list[date]()
    for row in came:
        before = ends[_said(row)]
        days += _ends(row, before.pop()) if before else [_when(row)]
    days += [_when(row) for left in ends.values() for row in left]
    return min(days, default=None)


def _said(row: Mapping[str, Any]) -> Any:
    return tuple(sorted((name, repr(value)) for name, value in row.items() if name not in _ABOUT_KNOWING))


def _ends(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[date]:
    ends = {one.get("valid_to"), other.get("valid_to")}
    return [min(_day(end) for end in ends if end is not None)] if len(ends) > 1 else []


def _when(row: Mapping[str, Any]) -> date:
    return next((_day(row[name]) for name in _WHEN if row.get(name) is not None), date.min)


def _day(value: Any) -> date:
    return day_of(value) if isinstance(value, datetime) else value


def _read_by(definitions: Definitions, words: Vocabulary) -> tuple[list[Table], list[ComputedFamily]]:
    """The tables of facts and the computed families that stages and segments depend on."""
    trees: list[Any] = [one.parsed.where for one in definitions.segments.values()]
    for one in definitions.pipelines.values():
        trees += _trees(one.parsed)
    keys = [key for key in (BEGAN, *keys_read(trees)) if key in words.fields]
    if SILENT in keys:
        keys += _OURS
    families = frame_families()
    wanted = {(words.field(key).frame or "").partition(".")[0] for key in keys if not is_computed(words.field(key))}
    asked = [words.collection(key) for key in collections_of(trees) if key in words.collections]
    tables: Counter[Table] = Counter()
    for key in wanted & families.keys():
        family = families[key]
        for table in family.tables if isinstance(family, SqlFamily) else ():
            if table.account is not None:
                tables[table.rows().model, table.account] += 1
    for collection in asked:
        if collection.model is not None:
            tables[collection.model().model, collection.account] += 1
    rooms = {collection.room for collection in asked if collection.key in computed_rows()}
    computed = [
        family
        for family in families.values()
        if isinstance(family, ComputedFamily) and family.learned and (family.key in wanted or family.room in rooms)
    ]
    return [table for table in tables if _is_dated(*table)], computed


def _trees(pipeline: Pipeline) -> list[Any]:
    of_stages = [tree for stage in pipeline.stages for tree in (stage.done, stage.back)]
    return [pipeline.starts, pipeline.ends, pipeline.overlay_where, *of_stages]


def _is_dated(model: Any, account: str) -> bool:
    names = {field.attname for field in model._meta.concrete_fields}
    return {"known_at", "known_until", "recorded_at", account} <= names
