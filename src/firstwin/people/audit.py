"""The trail: who did what to what. Actions record in their own transaction, so no row is without its deed.

A row holds numbers only. What was before and after goes beside it, erasable, tied to it by a salted digest.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import models, transaction

from firstwin.core.errors import Refused
from firstwin.people.models import AuditDetail, AuditRow, User

_BATCH = 1_000


@dataclass(frozen=True)
class Deed:
    """One thing done, for `record_many`: on_kind and on_id name the thing as `record` would."""

    did: str
    on_kind: str
    on_id: str
    account_id: int | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def record(
    *,
    by: User | None,
    did: str,
    on: models.Model,
    now: datetime,
    account_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditRow:
    """Write one row in the caller's transaction. `did` is noun.past-verb (`touch.logged`).

    account_id: taken from `on.account_id` when not given. before, after: dates become ISO text.
    """
    deed = Deed(
        did=did,
        on_kind=on._meta.label_lower,
        on_id=str(on.pk),
        account_id=account_id if account_id is not None else getattr(on, "account_id", None),
        before=before,
        after=after,
    )
    return record_many([deed], by=by, now=now)[0]


def record_many(deeds: Iterable[Deed], *, by: User | None, now: datetime) -> list[AuditRow]:
    """Write many rows in the caller's transaction, in order."""
    details, rows = [], []
    for deed in deeds:
        detail = _detail(deed)
        details.append(detail)
        rows.append(
            AuditRow(
                at=now,
                actor=by,
                did=deed.did,
                on_kind=deed.on_kind,
                on_id=deed.on_id,
                account_id=deed.account_id,
                detail_digest=digest_of(detail) if detail else "",
            )
        )
    with transaction.atomic():
        AuditRow.objects.bulk_create(rows, batch_size=_BATCH)
        kept = []
        for row, detail in zip(rows, details, strict=True):
            if detail:
                detail.row_id = row.pk
                kept.append(detail)
        AuditDetail.objects.bulk_create(kept, batch_size=_BATCH)
    return rows


def trail(on: models.Model) -> models.QuerySet[AuditRow]:
    """What was done to this thing, newest first, with actors and details at hand."""
    return AuditRow.objects.about(on).select_related("actor", "detail").newest_first()


def trail_of_account(account_id: int) -> models.QuerySet[AuditRow]:
    """What was done to this account and everything on it, newest first."""
    return AuditRow.objects.filter(account_id=account_id).select_related("actor", "detail").newest_first()


def erase_detail(*, by: User | None, row: AuditRow, now: datetime) -> AuditRow:
    """Blank what stood beside `row`, and record that it was done. The row itself stays and still verifies."""
    detail = AuditDetail.objects.filter(row=row, erased_at__isnull=True).first()
    if detail is None:
        raise Refused("There is nothing left to erase beside this row.")
    with transaction.atomic():
        AuditDetail.objects.filter(pk=detail.pk).update(salt="", before=None, after=None, erased_at=now)
        return record(by=by, did="audit.erased", on=row, now=now, account_id=row.account_id)


def digest_of(detail: AuditDetail) -> str:
    content = canonical({"before": detail.before, "after": detail.after})
    return hashlib.sha256(detail.salt.encode() + content).hexdigest()


def canonical(value: Any) -> bytes:
    """The same bytes for the same value on every database: keys sorted, no spaces, ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _detail(deed: Deed) -> AuditDetail | None:
    if deed.before is None and deed.after is None:
        return None
    return AuditDetail(salt=secrets.token_hex(16), before=_plain(deed.before), after=_plain(deed.after))


def _plain(value: Any) -> Any:
    """`value` as JSON that both databases hand back unchanged: floats and the unusual become text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {_text(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return value.pk
    return _text(str(value))


def _text(value: str) -> str:
    """PostgreSQL keeps neither NUL nor lone surrogates."""
    return value.replace("\x00", "�").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
