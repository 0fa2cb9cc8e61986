"""Reading definitions: as they stand, as they stood at a moment, and one version again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import yaml
from django.db.models import Max

from firstwin.people.config.kinds import kind_of
from firstwin.people.models import ConfigVersion


@dataclass(frozen=True)
class Definition:
    """One version of a definition, read.  parsed: as its room uses it."""

    kind: str
    key: str
    number: int
    at: datetime
    parsed: Any


def definitions(kind: str, *, at: datetime | None = None) -> dict[str, Definition]:
    """The definitions of one kind by key, as they stand or as they stood at a moment, removed ones left out.

    A shipped definition is as old as the installation: before its first version it stood as that one says.
    """
    rows = ConfigVersion.objects.filter(kind=kind)
    latest: dict[str, tuple[Any, ...]] = {}
    ships = kind_of(kind).shipped() if at is not None else {}
    for row in rows.order_by("key", "number").values_list("pk", "key", "number", "at", "is_removed", "author_id"):
        is_later = at is not None and row[3] > at
        if is_later and not (row[2] == 1 and row[5] is None and row[1] in ships):
            continue
        latest[row[1]] = row
    found = {}
    for pk, key, number, moment, is_removed, _ in latest.values():
        if not is_removed:
            found[key] = Definition(kind, key, number, moment, _parsed(kind, key, pk))
    return found


def definition(kind: str, key: str, number: int) -> Definition:
    """One version of one definition. Raises ConfigVersion.DoesNotExist."""
    row = ConfigVersion.objects.get(kind=kind, key=key, number=number)
    return Definition(kind, key, number, row.at, _parsed(kind, key, row.pk))


def edition() -> int:
    """A number that grows with every change of any definition."""
    return ConfigVersion.objects.aggregate(last=Max("pk"))["last"] or 0


_READ_BY: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The quick one, where PyYAML was built with it: a process reads dozens of definitions before its first answer."""


def body_of(text: str) -> Mapping[str, Any]:
    """The canonical text of a version as plain data."""
    found = yaml.load(text, Loader=_READ_BY)  # noqa: S506 - safe either way
    return found if isinstance(found, Mapping) else {}


def text_of(body: Mapping[str, Any]) -> str:
    """The canonical text: keys in the order given, one line per value, everything written out."""
    return yaml.dump(dict(body), Dumper=_WrittenOut, sort_keys=False, allow_unicode=True, width=120)


class _WrittenOut(yaml.SafeDumper):
    """Without references within the text, also where two parts of it are one object."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _parsed(kind: str, key: str, pk: int) -> Any:
    row = ConfigVersion.objects.filter(pk=pk).values_list("text", flat=True)
    return _read(kind, key, row[0])


@lru_cache(maxsize=1_000)
def _read(kind: str, key: str, text: str) -> Any:
    """Remembered by its text, which is all that it depends on beside the vocabulary."""
    return kind_of(kind).parse(key, body_of(text))
