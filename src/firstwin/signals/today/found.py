"""What changed in a window, asked of the ledger and the list rows: a handful of questions, however many accounts.

Each asks for the accounts with the most ARR first and stops at `MOST`, so that a long night costs no more than a short
one; what is cut off had less at stake than everything that is told.
"""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, ExpressionWrapper, F, FloatField, OuterRef, Q, QuerySet, Subquery

from firstwin.accounts.models import AccountNow
from firstwin.core.conditions import Condition, over_all
from firstwin.core.text import counted
from firstwin.signals.few import dearest_of
from firstwin.signals.kinds.detector import Detector
from firstwin.signals.kinds.pipeline import Pipeline
from firstwin.signals.kinds.pipeline_text import fields_read
from firstwin.signals.models import Band, Dismissal, Episode, LookedBack, Reading, StageMove, What
from firstwin.signals.refresh.definitions import Definitions
from firstwin.signals.today.ranking import Change, Kind
from firstwin.signals.today.window import Window
from firstwin.ui.filters import score

MOST = 400
LEAST_POINTS = 3
"""A score that moved less, and stayed in its band, is not told."""

MARKS = (30, 60, 90)
RENEWAL, PACE = "renewal", "pace"
_BANDS = (Band.RED, Band.AMBER, Band.GREEN)

Rows = QuerySet[AccountNow]


def health_moves(rows: Rows, window: Window) -> list[Change]:
    """Scores that moved since the window opened, against the last reading before it."""
    opened = window.opened_at
    new = Reading.objects.filter(account=OuterRef("account_id"), is_primary=True, at__gte=opened)
    last = Reading.objects.filter(is_primary=True, at__lt=opened).order_by("-at", "-id")
    # The reading before is looked up once for each account, and its values for those that are told.
    by = ExpressionWrapper(OuterRef("health") * 100.0 - F("score"), FloatField())
    was_other = Reading.objects.alias(by=by).filter(
        ~Q(band=OuterRef("health_band")) | Q(by__gte=LEAST_POINTS * 100) | Q(by__lte=-LEAST_POINTS * 100),
        pk=Subquery(last.filter(account=OuterRef(OuterRef("account_id"))).values("pk")[:1]),
    )
    known = over_all(Q(health_band__isnull=False))
    moved = _most(rows.filter(known, Exists(new), Exists(was_other))).values_list("account_id", flat=True)
    before = last.filter(account=OuterRef("account_id"))
    told = AccountNow.objects.filter(account_id__in=list(moved)).annotate(
        was=Subquery(before.values("score")[:1]), was_band=Subquery(before.values("band")[:1])
    )
    asked = _most(told).values_list("account_id", "health", "health_band", "was", "was_band")
    return [_health(window, *row) for row in asked]


def _health(window: Window, account: int, now: float | None, band: str, was: int | None, was_band: str) -> Change:
    """In plain figures; the sentence with its causes is found for those that are shown."""
    kind = Kind.UNCLEAR
    if now is not None and was is not None:
        kind = Kind.FALL if now * 100 < was else Kind.RISE
    elif band in _BANDS and was_band in _BANDS:
        kind = Kind.FALL if _BANDS.index(Band(band)) < _BANDS.index(Band(was_band)) else Kind.RISE
    then = score(was / 100) if was is not None else "unknown"
    words = f"{then} → {score(now)}" if now is not None else f"{then} → unknown"
    return Change(account, kind, words, window.today, note=f"{was_band} → {band}" if was_band != band else "")


def findings(rows: Rows, window: Window, definitions: Definitions) -> list[Change]:
    """New risks and opportunities that nobody put aside, and those that cleared. Until the past of an account is told
    nobody knows what of it is new."""
    held = Episode.objects.filter(_IS_TOLD)
    detectors = definitions.detectors
    # Named, so that the index over detectors and days answers.
    since = Q(detector__in=sorted(detectors), first_on__gte=window.since, cleared_on__isnull=True)
    stands = Dismissal.objects.standing().filter(finding=OuterRef("pk"))
    stands = stands.filter(Q(until_on__isnull=True) | Q(until_on__gt=window.today))
    new = dearest_of(held.filter(~Exists(stands)), rows, since & Q(restated_at__isnull=True), MOST)
    ended = Q(cleared_on__gte=window.since, cleared_on__lte=window.today, first_on__lt=window.since)
    over = dearest_of(held, rows, ended & Q(restated_at__isnull=True), MOST)
    names = ("id", "account_id", "detector", "what", "severity", "words", "stake_minor", "first_on", "cleared_on")
    parsed = {key: one.parsed for key, one in detectors.items()}
    asked = Episode.objects.filter(pk__in=[*new, *over]).values_list(*names)
    return [_finding(row, parsed.get(row[2])) for row in asked]


