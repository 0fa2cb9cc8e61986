"""The company is decided by seed and end day alone."""

from collections import Counter
from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

import pytest

from firstwin.core.text import slug
from firstwin.demo.cast import STAFF, colleagues
from firstwin.demo.company import LARGE, Company, Customer
from firstwin.demo.words.talk import FILL, PATTERNS
from firstwin.people.roles import Role

AS_OF = date(2026, 11, 20)


def decided(*, seed: int = 7, as_of: date = AS_OF, accounts: int = 120, first: int = 0) -> list[Customer]:
    company = Company(seed=seed, as_of=as_of, accounts=accounts, first=first)
    return [customer for block in company.blocks() for customer in block]


@pytest.fixture(scope="module")
def customers() -> list[Customer]:
    return decided(accounts=220)


def plain(customers: list[Customer]) -> list[Any]:
    return [
        (customer.script, *map(astuple, customer.touches), *map(astuple, customer.contacts)) for customer in customers
    ]


def test_the_same_seed_and_day_give_the_same_company() -> None:
    assert decided() == decided()


def test_another_seed_gives_another_company() -> None:
    assert [c.script.name for c in decided()][30:] != [c.script.name for c in decided(seed=8)][30:]


def test_a_customer_does_not_change_when_the_company_grows() -> None:
    assert plain(decided(accounts=200))[:100] == plain(decided(accounts=100))


def test_customers_added_later_are_others() -> None:
    keys = {c.human.key for customer in decided() for c in customer.contacts}
    assert not keys & {c.human.key for customer in decided(first=120) for c in customer.contacts}


def test_names_are_all_different_and_their_domains_cannot_exist(customers: list[Customer]) -> None:
    names = [slug(customer.script.name) for customer in customers]
    assert len(set(names)) == len(names)
    assert all(customer.script.domain.endswith(".example") for customer in customers)


def test_every_contact_lies_within_the_window_and_before_the_end_day(customers: list[Customer]) -> None:
    for customer in customers:
        for said in customer.touches:
            assert customer.script.recorded_on - timedelta(days=4) <= said.occurred_at.date() < AS_OF
            assert said.occurred_at < said.recorded_at
            assert said.recorded_at.date() < AS_OF


def test_those_who_took_part_were_known_to_work_there(customers: list[Customer]) -> None:
    for customer in customers:
        there = {contact.human.key: contact for contact in customer.contacts}
        for said in customer.touches:
            assert all(there[key].is_there(said.occurred_at.date()) for key in said.attendees)


def test_nobody_is_at_one_customer_twice_at_once(customers: list[Customer]) -> None:
    for customer in customers:
        present = Counter(contact.human.key for contact in customer.contacts if contact.left_on is None)
        assert all(count == 1 for count in present.values())


def test_groups_have_no_circles_and_some_are_three_deep(customers: list[Customer]) -> None:
    parents = {customer.script.number: customer.script.parent for customer in customers}
    depths = [_depth(number, parents) for number in parents]
    assert max(depths) == 2
    assert sum(depth > 0 for depth in depths) > 25


def _depth(number: int, parents: dict[int, int | None]) -> int:
    seen, depth = {number}, 0
    while (above := parents[number]) is not None:
        assert above not in seen
        seen.add(above)
        number, depth = above, depth + 1
    return depth


def test_people_leave_are_followed_and_move(customers: list[Customer]) -> None:
    contacts = [contact for customer in customers for contact in customer.contacts]
    assert any(contact.left_on for contact in contacts)
    assert any(contact.moved_from for contact in contacts)


def test_owners_change_and_some_accounts_have_none(customers: list[Customer]) -> None:
    named = [[stint for stint in customer.stints if stint.kind == "named"] for customer in customers]
    assert any(len(stints) > 1 for stints in named)
    assert any(stints[-1].ends_on for stints in named)
    assert {stint.kind for customer in customers for stint in customer.stints} == {
        "named",
        "co_owner",
        "pooled",
        "cover",
    }


def test_the_team_is_as_told() -> None:
    roles = Counter(who.role for who in STAFF)
    assert roles == {Role.ADMIN: 1, Role.OPERATIONS: 1, Role.MANAGER: 2, Role.CSM: 9, Role.VIEWER: 1}
    assert sum(who.left is not None for who in STAFF) == 1
    emails = [who.email for who in colleagues(100_000)]
    assert len(set(emails)) == len(emails)


def test_there_are_many_ways_to_say_things() -> None:
    patterns = [pattern for some in PATTERNS.values() for pattern in some]
    assert len({pattern.summary for pattern in patterns}) >= 150
    known = dict.fromkeys(
        (*FILL, "who", "other", "city", "account", "left", "owner", "few", "some", "many", "pct", "pct2"), "x" * 40
    )
    for pattern in patterns:
        assert pattern.summary.format_map(known)
        assert len(pattern.next_step.format_map(known)) <= 300


def test_a_large_company_has_four_people_and_seven_contacts_each() -> None:
    company = Company(seed=7, as_of=AS_OF, accounts=LARGE)
    block = next(company.blocks())
    assert 3.2 < sum(len(customer.contacts) for customer in block) / len(block) < 5
    assert 5.5 < sum(len(customer.touches) for customer in block[20:]) / len(block[20:]) < 9
