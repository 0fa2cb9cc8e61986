"""What calls tell about people and customers: pure, and the same in whatever order calls arrive.

Of statements that repeat each other within an hour the first is kept, of names the one told last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from firstwin.accounts.actions.identity import checked_domain
from firstwin.core.errors import Refused
from firstwin.usage.compact.coded import in_order
from firstwin.usage.compact.columns import Columns
from firstwin.usage.compact.ids import clean_id
from firstwin.usage.compact.ordinary import Element
from firstwin.usage.lake.schema import What

HOUR = 3_600_000_000

TEAM = ("team", "department")
SITE = ("site", "location", "office")
_DOMAIN = ("domain", "website", "url")
_LONGEST = 200
_LONGEST_ADDRESS = 320

Moment = int
"""Microseconds since 1970."""


@dataclass(slots=True)
class Told:
    """Statements by the numbers of actors and places.

    homes: (actor, place, hour) → when that was first told within the hour.  traits: (actor, kind, value, hour) → when.
    links: (actor, the user it is) → when that was first told.
    names, emails: actor → (when, what).  places: place → (when, name, domain) of the latest group call that told any.
    """

    homes: dict[tuple[int, int, int], Moment] = field(default_factory=dict)
    traits: dict[tuple[int, str, str, int], Moment] = field(default_factory=dict)
    links: dict[tuple[int, int], Moment] = field(default_factory=dict)
    names: dict[int, tuple[Moment, str]] = field(default_factory=dict)
    emails: dict[int, tuple[Moment, str]] = field(default_factory=dict)
    places: dict[int, tuple[Moment, str, str]] = field(default_factory=dict)

    def home(self, actor: int, place: int, at: Moment) -> None:
        _first(self.homes, (actor, place, at // HOUR), at)

    def trait(self, actor: int, kind: str, value: str, at: Moment) -> None:
        _first(self.traits, (actor, kind, value, at // HOUR), at)

    def link(self, actor: int, other: int, at: Moment) -> None:
        if actor != other:
            _first(self.links, (actor, other), at)


def _first(found: dict[Any, Moment], key: Any, at: Moment) -> None:
    found[key] = min(at, found.get(key, at))


def _last(found: dict[int, Any], key: int, said: tuple[Any, ...]) -> None:
    found[key] = max(said, found.get(key, said))


def other_keys(columns: Columns) -> dict[str, Moment]:
    """Actor keys that calls name beside their own actor, with the earliest moment of each."""
    found: dict[str, Moment] = {}
    for key, at in _anonymous_twins(columns):
        _first(found, key, at)
    for row, element in columns.telling:
        if columns.what[row] == What.ALIAS:
            for key in _former(element):
                _first(found, key, int(columns.ts[row]))
    return found


def _former(element: Element) -> list[str]:
    """What an alias call says somebody was called before: it does not say which kind of id that was."""
    text = clean_id(element.get("previousId"))
    return [f"u:{text}", f"a:{text}"]


def _anonymous_twins(columns: Columns) -> Iterable[tuple[str, Moment]]:
    for (_, anonymous), at in _twins(columns).items():
        yield f"a:{anonymous}", at


def _twins(columns: Columns) -> dict[tuple[str, str], Moment]:
    """(user id, anonymous id) of calls that carry both → the earliest moment."""
    user, anonymous = columns.user, columns.anonymous
    if not anonymous.keys:
        return {}
    count = len(anonymous.keys)
    has_both = (user.rows >= 0) & (anonymous.rows >= 0)
    pairs = in_order(lambda pair: pair, np.where(has_both, user.rows * count + anonymous.rows, -1))
    firsts = pairs.firsts(columns.ts).tolist()
    return {
        (user.keys[pair // count], anonymous.keys[pair % count]): at
        for pair, at in zip(pairs.keys, firsts, strict=True)
    }


def tell(told: Told, columns: Columns, actors: Mapping[str, int], places: Mapping[str, int]) -> None:
    """Add what these calls say. actors, places: keys → numbers, those of `other_keys` among them."""
    for (known_as, anonymous), at in _twins(columns).items():
        told.link(actors[f"a:{anonymous}"], actors[f"u:{known_as}"], at)
    for row, element in columns.telling:
        user, nameless, group = columns.user.at(row), columns.anonymous.at(row), columns.group.at(row)
        key = f"u:{user}" if user is not None else f"a:{nameless}"
        actor = actors.get(key, 0)  # 0: a group call that names nobody
        at, what = int(columns.ts[row]), columns.what[row]
        if what == What.ALIAS:
            for former in _former(element):
                told.link(actors[former], actor, at)
            continue
        if actor and group is not None:
            told.home(actor, places[group], at)
        if what == What.IDENTIFY:
            _tell_person(told, actor, _traits(element), at)
        elif group is not None:
            _tell_place(told, places[group], _traits(element), at)


def _traits(element: Element) -> Element:
    context, own = element.get("context"), element.get("traits")
    around = context.get("traits") if isinstance(context, dict) else None
    found: Element = {}
    for held in (around, own):
        if isinstance(held, dict):
            found |= held
    return found


def _tell_person(told: Told, actor: int, traits: Element, at: Moment) -> None:
    for kind, words in (("team", TEAM), ("site", SITE)):
        if value := _text(traits, words):
            told.trait(actor, kind, value, at)
    name = _text(traits, ("name",)) or _joined(traits)
    if name:
        _last(told.names, actor, (at, name))
    email = _text(traits, ("email",), _LONGEST_ADDRESS)
    if email:
        _last(told.emails, actor, (at, email))


def _joined(traits: Element) -> str:
    first, last = _text(traits, ("firstName", "first_name")), _text(traits, ("lastName", "last_name"))
    return f"{first} {last}".strip()[:_LONGEST]


def _tell_place(told: Told, place: int, traits: Element, at: Moment) -> None:
    name, domain = _text(traits, ("name",)), _domain(_text(traits, _DOMAIN))
    if name or domain:
        _last(told.places, place, (at, name, domain))


def _text(traits: Element, words: Iterable[str], longest: int = _LONGEST) -> str:
    for word in words:
        said = traits.get(word)
        if isinstance(said, str | int) and not isinstance(said, bool):
            text = " ".join(str(said).split()).replace("\0", "")
            if text:
                return text[:longest].rstrip()
    return ""


def _domain(text: str) -> str:
    try:
        return checked_domain(text) if text else ""
    except Refused:
        return ""
