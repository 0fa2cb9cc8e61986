"""Define what can be said about accounts."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from firstwin.accounts import rules
from firstwin.accounts.models import Attribute, AttributeKind, RollUp
from firstwin.accounts.models.now import DAY_SLOTS, NUMBER_SLOTS, TEXT_SLOTS
from firstwin.accounts.rules import Actor
from firstwin.core.errors import Refused
from firstwin.core.fields import vocabulary
from firstwin.core.text import fold, slug
from firstwin.people.audit import record
from firstwin.people.config.together import keeping_whole

_CURRENCY = re.compile(r"^[A-Z]{3}$")


def define_attribute(
    *,
    by: Actor,
    label: str,
    kind: AttributeKind,
    now: datetime,
    key: str = "",
    unit: str = "",
    choices: Sequence[tuple[str, str]] = (),
    help: str = "",
    roll_up: RollUp = RollUp.NONE,
    is_expected: bool = False,
    position: int = 100,
) -> Attribute:
    """Define an attribute; its key follows from the label unless given. Raises NotAllowed or Refused."""
    rules.require_configure(by)
    key = key or slug(label).replace("-", "_")[:60]
    if not key or not re.fullmatch(r"[a-z][a-z0-9_]*", key):
        raise Refused("A key starts with a letter and has small letters, digits and underscores.", field="key")
    if Attribute.objects.filter(key=key).exists() or key in vocabulary().fields:
        raise Refused(f"There is already a field called {key!r}.", field="key")
    _check(label=label, kind=kind, unit=unit, choices=choices, roll_up=roll_up)
    with transaction.atomic():
        attribute = Attribute.objects.create(
            key=key,
            label=label.strip(),
            kind=kind,
            unit=unit,
            choices=[list(pair) for pair in choices],
            help=help.strip(),
            roll_up=roll_up,
            is_expected=is_expected,
            position=position,
            slot=_free_slot(kind),
        )
        record(by=by, did="attribute.defined", on=attribute, now=now, after={"key": key, "kind": str(kind)})
    return attribute


def redefine_attribute(
    *,
    by: Actor,
    attribute: Attribute,
    now: datetime,
    label: str,
    help: str,
    choices: Sequence[tuple[str, str]],
    roll_up: RollUp,
    is_expected: bool,
    is_archived: bool,
) -> Attribute:
    """Change how an attribute is named and shown. Its key and kind stay: values were stored under them.

    Raises NotAllowed, or Refused: for a choice that is dropped while accounts hold it; while a definition speaks of
    what would go, with those that do.
    """
    rules.require_configure(by)
    _check(
        label=label,
        kind=AttributeKind(attribute.kind),
        unit=attribute.unit,
        choices=choices,
        roll_up=roll_up,
    )
    dropped = {str(v) for v, _ in attribute.choices} - {str(v) for v, _ in choices}
    held = attribute.values.standing().filter(text__in=dropped).values_list("text", flat=True).distinct()[:5]
    if held:
        raise Refused(f"Accounts still hold {', '.join(sorted(map(str, held)))}. Change them first.", field="choices")
    before = {"label": attribute.label, "is_archived": attribute.is_archived}
    is_going = is_archived and not attribute.is_archived
    with transaction.atomic(), _still_whole(attribute, is_going=is_going, is_less=bool(dropped)):
        attribute.label, attribute.help = label.strip(), help.strip()
        attribute.choices = [list(pair) for pair in choices]
        attribute.roll_up, attribute.is_expected, attribute.is_archived = roll_up, is_expected, is_archived
        attribute.save()
        record(
            by=by,
            did="attribute.changed",
            on=attribute,
            now=now,
            before=before,
            after={"label": attribute.label, "is_archived": is_archived},
        )
    return attribute


@contextmanager
def _still_whole(attribute: Attribute, *, is_going: bool, is_less: bool) -> Iterator[None]:
    """Segments, scorecards and whatever else is defined keep what they read."""
    if not is_going and not is_less:
        yield
        return
    says = "It is read by {}: take it out there first."
    if not is_going:
        says = "A choice that would go is still named by {}: take it out there first."
    with keeping_whole(says, field=None if is_going else "choices"):
        yield


def _check(*, label: str, kind: AttributeKind, unit: str, choices: Sequence[tuple[str, str]], roll_up: RollUp) -> None:
    if not label.strip() or len(label) > 80:
        raise Refused("A label has 1 to 80 characters.", field="label")
    if kind == AttributeKind.MONEY and not _CURRENCY.match(unit):
        raise Refused("A money attribute has one currency, such as EUR.", field="unit")
    if kind == AttributeKind.CHOICE and not choices:
        raise Refused("A choice needs at least one option.", field="choices")
    folded = [fold(value) for value, _ in choices]
    if len(set(folded)) != len(folded):
        raise Refused("Two options have the same value.", field="choices")
    if roll_up in {RollUp.SUM, RollUp.MEAN} and kind not in {AttributeKind.NUMBER, AttributeKind.MONEY}:
        raise Refused("Only numbers and money can be summed or averaged.", field="roll_up")


def _free_slot(kind: AttributeKind) -> str:
    slots = {
        AttributeKind.DATE: DAY_SLOTS,
        AttributeKind.TEXT: TEXT_SLOTS,
        AttributeKind.CHOICE: TEXT_SLOTS,
    }.get(kind, NUMBER_SLOTS)
    taken = set(Attribute.objects.exclude(slot="").values_list("slot", flat=True))
    return next((slot for slot in slots if slot not in taken), "")
