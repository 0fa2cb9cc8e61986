"""People across accounts: the list, and one human with where they work and worked."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from firstwin.accounts import queries
from firstwin.accounts.actions.people import edit_person
from firstwin.accounts.forms import EditPersonForm
from firstwin.accounts.merged import open_merges
from firstwin.accounts.models import Membership, Person
from firstwin.accounts.moved import moved_person
from firstwin.accounts.views.answers import attempt, reader, say_next
from firstwin.core.errors import Conflict, NotFound
from firstwin.ui.jinja import fragment, page


@require_safe
def contact_list(request: HttpRequest) -> HttpResponse:
    """Everybody at an account in scope, latest first; ?q= searches."""
    asker = reader(request)
    text, after = request.GET.get("q", "").strip()[:200], request.GET.get("after", "")
    listed, more = queries.contacts(
        asker.scope, text=text, after=int(after) if after.isdigit() else None, now=asker.now
    )
    context: dict[str, Any] = {"listed": listed, "more": more, "text": text, "after": after}
    if getattr(request, "htmx", False) and request.headers.get("HX-Target") == "contacts":
        return fragment(request, "accounts/contacts.html", "people", **context)
    return page(request, "accounts/contacts.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, person: str) -> HttpResponse:
    """One human. POST saves who they are."""
    asker = reader(request)
    who = person_at(request, person)
    held = {"name": who.name, "email": who.email, "phone": who.phone, "edition": who.edition}
    if request.method != "POST":
        return _page(request, who, EditPersonForm(initial=held, has_title=False))
    form = EditPersonForm(request.POST, has_title=False)
    if form.is_valid():
        given = form.cleaned_data
        try:
            before = attempt(form, lambda: edit_person(by=asker.user, person=who, now=asker.now, **given), field="name")
        except Conflict as conflict:
            who.refresh_from_db()
            again = EditPersonForm(initial={**given, "edition": who.edition}, has_title=False)
            return _page(request, who, again, status=409, conflict=conflict)
        if before is not None:
            say_next(request, f"{who.name} saved")
            return HttpResponse(status=302, headers={"Location": request.path})
    return _page(request, who, form, status=422)


def person_at(request: HttpRequest, key: str) -> Person:
    """The person the address names. Raises Moved for one who was merged, NotFound at no account in scope."""
    scope = reader(request).scope
    try:
        return queries.get_person(scope, key)
    except NotFound as nobody:
        raise moved_person(scope, key) or nobody from None


def _page(
    request: HttpRequest, who: Person, form: EditPersonForm, *, status: int = 200, conflict: Conflict | None = None
) -> HttpResponse:
    asker = reader(request)
    memberships = queries.memberships_of(who, asker.scope)
    roles = queries.roles_of(who, asker.scope)
    return page(
        request,
        "accounts/contact.html",
        status=status,
        who=who,
        form=form,
        conflict=conflict,
        memberships=[(m, [r for r in roles if r.account_id == m.account_id and _overlap(r, m)]) for m in memberships],
        touches=queries.touches_with(who, asker.scope),
        why_not=asker.why_not or _elsewhere(who, memberships),
        merges=open_merges(Person, who.pk),
        addresses=list(who.addresses.order_by("email").values_list("email", flat=True)),
    )


def _overlap(role: object, membership: Membership) -> bool:
    begins, ends = role.valid_from, role.valid_to  # type: ignore[attr-defined]
    return (membership.valid_to is None or begins < membership.valid_to) and (
        ends is None or ends > membership.valid_from
    )


def _elsewhere(who: Person, seen: list[Membership]) -> str:
    """Why somebody who works at an account out of sight cannot be edited from here."""
    held = set(Membership.objects.open().filter(person=who).values_list("account_id", flat=True))
    if held - {m.account_id for m in seen}:
        return "They also work at an account outside your scope. Its owner can edit them."
    return ""
