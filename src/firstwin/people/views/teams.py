from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.people import queries, rules
from firstwin.people.actions import teams as actions
from firstwin.people.forms import TeamForm
from firstwin.people.models import Team
from firstwin.people.views.shared import attempt, say, who
from firstwin.ui.jinja import page


@require_http_methods(["GET", "HEAD", "POST"])
def team_list(request: HttpRequest) -> HttpResponse:
    """Teams, and a new one."""
    if request.method != "POST":
        return _list(request, TeamForm())
    form = TeamForm(request.POST)
    if form.is_valid():
        team = attempt(form, lambda: actions.add_team(by=who(request), now=clock.now(), **form.cleaned_data))
        if team:
            return say(request, f"{team.name} added", "teams")
    return _list(request, form, status=422)


def _list(request: HttpRequest, form: TeamForm, status: int = 200) -> HttpResponse:
    members = Count("members", filter=Q(members__disabled_at=None))
    return page(
        request,
        "people/teams.html",
        status=status,
        teams=Team.objects.annotate(member_count=members).order_by("is_archived", "name"),
        form=form,
        may_manage=rules.can_manage_people(who(request)),
    )


@require_POST
def rename(request: HttpRequest, key: str) -> HttpResponse:
    form = TeamForm(request.POST)
    if not form.is_valid():
        raise Refused("A team needs a name of at most 100 characters.")
    undo = actions.rename_team(by=who(request), team=queries.get_team(key), now=clock.now(), **form.cleaned_data)
    return say(request, undo or "Nothing changed", "teams")


@require_POST
def archive(request: HttpRequest, key: str) -> HttpResponse:
    return say(request, actions.archive_team(by=who(request), team=queries.get_team(key), now=clock.now()), "teams")


@require_POST
def restore(request: HttpRequest, key: str) -> HttpResponse:
    return say(request, actions.restore_team(by=who(request), team=queries.get_team(key), now=clock.now()), "teams")
