"""Stages: how accounts go through them, how long they take and where they stall."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from firstwin.accounts.listing.whose import rows_of
from firstwin.accounts.views.answers import reader
from firstwin.core.clock import day_of
from firstwin.people.config.labels import labels
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.lag import lag
from firstwin.signals.stages.funnel import FEW, Group, funnel
from firstwin.signals.views.board import owners_of, pipeline_of
from firstwin.ui.jinja import page

BY = {"": "All together", "segment": "By segment", "owner": "By owner", "month": "By start month"}
SINCE = {"": "Ever", "12": "Started in 12 months", "24": "Started in 24 months"}
_NOBODY = {"segment": "In no segment", "owner": "Without an owner"}
MOST_GROUPS = 12


@require_safe
def stages_funnel(request: HttpRequest) -> HttpResponse:
    asker, definitions = reader(request), definitions_at()
    by, since = request.GET.get("by", ""), request.GET.get("since", "")
    asked = {
        "pipeline": key if (key := request.GET.get("pipeline", "")) in definitions.pipelines else "",
        "by": by if by in BY else "",
        "since": since if since in SINCE else "",
    }
    pipeline, today = pipeline_of(definitions, asked["pipeline"]), day_of(asker.now)
    first = _months_before(today, int(asked["since"])) if asked["since"] else None
    groups = funnel(asker.scope, pipeline, now=asker.now, by=asked["by"], since=first) if pipeline is not None else []
    names = dict(owners_of(rows_of(asker.user, "", asker.now))) if asked["by"] == "owner" else dict(labels("segment"))
    return page(
        request,
        "signals/funnel.html",
        pipeline=pipeline,
        groups=[(_title(one, asked["by"], names), one) for one in _told(groups, asked["by"])],
        left_out=max(0, len(groups) - MOST_GROUPS),
        ways=[(label, _url(asked, by=key), None, key == asked["by"]) for key, label in BY.items()],
        spans=[(label, _url(asked, since=key), None, key == asked["since"]) for key, label in SINCE.items()],
        few=FEW,
        lag=lag(asker.now),
        now=asker.now,
    )


def _told(groups: list[Group], by: str) -> list[Group]:
    """The latest months, or the groups with the most accounts."""
    if by == "month":
        return sorted(groups, key=lambda one: str(one.key), reverse=True)[:MOST_GROUPS]
    return sorted(groups, key=lambda one: (-one.accounts, str(one.key)))[:MOST_GROUPS]


def _title(group: Group, by: str, names: Mapping[str, str]) -> str:
    if group.key is None:
        return _NOBODY.get(by, "All accounts")
    if by == "month":
        return f"{date.fromisoformat(f'{group.key}-01'):%B %Y}"
    return names.get(str(group.key), str(group.key))


def _months_before(day: date, months: int) -> date:
    """The first of the month so many months back."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _url(asked: Mapping[str, Any], **changes: str) -> str:
    query = {key: value for key, value in {**asked, **changes}.items() if value}
    return f"{reverse('stages_funnel')}?{urlencode(query)}"
