"""What is configured, as text: everything there is, one definition with its history, writing it, going back."""

from typing import Any

from django import forms
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.core import clock
from firstwin.core.errors import Conflict, NotFound, Refused
from firstwin.people import rules
from firstwin.people.config import apply, drafts
from firstwin.people.config.documents import Document, Problem, read_body
from firstwin.people.config.guard import TooMuch, impacts
from firstwin.people.config.kinds import DefinitionKind, kind_of, kinds
from firstwin.people.config.labels import standing_bodies
from firstwin.people.config.plan import diff_of, planned, problems_of
from firstwin.people.config.together import dependants, label_of, used_by
from firstwin.people.config.write import READ_ONLY, WRITTEN, latest, standing_body
from firstwin.people.models import ConfigDraft, ConfigVersion, User
from firstwin.people.undo import offer_undo
from firstwin.people.views.shared import begin_again, say, settings_page, who
from firstwin.ui.toasts import toast_next

_MOST_VERSIONS = 50
ANYWAY = "publish-anyway"
"""What the second button says: that it is meant."""


class TextForm(forms.Form):
    """text: the body of a definition in YAML."""

    text = forms.CharField(
        label="Definition", max_length=1 << 20, strip=False,
        widget=forms.Textarea({"rows": 28, "spellcheck": "false"}),
    )  # fmt: skip
    note = forms.CharField(
        label="Why", max_length=300, required=False, help_text="Kept with the version, for those who read it later."
    )
    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


@require_safe
def definition_list(request: HttpRequest) -> HttpResponse:
    user = who(request)
    last = ConfigVersion.objects.values("kind", "key").annotate(last=Max("pk")).values("last")
    found = {(one.kind, one.key): one for one in ConfigVersion.objects.filter(pk__in=last).select_related("author")}
    own = {(one.kind, one.key): one for one in ConfigDraft.objects.filter(author=user).order_by("kind", "key")}
    groups = []
    for kind in kinds():
        bodies = standing_bodies(kind.key)
        rows = [(key, label_of(body, key), found[kind.key, key]) for key, body in bodies.items()]
        begun = [key for of, key in own if of == kind.key and (of, key) not in found]
        gone = sorted(key for of, key in found if of == kind.key and key not in bodies)
        form = kind.form() if kind.form else reverse("definition_new", kwargs={"kind": kind.key})
        groups.append((kind, sorted(rows, key=lambda row: (row[1].casefold(), row[0])), begun, gone, form))
    return settings_page(
        request, "people/definitions.html", "definitions", groups=groups, drafts=own,
        may_edit=rules.can_configure(user),
    )  # fmt: skip


