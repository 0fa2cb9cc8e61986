"""Stages: who stands where. Stages are computed, so nothing is dragged."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from firstwin.accounts.listing.whose import LABELS, rows_of, tabs_of, usual_tab
from firstwin.accounts.models import AccountNow
from firstwin.accounts.views.answers import Reader, reader
from firstwin.core.clock import day_of
from firstwin.core.conditions import Test, over_all, to_query
from firstwin.core.money import Money
from firstwin.core.text import fold
from firstwin.people.rules import can_configure
from firstwin.signals.kinds.pipeline import Pipeline
from firstwin.signals.refresh.definitions import Definitions, definitions_at
from firstwin.signals.refresh.lag import lag
from firstwin.signals.segments.overview import members_q
from firstwin.signals.stages.board import Column, board
from firstwin.signals.views.defined import broken_of
from firstwin.signals.views.risks import definition_url
from firstwin.ui.jinja import page

FILTERS = ("pipeline", "segment", "experience", "owner")
BANDS = {
    "green": ("good", "Green"),
    "amber": ("watch", "Amber"),
    "red": ("risk", "Red"),
    "unknown": ("none", "Unknown"),
}
PACES = {"stuck": ("risk", "Stuck"), "behind": ("watch", "Behind"), "paused": ("none", "Paused")}


@require_safe
def stages(request: HttpRequest) -> HttpResponse:
    asker, definitions = reader(request), definitions_at()
    scope = rows_of(asker.user, "", asker.now)
    owners = owners_of(scope)
    asked = _asked(request, asker, definitions, owners)
    pipeline = pipeline_of(definitions, asked["pipeline"])
    rows = _narrowed(rows_of(asker.user, asked["whose"], asker.now), asked)
    columns = board(rows, pipeline, day_of(asker.now)) if pipeline is not None else []
    return page(
        request,
        "signals/board.html",
        broken=broken_of("pipeline", may_edit=can_configure(asker.user)),
        pipeline=pipeline,
        columns=[(one, money(one.arr_minor), _list_urls(one, pipeline, asked)) for one in columns],
        count=sum(one.accounts for one in columns),
        outside=rows.count() - sum(one.accounts for one in columns),
        asked=asked,
        tabs_shown=[(LABELS[key], _url(asked, whose=key), None, key == asked["whose"]) for key in tabs_of(asker.user)],
        choices=_choices(definitions, owners),
        bare=_url({"whose": asked["whose"]}) if any(asked[name] for name in FILTERS) else "",
        definition_url=definition_url("pipeline", pipeline.key) if pipeline is not None else "",
        bands=BANDS,
        paces=PACES,
        money_of=money,
        lag=lag(asker.now),
        now=asker.now,
    )


def pipeline_of(definitions: Definitions, key: str) -> Pipeline | None:
    """The pipeline called so, the first that there is otherwise; None where there is none."""
    found = definitions.pipelines.get(key) or next(iter(definitions.pipelines.values()), None)
    return found.parsed if found is not None else None


def owners_of(rows: QuerySet[AccountNow]) -> list[tuple[str, str]]:
    """(id, name) of those who own accounts among these."""
    named = rows.filter(over_all(Q(owner__isnull=False))).order_by().values_list("owner_id", "owner_name").distinct()
    return [(str(pk), name or "") for pk, name in sorted(named, key=lambda one: (fold(one[1] or ""), one[0]))]


def money(minor: int | None) -> Money | None:
    return None if minor is None else Money(minor, str(settings.FIRSTWIN_CURRENCY))


def _asked(
    request: HttpRequest, asker: Reader, definitions: Definitions, owners: list[tuple[str, str]]
) -> dict[str, str]:
    known: dict[str, Any] = {
        "pipeline": definitions.pipelines, "segment": definitions.segments, "experience": definitions.experiences,
        "owner": dict(owners),
    }  # fmt: skip
    given, whose = request.GET, request.GET.get("whose", "")
    asked = {name: value if (value := given.get(name, "")) in known[name] else "" for name in FILTERS}
    return asked | {"whose": whose if whose in tabs_of(asker.user) else usual_tab(asker.user)}


def _narrowed(rows: QuerySet[AccountNow], asked: dict[str, str]) -> QuerySet[AccountNow]:
    if asked["segment"]:
        rows = rows.filter(members_q(asked["segment"]))
    if asked["experience"]:
        rows = rows.filter(experience=asked["experience"])
    return rows.filter(owner_id=int(asked["owner"])) if asked["owner"] else rows


def _choices(definitions: Definitions, owners: list[tuple[str, str]]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(name, label, options); a choice of one is none."""
    kinds = (("pipeline", ""), ("segment", "Every segment"), ("experience", "Every experience"))
    found = []
    for kind, every in kinds:
        named = sorted((one.parsed.label, one.key) for one in definitions.of(kind).values())
        options = [(key, label) for label, key in named]
        found.append((kind, kind.title(), [("", every), *options] if every else options))
    found.append(("owner", "Owner", [("", "Every owner"), *owners]))
    return [(name, label, options) for name, label, options in found if len(options) > (1 if name == "pipeline" else 2)]


def _list_urls(column: Column, pipeline: Pipeline | None, asked: dict[str, str]) -> dict[str, str]:
    """The list of the accounts of a column, by the stage where they stand, whatever lies over it."""
    tests = [Test("stage_below", "eq", column.key)]
    if asked["segment"]:
        tests.append(Test("segments", "has", asked["segment"]))
    if asked["experience"]:
        tests.append(Test("experience", "eq", asked["experience"]))
    return {
        "all": _list_url(tests, asked),
        "stuck": _list_url([*tests, Test("stage_pace", "eq", "stuck")], asked),
        "behind": _list_url([*tests, Test("stage_pace", "eq", "behind")], asked),
        "overlaid": _list_url([*tests, Test("stage", "eq", pipeline.overlay.key)], asked)
        if pipeline is not None and pipeline.overlay is not None
        else "",
    }


def _list_url(tests: list[Test], asked: dict[str, str]) -> str:
    if asked["owner"]:
        tests = [*tests, Test("owner", "eq", int(asked["owner"]))]
    pairs = [pair for test in tests for pair in to_query(test)]
    return f"{reverse('accounts')}?{urlencode([('whose', asked['whose']), *pairs])}"


def _url(asked: dict[str, str], **changes: str) -> str:
    query = {key: value for key, value in (asked | changes).items() if value}
    return f"{reverse('stages')}?{urlencode(query)}"
