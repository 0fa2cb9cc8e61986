"""Answers for fields in which one chooses by typing."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.search import matching
from firstwin.accounts.views.answers import reader
from firstwin.people.models import User
from firstwin.ui.jinja import fragment

MOST = 10


@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    """Colleagues by name or address."""
    words = request.GET.get("q", "").split()[:8]
    rows = User.objects.enabled().select_related("team").order_by("name", "pk")
    for word in words:
        rows = rows.filter(name__icontains=word) | rows.filter(email__icontains=word)
    found = [(user.pk, user.name, user.team.name if user.team else user.get_role_display()) for user in rows[:MOST]]
    return fragment(request, "accounts/options.html", "options", found=found, icon_name="user")


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts in scope by name, domain or id."""
    text = request.GET.get("q", "").strip()[:200]
    rows = reader(request).scope.now().order_by("name_folded", "account_id")
    if text:
        rows = matching(rows, text)
    found = [(row.key, row.name, row.parent_name or row.owner_name or "") for row in rows[:MOST]]
    return fragment(request, "accounts/options.html", "options", found=found, icon_name="accounts")
