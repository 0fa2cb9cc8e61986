"""Risks and opportunities over all accounts one sees, and how well each detector finds them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from firstwin.accounts.listing.whose import LABELS, rows_of, tabs_of, usual_tab
from firstwin.accounts.views.answers import Reader, reader
from firstwin.core.clock import day_of
from firstwin.core.export import CSV_TYPE, Cell, csv_lines
from firstwin.core.fields import Field, vocabulary
from firstwin.core.money import Money
from firstwin.people.rules import can_configure
from firstwin.signals.models import Dismissal, Episode, Severity, What
from firstwin.signals.refresh.definitions import Definitions, definitions_at
from firstwin.signals.refresh.lag import lag
from firstwin.signals.risks import open as questions
from firstwin.signals.risks.evidence_shown import asked_once, evidence_shown
from firstwin.signals.risks.open import ASIDE, FAMILIES, OPEN, SHOWN, Asked
from firstwin.signals.risks.record import DAYS, records
from firstwin.signals.views.defined import broken_of
from firstwin.ui.jinja import page

HEADER = ("Account", "Owner", "What", "Detector", "Severity", "Says", "At stake", "Currency", "First seen", "Advice")


@require_safe
def risks(request: HttpRequest) -> HttpResponse:
    asker, definitions = reader(request), definitions_at()
    whose, asked = asked_of(request.GET, asker, definitions)
    today = day_of(asker.now)
    rows = rows_of(asker.user, whose, asker.now)
    held = questions.found(rows, asked, definitions, today)
    found, open_now = questions.first(held, SHOWN + 1), questions.counts(rows, today)
    aside = questions.aside_of(found[:SHOWN], today) if asked.state == ASIDE else {}
    address, fields = _Address(whose, asked), asked_once(vocabulary().fields)
    return page(
        request,
        "signals/risks.html",
        lines=[_line(one, definitions, aside.get(one.pk), fields) for one in found[:SHOWN]],
        count=_count(held, len(found), asked, open_now),
        open=open_now,
        asked=asked,
        pairs=address.pairs(),
        tabs_shown=[(LABELS[key], address(whose=key), None, key == whose) for key in tabs_of(asker.user)],
        choices=_choices(definitions),
        bare=reverse("risks") if asked != Asked() else "",
        export_url=f"{reverse('risks_export')}?{urlencode(address.pairs())}",
        lag=lag(asker.now),
        may_edit=asker.may_edit,
        now=asker.now,
    )  # fmt: skip


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """All that match, as CSV."""
    asker, definitions = reader(request), definitions_at()
    whose, asked = asked_of(request.GET, asker, definitions)
    today = day_of(asker.now)
    held = questions.found(rows_of(asker.user, whose, asker.now), asked, definitions, today)
    answer = StreamingHttpResponse(csv_lines(HEADER, _cells(held, definitions)), content_type=CSV_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="risks-{today.isoformat()}.csv"'
    return answer


@require_safe
def detectors(request: HttpRequest) -> HttpResponse:
    """What each detector found and how often people said that it was wrong."""
    asker, definitions = reader(request), definitions_at()
    known = records(asker.scope, now=asker.now)
    order = sorted(definitions.detectors.values(), key=lambda one: (one.parsed.what != What.RISK, one.parsed.label))
    return page(
        request,
        "signals/risks_detectors.html",
        rows=[(one.parsed, known.get(one.key), definition_url("detector", one.key)) for one in order],
        families=FAMILIES,
        days=DAYS,
        broken=broken_of("detector", may_edit=can_configure(asker.user)),
        lag=lag(asker.now),
        now=asker.now,
    )


def asked_of(given: QueryDict, asker: Reader, definitions: Definitions) -> tuple[str, Asked]:
    """Whose, and which; what makes no sense is left out."""
    whose, severity = given.get("whose", ""), given.get("severity", "")
    what, family, detector = given.get("what", ""), given.get("family", ""), given.get("detector", "")
    return whose if whose in tabs_of(asker.user) else usual_tab(asker.user), Asked(
        what=what if what in What.values else "",
        family=family if family in FAMILIES else "",
        severity=int(severity) if severity in map(str, Severity.values) else 0,
        detector=detector if detector in definitions.detectors else "",
        state=ASIDE if given.get("state") == ASIDE else OPEN,
    )


def definition_url(kind: str, key: str) -> str:
    """The page of a definition; empty where there is none."""
    try:
        return reverse("definition", kwargs={"kind": kind, "key": key})
    except NoReverseMatch:
        return ""


class _Address:
    """The address of the same page with something changed."""

    def __init__(self, whose: str, asked: Asked) -> None:
        self._now: dict[str, Any] = {"whose": whose, **asdict(asked)}

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        usual = Asked()
        wanted = self._now | changes
        return [(key, str(value)) for key, value in wanted.items() if value and value != getattr(usual, key, "")]

    def __call__(self, **changes: Any) -> str:
        return f"{reverse('risks')}?{urlencode(self.pairs(**changes))}"


def _line(
    one: Episode, definitions: Definitions, aside: Dismissal | None, fields: Mapping[str, Field]
) -> dict[str, Any]:
    known = definitions.detectors.get(one.detector)
    values, rows, more = evidence_shown(one.evidence, fields)
    return {
        "finding": one,
        "account": one.account,
        "confirmed_on": looked.on if (looked := getattr(one.account, "refreshed", None)) is not None else one.last_on,
        "owner": one.account.now.owner_name or "",
        "label": known.parsed.label if known is not None else one.detector,
        "advice": known.parsed.advice if known is not None else "",
        "definition_url": definition_url("detector", one.detector),
        "stake": _money(one.stake_minor),
        "values": values,
        "rows": rows,
        "more": more,
        "aside": aside,
    }


def _cells(held: QuerySet[Episode], definitions: Definitions) -> Iterator[list[Cell]]:
    for one in _each(held):
        known, stake = definitions.detectors.get(one.detector), _money(one.stake_minor)
        label, advice = (known.parsed.label, known.parsed.advice) if known is not None else (one.detector, "")
        yield [
            one.account.name, one.account.now.owner_name, one.get_what_display(), label, one.get_severity_display(),
            one.words, stake.major if stake is not None else None, stake.currency if stake is not None else None,
            one.first_on, advice,
        ]  # fmt: skip


def _count(held: QuerySet[Episode], found: int, asked: Asked, open_now: Mapping[str, int]) -> int:
    if found <= SHOWN:
        return found
    if asked == Asked(what=asked.what):  # counted already
        return open_now.get(asked.what, 0) if asked.what else sum(open_now.values())
    return held.count()


def _each(held: QuerySet[Episode]) -> Iterable[Episode]:
    return held.iterator(2_000)


def _choices(definitions: Definitions) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(name, label, options) of each filter."""
    named = sorted((one.parsed.label, one.key) for one in definitions.detectors.values())
    return [
        ("state", "Open or put aside", [(OPEN, "Open"), (ASIDE, "Put aside")]),
        ("what", "What", [("", "Any kind"), *((word, f"{label}") for word, label in What.choices)]),
        ("severity", "Severity", [("", "Any severity"), *((str(n), label) for n, label in reversed(Severity.choices))]),
        ("family", "Family", [("", "Any family"), *FAMILIES.items()]),
        ("detector", "Detector", [("", "Any detector"), *((key, label) for label, key in named)]),
    ]


def _money(minor: int | None) -> Money | None:
    return None if minor is None else Money(minor, str(settings.FIRSTWIN_CURRENCY))
