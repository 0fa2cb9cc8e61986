"""The audit trail of the demo company: what happened, in order, as if each had been done by hand."""

from collections.abc import Sequence

from firstwin.demo.bulk import hold, insert, next_id, settle
from firstwin.demo.dice import dice_for
from firstwin.demo.rows import Happened
from firstwin.people.audit import digest_of
from firstwin.people.models import AuditDetail, AuditRow

_TABLES = (AuditRow, AuditDetail)
_ROW = ("id", "at", "actor_id", "did", "on_kind", "on_id", "account_id", "detail_digest")
_DETAIL = ("row_id", "salt", "before", "after")


def write_trail(happened: Sequence[Happened], seed: str) -> int:
    """Append these deeds in order of time, in the caller's transaction. Returns how many."""
    hold(_TABLES)
    dice = dice_for(seed, "trail")
    first = next_id(AuditRow)
    rows, details = [], []
    for pk, deed in enumerate(sorted(happened, key=lambda one: (one.at, one.on_kind, one.on_id, one.did)), first):
        digest = ""
        if deed.after is not None:
            salt = f"{dice.getrandbits(128):032x}"
            digest = digest_of(AuditDetail(salt=salt, before=None, after=deed.after))
            details.append((pk, salt, None, deed.after))
        rows.append((pk, deed.at, deed.actor, deed.did, deed.on_kind, str(deed.on_id), deed.account, digest))
    insert(AuditRow, _ROW, rows)
    insert(AuditDetail, _DETAIL, details)
    settle([AuditRow])
    return len(rows)
