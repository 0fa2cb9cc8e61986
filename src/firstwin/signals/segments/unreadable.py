"""Definitions that cannot be read any more: why, and what is stored of them as their forms show it, to be mended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from django import forms

from firstwin.core.conditions import All, parse
from firstwin.core.errors import Refused
from firstwin.people.config.kinds import kind_of
from firstwin.people.config.store import Definition, body_of
from firstwin.people.config.together import label_of
from firstwin.people.config.write import latest
from firstwin.signals.kinds.experience import Experience
from firstwin.signals.kinds.segment import Segment
from firstwin.signals.segments.wording import typed

_PLACES = {"where": "condition", "scorecards": "scorecard"}
"""The field of a form, where it is not called as in the text."""


@dataclass(frozen=True)
class Unreadable:
    """path: where in the text the reason stands."""

    kind: str
    key: str
    number: int
    at: datetime
    body: Mapping[str, Any]
    path: str
    reason: str

    @property
    def label(self) -> str:
        return label_of(self.body, self.key)

    @property
    def stands(self) -> Definition:
        """As far as pages need it: what it is called, and which version."""
        parsed: Segment | Experience
        if self.kind == "segment":
            parsed = Segment(self.key, self.label, All(()))
        else:
            parsed = Experience(self.key, self.label, 1)
        return Definition(self.kind, self.key, self.number, self.at, parsed)


def unreadable(kind: str, key: str) -> Unreadable | None:
    """None where there is no such definition, or it can be read."""
    last = latest(kind, key)
    if last is None or last.is_removed:
        return None
    body = body_of(last.text)
    try:
        kind_of(kind).parse(key, body)
    except Refused as refused:
        return Unreadable(kind, key, last.number, last.at, body, refused.field or "", refused.message)
    return None


def segment_typed(one: Unreadable) -> dict[str, Any]:
    """As the form of a segment would have sent it."""
    return {
        "label": _line(one.body.get("label")), "help": _line(one.body.get("help")), "based_on": str(one.number),
        "condition": _condition(one.body.get("where")),
    }  # fmt: skip


def experience_typed(one: Unreadable) -> dict[str, Any]:
    """As the form of an experience would have sent it."""
    body, cards = one.body, _words(one.body.get("scorecards"))
    usual = {"touch_model": "pooled", "silent_days": "30", "pipeline": "default"}
    plain = ("label", "help", "segment", "touch_model", "priority", "cadence_days", "silent_days", "pipeline")
    levels = body.get("service_levels")
    lines = [f"{name}: {hours}" for name, hours in levels.items()] if isinstance(levels, Mapping) else _words(levels)
    return {
        **{name: _line(body.get(name)) or usual.get(name, "") for name in plain},
        **{name: "\n".join(_words(body.get(name))) for name in ("skills", "plays", "layout")},
        "scorecard": cards[0] if cards else "", "others": cards[1:], "service_levels": "\n".join(lines),
        "based_on": str(one.number),
    }  # fmt: skip


def say_why(form: forms.Form, one: Unreadable) -> None:
    """The reason at its field, unless the form says one there itself; above all of it where no field is its place."""
    name = one.path.split(".")[0].split("[")[0]
    place = _PLACES.get(name, name)
    if place not in form.fields:
        form.add_error(None, f"It cannot be read any more: {' '.join(filter(None, (one.path, one.reason)))}")
    elif place not in form.errors:
        form.add_error(place, one.reason)


def _condition(where: Any) -> str:
    """In the text form; as it is stored where it is no condition at all."""
    try:
        return typed(parse(where)) or _yaml(where)
    except Refused:
        return _yaml(where)


def _yaml(value: Any) -> str:
    return "" if value is None else yaml.safe_dump(value, sort_keys=False, allow_unicode=True).strip()


def _line(value: Any) -> str:
    return "" if value is None else str(value)


def _words(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [] if value is None else [str(value)]
