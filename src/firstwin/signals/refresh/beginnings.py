"""Since when what holds had held: stays and findings behind the first look at accounts.

What was seen at the first look and held before it gets its true first day, marked as reconstructed. What ended before
is added. What held until the day before and was not seen is added as open where that look was today: it was without a
past, and the next one tells whether it holds. Where it was earlier, it ended on that day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from firstwin.accounts.bulk import among, insert_many
from firstwin.core.clock import start_of
from firstwin.core.frames import At
from firstwin.signals.models import Episode, SegmentStay
from firstwin.signals.refresh.said import Said, just_written, write_said
from firstwin.signals.refresh.walked import Lasted, Stayed, Walked


def tell_stays(walked: Walked, account_ids: Collection[int], first: date, today: date) -> None:
    """In the caller's transaction. first: the day of the first look at these accounts."""
    rows = SegmentStay.objects.filter(entered_on=first)
    seen = _seen(rows, account_ids, "account_id", "segment")
    back, added = defaultdict[tuple[date, int], list[int]](list), list[Stayed]()
    for stay in walked.stays.values():
        if stay.account not in account_ids:
            continue
        pk = seen.get((stay.account, stay.segment)) if stay.left_on is None else None
        if pk is not None:
            back[stay.entered_on, stay.version].append(pk)
        elif stay.left_on is None and first < today:
            added.append(replace(stay, left_on=first))
        else:
            added.append(stay)
    for (entered_on, version), ids in back.items():
        among(SegmentStay.objects.all(), "id", ids).update(
            entered_on=entered_on, version=version, at=_close(entered_on), is_reconstructed=True
        )
    add_stays(added, first)


def tell_episodes(walked: Walked, account_ids: Collection[int], first: date, today: date) -> None:
    """In the caller's transaction. first: the day of the first look at these accounts."""
    rows = Episode.objects.filter(first_on=first)
    seen = _seen(rows, account_ids, "account_id", "detector", "cause")
    back, added, said = defaultdict[date, list[int]](list), list[Lasted](), list[Said]()
    for one in walked.episodes.values():
        if one.found.account not in account_ids:
            continue
        pk = seen.get(one.found.key) if one.cleared_on is None else None
        if pk is not None:
            back[one.first_on].append(pk)
            said += _said(pk, one)
        elif one.cleared_on is None and first < today:
            added.append(replace(one, cleared_on=first))
        else:
            added.append(one)
    for first_on, ids in back.items():
        among(Episode.objects.all(), "id", ids).update(
            first_on=first_on, at=_close(first_on), said_at=Coalesce("said_at", "at"), is_reconstructed=True
        )
    write_said(said, is_reconstructed=True)
    add_episodes(added, first)


def add_stays(stays: Iterable[Stayed], first: date | None = None) -> None:
    """first: a day on which somebody looked, so that nothing waited for its close."""
    names = ("account_id", "segment", "version", "entered_on", "left_on", "at", "left_at", "is_reconstructed")
    rows = [
        (one.account, one.segment, one.version, one.entered_on, one.left_on, _close(one.entered_on),
         _seen_at(one.left_on, first), True)
        for one in stays
    ]  # fmt: skip
    insert_many(SegmentStay, names, rows)


def add_episodes(episodes: Iterable[Lasted], first: date | None = None) -> None:
    """first: a day on which somebody looked, so that nothing waited for its close."""
    names = (
        "account_id", "detector", "version", "cause", "what", "severity", "words", "stake_minor", "evidence",
        "said_at", "first_on", "at", "last_on", "cleared_on", "cleared_at", "is_reconstructed",
    )  # fmt: skip
    lasted = list(episodes)
    rows = [
        (found.account, found.detector, found.version, found.cause, found.what, found.severity, found.words,
         found.stake_minor, dict(found.evidence), _close(one.said[-1][0]), one.first_on, _close(one.first_on),
         one.last_on, one.cleared_on, _seen_at(one.cleared_on, first), True)
        for one in lasted
        for found in (one.found,)
    ]  # fmt: skip
    insert_many(Episode, names, rows)
    ids = just_written(sorted({one.found.account for one in lasted}), is_reconstructed=True) if lasted else {}
    write_said([row for one in lasted for row in _said(ids[*one.found.key, one.first_on], one)], is_reconstructed=True)


def _said(pk: int, one: Lasted) -> list[Said]:
    return [(pk, on, _close(on), found) for on, found in one.said]


def _seen(rows: QuerySet[Any], account_ids: Collection[int], *key: str) -> Mapping[tuple[Any, ...], int]:
    """What is about what → the first such row."""
    found: dict[tuple[Any, ...], int] = {}
    standing = among(rows.filter(restated_at=None, is_reconstructed=False), "account_id", account_ids)
    for pk, *about in standing.order_by("pk").values_list("pk", *key):
        found.setdefault(tuple(about), pk)
    return found


def _seen_at(ended_on: date | None, first: date | None) -> datetime | None:
    if ended_on is None:
        return None
    return start_of(ended_on) if ended_on == first else _close(ended_on)


def _close(day: date) -> datetime:
    return At.close_of(day).moment
