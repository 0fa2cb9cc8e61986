"""A new definition: what it is called and what it starts from. It begins as a draft of one's own."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from firstwin.core import clock
from firstwin.core.errors import NotFound
from firstwin.people import rules
from firstwin.people.config import drafts
from firstwin.people.config.kinds import kind_of, kinds
from firstwin.people.config.labels import labels
from firstwin.people.config.write import READ_ONLY
from firstwin.people.views.shared import attempt, settings_page, who
from firstwin.ui.commands import Command


class NewForm(forms.Form):
    label = forms.CharField(label="Name", max_length=60)
    like = forms.ChoiceField(
        label="Start from", required=False, help_text="A copy of it, to change before anybody is touched by it."
    )
    key = forms.CharField(
        label="Key", max_length=60, required=False,
        help_text="What others refer to it by: a-z, 0-9, - and _. It never changes. Empty: made of the name.",
    )  # fmt: skip

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["like"].choices = [*labels(kind), ("", "An empty text")]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def definition_new(request: HttpRequest, kind: str) -> HttpResponse:
    """`from`: the key of the one to copy."""
    user = who(request)
    rules.require(rules.can_configure(user), READ_ONLY)
    try:
        what = kind_of(kind)
    except KeyError:
        raise NotFound("There is no such kind of definition.") from None
    known = [key for key, _ in labels(kind)]
    asked = request.GET.get("from", "")
    like = asked if asked in known else next(iter(known), "")
    form = NewForm(kind, request.POST if request.method == "POST" else None, initial={"like": like})
    if form.is_valid():
        given = form.cleaned_data
        draft = attempt(
            form,
            lambda: drafts.begin(
                by=user, kind=kind, label=given["label"], key=given["key"], like=given["like"], now=clock.now()
            ),
        )
        if draft is not None:
            return HttpResponseRedirect(reverse("definition_edit", kwargs={"kind": kind, "key": draft.key}))
    return settings_page(
        request, "people/definition_new.html", "definitions", status=422 if form.errors else 200, kind=what, form=form
    )


def definition_commands(request: HttpRequest, query: str) -> Iterator[Command]:
    """A new one of each kind, for those who may."""
    user, words = who(request), query.casefold().split()
    if not rules.can_configure(user):
        return
    for kind in kinds():
        label = f"New {kind.label.lower()}"
        if words and all(word in label.casefold() for word in words):
            url = kind.form() if kind.form else reverse("definition_new", kwargs={"kind": kind.key})
            yield Command(label=label, url=url, icon="plus", group="Definitions")
