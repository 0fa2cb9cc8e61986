"""What is news: weighs each row against what the same file said last, and remembers what was taken in."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings

from firstwin.accounts.bulk import insert_many
from firstwin.connectors.kinds.binding import ATTRIBUTE, RowSaid
from firstwin.connectors.models import ImportRun, LastSaid

Said = dict[str, str]
"""Field → keyed digest of its value."""


@dataclass(frozen=True)
class Verdict:
    """news: the fields to take in; empty when the row says nothing new.  clash: the line it contradicts.

    keep: whether it becomes what the file said last (an older statement does not).
    """

    said: Said
    news: frozenset[str]
    keep: bool = True
    clash: int | None = None


@dataclass(frozen=True)
class _Last:
    said: Said
    known_at: datetime | None
    run: int
    line: int


class Ledger:
    """The last statements of one file of a source. A dry run keeps its own beside the stored ones."""

    def __init__(self, run: ImportRun, kind: str, feed: str, current_only: Collection[str]) -> None:
        self._run, self._kind, self._feed = run, kind, feed
        self._current_only = frozenset(current_only)
        self._pretended: dict[str, _Last] = {}

    def weigh(self, rows: Sequence[RowSaid]) -> list[Verdict]:
        """One verdict per row. No two rows may have the same external id."""
        ids = {row.external_id for row in rows}
        stored = LastSaid.objects.filter(source=self._run.source, kind=self._kind, external_id__in=ids)
        own: dict[str, _Last] = {}
        newest: dict[str, datetime] = {}
        for key, feed, *last in stored.values_list("external_id", "feed", "said", "known_at", "run_id", "line"):
            one = _Last(*last)
            if feed == self._feed:
                own[key] = one
            if one.known_at is not None:
                newest[key] = max(one.known_at, newest.get(key, one.known_at))
        own |= {key: self._pretended[key] for key in ids & self._pretended.keys()}
        return [self._verdict(row, own.get(row.external_id), newest.get(row.external_id)) for row in rows]

    def keep(self, kept: Sequence[tuple[RowSaid, Verdict]]) -> None:
        """Remember these rows as what the file said last."""
        kept = [(row, verdict) for row, verdict in kept if verdict.keep]
        if self._run.is_dry_run:
            for row, verdict in kept:
                self._pretended[row.external_id] = _Last(verdict.said, row.known_at, self._run.pk, row.line)
            return
        insert_many(
            LastSaid,
            ("source", "kind", "external_id", "feed", "said", "known_at", "run_id", "line"),
            [
                (
                    self._run.source,
                    self._kind,
                    row.external_id,
                    self._feed,
                    verdict.said,
                    row.known_at,
                    self._run.pk,
                    row.line,
                )
                for row, verdict in kept
            ],
            on_conflict=(
                "on conflict (source, kind, external_id, feed) do update set "
                "said = excluded.said, known_at = excluded.known_at, run_id = excluded.run_id, line = excluded.line"
            ),
        )

    def _verdict(self, row: RowSaid, last: _Last | None, newest: datetime | None) -> Verdict:
        said = {name: digest(row.external_id, name, value) for name, value in row.values.items()}
        if last is None:
            news = set(said)
        else:
            news = {name for name, mark in said.items() if last.said.get(name) != mark}
            is_same_moment = row.known_at == last.known_at
            if news and is_same_moment and last.run == self._run.pk:
                return Verdict(said, frozenset(), keep=False, clash=last.line)
            if row.known_at is not None and last.known_at is not None and row.known_at > last.known_at:
                # Said again at a later time: dated lines per source take the confirmation.
                news |= {name for name in said if name.startswith(ATTRIBUTE)}
        if row.known_at is not None and newest is not None and row.known_at < newest:
            news -= self._current_only
        is_older = (
            last is not None and last.known_at is not None and row.known_at is not None and row.known_at < last.known_at
        )
        # An unchanged row is kept too: a later row of this run that contradicts it must find its line.
        return Verdict(said, frozenset(news), keep=not is_older)


def digest(external_id: str, name: str, value: Any) -> str:
    """A short keyed digest: nobody can guess the value back from it without the installation's key."""
    content = "\x1f".join((external_id, name, _plain(value)))
    return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=9, key=_key()).hexdigest()


def hidden_id(*parts: Any) -> str:
    """A stable id for a record the source has none for, made of what it says, from which it cannot be read back."""
    content = "\x1f".join(map(_plain, parts))
    return "~" + hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=20, key=_key()).hexdigest()


@cache
def _key() -> bytes:
    return hashlib.sha256(b"import ledger " + settings.SECRET_KEY.encode()).digest()


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return repr(sorted((str(key), _plain(item)) for key, item in value.items()))
    return repr(value)
