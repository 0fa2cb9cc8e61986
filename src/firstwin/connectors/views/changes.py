"""What an import changed, down to the accounts."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.scope import AccountSet
from firstwin.connectors.changes import SHOWN, accounts_of, changes_of
from firstwin.connectors.views.shared import importer, run_at
from firstwin.core import clock
from firstwin.ui.jinja import page


@require_safe
def changes(request: HttpRequest, run: int) -> HttpResponse:
    user = importer(request)
    found = run_at(run)
    accounts = accounts_of(found, AccountSet.of(user, now=clock.now()))
    return page(request, "connectors/changes.html", run=found, changes=changes_of(found), accounts=accounts, most=SHOWN)
