"""Questions about sources: what their imports said, how often they come, where they disagree."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from firstwin.accounts.quality import Rhythm
from firstwin.accounts.scope import AccountSet
from firstwin.connectors.health import LOOKED_BACK, Health, Told, healths, in_words, rhythm
from firstwin.connectors.models import ImportRun

_RUNS = 400
"""Imports that are looked at for all sources together: more than a year of a busy house."""

SPOKE = ("running", "finished", "stopped", "checking", "staged")
"""States of imports in which a source has spoken; one that failed or was undone said nothing."""


def health_of_sources(scope: AccountSet, *, now: datetime) -> list[Health]:
    """The health of every source and kind, the worst first. Conflicts are counted in `scope` only."""
    return healths(_told(), _conflicts(scope), now=now)


def rhythms(now: datetime) -> Mapping[str, Rhythm]:
    """When each source last spoke, about whatever it be, and how often it does."""
    moments: dict[str, list[datetime]] = {}
    spoken = ImportRun.objects.filter(is_dry_run=False, state__in=SPOKE).order_by("-started_at")
    for source, at in spoken.values_list("source", "started_at")[:_RUNS]:
        moments.setdefault(source, []).append(at)
    found = {}
    for source, known in moments.items():
        every = rhythm(known)
        found[source] = Rhythm(max(known), every, in_words(every))
    return found


def _told() -> list[Told]:
    found: list[Told] = []
    seen: Counter[tuple[str, str]] = Counter()
    runs = ImportRun.objects.filter(is_dry_run=False, state="finished").order_by("-started_at")
    for run in runs.values("pk", "source", "started_at", "files")[:_RUNS]:
        kinds: dict[str, tuple[int, int]] = {}
        for file in run["files"]:
            rows, rejected = kinds.get(file["kind"], (0, 0))
            counts = file.get("counts", {})
            kinds[file["kind"]] = rows + int(counts.get("read", 0)), rejected + int(counts.get("rejected", 0))
        for kind, (rows, rejected) in kinds.items():
            seen[run["source"], kind] += 1
            if seen[run["source"], kind] <= LOOKED_BACK:
                found.append(Told(run["source"], kind, run["pk"], run["started_at"], rows, rejected))
    return found


def _conflicts(scope: AccountSet) -> Counter[str]:
    """Source → accounts on which it disagrees with another one."""
    found: Counter[str] = Counter()
    disputed = scope.now().filter(issue_codes__contains="|conflict|").values_list("issues", flat=True)
    for issues in disputed.iterator(chunk_size=2_000):
        found.update({name for one in issues if one["code"] == "conflict" for name in one["sources"]})
    return found
