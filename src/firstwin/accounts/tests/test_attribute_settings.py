"""Settings → Attributes: define, relabel, order, archive; errors where they were made."""

from typing import Any

import pytest

from firstwin.accounts.actions.set_attributes import set_attributes
from firstwin.accounts.forms import read_choices, write_choices
from firstwin.accounts.models import Account, Attribute
from firstwin.accounts.tests.fixtures import NOW
from firstwin.accounts.tests.page_reader import words
from firstwin.people.models import User

pytestmark = pytest.mark.django_db
TIER = {"label": "Plan", "kind": "choice", "choices": "gold = Gold\nBasic plan", "roll_up": "none"}


def test_only_who_sets_up_the_installation_may_look(client_of: Any, owner: User, viewer: User) -> None:
    assert client_of(owner).get("/settings/attributes/").status_code == 403
    assert client_of(viewer).post("/settings/attributes/", TIER).status_code == 403


def test_operations_define_a_choice(client_of: Any, operations: User) -> None:
    assert client_of(operations).post("/settings/attributes/", TIER).status_code == 302
    made = Attribute.objects.get(key="plan")
    assert made.choices == [["gold", "Gold"], ["basic_plan", "Basic plan"]]
    assert "Plan" in words(client_of(operations).get("/settings/attributes/"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"choices": ""}, "A choice needs at least one option."),
        ({"label": ""}, "This field is required."),
        ({"kind": "money", "unit": "euros"}, "A money attribute has one currency"),
        ({"label": "Industry"}, "There is already a field called"),
        ({"roll_up": "sum"}, "Only numbers and money can be summed"),
    ],
)
def test_mistakes_are_said_where_they_were_made(
    client_of: Any, operations: User, change: dict[str, str], says: str
) -> None:
    answer = client_of(operations).post("/settings/attributes/", {**TIER, **change})
    assert answer.status_code == 422 and says in words(answer)


def test_relabelling_keeps_key_and_kind_and_a_held_choice_cannot_be_dropped(
    client_of: Any, owner: User, operations: User, acme: Account
) -> None:
    client = client_of(operations)
    client.post("/settings/attributes/", TIER)
    set_attributes(by=owner, accounts=[acme], values={Attribute.objects.get(key="plan"): "gold"}, now=NOW)
    change = {"label": "Package", "choices": "Silver", "roll_up": "none"}
    refused = client.post("/settings/attributes/plan/", change)
    assert refused.status_code == 422 and "Accounts still hold gold" in words(refused)
    assert "used by 1 account" in words(refused)
    kept = {**change, "choices": "gold = Golden\nSilver", "is_expected": "on"}
    assert client.post("/settings/attributes/plan/", kept).status_code == 302
    plan = Attribute.objects.get(key="plan")
    assert (plan.label, plan.kind, plan.is_expected) == ("Package", "choice", True)
    assert "Golden" in words(client.get("/accounts/acme/"))


def test_the_order_changes_by_one_place(client_of: Any, operations: User) -> None:
    client = client_of(operations)
    keys = list(Attribute.objects.order_by("position", "pk").values_list("key", flat=True))
    client.post(f"/settings/attributes/{keys[1]}/place/", {"to": "up"})
    assert list(Attribute.objects.order_by("position", "pk").values_list("key", flat=True))[:2] == [keys[1], keys[0]]
    client.post(f"/settings/attributes/{keys[1]}/place/", {"to": "down"})
    assert list(Attribute.objects.order_by("position", "pk").values_list("key", flat=True))[:2] == keys[:2]


def test_archived_it_leaves_the_page_and_comes_back(
    client_of: Any, owner: User, operations: User, acme: Account
) -> None:
    set_attributes(by=owner, accounts=[acme], values={Attribute.objects.get(key="city"): "Porto"}, now=NOW)
    client = client_of(operations)
    client.post("/settings/attributes/city/archive/")
    assert "Porto" not in words(client.get("/accounts/acme/"))
    assert "Archived" in words(client.get("/settings/attributes/"))
    client.post("/settings/attributes/city/restoration/")
    assert "Porto" in words(client.get("/accounts/acme/"))


def test_choices_are_read_as_they_are_written() -> None:
    pairs = [("gold", "Gold"), ("basic", "Basic plan")]
    assert read_choices(write_choices(pairs)) == pairs
    assert read_choices("\n Top tier \n= nothing\n") == [("top_tier", "Top tier")]
