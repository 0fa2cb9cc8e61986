"""What findings say, kept from day to day beside the episodes."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from firstwin.accounts.bulk import among, insert_many
from firstwin.signals.models import Episode, EpisodeSaid
from firstwin.signals.risks.found import Found

Said = tuple[int, date, datetime, Found]
"""Episode, the day it speaks of, when it was seen, and what it says."""


def write_said(rows: Iterable[Said], *, is_reconstructed: bool = False) -> None:
    """In the caller's transaction."""
    names = ("episode_id", "on", "at", "severity", "words", "stake_minor", "evidence", "is_reconstructed")
    insert_many(
        EpisodeSaid,
        names,
        [
            (pk, on, at, one.severity, one.words, one.stake_minor, dict(one.evidence), is_reconstructed)
            for pk, on, at, one in rows
        ],
    )


def just_written(account_ids: Collection[int], **of: Any) -> dict[tuple[Any, ...], int]:
    """Account, detector, cause and first day → the newest such episode, of those like this."""
    rows = among(Episode.objects.filter(restated_at=None, **of), "account_id", account_ids).order_by("pk")
    return {tuple(about): pk for pk, *about in rows.values_list("pk", "account_id", "detector", "cause", "first_on")}


def write_first_said(opened: Sequence[Found], on: date, at: datetime) -> None:
    """Of episodes that were opened just now."""
    if opened:
        ids = just_written(sorted({one.account for one in opened}), first_on=on, cleared_on=None)
        write_said([(ids[*one.key, on], on, at, one) for one in opened])
