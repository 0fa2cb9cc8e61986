"""What is typed in the score studio."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms

from firstwin.core.errors import Refused
from firstwin.core.fields import vocabulary
from firstwin.people.config.documents import Document, Problem, read_body
from firstwin.people.config.labels import standing_bodies
from firstwin.people.config.plan import problems_of
from firstwin.people.config.store import text_of
from firstwin.signals.kinds.scorecard import Scorecard
from firstwin.signals.kinds.scorecard_text import parsed
from firstwin.signals.segments.wording import said
from firstwin.signals.studio.hooks import source_words
from firstwin.signals.studio.leaves import CardForm, changed, form_of, place_words

KIND = "scorecard"


class StudioForm(forms.Form):
    """text: the draft that the fields are of.  search: accounts to try it on.  The fields themselves are by path."""

    text = forms.CharField(max_length=1 << 20, strip=False, widget=forms.HiddenInput)
    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    note = forms.CharField(
        label="Why", max_length=300, required=False, help_text="Kept with the version, for those who read it later."
    )
    search = forms.CharField(label="Also try", max_length=100, required=False)


@dataclass
class Draft:
    """text: canonical where it could be read.  body: None where it is no plain YAML.  problems: why it cannot stand."""

    key: str
    text: str
    body: Mapping[str, Any] | None = None
    problems: list[Problem] = field(default_factory=list)
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def said_problems(self) -> list[tuple[str, str]]:
        """(where, as the form names it, or the path in the text; why)."""
        body = self.body or {}
        return [(place_words(body, one.path) or one.path, one.message) for one in self.problems]

    @property
    def form(self) -> CardForm:
        """The fields. Words of what measures look at come from the text as far as it can be read."""
        body = self.body or {}
        sources, whens = _words(self.key, body)
        errors = {one.path: one.message for one in self.problems}
        return form_of(body, sources, whens, self.typed if self.problems else {}, errors)


def draft(key: str, text: str, typed: Mapping[str, str] | None = None) -> Draft:
    """The text, with what was typed in the fields."""
    document, problems = read_body(text, KIND, key)
    if document is None:
        return Draft(key, text, None, problems)
    body = changed(document.body, typed or {}) if _is_card(document.body) else dict(document.body)
    problems = problems_of(Document(KIND, key, body))
    return Draft(key, text_of(body), body, problems, typed or {})


def _is_card(body: Mapping[str, Any]) -> bool:
    groups = body.get("groups")
    return isinstance(groups, list) and all(isinstance(one, dict) for one in groups)


def _read(key: str, body: Mapping[str, Any]) -> Scorecard | None:
    try:
        return parsed(key, body)
    except Refused:
        return None


def _words(key: str, body: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """(what each measure looks at, for whom each variant is), by path; where the draft cannot be read those of what
    stands, which the fields leave as they are."""
    card = _read(key, body) or _read(key, standing_bodies(KIND).get(key, {}))
    if card is None:
        return {}, {}
    sources, whens, known = {}, {}, vocabulary()
    for g, group in enumerate(card.groups):
        for m, measure in enumerate(group.measures):
            at = f"groups[{g}].measures[{m}]"
            sources[at] = source_words(measure)
            for v, variant in enumerate(measure.variants):
                whens[f"{at}.variants[{v}]"] = said(variant.where, known)
    return sources, whens
