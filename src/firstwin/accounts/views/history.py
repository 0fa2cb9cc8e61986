"""The trail of one account, page by page."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.views import sections
from firstwin.accounts.views.answers import account_at
from firstwin.ui.jinja import fragment


@require_safe
def earlier(request: HttpRequest, key: str) -> HttpResponse:
    """Rows before ?before=, to be added below those shown."""
    account = account_at(request, key)
    shown = sections.trail(account, did=request.GET.get("did", ""), before=request.GET.get("before", ""))
    return fragment(request, "accounts/audit.html", "rows", account=account, **shown)
