"""What the lake brings to the house. Imported at every start, so nothing heavy is imported before it is needed."""

from datetime import datetime

from firstwin.core import clock
from firstwin.core.backup.after import Restore, register_after_restore
from firstwin.core.backup.folders import register_folder
from firstwin.core.companions import Companion, register_companion
from firstwin.core.invariants import register_invariant
from firstwin.usage.lake import home, tasks


def register() -> None:
    """Called once, when the app is ready."""
    register_folder(home.FOLDER)
    register_after_restore("usage.lake", _forget_leases)
    register_invariant("usage.files", "Every file of the lake is there, byte for byte", _file_problems)
    register_invariant("usage.keys", "No event is stored twice", _key_problems)
    register_invariant("usage.rollups", "Roll-ups are what their events make (a sample)", _rollup_problems)
    register_invariant("usage.leases", "Nobody holds the lake for ever", _lease_problems)
    tasks.register_schedules()
    # A thread of its own: while files are merged, events go on being taken up.
    register_companion(Companion("lake", _tend, rest_seconds=5.0))


def _tend() -> bool:
    from firstwin.usage.lake.upkeep import tend

    return tend(clock.now())


def _forget_leases(restore: Restore, now: datetime) -> list[str]:
    """Who held them when the backup was made is not here."""
    from firstwin.usage.store.models import Lease

    Lease.objects.all().delete()
    return []


def _file_problems(now: datetime) -> list[str]:
    from firstwin.usage.lake import check

    return check.file_problems(now)


def _key_problems(now: datetime) -> list[str]:
    from firstwin.usage.lake import check

    return check.key_problems(now)


def _rollup_problems(now: datetime) -> list[str]:
    from firstwin.usage.lake import check

    return check.rollup_problems(now)


def _lease_problems(now: datetime) -> list[str]:
    from firstwin.usage.lake import check

    return check.lease_problems(now)
