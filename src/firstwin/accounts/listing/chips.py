"""A filter as chips that read as a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from firstwin.accounts.listing.state import ListState
from firstwin.core.conditions import Condition, Test, sentence
from firstwin.core.conditions.operators import operator_word, require_operator
from firstwin.core.errors import Refused
from firstwin.core.fields import Vocabulary


@dataclass(frozen=True)
class Chip:
    """One condition in words. edit_url: empty for what the small form cannot show (nested conditions)."""

    field: str
    op: str
    value: str
    remove_url: str
    edit_url: str = ""


def chips_of(state: ListState, vocabulary: Vocabulary) -> Sequence[Chip]:
    return [_chip(state, place, part, vocabulary) for place, part in enumerate(state.chips)]


def _chip(state: ListState, place: int, part: Condition, vocabulary: Vocabulary) -> Chip:
    remove_url = state.url(chips=state.without(place))
    said = _said(part, vocabulary)
    if not isinstance(part, Test):
        return Chip(said, "", "", remove_url)
    field = vocabulary.field(part.field)
    op = operator_word(field, require_operator(field, part.op))
    value = said[len(field.label) + 1 + len(op) :].strip()
    edit_url = f"{reverse('list_filter')}?{urlencode([*state.pairs(), ('edit', str(place))])}"
    return Chip(field.label, op, value, remove_url, edit_url)


def _said(part: Condition, vocabulary: Vocabulary) -> str:
    try:
        return sentence(part, vocabulary)
    except Refused as refused:
        return refused.message
