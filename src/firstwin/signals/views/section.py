"""The health section of the account page, and what is behind a measure."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.models import Account
from firstwin.accounts.views.answers import account_at, address, current_query, in_dialog, reader
from firstwin.core.clock import day_of
from firstwin.core.errors import NotFound
from firstwin.core.fields import vocabulary
from firstwin.revenue.section.asof import AsOf
from firstwin.signals.ledger import standing
from firstwin.signals.models import Override, Refreshed
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.scores.judged import judged
from firstwin.signals.section.children import family_of
from firstwin.signals.section.findings import findings_of
from firstwin.signals.section.gather import EVIDENCE, EVIDENCE_MEANS, at_of, health_of, told_of
from firstwin.signals.section.lines import groups_of, line_of, measure_of, named
from firstwin.signals.section.past import past_of
from firstwin.signals.section.served import served_as
from firstwin.signals.section.shape_words import shape_words, variant_words
from firstwin.signals.section.sources import behind
from firstwin.signals.section.stage import stage_of

HERE = "health"


def health(request: HttpRequest, account: Account) -> dict[str, Any]:
    """Score, what made it and what moved it; stage; findings: on the day asked about."""
    query, asker = current_query(request), reader(request)
    asof = AsOf.of({"on": query.get("on", "")}, asker.now)
    at = at_of(asof)
    found = health_of(account, asof, query.get("since", ""))
    definitions = definitions_at(at.known_by)
    segments = [one.segment for one in standing.stays([account.pk], at)]
    stage = stage_of(account, at, definitions, segments)
    in_force = judged([account.pk], at).of(account.pk, found.now.kept.scorecard) if found.now else ()
    return {
        "asof": asof,
        "health": found,
        "groups": groups_of(found.now, in_force) if found.now else [],
        "overrides": _overrides([one.pk for one in in_force]),
        "set_names": {one.pk: named(found.now, one.level, one.target) for one in in_force} if found.now else {},
        "stage": stage,
        "served": served_as(segments, definitions),
        "segments": [(key, definitions.segments[key].parsed.label) for key in segments if key in definitions.segments],
        "findings": findings_of(account, at, definitions),
        "past": past_of(account, asof, stage.steps),
        "family": family_of(
            account, asker.scope, at, found.now.card if found.now else None, str(settings.FIRSTWIN_CURRENCY)
        ),
        "waits": not asof.is_past and _waits(account),
        "evidence": (EVIDENCE, EVIDENCE_MEANS),
        "here": address(account, HERE),
        "today": day_of(asker.now),
        "has_left": _has_left(account) and not asof.is_past,
        "may_judge": asker.may_edit and not asof.is_past,
    }


def open_findings(_: HttpRequest, account: Account) -> int:
    """The number beside the title: open risks."""
    count: int | None = account.now.risks_open
    return count or None  # type: ignore[return-value]  # none: no number beside the title


@require_safe
def measure(request: HttpRequest, key: str, measure: str) -> HttpResponse:
    """Why a measure counts as it does."""
    account = account_at(request, key)
    asof = AsOf.of({"on": request.GET.get("on", "")}, reader(request).now)
    told = told_of(account, asof)
    in_force = judged([account.pk], at_of(asof)).of(account.pk, told.kept.scorecard) if told else ()
    line = line_of(told, measure, in_force) if told else None
    if told is None or line is None:
        raise NotFound("There is no such measure.")
    known, described = vocabulary(), measure_of(told.card, measure)
    code, _, variant, _ = _input(told, measure)
    field = known.fields.get(described.field) if described is not None else None
    shape = _shape(described, variant)
    return in_dialog(
        request,
        "signals/health_why.html",
        "why",
        account=account,
        asof=asof,
        told=told,
        line=line,
        group=next(one for one in told.tree.groups if any(row.key == measure for row in one.measures)),
        help=(described.help if described is not None else "") or (field.help if field is not None else ""),
        shape=shape_words(shape, code, field, known) if described is not None else [],
        variant=variant_words(described, variant, known) if described is not None else "",
        behind=behind(described, account, asof, known),
        overrides=_overrides([line.override] if line.override else []),
        has_left=_has_left(account) and not asof.is_past,
        may_judge=reader(request).may_edit and not asof.is_past,
        evidence=(EVIDENCE, EVIDENCE_MEANS),
        back=address(account, HERE) + asof.query(),
    )


def _input(told: Any, key: str) -> Any:
    place = next(n for n, one in enumerate(told.tree.measures) if one.key == key)
    return told.inputs[place]


def _shape(described: Any, variant: int) -> Any:
    if described is None:
        return None
    return described.variants[variant].shape if 0 <= variant < len(described.variants) else described.shape


def _overrides(ids: list[int]) -> list[Override]:
    return (
        list(Override.objects.filter(pk__in=ids).select_related("author").order_by("expires_on", "pk")) if ids else []
    )


def _has_left(account: Account) -> bool:
    """Then it keeps the last score it had, and nothing that is set by hand would count."""
    return bool(account.now.commercial_status == "churned")


def _waits(account: Account) -> bool:
    """Whether facts came that the figures do not have in them yet."""
    seen = Refreshed.objects.filter(account=account).values_list("revision", flat=True).first()
    return seen is None or seen < account.revision
