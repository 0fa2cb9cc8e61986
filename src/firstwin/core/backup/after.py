"""What rooms do once everything is back, in the transaction that makes the installation whole."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from firstwin.core.models import Lease, Schedule


@dataclass(frozen=True)
class Restore:
    """made_at: the moment the backup shows.  engine: the database it was made from."""

    source: str
    made_at: datetime
    version: str
    engine: str
    rows: int


Do = Callable[[Restore, datetime], list[str]]

_registered: dict[str, Do] = {}


def register_after_restore(key: str, do: Do) -> None:
    """Add what a room does: (restore, now) → sentences for whoever restored. It must not reach out of the database."""
    _registered[key] = do


def run_all(restore: Restore, now: datetime) -> list[str]:
    return [sentence for key in sorted(_registered) for sentence in _registered[key](restore, now)]


def _tidy_house(restore: Restore, now: datetime) -> list[str]:
    """The workers in the backup are not ours, and what was due while nothing ran is due now."""
    Lease.objects.all().delete()
    Schedule.objects.filter(is_on=True, next_due_at__lt=now).update(next_due_at=now)
    return []


register_after_restore("core.house", _tidy_house)
