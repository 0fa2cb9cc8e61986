"""What `firstwin account KEY --json` tells of signals: chapters of their own."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from firstwin.accounts.dossier import register_chapter
from firstwin.accounts.models import Account

UNVALIDATED = {"stage": "S0", "says": "unvalidated"}
"""How far a score may be believed: nobody compared it with what happened (yet)."""


def signals(account: Account, as_of: datetime, is_past: bool) -> dict[str, Any] | None:
    """As the ledger has them at that moment; None where nothing was ever computed."""
    from firstwin.core.frames import At
    from firstwin.signals.ledger.told import told
    from firstwin.signals.models import Refreshed

    if not Refreshed.objects.filter(account=account).exists():
        return None
    at = At.of(as_of - timedelta(microseconds=1))  # the end of a day is the first moment of the next
    columns = told([account.pk], at)[account.pk]
    return {
        "as_of": as_of.isoformat(),
        "score": _score(account, at),
        "words": columns["health_words"],
        "stage": {
            "key": columns["stage"],
            "since": _day(columns["stage_on"]),
            "below": columns["stage_below"],
            "below_since": _day(columns["stage_below_on"]),
            "pace": columns["stage_pace"],
            "late": columns["stage_late"],
        },
        "experience": columns["experience"],
        "segments": [word for word in (columns["segments"] or "").split("|") if word],
        "risks": _open(account, at, is_past=is_past),
    }


def metrics(account: Account, as_of: datetime, is_past: bool) -> dict[str, Any] | None:
    """Every field of the vocabulary that has a value, as of that moment, by what was known then."""
    from firstwin.core.errors import Refused
    from firstwin.core.frames import At
    from firstwin.signals.evidence import plain
    from firstwin.signals.frame.sitting import sitting

    found: dict[str, Any] = {}
    with sitting([account.pk]) as facts:
        frame = facts.frame(At.of(as_of - timedelta(microseconds=1)))
        for key, field in frame.vocabulary.fields.items():
            try:
                value = frame.value(key, 0)
            except Refused:
                continue
            if value not in (None, "", frozenset()):
                found[key] = plain(field, value)
    return found


def _score(account: Account, at: Any) -> dict[str, Any] | None:
    """The reading that counted; where none was published by then, what is computed from the facts of then."""
    from firstwin.signals.ledger import readings

    kept = readings.as_of([account.pk], at).get(account.pk)
    if kept is None:
        return _computed(account, at)
    found = _told(readings.tree(kept), kept.scorecard, kept.version)
    return found | {"at": kept.at.isoformat(), "is_published": True}


def _computed(account: Account, at: Any) -> dict[str, Any] | None:
    from firstwin.signals.scores.explain import explained

    made = _made(account, at)
    card = made.cards[0][0] if made.cards and made.cards[0] else ""
    if card not in made.scores:
        return None
    definition = made.definitions.scorecards[card]
    told = explained(made.row(card, 0).result, definition.parsed)
    return _told(told, card, definition.number) | {"at": at.moment.isoformat(), "is_published": False}


def _made(account: Account, at: Any) -> Any:
    """Everything once more from the facts of then, under the definitions of then."""
    from firstwin.signals.frame.sitting import sitting
    from firstwin.signals.refresh.definitions import definitions_at
    from firstwin.signals.refresh.once import make

    with sitting([account.pk]) as facts:
        return make(facts, at, definitions_at(at.known_by))


def _told(told: Any, card: str, version: int) -> dict[str, Any]:
    return {
        "scorecard": card,
        "version": version,
        "on": told.on.isoformat(),
        "score": told.score / 100 if told.score is not None else None,
        "band": told.band,
        "coverage": told.coverage / 10_000,
        "evidence": UNVALIDATED,
        "contributions": [_group(group) for group in told.groups],
        "set_by_hand": told.shift / 100,
    }


def _group(group: Any) -> Mapping[str, Any]:
    return {
        "group": group.key,
        "points": group.contribution / 100,
        "measures": [
            {"measure": line.key, "label": line.label, "value": line.value, "state": line.state,
             "points": line.contribution / 100, "weight": line.weight / 1_000_000}
            for line in group.measures
        ],
    }  # fmt: skip


def _open(account: Account, at: Any, *, is_past: bool) -> list[dict[str, Any]]:
    """What was open, with what it said then. Where nobody kept that, it comes out of the facts of then."""
    from firstwin.signals.ledger import standing
    from firstwin.signals.ledger.sayings import sayings

    aside = standing.put_aside([account.pk], at).get(account.pk, set())
    is_open = standing.episodes([account.pk], at)
    kept = sayings([one.id for one in is_open], at) if is_past else {}
    unkept = [one for one in is_open if one.id not in kept or kept[one.id].is_reconstructed] if is_past else []
    then = {one.key: one for one in _made(account, at).found} if unkept else {}
    told = [(one, then.get(_key(one), one) if one in unkept else one) for one in is_open]
    return [
        {"detector": one.detector, "what": one.what, "severity": says.severity, "says": says.words,
         "at_stake": says.stake_minor, "since": one.first_on.isoformat(), "is_put_aside": one.id in aside}
        for one, says in told
    ]  # fmt: skip


def _key(one: Any) -> tuple[int, str, str]:
    return one.account_id, one.detector, one.cause


def _day(day: Any) -> str | None:
    return day.isoformat() if day is not None else None


def register_chapters() -> None:
    """Called once, when the app is ready."""
    register_chapter("signals", signals)
    register_chapter("metrics", metrics)
