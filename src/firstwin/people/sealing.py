"""Chain audit rows after they are committed, and check the chain.

Rows commit unlinked, so that nobody waits for a lock; one sealer then appends a link for each in order of id.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from firstwin.core.backup.after import Restore
from firstwin.people.audit import canonical, digest_of
from firstwin.people.models import AuditRow, AuditSeal

_BATCH = 500
_LOOK_BACK = 100_000  # a row may commit after rows with higher ids; never after this many
_MOST_PROBLEMS = 50
_LOCK = 0x5EA1
GRACE = timedelta(minutes=10)  # a row older than this without a seal is a problem


def seal(*, now: datetime, at_most: int = 20_000) -> int:
    """Append a link for each unsealed row, in batches that each hold the lock briefly. Returns how many."""
    done = 0
    while done < at_most:
        sealed = _seal_batch(now)
        done += sealed
        if sealed < _BATCH:
            break
    return done


def seal_restored(restore: Restore, now: datetime) -> list[str]:
    """Seal what was not sealed yet when the backup was made."""
    while seal(now=now):
        pass
    return []


@transaction.atomic
def _seal_batch(now: datetime) -> int:
    _be_the_only_sealer()
    last = AuditSeal.objects.order_by("-sequence").first()
    sequence, digest = (last.sequence, last.digest) if last else (0, "")
    highest = AuditSeal.objects.aggregate(highest=Max("row_id"))["highest"] or 0
    rows = AuditRow.objects.unsealed().filter(id__gt=highest - _LOOK_BACK).order_by("id")[:_BATCH]
    links = []
    for row in rows:
        sequence += 1
        digest = link(digest, sequence, row)
        links.append(AuditSeal(sequence=sequence, row=row, digest=digest, sealed_at=now))
    AuditSeal.objects.bulk_create(links)
    return len(links)


def _be_the_only_sealer() -> None:
    if connection.vendor == "postgresql":  # SQLite's transactions are already alone with the write lock
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def link(previous: str, sequence: int, row: AuditRow) -> str:
    """The digest of one link: sha256 over the previous link's digest and everything the row says."""
    content = canonical(
        [
            sequence,
            row.pk,
            row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            row.actor_id,
            row.did,
            row.on_kind,
            row.on_id,
            row.account_id,
            row.detail_digest,
        ]
    )
    return hashlib.sha256(previous.encode() + content).hexdigest()


def verify_audit(now: datetime) -> list[str]:
    """What is wrong with the trail, in words; empty when it is whole. Lists at most fifty problems."""
    problems: list[str] = []
    for problem in _problems(now):
        problems.append(problem)
        if len(problems) == _MOST_PROBLEMS:
            problems.append("… and perhaps more")
            break
    return problems


def _problems(now: datetime) -> Iterator[str]:
    yield from _broken_links()
    yield from _unsealed(now)
    yield from _details()


def _broken_links() -> Iterator[str]:
    expected, digest = 1, ""
    for found in AuditSeal.objects.select_related("row").order_by("sequence").iterator(chunk_size=2_000):
        if found.sequence != expected:
            yield f"audit chain: seal {expected} is missing before seal {found.sequence}"
        elif link(digest, found.sequence, found.row) != found.digest:
            yield f"audit chain: row {found.row_id} or seal {found.sequence} was changed"
        expected, digest = found.sequence + 1, found.digest


def _unsealed(now: datetime) -> Iterator[str]:
    late = AuditRow.objects.unsealed().filter(at__lt=now - GRACE).order_by("id")
    for row_id in late.values_list("id", flat=True)[:_MOST_PROBLEMS]:
        yield f"audit row {row_id} was not sealed"


def _details() -> Iterator[str]:
    with_detail = AuditRow.objects.exclude(detail_digest="").select_related("detail").order_by("id")
    for row in with_detail.iterator(chunk_size=2_000):
        detail = getattr(row, "detail", None)
        if detail is None:
            yield f"audit row {row.pk}: its detail is gone"
        elif detail.erased_at is not None:
            if not AuditRow.objects.about(row).filter(did="audit.erased").exists():
                yield f"audit row {row.pk}: its detail was blanked without a row that says so"
        elif digest_of(detail) != row.detail_digest:
            yield f"audit row {row.pk}: its detail was changed"
