"""What a changed detector would find: which open findings would be opened and cleared, and what they put at stake."""

from collections.abc import Mapping

from django.conf import settings

from firstwin.core.errors import Refused
from firstwin.core.money import Money
from firstwin.core.text import counted
from firstwin.people.config.together import Change
from firstwin.signals.models.kinds import Severity
from firstwin.signals.refresh.compute import still_open
from firstwin.signals.risks.alarms import is_solved
from firstwin.signals.risks.detect import at_stake
from firstwin.signals.risks.found import Found
from firstwin.signals.studio.compare import Compared, Side
from firstwin.signals.studio.tally import Moved, Tally
from firstwin.ui import filters

NONE, FOUND, OTHERS = "Not found", "Found", "Found otherwise"
UNSOLVED = (
    "The height of its alarm is solved from history overnight, so that it keeps its budget; tried here with a usual one"
)
ASIDE = "Findings that somebody put aside are left out"


def findings(both: Compared, change: Change, into: Tally) -> None:
    """Of everybody. Raises Refused for a detector that cannot be asked."""
    before, after = (_open_of(side, change.key) for side in (both.before, both.after))
    into.judged += len(both.accounts)
    into.by_stake = True
    for account in sorted({*before, *after}):
        was, now = before.get(account, {}), after.get(account, {})
        into.open += len(now)
        into.opened += len(now.keys() - was.keys())
        into.cleared += len(was.keys() - now.keys())
        if now:
            into.stakes[account] = _stake(now)
        if (moved := _moved(account, was, now)) is not None:
            into.moved.append(moved)
    definition = both.after.made.definitions.detectors.get(change.key)
    if (
        definition is not None
        and definition.parsed.alarm
        and not is_solved(definition.parsed.alarm, both.after.made.at)
    ):
        into.note(UNSOLVED)


def findings_words(tally: Tally) -> list[str]:
    """“With it 12 findings would be open for 11 accounts, $30k at stake: 3 opened, 9 as now; 4 would clear”."""
    stake = sum(one or 0 for one in tally.stakes.values())
    worth = f", {filters.money(Money(stake, str(settings.FIRSTWIN_CURRENCY)), short=True)} at stake" if stake else ""
    whose = f" for {counted(len(tally.stakes), 'account')}" if tally.stakes else ""
    parts = f"{tally.opened:,} opened by it, {tally.open - tally.opened:,} open already; {tally.cleared:,} would clear"
    return [f"With it {counted(tally.open, 'finding')} would be open{whose}{worth}: {parts}", ASIDE]


Causes = Mapping[str, Found]


def _open_of(side: Side, detector: str) -> dict[int, dict[str, Found]]:
    """Account → cause → what is open after the day, none put aside."""
    if detector in side.made.unasked and detector in side.made.definitions.detectors:
        raise Refused(f"It cannot be asked: {side.made.unasked[detector]}")
    found: dict[int, dict[str, Found]] = {}
    for one in still_open(side.made.changes, side.made.at):
        if one.detector == detector:
            found.setdefault(one.account, {})[one.cause] = one
    return found


def _moved(account: int, was: Causes, now: Causes) -> Moved | None:
    if not now:
        return Moved(account, FOUND, NONE, _words(was), "clears", _gravest(was), _stake(was))
    if not was:
        return Moved(account, NONE, FOUND, "not found", _words(now), _gravest(now), _stake(now))
    if was.keys() != now.keys():
        words = counted(len(was), "finding"), counted(len(now), "finding")
        return Moved(account, FOUND, OTHERS, *words, _gravest(now), _stake(now))
    if _gravest(was) == _gravest(now):
        return None
    was_label, now_label = (Severity(_gravest(one)).label.lower() for one in (was, now))
    return Moved(
        account, f"{FOUND}, {was_label}", f"{FOUND}, {now_label}", was_label, f"{now_label}: {_words(now)}",
        _gravest(now), _stake(now),
    )  # fmt: skip


def _words(found: Causes) -> str:
    first = found[min(found)].words
    return f"{first} (and {len(found) - 1:,} more)" if len(found) > 1 else first


def _gravest(found: Causes) -> int:
    return max(one.severity for one in found.values())


def _stake(found: Causes) -> int | None:
    return at_stake(one.stake_minor for one in found.values())
