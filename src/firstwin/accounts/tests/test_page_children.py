"""The tree below and what it comes to: exact, within the reader's scope, with its parts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstwin.accounts.actions.define_attribute import define_attribute
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.set_attributes import set_attributes
from firstwin.accounts.models import Account, Attribute, AttributeKind, RollUp
from firstwin.accounts.rollups import Part, accounts_below, roll_up, rolled_up
from firstwin.accounts.scope import AccountSet
from firstwin.accounts.tests.fixtures import NOW
from firstwin.accounts.tests.page_reader import HTMX, at, toast_of, undo_in, words
from firstwin.core import clock
from firstwin.people.models import User


def parts(*values: Any) -> list[Part]:
    return [Part(n, f"a{n}", f"A{n}", value, datetime(2026, 1, 1 + n, tzinfo=UTC)) for n, value in enumerate(values)]


def of(kind: AttributeKind, how: RollUp, choices: Any = ()) -> Attribute:
    return Attribute(key="x", label="X", kind=kind, roll_up=how, unit="EUR", choices=list(choices))


@pytest.mark.parametrize(
    ("kind", "how", "values", "outcome"),
    [
        (AttributeKind.NUMBER, RollUp.SUM, (0.1, 0.2, 0.3), 0.6),
        (AttributeKind.NUMBER, RollUp.SUM, (1, None, 2), 3),
        (AttributeKind.NUMBER, RollUp.MEAN, (1, 2), 1.5),
        (AttributeKind.MONEY, RollUp.MEAN, (1, 2), 2),
        (AttributeKind.MONEY, RollUp.MEAN, (2, 3), 2),
        (AttributeKind.NUMBER, RollUp.LOWEST, (3, 1, 2), 1),
        (AttributeKind.DATE, RollUp.HIGHEST, ("2026-02-01", "2025-12-31"), "2026-02-01"),
        (AttributeKind.TEXT, RollUp.LATEST, ("first", "last"), "last"),
        (AttributeKind.FLAG, RollUp.LOWEST, (True, False), False),
        (AttributeKind.NUMBER, RollUp.SUM, (None, None), None),
        (AttributeKind.NUMBER, RollUp.SUM, (), None),
    ],
)
def test_each_way_of_rolling_up(kind: AttributeKind, how: RollUp, values: Any, outcome: Any) -> None:
    assert roll_up(of(kind, how), parts(*values)) == outcome


def test_choices_rank_as_operations_listed_them() -> None:
    tier = of(AttributeKind.CHOICE, RollUp.LOWEST, [["gold", "Gold"], ["basic", "Basic"]])
    assert roll_up(tier, parts("basic", "gold")) == "gold"


def test_an_attribute_that_is_not_rolled_up_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not rolled up"):
        roll_up(of(AttributeKind.NUMBER, RollUp.NONE), parts(1))


@pytest.fixture
def family(owner: User, stranger: User, acme: Account) -> Account:
    """Acme > North > Far North, and South, which somebody else owns."""
    employees = Attribute.objects.get(key="employees")
    north = open_account(by=owner, name="North", parent=acme, now=NOW)
    far = open_account(by=owner, name="Far North", parent=north, now=NOW)
    south = open_account(by=None, name="South", owner=stranger, parent=acme, now=NOW)
    for account, count in ((acme, 1), (north, 10), (far, 100), (south, 1000)):
        set_attributes(by=None, accounts=[account], values={employees: count}, now=NOW)
    return acme


@pytest.mark.django_db
def test_figures_add_up_at_any_depth_within_scope_and_say_what_is_left_out(
    client_of: Any, owner: User, family: Account
) -> None:
    page = words(client_of(owner).get("/accounts/acme/children/"))
    assert "of 2 accounts below; Acme itself is not counted. 1 outside your scope left out" in page
    assert "Employees 110" in page
    assert "Employees 111" in words(client_of(owner).get("/accounts/acme/children/?itself=1"))


@pytest.mark.django_db
def test_why_lists_the_accounts_and_hides_those_out_of_scope(client_of: Any, owner: User, family: Account) -> None:
    why = words(client_of(owner).get("/accounts/acme/rollup/employees/", headers=HTMX))
    assert "Far North 100 North 10" in why and "South" not in why


@pytest.mark.django_db
def test_everyone_sees_everything(family: Account) -> None:
    below = accounts_below(family, AccountSet.everyone("test"))
    outcome = rolled_up([Attribute.objects.get(key="employees")], below.ids, now=clock.now())[0]
    assert (outcome.words, len(outcome.parts), below.unseen) == ("1,110", 3, 0)


@pytest.mark.django_db
def test_latest_is_what_was_said_last(owner: User, operations: User, family: Account) -> None:
    mood = define_attribute(by=operations, label="Mood", kind=AttributeKind.TEXT, roll_up=RollUp.LATEST, now=NOW)
    north, far = Account.objects.get(key="north"), Account.objects.get(key="far-north")
    set_attributes(by=owner, accounts=[far], values={mood: "fine"}, now=NOW)
    set_attributes(by=owner, accounts=[north], values={mood: "worried"}, now=NOW + timedelta(days=1))
    outcome = rolled_up([mood], [north.pk, far.pk], now=clock.now())[0]
    assert outcome.words == "worried"


@pytest.mark.django_db
def test_a_branch_opens_lazily_and_shows_what_may_be_seen(client_of: Any, owner: User, family: Account) -> None:
    client = client_of(owner)
    top = words(client.get("/accounts/acme/branch/"))
    assert "North" in top and "Far North" not in top and "South" not in top
    assert "Far North" in words(client.get("/accounts/north/branch/?depth=1"))


@pytest.mark.django_db
def test_many_children_come_in_pages(
    client_of: Any, owner: User, acme: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    from firstwin.accounts import queries

    monkeypatch.setattr(queries, "BRANCH", 2)
    for name in ("One", "Three", "Two"):
        open_account(by=owner, name=name, parent=acme, now=NOW)
    scope = AccountSet.of(owner)
    first = queries.children_of(acme.pk, scope, most=2)
    assert [row.name for row in first[:2]] == ["One", "Three"]
    last = first[1]
    rest = queries.children_of(acme.pk, scope, after=f"{last.name_folded}~{last.account_id}", most=2)
    assert [row.name for row in rest] == ["Two"]
    assert "Show more" in words(client_of(owner).get("/accounts/acme/children/"))


@pytest.mark.django_db
def test_moving_refuses_a_circle_and_can_be_undone(client_of: Any, owner: User, family: Account) -> None:
    client = client_of(owner)
    circle = client.post("/accounts/acme/parent/", {"parent": "far-north"}, headers=at("children"))
    assert circle.status_code == 422 and "would be a circle" in words(circle)
    moved = client.post("/accounts/far-north/parent/", {"parent": "acme"}, headers=at("summary", "far-north"))
    assert toast_of(moved) == "Far North moved under Acme"
    client.post(undo_in(moved))
    assert Account.objects.get(key="far-north").parent == Account.objects.get(key="north")


@pytest.mark.django_db
def test_an_account_out_of_scope_cannot_be_chosen(client_of: Any, owner: User, family: Account) -> None:
    answer = client_of(owner).post("/accounts/north/parent/", {"parent": "south"}, headers=at("children", "north"))
    assert answer.status_code == 422 and "not in your scope" in words(answer)
    assert "South" not in words(client_of(owner).get("/options/accounts/", {"q": "so"}))


@pytest.mark.django_db
def test_a_child_is_added_by_name_or_taken_from_those_here(client_of: Any, owner: User, family: Account) -> None:
    client = client_of(owner)
    assert client.post("/accounts/acme/child/", {}, headers=at("children")).status_code == 422
    assert "West" in words(client.post("/accounts/acme/child/", {"name": "West"}, headers=at("children")))
    taken = client.post("/accounts/acme/child/", {"child": "far-north"}, headers=at("children"))
    assert toast_of(taken) == "Far North moved under Acme"
