"""What the ledger says of accounts as of a moment, one value per field: for list rows today, for frames of any day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from firstwin.core.frames import At
from firstwin.people.config.store import Definition
from firstwin.signals.ledger import standing
from firstwin.signals.ledger.standing import Kept
from firstwin.signals.models import Refreshed, What
from firstwin.signals.refresh.definitions import Definitions, definitions_at
from firstwin.signals.risks.detect import at_stake
from firstwin.signals.segments.serving import in_order
from firstwin.signals.stages.standing import Moving

CHANGE_DAYS = 7
"""Health's change is told against so many days before."""


class Open(NamedTuple):
    """A risk or an opportunity that counts: open, and nobody put it aside."""

    what: str
    severity: int
    stake_minor: int | None


@dataclass
class Said:
    """Of one account.  before: the reading that counted a week earlier.  below: where it stands on its pipeline, and
    overlay what lies over that, each with the day on which it came there."""

    now: Kept | None = None
    before: Kept | None = None
    below: str = ""
    below_on: date | None = None
    overlay: str = ""
    overlay_on: date | None = None
    segments: list[str] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)

    @property
    def stage(self) -> str:
        """The one that is shown: overlays first."""
        return self.overlay or self.below

    @property
    def stage_on(self) -> date | None:
        return self.overlay_on if self.overlay else self.below_on


class Paced(NamedTuple):
    """late: the stage or overlay that makes the pace behind or stuck, empty where none does."""

    pace: str
    late: str


def said(account_ids: Collection[int], at: At) -> dict[int, Said]:
    """What the ledger says of each; accounts of which it says nothing are left out."""
    found: dict[int, Said] = defaultdict(Said)
    earlier = At.close_of(at.on - timedelta(days=CHANGE_DAYS), known_by=at.known_by)
    now, before = standing.readings(account_ids, [at, earlier])
    for pk, one in standing.primary(now).items():
        found[pk].now = one
    for pk, one in standing.primary(before).items():
        found[pk].before = one
    for move in standing.moves(account_ids, at):
        come_to(found[move.account_id], move)
    for stay in standing.stays(account_ids, at):
        found[stay.account_id].segments.append(stay.segment)
    aside = standing.put_aside(account_ids, at)
    for episode in standing.episodes(account_ids, at):
        if episode.id not in aside.get(episode.account_id, ()):
            found[episode.account_id].open.append(Open(episode.what, episode.severity, episode.stake_minor))
    return dict(found)


def columns_of(one: Said, definitions: Definitions, paced: Paced | None) -> dict[str, Any]:
    """Column of the list row → value, null where nothing is known. Words are told apart from these."""
    experience, segments = served_by(one.segments, definitions.experiences), sorted(one.segments)
    risks = [found for found in one.open if found.what == What.RISK]
    health, coverage = _score(one.now), one.now.coverage / 10_000 if one.now else None
    before = _score(one.before)
    change = round(health - before, 1) if health is not None and before is not None else None
    return {
        "health": health,
        "health_band": one.now.band if one.now else None,
        "health_coverage": coverage,
        "health_change": change,
        "stage": one.stage or None,
        "stage_on": one.stage_on,
        "stage_below": one.below or None,
        "stage_below_on": one.below_on,
        **_pace(one, paced),
        "experience": experience or None,
        "segments": f"|{'|'.join(segments)}|" if segments else "",
        "risks_open": len(risks),
        "risk_severity": max((risk.severity for risk in risks), default=None),
        "opportunities_open": len(one.open) - len(risks),
        "at_risk_minor": at_stake(risk.stake_minor for risk in risks),
    }


def _pace(one: Said, paced: Paced | None) -> dict[str, Any]:
    if paced is None or not paced.late:
        return {"stage_pace": paced and paced.pace, "stage_late": None, "stage_late_on": None}
    since = one.below_on if paced.late == one.below else one.overlay_on
    return {"stage_pace": paced.pace, "stage_late": paced.late, "stage_late_on": since}


def served_by(segments: Sequence[str], experiences: Mapping[str, Definition]) -> str:
    """The experience that serves an account in these segments; empty where none does."""
    return next((one.key for one in in_order(experiences) if not one.segment or one.segment in segments), "")


def refreshed(account_ids: Iterable[int]) -> set[int]:
    """Those whose signals were computed at all."""
    from firstwin.accounts.bulk import among

    return set(among(Refreshed.objects.all(), "account_id", sorted(account_ids)).values_list("account_id", flat=True))


def under(at: At) -> Definitions:
    """The definitions that stood then."""
    return definitions_at(at.known_by)


def _score(one: Kept | None) -> float | None:
    return round(one.score / 100, 1) if one is not None and one.score is not None else None


def come_to(one: Said, move: Moving) -> None:
    """Moves in the order in which they happened."""
    if one.below != move.stage:
        one.below_on = move.on if move.stage else None
    if one.overlay != move.overlay:
        one.overlay_on = move.on if move.overlay else None
    one.below, one.overlay = move.stage, move.overlay
