"""Which accounts became behind or stuck in a window. Nobody writes down pace: it follows from the days in a stage."""

from datetime import date, timedelta

from django.db.models import F, Q

from firstwin.core.frames import At
from firstwin.core.text import counted
from firstwin.signals.kinds.pipeline import Limits, Stage
from firstwin.signals.ledger.columns import said
from firstwin.signals.ledger.told import pace_of
from firstwin.signals.models import Pace, StagePause
from firstwin.signals.refresh.definitions import Definitions
from firstwin.signals.today.found import MOST, PACE, Rows
from firstwin.signals.today.ranking import Change, Kind
from firstwin.signals.today.window import Window

_KINDS = {Pace.STUCK: Kind.STUCK, Pace.BEHIND: Kind.BEHIND}


def slower(rows: Rows, window: Window, definitions: Definitions) -> list[Change]:
    """Those whose days in their stage passed a limit in the window, and who were better before it."""
    stages = [stage for one in definitions.pipelines.values() for stage in one.parsed.stages]
    stages += [one.parsed.overlay for one in definitions.pipelines.values() if one.parsed.overlay is not None]
    passed = Q(account_id__in=StagePause.objects.standing().values("account_id"))  # their days are counted one by one
    for stage in stages:
        for limits in stage.limits:
            passed |= _passed(stage, limits, window)
    slow = rows.filter(passed, stage_pace__in=list(_KINDS), stage_late__isnull=False)
    slow = slow.order_by(F("arr_minor").desc(nulls_last=True), "account_id")
    named = slow.values_list("account_id", "stage_pace", "stage_late", "stage_late_on")[:MOST]
    now = {pk: (Pace(pace or ""), stage or "", since) for pk, pace, stage, since in named}
    if not now:
        return []
    eve = At.close_of(window.eve)
    before = pace_of(sorted(now), said(sorted(now), eve), eve, definitions)
    labels = {stage.key: stage.label for stage in stages}
    return [
        _change(pk, pace, labels.get(stage, stage), since, window)
        for pk, (pace, stage, since) in now.items()
        if _is_worse(pace, before[pk].pace if pk in before else "")
    ]


def _passed(stage: Stage, limits: Limits, window: Window) -> Q:
    """The stage that takes too long does since the window opened, and did not before it (pauses left out)."""
    found = Q()
    for days in filter(None, (limits.expected_days, limits.max_days)):
        longer, not_yet = window.today - timedelta(days=days), window.eve - timedelta(days=days)
        found |= Q(stage_late=stage.key, stage_late_on__lt=longer, stage_late_on__gte=not_yet)
    return found


def _is_worse(now: Pace, before: str) -> bool:
    return before != now and not (now == Pace.BEHIND and before == Pace.STUCK)


def _change(account: int, pace: Pace, stage: str, since: date | None, window: Window) -> Change:
    days = counted((window.today - since).days, "day") if since is not None else "too long"
    words = f"Stuck in {stage} for {days}" if pace == Pace.STUCK else f"Behind in {stage} after {days}"
    return Change(account, _KINDS[pace], words, window.today, severity=2 if pace == Pace.STUCK else 1, about=PACE)
