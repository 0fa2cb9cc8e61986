"""Open risks and opportunities of an account, with their evidence; and those a person put aside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from firstwin.accounts.models import Account
from firstwin.core.fields import Field, Kind, vocabulary
from firstwin.core.frames import At
from firstwin.core.money import Money
from firstwin.signals.ledger import standing
from firstwin.signals.ledger.sayings import said_until, sayings
from firstwin.signals.models import Dismissal, Episode, Severity, What
from firstwin.signals.refresh.definitions import Definitions
from firstwin.ui import filters


@dataclass(frozen=True)
class Finding:
    """facts: (label, words) it was decided by. rows: words of the rows. left_out: how many more rows there are."""

    pk: int
    words: str
    label: str
    advice: str
    severity: str
    tone: str
    is_risk: bool
    stake: Money | None
    first_on: date
    facts: Sequence[tuple[str, str]]
    rows: Sequence[str]
    left_out: int
    aside: Dismissal | None = None


@dataclass(frozen=True)
class Findings:
    risks: Sequence[Finding]
    opportunities: Sequence[Finding]
    aside: Sequence[Finding]

    @property
    def is_empty(self) -> bool:
        return not (self.risks or self.opportunities or self.aside)


def findings_of(account: Account, at: At, definitions: Definitions) -> Findings:
    """In a handful of questions."""
    ids = [one.id for one in standing.episodes([account.pk], at)]
    rows = sorted(_said(Episode.objects.filter(pk__in=ids), at), key=lambda one: (-one.severity, one.first_on, one.pk))
    put = Dismissal.objects.known_by(at.known_by).filter(account=account, finding__in=ids).select_related("author")
    aside = {one.finding_id: one for one in put if one.until_on is None or one.until_on > at.on}
    fields = vocabulary().fields
    found = [_finding(one, definitions, fields, aside.get(one.pk)) for one in rows]
    return Findings(
        risks=[one for one in found if one.is_risk and one.aside is None],
        opportunities=[one for one in found if not one.is_risk and one.aside is None],
        aside=[one for one in found if one.aside is not None],
    )


def _said(episodes: Iterable[Episode], at: At) -> list[Episode]:
    """With what they said then."""
    rows, until = list(episodes), said_until(at)
    then = sayings([one.pk for one in rows if one.said_at is not None and one.said_at > until], at)
    for one in rows:
        if (said := then.get(one.pk)) is not None:
            one.severity, one.words, one.stake_minor, one.evidence = said[:4]
    return rows


def _finding(
    one: Episode, definitions: Definitions, fields: Mapping[str, Field], aside: Dismissal | None
) -> Finding:  # fmt: skip
    detector = definitions.detectors.get(one.detector)
    rows = [str(row.get("words", "")) for row in one.evidence.get("rows", ()) if isinstance(row, dict)]
    is_risk, severity = one.what == What.RISK, Severity(one.severity)
    return Finding(
        pk=one.pk,
        words=one.words,
        label=detector.parsed.label if detector is not None else one.detector,
        advice=detector.parsed.advice if detector is not None else "",
        severity=str(severity.label),
        tone=one.tone,
        is_risk=is_risk,
        stake=Money(one.stake_minor, str(settings.FIRSTWIN_CURRENCY)) if one.stake_minor else None,
        first_on=one.first_on,
        facts=[
            (fields[key].label, plain_words(fields[key], value)) for key, value in one.evidence.items() if key in fields
        ],
        rows=rows,
        left_out=max(0, int(one.evidence.get("n") or 0) - len(rows)),
        aside=aside,
    )


def plain_words(field: Field, value: Any) -> str:
    """A value as evidence keeps it (`signals.evidence.plain`), in words."""
    if value is None:
        return filters.NOTHING
    match field.kind:
        case Kind.MONEY:
            return filters.money(Money(int(value), field.unit))
        case Kind.DATE | Kind.DAYS:
            return filters.day(date.fromisoformat(value))
        case Kind.SHARE:
            return filters.share(value)
        case Kind.NUMBER:
            unit = f" {field.unit}" if field.unit else ""
            return f"{filters.number(value, 0 if value == int(value) else min(field.decimals or 1, 2))}{unit}"
        case Kind.FLAG:
            return "yes" if value else "no"
        case Kind.TAGS:
            return ", ".join(field.option_label(word) for word in value) or filters.NOTHING
        case Kind.CHOICE | Kind.PERSON:
            return field.option_label(value)
    return str(value)
