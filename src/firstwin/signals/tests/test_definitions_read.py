"""What a definition reads does not go away below it: archiving says who reads it, dropping a choice who names it."""

from typing import Any

import pytest

from firstwin.accounts.actions.define_attribute import define_attribute, redefine_attribute
from firstwin.accounts.models import Attribute, AttributeKind, RollUp
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.people.config.labels import standing_bodies
from firstwin.people.config.write import add_version
from firstwin.people.models import AuditRow, User

pytestmark = pytest.mark.django_db

CHOICES = [("gold", "Gold"), ("silver", "Silver")]


@pytest.fixture
def plan(operations: User) -> Attribute:
    """Read by a segment and, as a measure, by a scorecard."""
    made = define_attribute(
        by=operations, label="Package", kind=AttributeKind.CHOICE, choices=CHOICES, now=clock.now(), key="package"
    )
    where = [{"field": "package", "op": "eq", "value": "gold"}]
    write(operations, "segment", "golden", {"label": "Golden", "where": where})
    measure = {"key": "p", "label": "Package", "weight": 1, "field": "package", "choices": {"gold": 100, "silver": 40}}
    card = {"label": "By package", "groups": [{"key": "g", "label": "G", "weight": 1, "measures": [measure]}]}
    write(operations, "scorecard", "by-package", card)
    return made


def write(by: User, kind: str, key: str, body: Any) -> None:
    add_version(by=by, kind=kind, key=key, body=body, now=clock.now())


def redefined(by: User, attribute: Attribute, **changes: Any) -> Attribute:
    said: dict[str, Any] = {
        "label": attribute.label, "help": "", "choices": CHOICES, "roll_up": RollUp.NONE, "is_expected": False,
        "is_archived": False,
    }  # fmt: skip
    return redefine_attribute(by=by, attribute=attribute, now=clock.now(), **(said | changes))


def test_what_is_read_is_not_archived(client_of: Any, operations: User, plan: Attribute) -> None:
    before = AuditRow.objects.count()
    answer = client_of(operations).post("/settings/attributes/package/archive/")
    assert answer.status_code == 422
    assert "It is read by the segment Golden and the scorecard By package" in answer.text
    assert not Attribute.objects.get(key="package").is_archived and AuditRow.objects.count() == before
    for kind, key in (("scorecard", "by-package"), ("segment", "golden")):
        write(operations, kind, key, None)
    assert client_of(operations).post("/settings/attributes/package/archive/").status_code == 302
    assert Attribute.objects.get(key="package").is_archived


def test_a_choice_that_is_named_is_not_dropped(client_of: Any, operations: User, plan: Attribute) -> None:
    change = {"label": "Plan", "choices": "silver = Silver", "roll_up": "none"}
    answer = client_of(operations).post("/settings/attributes/package/", change)
    assert answer.status_code == 422
    assert "still named by the segment Golden and the scorecard By package" in answer.text
    assert Attribute.objects.get(key="package").label == "Package" and 'value="Plan"' in answer.text
    more = change | {"choices": "gold = Golden\nsilver = Silver\nbronze = Bronze"}
    assert client_of(operations).post("/settings/attributes/package/", more).status_code == 302


def test_what_was_broken_before_holds_up_nobody(operations: User, plan: Attribute) -> None:
    other = define_attribute(by=operations, label="Other", kind=AttributeKind.NUMBER, now=clock.now())
    where = [{"field": "other", "op": "gt", "value": 1}]
    write(operations, "segment", "others", {"label": "Others", "where": where})
    Attribute.objects.filter(pk=other.pk).update(is_archived=True)
    assert "others" in standing_bodies("segment")
    third = define_attribute(by=operations, label="Third", kind=AttributeKind.NUMBER, now=clock.now())
    assert redefined(operations, third, choices=[], is_archived=True).is_archived


def test_the_action_itself_refuses(operations: User, plan: Attribute) -> None:
    with pytest.raises(Refused, match="the segment Golden and the scorecard By package"):
        redefined(operations, plan, is_archived=True)
    plan.refresh_from_db()
    with pytest.raises(Refused, match="the segment Golden") as refused:
        redefined(operations, plan, choices=CHOICES[1:])
    assert refused.value.field == "choices"


@pytest.mark.parametrize("who", ["owner", "teammate", "stranger", "viewer"])
def test_others_archive_nothing(client_of: Any, request: pytest.FixtureRequest, plan: Attribute, who: str) -> None:
    assert client_of(request.getfixturevalue(who)).post("/settings/attributes/package/archive/").status_code == 403
