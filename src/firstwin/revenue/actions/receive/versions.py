"""Records that have one standing row each: a new version replaces the one before it whole."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Protocol

from django.db import connection, models, transaction

from firstwin.accounts.actions.receive import Received
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.bulk import insert_many
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.revenue.actions.receive.rounds import in_rounds
from firstwin.revenue.actions.receive.store import FACT, aware, stand_down, standing_rows


class Version(Protocol):
    @property
    def row(self) -> int: ...
    @property
    def external_id(self) -> str: ...
    @property
    def known_at(self) -> datetime: ...
    @property
    def has_own_time(self) -> bool: ...
    @property
    def account_id(self) -> int: ...


@dataclass(frozen=True)
class Versioned:
    """values: columns beside the account.  trouble: what cannot be so.  warnings: what is odd."""

    key: str
    model: type[models.Model]
    values: tuple[str, ...]
    trouble: Callable[[Any], Refused | None]
    warnings: Callable[[Any], list[str]]

    def receive(
        self, said: Sequence[Version], *, source: str, origin: int | None, now: datetime, unsaid: Collection[str]
    ) -> Received:
        """Store new records, and those told differently now. A statement older than the one that stands changes
        nothing."""
        received = Received()
        with transaction.atomic():
            for some in in_rounds(said, received):
                self._receive(some, received, source, origin, now, frozenset(unsaid))
            failpoint(f"receive.{self.key}.stored")
            bump_revision(received.touched)
        return received

    def _receive(
        self,
        said: Sequence[Version],
        received: Received,
        source: str,
        origin: int | None,
        now: datetime,
        unsaid: frozenset[str],
    ) -> None:
        standing = self._standing(source, [one.external_id for one in said])
        values_of = attrgetter("account_id", *self.values)
        downs: dict[datetime, list[int]] = defaultdict(list)
        rows = []
        for one in said:
            if (refused := self._refused(one, now)) is not None:
                received.refused[one.row] = refused
                continue
            says = values_of(one)
            received.ids[one.row] = one.account_id
            if odd := self.warnings(one):
                received.warned.setdefault(one.row, []).extend(odd)
            before = standing.get(one.external_id)
            if before is not None:
                pk, stated_at, old = before
                if unsaid:
                    kept = zip(("account_id", *self.values), old, says, strict=True)
                    says = tuple(was if name in unsaid else new for name, was, new in kept)
                if says == old or stated_at > one.known_at:
                    continue
                downs[one.known_at].append(pk)
                received.touched.add(old[0])
            (received.changed if before is not None else received.new).add(one.row)
            received.touched.add(one.account_id)
            rows.append((one.external_id, one.account_id, one.known_at, one.known_at, None, now, source,
                         not one.has_own_time, origin, one.row, *says[1:]))  # fmt: skip
        stand_down(self.model, downs)
        insert_many(self.model, (*FACT, *self.values), rows)

    def _standing(self, source: str, ids: Sequence[str]) -> dict[str, tuple[int, datetime, tuple[Any, ...]]]:
        rows = standing_rows(self.model, ("id", "external_id", "stated_at", "account_id", *self.values), source, ids)
        is_naive = connection.vendor == "sqlite"
        return {row[1]: (row[0], aware(row[2]) if is_naive else row[2], row[3:]) for row in rows}

    def _refused(self, one: Version, now: datetime) -> Refused | None:
        if one.known_at > now:
            return Refused("It was known in the future.", field="known_at")
        if not 0 < len(one.external_id) <= 255:
            return Refused("An id has 1 to 255 characters.", field="external_id")
        return self.trouble(one)


def too_long(one: Any, model: type[models.Model], names: Sequence[str]) -> Refused | None:
    """Refused when a text does not fit its column."""
    for name in names:
        limit = model._meta.get_field(name).max_length  # type: ignore[union-attr]
        if limit is not None and len(getattr(one, name)) > limit:
            return Refused(f"It has more than {limit} characters.", field=name)
    return None
