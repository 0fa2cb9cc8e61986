"""The people at an account: add, edit, roles, who left."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstwin.accounts import queries, rules
from firstwin.accounts.actions.people import add_person, edit_person, end_role, give_role, join, leave
from firstwin.accounts.forms import EditPersonForm, LeaveForm, PersonForm, RoleForm, RolePlayerForm, noon_of
from firstwin.accounts.models import Account, ContactRole, Membership, Person
from firstwin.accounts.models.kinds import ROLE_MEANING
from firstwin.accounts.views.answers import account_at, attempt, done, form_answer, reader, undo_of
from firstwin.core.clock import day_of
from firstwin.core.errors import NotFound, Refused
from firstwin.ui.jinja import fragment_html


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, key: str) -> HttpResponse:
    """Add a person; somebody known by the address joins."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    form = PersonForm(
        request.POST if request.method == "POST" else None, initial={"roles": request.GET.getlist("role")}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        person = attempt(
            form,
            lambda: add_person(
                by=asker.user,
                account=account,
                now=asker.now,
                name=given["name"],
                email=given["email"],
                phone=given["phone"],
                title=given["title"],
                roles_played=given["roles"],
            ),
            field="name",
        )
        if person is not None:
            joined = person.recorded_at != asker.now
            says = f"{person.name} {'joined' if joined else 'added'}"
            return done(request, account, says, is_about_people=True)
    return form_answer(
        request,
        form,
        title=f"Add a person at {account.name}",
        action=reverse("members", kwargs={"key": key}),
        submit="Add person",
        account=account,
        draft=f"person:{key}",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str, person: str) -> HttpResponse:
    """Change who somebody is, and their title here."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    who = queries.get_member(account, person)
    title = _title(who, account)
    held = {"name": who.name, "email": who.email, "phone": who.phone, "title": title, "edition": who.edition}
    has_title = title is not None
    if request.method != "POST":
        return _edit_form(request, account, who, EditPersonForm(initial=held, has_title=has_title))
    form = EditPersonForm(request.POST, has_title=has_title)
    if form.is_valid() and _save(request, account, who, form, title):
        return done(request, account, f"{who.name} saved", is_about_people=True)
    return _edit_form(request, account, who, form)


def _save(request: HttpRequest, account: Account, who: Person, form: EditPersonForm, title: str | None) -> bool:
    asker, given = reader(request), form.cleaned_data
    if any(given[name] != getattr(who, name) for name in ("name", "email", "phone")):
        attempt(
            form,
            lambda: edit_person(
                by=asker.user,
                person=who,
                now=asker.now,
                edition=given["edition"],
                name=given["name"],
                email=given["email"],
                phone=given["phone"],
            ),
            field="name",
        )
    if not form.errors and title is not None and given["title"] != title:
        attempt(form, lambda: join(by=asker.user, person=who, account=account, title=given["title"], now=asker.now))
    return not form.errors


def _title(person: Person, account: Account) -> str | None:
    """Their title there now; None when they do not work there any more."""
    member = Membership.objects.open().filter(person=person, account=account).first()
    return member.title if member else None


def _edit_form(request: HttpRequest, account: Account, who: Person, form: EditPersonForm) -> HttpResponse:
    return form_answer(
        request,
        form,
        title=f"Edit {who.name}",
        action=reverse("member", kwargs={"key": account.key, "person": who.key}),
        submit="Save",
        account=account,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def departure(request: HttpRequest, key: str, person: str) -> HttpResponse:
    """They left; the roles they played end too."""
    account, asker = account_at(request, key), reader(request)
    rules.require_edit(asker.user, [account])
    who = queries.get_member(account, person)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["left_on"]
        left_at = noon_of(day) if day and day != day_of(asker.now) else None
        left: list[object] = []
        attempt(
            form,
            lambda: left.append(leave(by=asker.user, person=who, account=account, now=asker.now, left_at=left_at)),
            field="left_on",
        )
        if left:
            if not isinstance(left[0], dict):
                return done(request, account, f"{who.name} had left already")
            undo = undo_of(request, "person.left", left[0], f"{who.name} left {account.name}")
            return done(request, account, undo, is_about_people=True)
    return form_answer(
        request,
        form,
        title=f"{who.name} left",
        lead="Their roles here end. What was done with them stays.",
        action=reverse("member_departure", kwargs={"key": key, "person": person}),
        submit="Note that they left",
        account=account,
    )


def _role(text: str) -> ContactRole:
    try:
        return ContactRole(text)
    except ValueError:
        raise NotFound("There is no such role.") from None


@require_POST
def give(request: HttpRequest, key: str, person: str) -> HttpResponse:
    """They play a role here."""
    account = account_at(request, key)
    who = queries.get_member(account, person)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Refused("Choose one of the roles.")
    return _give(request, account, who, ContactRole(form.cleaned_data["role"]))


def _give(request: HttpRequest, account: Account, who: Person, role: ContactRole) -> HttpResponse:
    asker = reader(request)
    if not give_role(by=asker.user, person=who, account=account, role=role, now=asker.now):
        return done(request, account, "That is so already")
    says = f"{who.name} is {role.label.lower()}"
    return done(request, account, undo_of(request, "role.given", _named(account, who, role), says))


def _named(account: Account, who: Person, role: ContactRole) -> dict[str, object]:
    return {"person": who.pk, "account": account.pk, "role": role.value}


@require_POST
def end(request: HttpRequest, key: str, person: str, role: str) -> HttpResponse:
    """They no longer play a role here."""
    account, asker, what = account_at(request, key), reader(request), _role(role)
    who = queries.get_member(account, person)
    if not end_role(by=asker.user, person=who, account=account, role=what, now=asker.now):
        return done(request, account, "That is so already")
    says = f"{who.name} is no longer {what.label.lower()}"
    return done(request, account, undo_of(request, "role.ended", _named(account, who, what), says))


@require_http_methods(["GET", "HEAD", "POST"])
def player(request: HttpRequest, key: str, role: str) -> HttpResponse:
    """Say who plays a role."""
    account, asker, what = account_at(request, key), reader(request), _role(role)
    rules.require_edit(asker.user, [account])
    people = queries.members_of(account, asker.now)
    form = RolePlayerForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        return _give(request, account, form.cleaned_data["person"], what)
    add = reverse("members", kwargs={"key": key})
    return form_answer(
        request,
        form,
        title=f"Who is the {what.label.lower()}?",
        lead=f"{what.label}: {ROLE_MEANING[what]}.",
        action=reverse("role_player", kwargs={"key": key, "role": role}),
        submit="Give the role",
        account=account,
        extra=_other_person(request, f"{add}?role={what.value}"),
    )


def _other_person(request: HttpRequest, address: str) -> str:
    return fragment_html(request, "accounts/people.html", "other_person", address=address)