@require_safe
def definition(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    return _shown(request, *_found(kind, key))


def _shown(request: HttpRequest, what: DefinitionKind, last: ConfigVersion, *, refused: str = "") -> HttpResponse:
    """refused: why what was asked of it was not done."""
    user, kind, key = who(request), what.key, last.key
    body, used = standing_body(last), dependants(what.key, last.key)
    versions = list(
        ConfigVersion.objects.filter(kind=kind, key=key).select_related("author").order_by("-number")[:_MOST_VERSIONS]
    )
    words, uses, problem = _read(what, key, body)
    return settings_page(
        request,
        "people/definition.html",
        "definitions",
        status=422 if refused else 200,
        kind=what,
        key=key,
        label=label_of(body or {}, key),
        last=last,
        text=last.text,
        words=words,
        problem=problem,
        refused=refused,
        uses=uses,
        used=used,
        held_by=used_by(used) if used else "",
        versions=versions,
        version_options=[(str(one.number), str(one.number)) for one in versions],
        shown=_difference(request, versions),
        screens=list(what.screens(key)) if body is not None else [],
        may_edit=rules.can_configure(user),
        draft=drafts.draft_of(user, kind, key),
    )


def _read(what: DefinitionKind, key: str, body: Any) -> tuple[list[str], list[tuple[str, str, str]], str]:
    """(in words, what it refers to as label, kind and key, why it cannot be read)."""
    if body is None:
        return [], [], ""
    try:
        parsed = what.parse(key, body)
        words = list(what.words(parsed)) if what.words else []
        refers = list(dict.fromkeys((one.kind, one.key) for one in what.references(parsed)))
    except Refused as refused:
        return [], [], " ".join(part for part in (refused.field, refused.message) if part)
    uses = [(label_of(standing_bodies(one).get(name, {}), name), one, name) for one, name in refers]
    return words, uses, ""


def _difference(request: HttpRequest, versions: list[ConfigVersion]) -> dict[str, Any] | None:
    """Between any two versions; the last two unless asked for others."""
    by_number = {one.number: one for one in versions}
    numbers = sorted(by_number)
    if len(numbers) < 2:
        return None
    asked = [request.GET.get(name, "") for name in ("from", "to")]
    before, after = (int(one) if one.isdecimal() and len(one) < 9 else 0 for one in asked)
    before = before if before in by_number else numbers[-2]
    after = after if after in by_number else numbers[-1]
    diff = diff_of(by_number[before].text, by_number[after].text, f"version {before}", f"version {after}")
    return {"from": before, "to": after, "lines": diff.splitlines()}


@require_http_methods(["GET", "HEAD", "POST"])
def definition_edit(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """`act`: check (what would change), keep (the draft), publish. Of a new one there is a draft and no version."""
    user = who(request)
    rules.require(rules.can_configure(user), READ_ONLY)
    what, draft, last = _kind(kind), drafts.draft_of(user, kind, key), latest(kind, key)
    is_sent_anew = request.method == "POST" and request.POST.get("based_on") == "0"
    if last is None and draft is None and not is_sent_anew:
        raise NotFound("There is no such definition.")
    stands = last is not None and not last.is_removed
    held = {"text": draft.text, "based_on": draft.based_on} if draft else None
    if held is None and last is not None:
        held = {"text": last.text, "based_on": last.number}
    form = TextForm(request.POST if request.method == "POST" else None, initial=held)
    found: dict[str, Any] = {"problems": [], "impacts": None, "too_much": [], "diff_lines": []}
    status = 200
    if not form.is_bound and last is not None and stands and draft is None:
        found["problems"] = _unreadable(what, last)
    if form.is_bound:
        answer, status = _act(request, user, what, key, form, found)
        if answer is not None:
            return answer
    return settings_page(
        request, "people/definition_edit.html", "definitions", status=status, kind=what, key=key, form=form, last=last,
        label=label_of(standing_body(last) or {}, key), draft=draft, screens=list(what.screens(key)) if stands else [],
        **found,
    )  # fmt: skip


def _unreadable(what: DefinitionKind, last: ConfigVersion) -> list[Problem]:
    """Why what stands cannot be read any more, at its line; nothing where it can."""
    document, problems = read_body(last.text, what.key, last.key)
    return problems if document is None else problems_of(document)


def _act(
    request: HttpRequest, user: User, what: DefinitionKind, key: str, form: TextForm, found: dict[str, Any]
) -> tuple[HttpResponse | None, int]:
    """(where to go, or None and the status of the page as it was)."""
    if not form.is_valid():
        return None, 422
    given, now, act = form.cleaned_data, clock.now(), request.POST.get("act", "publish")
    if act == "keep":
        drafts.keep_draft(by=user, kind=what.key, key=key, text=given["text"], based_on=given["based_on"], now=now)
        return say(request, "Draft kept", "definition_edit", kind=what.key, key=key), 200
    document, problems = read_body(given["text"], what.key, key)
    if document is not None:
        problems = problems_of(document)
    found["problems"] = problems
    if document is None or problems:
        return None, 422
    try:
        if act == "check":
            _check(document, user, found)
            return None, 200
        versions = apply.publish(
            by=user, kind=what.key, key=key, body=document.body, based_on=given["based_on"], now=now,
            note=given["note"], accept=act == ANYWAY,
        )  # fmt: skip
    except TooMuch as much:
        found["too_much"] = much.impacts
        return None, 422
    except (Refused, Conflict) as refused:
        if isinstance(refused, Conflict):
            begin_again(form, refused)
        found["problems"] = [Problem("", 0, "", refused.message)]
        return None, refused.status
    _say_written(request, user, versions, f"{label_of(document.body, key)} published")
    return HttpResponseRedirect(reverse("definition", kwargs={"kind": what.key, "key": key})), 200


def _check(document: Document, user: User, found: dict[str, Any]) -> None:
    plan = planned([document])
    found["impacts"] = impacts(plan.changes, clock.now(), by=user)
    found["diff_lines"] = [line for entry in plan.changed for line in entry.diff.splitlines()]


@require_POST
def definition_drop(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Forget one's draft."""
    user = who(request)
    rules.require(rules.can_configure(user), READ_ONLY)
    if drafts.draft_of(user, kind, key) is None:
        _found(kind, key)
    drafts.drop_draft(by=user, kind=kind, key=key)
    if latest(kind, key) is None:
        return say(request, "Draft dropped", "definitions")
    return say(request, "Draft dropped", "definition", kind=kind, key=key)


@require_POST
def definition_remove(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Take it away, if nothing refers to it; its versions stay, and so does the way back."""
    user = who(request)
    rules.require(rules.can_configure(user), READ_ONLY)
    what, last = _found(kind, key)
    label, accept = label_of(standing_body(last) or {}, key), request.POST.get("act") == ANYWAY
    try:
        versions = apply.remove(by=user, kind=kind, key=key, now=clock.now(), accept=accept)
    except TooMuch as much:
        return _asked(request, what, last, much, title=f"Remove {label}", verb="Remove", hidden={})
    except Refused as refused:
        return _shown(request, what, last, refused=refused.message)
    _say_written(request, user, versions, f"{label} removed")
    return HttpResponseRedirect(reverse("definitions"))


@require_POST
def definition_rollback(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Let it say again what version `to` said."""
    user = who(request)
    rules.require(rules.can_configure(user), READ_ONLY)
    what, last = _found(kind, key)
    to = request.POST.get("to", "")
    number = int(to) if to.isdecimal() and len(to) < 9 else 0
    accept = request.POST.get("act") == ANYWAY
    try:
        versions = apply.rollback(by=user, kind=kind, key=key, to=number, now=clock.now(), accept=accept)
    except TooMuch as much:
        title = f"Back to version {number}"
        return _asked(request, what, last, much, title=title, verb="Go back", hidden={"to": str(number)})
    _say_written(request, user, versions, f"Back to version {number}")
    return HttpResponseRedirect(reverse("definition", kwargs={"kind": kind, "key": key}))


def _asked(
    request: HttpRequest, what: DefinitionKind, last: ConfigVersion, much: TooMuch, *, title: str, verb: str,
    hidden: dict[str, str],
) -> HttpResponse:  # fmt: skip
    """A page that asks once more."""
    back = reverse("definition", kwargs={"kind": what.key, "key": last.key})
    label = label_of(standing_body(last) or {}, last.key)
    crumbs = [("Definitions", reverse("definitions")), (label, back), (title, "")]
    return settings_page(
        request, "people/definition_much.html", "definitions", status=much.status, title=title, verb=verb,
        crumb_pairs=crumbs, back=back, action=request.path, hidden=hidden, too_much=much.impacts,
    )  # fmt: skip


def _say_written(request: HttpRequest, user: User, versions: list[ConfigVersion], says: str) -> None:
    """On the next page, with its undo; that it said so already where nothing was written."""
    if not versions:
        toast_next(request, "It says so already")
        return
    payload = {"versions": [one.pk for one in versions]}
    undo = offer_undo(by=user, verb=WRITTEN, payload=payload, says=says, now=clock.now())
    toast_next(request, says, reverse("undo", kwargs={"pk": undo.pk}))


def _found(kind: str, key: str) -> tuple[DefinitionKind, ConfigVersion]:
    """The kind and the last version. Raises NotFound."""
    last = latest(kind, key)
    if last is None:
        raise NotFound("There is no such definition.")
    return _kind(kind), last


def _kind(kind: str) -> DefinitionKind:
    try:
        return kind_of(kind)
    except KeyError:
        raise NotFound("There is no such kind of definition.") from None
