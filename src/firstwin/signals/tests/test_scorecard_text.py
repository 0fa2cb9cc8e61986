"""Scorecards as text: what is read is written back, and every fault is told at its place with what to do."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from firstwin.core.errors import Refused
from firstwin.core.fields import Collection, Field, Kind, Vocabulary
from firstwin.people.config.store import body_of, text_of
from firstwin.signals.kinds.scorecard import Tier
from firstwin.signals.kinds.scorecard_text import dumped, parsed, references
from firstwin.support.models import Ticket

VOCABULARY = Vocabulary(
    {
        field.key: field
        for field in (
            Field("weekly_share", Kind.SHARE, "Weekly active use", "usage"),
            Field("seats", Kind.NUMBER, "Seats", "revenue"),
            Field("last_two_way", Kind.DAYS, "Last two-way contact", "accounts"),
            Field(
                "pulse",
                Kind.CHOICE,
                "Pulse",
                "signals",
                frame="pulse.mood",
                choices=(("good", "Good"), ("risk", "Worried")),
            ),
            Field("health", Kind.NUMBER, "Health", "signals", frame="signals.health"),
            Field("auto", Kind.FLAG, "Renews by itself", "revenue"),
            Field("name", Kind.TEXT, "Name", "accounts"),
            Field("segments", Kind.TAGS, "Segments", "signals"),
        )
    },
    {"tickets": Collection("tickets", "Tickets", "support", (), model=Ticket.objects.none, dated="opened_at")},
)

TEXT = """
label: Health
groups:
  - key: use
    label: Use
    weight: 3
    measures:
      - key: weekly
        label: Weekly active use
        field: weekly_share
        weight: 2
        tiers:
          - {below: 50%, points: 0}
          - {up_to: 0.8, points: 50}
          - {points: 100}
        variants:
          - when: {field: segments, op: has, value: trial}
            unscored: true
        carry_days: 7
      - key: falling
        label: Falling
        field: seats
        change_days: 28
        weight: 1
        linear: {from: -0.5, to: 0}
  - key: care
    label: Care
    weight: 1
    measures:
      - key: silent
        label: Contact
        field: last_two_way
        weight: 1
        missing: worst
        bounded: {high: 10, zero_high: 60}
      - key: pulse
        label: Pulse
        field: pulse
        weight: 1
        choices: {good: 100, risk: 0}
      - key: auto
        label: Renews
        field: auto
        weight: 1
        choices: {yes: 100, no: 20}
      - key: tickets
        label: Tickets
        count: {rows: tickets, within_days: 30}
        weight: 1
        tiers: [{up_to: 5, points: 100}, {points: 0}]
      - key: many
        label: Many seats
        weight: 0
        holds: {when: {field: seats, op: gt, value: 5}, points: 100, otherwise: 40}
