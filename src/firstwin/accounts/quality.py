"""Data quality of one account: what is missing, stale or contradictory, and what to do about it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from firstwin.accounts.models import Attribute
from firstwin.core.text import counted

STALE_AFTER = timedelta(days=30)
"""A source that has not mentioned an account for this long is stale."""


class Stated(Protocol):
    """What a source says an attribute is: an `AttributeValue`, or as much of it as matters here."""

    @property
    def pk(self) -> int: ...
    @property
    def number(self) -> float | None: ...
    @property
    def text(self) -> str | None: ...
    @property
    def day(self) -> date | None: ...
    @property
    def stated_at(self) -> datetime: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True)
class Rhythm:
    """When a source last spoke, and how often it usually does. every: None while that is not known."""

    last_at: datetime
    every: timedelta | None = None
    usually: str = ""

    def is_late(self, now: datetime) -> bool:
        return self.every is not None and now - self.last_at > 2 * self.every


_rhythms: list[Callable[[datetime], Mapping[str, Rhythm]]] = []


def register_rhythms(tell: Callable[[datetime], Mapping[str, Rhythm]]) -> None:
    """Say how the rhythms of sources are known: a function of the moment, answering by source."""
    _rhythms[:] = [tell]


def rhythms(now: datetime) -> Mapping[str, Rhythm]:
    """The rhythm of each source, where anybody knows it."""
    return _rhythms[0](now) if _rhythms else {}


@dataclass(frozen=True)
class Findings:
    """What is looked at. sources: (source, external id, last seen).  rhythms: by source, where known."""

    roles_missing: Sequence[str]
    people: int
    has_owner: bool
    sources: Sequence[tuple[str, str, datetime]]
    values: Mapping[Attribute, Sequence[Stated]]
    expected: Sequence[Attribute]
    rhythms: Mapping[str, Rhythm] = field(default_factory=dict)


def findings(facts: Findings, *, now: datetime) -> list[dict[str, Any]]:
    """Data-quality findings, worst first. Each has a `code` and what its sentence needs (see `sentence`)."""
    found: list[dict[str, Any]] = []
    if not facts.has_owner:
        found.append({"code": "no_owner"})
    if facts.people == 0:
        found.append({"code": "no_people"})
    found += [{"code": "role", "role": role} for role in facts.roles_missing if facts.people]
    found += _conflicts(facts.values)
    held = {a for a, values in facts.values.items() if any(not _is_blank(v) for v in values)}
    found += [{"code": "missing", "attribute": a.key, "label": a.label} for a in facts.expected if a not in held]
    found += _stale(facts.sources, facts.rhythms, now)
    return found


def _conflicts(values: Mapping[Attribute, Sequence[Stated]]) -> list[dict[str, Any]]:
    """Sources that disagree, unless a person has decided since: what staff said last settles it."""
    found = []
    for attribute, stated in values.items():
        said = [v for v in stated if not _is_blank(v)]
        if len(said) < 2 or len({(v.number, v.text, v.day) for v in said}) == 1:
            continue
        newest = max(said, key=lambda v: (v.stated_at, v.source == "staff"))
        if newest.source == "staff":
            continue
        found.append(
            {
                "code": "conflict",
                "attribute": attribute.key,
                "label": attribute.label,
                "sources": sorted(v.source for v in said),
            }
        )
    return sorted(found, key=lambda f: str(f["attribute"]))


def _stale(
    sources: Sequence[tuple[str, str, datetime]], rhythms: Mapping[str, Rhythm], now: datetime
) -> list[dict[str, Any]]:
    """Sources that are silent altogether, or have nothing to say about this account any more."""
    last: dict[str, datetime] = {}
    for source, _, seen in sources:
        last[source] = max(seen, last.get(source, seen))
    found: list[dict[str, Any]] = []
    for source, seen in sorted(last.items()):
        rhythm = rhythms.get(source)
        if rhythm is not None and rhythm.is_late(now):
            days = (now - rhythm.last_at).days
            found.append({"code": "stale", "source": source, "days": days, "usually": rhythm.usually})
            continue
        # A source that comes once a quarter is not silent after a month.
        patience = max(STALE_AFTER, 2 * rhythm.every) if rhythm and rhythm.every else STALE_AFTER
        if now - seen > patience:
            found.append({"code": "stale", "source": source, "days": (now - seen).days})
    return found


def _is_blank(value: Stated) -> bool:
    return value.number is None and value.text is None and value.day is None


def sentence(finding: Mapping[str, Any]) -> str:
    """A finding in words."""
    match finding["code"]:
        case "no_owner":
            return "Nobody owns this account"
        case "no_people":
            return "No people known"
        case "role":
            return f"No {finding['role']}"
        case "missing":
            return f"{finding['label']} is not known"
        case "conflict":
            return f"{finding['label']}: {' and '.join(finding['sources'])} disagree"
        case "stale" if finding.get("usually"):
            days = counted(finding["days"], "day")
            return f"{finding['source']}: its last import was {days} ago (usually {finding['usually']})"
        case "stale":
            return f"{finding['source']} has not mentioned it for {finding['days']} days"
    return str(finding.get("says") or finding["code"])


def remedy(finding: Mapping[str, Any]) -> str:
    """What to do about a finding."""
    match finding["code"]:
        case "no_owner":
            return "Assign an owner"
        case "no_people":
            return "Add a person"
        case "role":
            return f"Say who is the {finding['role']}"
        case "missing":
            return f"Fill in {finding['label'].lower()}"
        case "conflict":
            return "Choose the right value"
        case "stale":
            return "Check the source or run its import again"
    return str(finding.get("remedy") or "Look at it")


_kinds: dict[str, str] = {}


def register_kinds(*kinds: tuple[str, str]) -> None:
    """Kinds of finding that another room reports beside its published columns: (code, label). Such a finding has its
    own words: `says` and `remedy`."""
    _kinds.update(kinds)


def kinds() -> tuple[tuple[str, str], ...]:
    """Those that other rooms registered."""
    return tuple(_kinds.items())


def tone(count: int) -> str:
    """good, watch or risk: the mark shown for so many findings."""
    return "good" if count == 0 else "watch" if count <= 2 else "risk"
