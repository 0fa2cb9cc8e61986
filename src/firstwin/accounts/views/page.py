"""The account page: one address per section, the head above each."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from firstwin.accounts import head, quality
from firstwin.accounts.models import Account
from firstwin.accounts.views.answers import (
    account_at,
    address,
    for_paper,
    in_dialog,
    is_htmx,
    panel_called,
    panel_html,
    reader,
    whole,
)
from firstwin.core.panels import panels
from firstwin.ui.jinja import fragment, page

# (section, where htmx puts the answer) → the block of the section that alone is asked for.
PARTS = {("timeline", "stream"): "stream", ("timeline", "stream-more"): "items"}


@require_safe
def account(request: HttpRequest, key: str) -> HttpResponse:
    """The summary."""
    return whole(request, account_at(request, key), panel_called("summary"))


@require_safe
def section(request: HttpRequest, key: str, section: str) -> HttpResponse:
    """Another section; an unknown one is a 404."""
    found, panel = account_at(request, key), panel_called(section)
    part = PARTS.get((section, request.headers.get("HX-Target", ""))) if is_htmx(request) else None
    if part:
        context = panel.context(request, found)
        return fragment(request, panel.template, part, account=found, reader=reader(request), **context)
    return whole(request, found, panel)


@require_safe
def printed(request: HttpRequest, key: str) -> HttpResponse:
    """Summary, people and timeline on one page, for paper."""
    found, asker = account_at(request, key), for_paper(request)
    wanted = [one for one in panels("account") if one.key in {"summary", "people", "timeline"}]
    sections = [(one.label, panel_html(request, found, one)) for one in wanted]
    top = head.head_of(found, scope=asker.scope, now=asker.now)
    return page(request, "accounts/print.html", account=found, head=top, reader=asker, sections=sections)


@require_safe
def findings(request: HttpRequest, key: str) -> HttpResponse:
    """What the record lacks, each with the way to mend it."""
    found = account_at(request, key)
    issues = [(quality.sentence(issue), quality.remedy(issue), *mend(found, issue)) for issue in found.now.issues]
    return in_dialog(
        request,
        "accounts/findings.html",
        "findings",
        account=found,
        issues=issues,
        as_of_moment=found.now.refreshed_at,
        may_edit=reader(request).may_edit,
    )


def mend(account: Account, issue: dict[str, str]) -> tuple[str, bool]:
    """Where a finding is mended, and whether that is a form that opens in the dialog."""
    at = {"key": account.key}
    match issue["code"]:
        case "no_owner":
            return reverse("account_owner", kwargs=at), True
        case "no_people":
            return reverse("members", kwargs=at), True
        case "role":
            return reverse("role_player", kwargs={**at, "role": issue["role"]}), True
        case "missing" | "conflict":
            return reverse("account_value_sources", kwargs={**at, "attribute": issue["attribute"]}), True
    return address(account, "audit"), False