def _finding(row: tuple[Any, ...], detector: Detector | None) -> Change:
    pk, account, key, what, severity, words, stake, first_on, cleared_on = row
    family, advice = (detector.family, detector.advice) if detector is not None else ("", "")
    label = detector.label if detector is not None else key
    if cleared_on is not None:
        kind = Kind.CLEARED if what == What.RISK else Kind.GONE
        return Change(account, kind, f"{label}: {words}", cleared_on, family=family)
    kind = Kind.RISK if what == What.RISK else Kind.OPPORTUNITY
    about = PACE if detector is not None and "stage_pace" in _reads(detector.where) else ""
    return Change(account, kind, words, first_on, stake, severity, pk, family, advice, about=about)


def _reads(where: Condition | None) -> set[str]:
    return set(fields_read(where)) if where is not None else set()


def stage_moves(rows: Rows, window: Window, definitions: Definitions) -> list[Change]:
    """Where accounts came from and where they are now; what lies between is not told."""
    pipelines = [one.parsed for one in definitions.pipelines.values()]
    stages = {stage.key for pipeline in pipelines for stage in pipeline.stages} | {""}
    lately = Q(stage__in=sorted(stages), on__gte=window.since, on__lte=window.today, restated_at__isnull=True)
    ids = dearest_of(StageMove.objects.filter(_IS_TOLD), rows, lately, MOST)
    asked = StageMove.objects.filter(pk__in=ids).defer("evidence").order_by("account_id", "on", "id")
    gathered: dict[int, list[StageMove]] = {}
    for move in asked:
        gathered.setdefault(move.account_id, []).append(move)
    told = _Told(pipelines)
    return [change for some in gathered.values() if (change := told.move(some)) is not None]


class _Told:
    """Moves in words."""

    def __init__(self, pipelines: list[Pipeline]) -> None:
        self._labels = {stage.key: stage.label for one in pipelines for stage in one.stages}
        self._labels |= {one.overlay.key: one.overlay.label for one in pipelines if one.overlay is not None}
        self._rank = {stage.key: place for one in pipelines for place, stage in enumerate(one.stages)}

    def move(self, moves: list[StageMove]) -> Change | None:
        was, last = moves[0].previous, moves[-1]
        if was != last.stage:
            return Change(last.account_id, self._kind(was, last.stage), self._words(was, last.stage), last.on)
        if last.overlay:
            words = f"{self._label(last.overlay)} began, over {self._label(last.stage)}"
            return Change(last.account_id, Kind.ONWARD, words, last.on, about=RENEWAL)
        if len(moves) == 1:
            return Change(last.account_id, Kind.ONWARD, f"Renewal is over, in {self._label(last.stage)} again", last.on)
        return None

    def _kind(self, was: str, now: str) -> Kind:
        if was and (not now or self._rank.get(now, 0) < self._rank.get(was, 0)):
            return Kind.BACK
        return Kind.ONWARD

    def _words(self, was: str, now: str) -> str:
        if not now:
            return f"Left {self._label(was)} and its pipeline"
        return f"{self._label(was)} → {self._label(now)}" if was else f"Began in {self._label(now)}"

    def _label(self, key: str) -> str:
        return self._labels.get(key, key)


def renewals(rows: Rows, window: Window, definitions: Definitions) -> list[Change]:
    """Accounts whose renewal came within 90, 60 or 30 days since the window opened.

    What renews by itself counts only under the overlay of its pipeline, or each monthly plan would be told each month.
    """
    overlays = [one.parsed.overlay.key for one in definitions.pipelines.values() if one.parsed.overlay is not None]
    passed = Q()
    for mark in MARKS:
        passed |= Q(renews_on__gt=_after(window.eve, mark), renews_on__lte=_after(window.today, mark))
    near = rows.filter(passed).filter(Q(auto_renews__isnull=True) | Q(auto_renews=False) | Q(stage__in=overlays))
    asked = _most(near).values_list("account_id", "renews_on", "notice_on")
    return [_renewal(window, *row) for row in asked]


def _renewal(window: Window, account: int, renews_on: date, notice_on: date | None) -> Change:
    left = (renews_on - window.today).days
    words = f"Renews in {counted(left, 'day')}, on {_day(renews_on)}" if left else "Renews today"
    if notice_on is not None and window.today <= notice_on < renews_on:
        words += f"; notice until {_day(notice_on)}"
    mark = next(mark for mark in MARKS if left <= mark)
    return Change(account, Kind.RENEWAL, words, window.today, severity=3 - MARKS.index(mark), about=RENEWAL)


def _after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def _most(rows: Any) -> Any:
    return rows.order_by(F("arr_minor").desc(nulls_last=True), "account_id", "pk")[:MOST]


_IS_TOLD = Exists(LookedBack.objects.filter(account=OuterRef("account_id")))
