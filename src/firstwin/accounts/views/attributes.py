"""Settings: what can be said about accounts."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstwin.accounts import rules
from firstwin.accounts.actions.define_attribute import define_attribute, redefine_attribute
from firstwin.accounts.actions.order_attributes import move_attribute
from firstwin.accounts.forms import AttributeForm, write_choices
from firstwin.accounts.models import AccountNow, Attribute, AttributeKind, AttributeValue
from firstwin.accounts.models.kinds import RollUp
from firstwin.accounts.views.answers import attempt, reader, say_next
from firstwin.core.errors import NotFound, Refused
from firstwin.people.tabs import tabs_for
from firstwin.ui.jinja import page


@require_http_methods(["GET", "HEAD", "POST"])
def attribute_list(request: HttpRequest) -> HttpResponse:
    """All attributes in their order, and a new one."""
    asker = reader(request)
    rules.require_configure(asker.user)
    if request.method != "POST":
        return _list(request, AttributeForm())
    form = AttributeForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        made = attempt(
            form,
            lambda: define_attribute(
                by=asker.user,
                label=given["label"],
                kind=AttributeKind(given["kind"]),
                now=asker.now,
                unit=given["unit"].strip().upper() if given["kind"] == AttributeKind.MONEY else given["unit"].strip(),
                choices=form.pairs() if given["kind"] == AttributeKind.CHOICE else (),
                help=given["help"],
                roll_up=RollUp(given["roll_up"]),
                is_expected=given["is_expected"],
                position=(Attribute.objects.count() + 1) * 10,
            ),
            field="label",
        )
        if made is not None:
            say_next(request, f"{made.label} added")
            return HttpResponseRedirect(reverse("attributes"))
    return _list(request, form, status=422)


def _list(request: HttpRequest, form: AttributeForm, *, status: int = 200, refused: str = "") -> HttpResponse:
    """refused: why what was asked of one was not done."""
    rows = list(Attribute.objects.order_by("is_archived", "position", "pk"))
    return page(
        request,
        "accounts/attributes.html",
        status=status,
        section=tabs_for(reader(request).user, "attributes"),
        rows=[(row, used) for row, used in zip(rows, usage(rows), strict=True)],
        form=form,
        refused=refused,
    )


def usage(attributes: list[Attribute]) -> list[int]:
    """How many accounts have each: counted in the list rows where there is a column, else in the values."""
    slots = [a.slot for a in attributes if a.slot]
    counts = AccountNow.objects.filter(is_removed=False).aggregate(**{slot: Count(slot) for slot in slots})
    others = [a.pk for a in attributes if not a.slot]
    held: dict[int, int] = {}
    if others:
        rows = AttributeValue.objects.open().filter(attribute__in=others)
        grouped = rows.values("attribute_id").annotate(n=Count("account", distinct=True))
        held = dict(grouped.values_list("attribute_id", "n"))
    return [counts[a.slot] if a.slot else held.get(a.pk, 0) for a in attributes]


def _attribute(key: str) -> Attribute:
    found = Attribute.objects.filter(key=key).first()
    if found is None:
        raise NotFound("There is no such attribute.")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def attribute(request: HttpRequest, attribute: str) -> HttpResponse:
    """How one is named and shown."""
    asker, what = reader(request), _attribute(attribute)
    rules.require_configure(asker.user)
    held = {
        "label": what.label,
        "help": what.help,
        "choices": write_choices(what.choices),
        "roll_up": what.roll_up,
        "is_expected": what.is_expected,
    }
    form = AttributeForm(request.POST if request.method == "POST" else None, initial=held, is_new=False)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        saved = attempt(
            form,
            lambda: redefine_attribute(
                by=asker.user,
                attribute=what,
                now=asker.now,
                label=given["label"],
                help=given["help"],
                choices=form.pairs() if what.kind == AttributeKind.CHOICE else (),
                roll_up=RollUp(given["roll_up"]),
                is_expected=given["is_expected"],
                is_archived=what.is_archived,
            ),
            field="label",
        )
        if saved is not None:
            say_next(request, f"{saved.label} saved")
            return HttpResponseRedirect(reverse("attributes"))
    if form.errors:  # a refused change is not what stands
        what.refresh_from_db()
    return page(
        request,
        "accounts/attribute.html",
        status=422 if form.errors else 200,
        section=tabs_for(asker.user, "attributes"),
        attribute=what,
        used=usage([what])[0],
        form=form,
    )


@require_POST
def place(request: HttpRequest, attribute: str) -> HttpResponse:
    """Move one place up, or (`to=down`) down."""
    asker = reader(request)
    move_attribute(by=asker.user, attribute=_attribute(attribute), up=request.POST.get("to") != "down", now=asker.now)
    return HttpResponseRedirect(reverse("attributes"))


@require_POST
def archive(request: HttpRequest, attribute: str) -> HttpResponse:
    return _shelve(request, attribute, is_archived=True)


@require_POST
def restore(request: HttpRequest, attribute: str) -> HttpResponse:
    return _shelve(request, attribute, is_archived=False)


def _shelve(request: HttpRequest, key: str, *, is_archived: bool) -> HttpResponse:
    asker, what = reader(request), _attribute(key)
    try:
        redefine_attribute(
            by=asker.user,
            attribute=what,
            now=asker.now,
            label=what.label,
            help=what.help,
            choices=[(str(value), str(label)) for value, label in what.choices],
            roll_up=RollUp(what.roll_up),
            is_expected=what.is_expected,
            is_archived=is_archived,
        )
    except Refused as refused:
        return _list(request, AttributeForm(), status=422, refused=f"{what.label} stays. {refused.message}")
    say_next(request, f"{what.label} {'archived' if is_archived else 'restored'}")
    return HttpResponseRedirect(reverse("attributes"))