"""


def body() -> dict[str, Any]:
    return copy.deepcopy(dict(body_of(TEXT)))


def test_what_is_read_is_written_back() -> None:
    card = parsed("health", body(), VOCABULARY)
    assert card.groups[0].measures[0].shape.tiers == (  # type: ignore[union-attr]
        Tier(0.5, 0.0), Tier(0.8, 50.0, includes=True), Tier(None, 100.0),
    )  # fmt: skip
    assert card.groups[0].measures[0].variants[0].shape is None
    assert dict(card.groups[1].measures[2].shape.points) == {"yes": 100.0, "no": 20.0}  # type: ignore[union-attr]
    again = parsed("health", body_of(text_of(dumped(card))), VOCABULARY)
    assert again == card
    assert dumped(again) == dumped(card)


def test_what_a_card_refers_to_is_named_with_its_place() -> None:
    [found] = references(parsed("health", body(), VOCABULARY))
    assert (found.kind, found.key, found.path) == ("segment", "trial", "groups[0].measures[0].variants[0].when")


Break = Callable[[dict[str, Any]], object]


def measure(text: dict[str, Any], group: int, place: int) -> dict[str, Any]:
    found: dict[str, Any] = text["groups"][group]["measures"][place]
    return found


WEEKLY, TIERS = "groups[0].measures[0]", "groups[0].measures[0].tiers"


@pytest.mark.parametrize(
    ("broken", "path", "says"),
    [
        (lambda t: t.pop("label"), "label", "missing"),
        (lambda t: t.update(amber_from=75), "amber_from", "green begins higher"),
        (lambda t: t.update(green_from=101), "green_from", "0 to 100"),
        (lambda t: t.update(least_coverage=1.5), "least_coverage", "0 to 1"),
        (lambda t: t.update(roll_up="median"), "roll_up", "one of"),
        (lambda t: t.update(groups=[]), "groups", "at least one"),
        (lambda t: t.update(groups=t["groups"] * 7), "groups", "from 1 to 12"),
        (lambda t: t.update(colour="red"), "colour", "There is no"),
        (lambda t: [g.update(weight=0) for g in t["groups"]], "groups", "All weights"),
        (lambda t: [m.update(weight=0) for m in t["groups"][0]["measures"]], "groups[0].measures", "All weights"),
        (lambda t: measure(t, 0, 0).update(weight=-1), f"{WEEKLY}.weight", "0 to"),
        (lambda t: measure(t, 0, 0).update(weight=float("nan")), f"{WEEKLY}.weight", "0 to"),
        (lambda t: measure(t, 0, 0).update(field="weekly_shar"), f"{WEEKLY}.field", "Did you mean weekly_share"),
        (lambda t: measure(t, 0, 0).update(field="name"), f"{WEEKLY}.field", "condition"),
        (lambda t: measure(t, 0, 0).update(field="pulse"), f"{WEEKLY}.tiers", "does not fit a choice"),
        (lambda t: measure(t, 0, 0).pop("field"), f"{WEEKLY}.field", "needs a `field`"),
        (lambda t: measure(t, 0, 0).update(unscored=True), f"{WEEKLY}.unscored", "one shape"),
        (lambda t: measure(t, 0, 0).pop("tiers"), f"{WEEKLY}.tiers", "none is given"),
        (lambda t: measure(t, 0, 0)["tiers"].reverse(), f"{TIERS}[0].below", "Only the last"),
        (lambda t: measure(t, 0, 0)["tiers"][1].update(up_to=0.5), f"{TIERS}[1].below", None),
        (lambda t: measure(t, 0, 0)["tiers"][1].update(up_to=0.4), f"{TIERS}[1].below", "rise"),
        (lambda t: measure(t, 0, 0)["tiers"][1].update(below=0.6), f"{TIERS}[1].up_to", "not both"),
        (lambda t: measure(t, 0, 0)["tiers"][1].update(points=101), f"{TIERS}[1].points", "0 to 100"),
        (lambda t: measure(t, 0, 0)["tiers"][2].update(below=2), f"{TIERS}[2].below", "leave its bound out"),
        (lambda t: measure(t, 0, 0).update(field="health"), f"{WEEKLY}.field", "no score can depend"),
        (lambda t: measure(t, 0, 0)["variants"][0].update(when=[{"not": {"field": "health", "op": "set"}}]),
         f"{WEEKLY}.variants[0].when", "no score can depend"),
        (lambda t: measure(t, 1, 0).update(change_days=7), "groups[1].measures[0].change_days", "Only numbers"),
        (lambda t: measure(t, 0, 0).update(missing="best"), f"{WEEKLY}.missing", "one of"),
        (lambda t: measure(t, 0, 0).update(carry_days=-1), f"{WEEKLY}.carry_days", "whole number"),
        (lambda t: measure(t, 0, 1).update(key="weekly"), "groups[0].measures[1].key", "another measure"),
        (lambda t: t["groups"][1].update(key="use"), "groups[1].key", "another group"),
        (lambda t: measure(t, 0, 1)["linear"].update(to=-0.5), "groups[0].measures[1].linear.to", "two different"),
        (lambda t: measure(t, 1, 0)["bounded"].update(low=20), "groups[1].measures[0].bounded.high", "below"),
        (lambda t: measure(t, 1, 0)["bounded"].update(zero_high=9), "groups[1].measures[0].bounded.zero_high", "larg"),
        (lambda t: measure(t, 1, 1)["choices"].update(bad=1), "groups[1].measures[1].choices.bad", "Known are"),
        (lambda t: measure(t, 1, 3)["count"].update(rows="tickts"), "groups[1].measures[3].count.rows", "tickets"),
        (lambda t: measure(t, 1, 3).update(field="seats"), "groups[1].measures[3].count", "not both"),
        (lambda t: measure(t, 1, 4).update(field="seats"), "groups[1].measures[4].holds", "leave"),
        (lambda t: measure(t, 1, 4)["holds"].update(when={"field": "x"}), "groups[1].measures[4].holds.when", "field"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_place(broken: Break, path: str, says: str | None) -> None:
    text = body()
    broken(text)
    if says is None:  # `below 0.5` and then `up to 0.5`: exactly a half is a tier of its own
        parsed("health", text, VOCABULARY)
        return
    with pytest.raises(Refused) as refused:
        parsed("health", text, VOCABULARY)
    assert refused.value.field == path
    assert says in refused.value.message


WORDS = [
    "label", "groups", "measures", "key", "weight", "field", "tiers", "below", "up_to", "points", "linear", "from",
    "to", "bounded", "low", "high", "choices", "holds", "when", "variants", "unscored", "count", "rows", "where",
    "change_days", "missing", "carry_days", "help", "amber_from", "roll_up",
]  # fmt: skip
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 200), st.floats(), st.text(max_size=5),
    st.sampled_from(["weekly_share", "pulse", "tickets", "auto", "worst", "50%", "name", "segments"]),
)  # fmt: skip
anything = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(WORDS), st.integers(), st.booleans()), inner, max_size=6),
    ),
    max_leaves=30,
)


@given(st.lists(st.tuples(st.sampled_from(WORDS), anything), max_size=6), st.integers(0, 4), st.integers(0, 1))
@settings(max_examples=150, deadline=None, phases=[Phase.generate])
def test_whatever_is_given_it_is_read_or_refused(changes: list[tuple[str, Any]], place: int, group: int) -> None:
    text = body()
    target = measure(text, group, place % len(text["groups"][group]["measures"]))
    places = [text["groups"][group], target, text]
    for number, (key, value) in enumerate(changes):
        places[number % 3][key] = value
    try:
        card = parsed("health", text, VOCABULARY)
    except Refused as refused:
        assert refused.field is not None
        return
    assert parsed("health", body_of(text_of(dumped(card))), VOCABULARY) == card
