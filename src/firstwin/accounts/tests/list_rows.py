"""List rows straight into their table: for tests of the list that need many and odd ones."""

import random
from datetime import date, timedelta
from typing import Any

from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.models.now import PUBLISHED_COLUMNS
from firstwin.accounts.tests.fixtures import NOW
from firstwin.core.text import fold
from firstwin.people.models import User

TODAY = NOW.date()
NAMES = ["Alder", "alder", "Ätna", "Åland", "Zoë", "B & Söhne", "100% Ltd", "O'Neil", "Ōtori", "ß-Werk", "_x", "日本"]


def make_rows(count: int, *, owners: list[User], seed: int = 1) -> None:
    """`count` accounts with many duplicates and many missing values."""
    dice = random.Random(seed)
    accounts = Account.objects.bulk_create(
        [Account(key=f"row-{n}", name=dice.choice(NAMES), recorded_at=NOW) for n in range(count)]
    )
    AccountNow.objects.bulk_create([_row(account, owners, dice) for account in accounts])


def _row(account: Account, owners: list[User], dice: random.Random) -> AccountNow:
    def maybe(value: Any) -> Any:
        return value if dice.random() < 0.6 else None

    owner = maybe(dice.choice(owners)) if owners else None
    parent = maybe(dice.choice(NAMES))
    industry, employees = maybe(dice.choice(["Retail", "energy", "Énergie"])), maybe(dice.choice([0, 5, 5.5, -3, 2e9]))
    since = maybe(_day(dice, 2000))
    return AccountNow(
        account=account,
        key=account.key,
        name=account.name,
        name_folded=fold(account.name),
        search_text=fold(f"{account.name} {account.key}"),
        owner=owner,
        owner_name=owner.name if owner else None,
        owner_name_folded=fold(owner.name) if owner else None,
        parent_name=parent,
        parent_name_folded=fold(parent) if parent else None,
        children_count=dice.randrange(3),
        people_count=dice.randrange(3),
        roles_covered=dice.randrange(5),
        last_touch_on=maybe(_day(dice, 9)),
        last_two_way_on=maybe(_day(dice, 9)),
        next_step_on=maybe(_day(dice, 9)),
        issue_count=dice.randrange(3),
        added_on=_day(dice, 9),
        attributes={k: v for k, v in {"industry": industry, "employees": employees}.items() if v is not None},
        text_01=fold(industry) if industry else None,
        number_01=employees,
        day_01=since,
        **_published(dice),
        revision=1,
        refreshed_at=NOW,
    )


def _published(dice: random.Random) -> dict[str, Any]:
    """What rooms below publish: many the same, many missing, some below zero."""
    found: dict[str, Any] = {}
    for name in PUBLISHED_COLUMNS:
        kind = AccountNow._meta.get_field(name).get_internal_type()
        value: Any = dice.choice([0, 1, 5, -3, 2**40]) if kind == "BigIntegerField" else dice.randrange(4)
        if kind == "DateField":
            value = _day(dice, 9)
        elif kind == "FloatField":
            value = dice.randrange(5) / 4
        elif kind == "BooleanField":
            value = dice.random() < 0.5
        elif kind in {"CharField", "TextField"}:
            value = dice.choice(["trial", "customer", "churned"])
        found[name] = value if dice.random() < 0.6 else None
    return found


def _day(dice: random.Random, days: int) -> date:
    return TODAY - timedelta(days=dice.randrange(days))
