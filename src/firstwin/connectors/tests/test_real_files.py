"""The examples, on the real files they were written for. These files are not part of the project."""

import csv
import json
import os
from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from firstwin.accounts.models import Account, Person, Touch
from firstwin.connectors.actions.run_import import plan_import, run_import
from firstwin.connectors.kinds.usage import OUTSIDE
from firstwin.connectors.models import ImportRun
from firstwin.connectors.plan import Ends
from firstwin.connectors.report import Report
from firstwin.connectors.tests.files import BOOKKEEPING, counts, faults, snapshot
from firstwin.core import clock
from firstwin.revenue.models import ChurnRecord, Product, SubscriptionLine
from firstwin.support.models import Ticket
from firstwin.usage.actions.receive import bring_in
from firstwin.usage.lake.days import number_of
from firstwin.usage.lake.reading import reading
from firstwin.usage.store.models import EventName, Inbox

EXAMPLES = Path(__file__).parents[4] / "examples"
DATA = Path(os.environ.get("FIRSTWIN_TEST_DATA") or "/nonexistent")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason="FIRSTWIN_TEST_DATA does not name the folder of real files"),
]


def imported(name: str, tmp_path: Path, files: dict[str, str], ends: Ends | None = None) -> Report:
    paths = {key: DATA / path for key, path in files.items()}
    plan = plan_import(mapping=EXAMPLES / f"{name}.yaml", paths=paths, ends=ends)
    return run_import(plan=plan, by=None, now=clock.now(), rejects=tmp_path)


def asked(where: str, *columns: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("accounts", where=where, columns=",".join(columns), format="json", stdout=out)
    return list(json.loads(out.getvalue()))


def test_crm_sales(tmp_path: Path) -> None:
    files = {"accounts": "crm_sales/accounts.csv"}
    (file,) = imported("crm_sales", tmp_path, files).files
    assert counts(file) == {"read": 85, "new": 85, "linked": 15}
    assert len(asked("industry = 'technology'")) == 12
    assert asked("industry = 'technolgy'") == []
    assert [row["name"] for row in asked("country = Philippines")] == ["Bioholding"]
    (acme,) = asked("name = 'acme corporation'", "annual_revenue", "employees", "year_established", "children")
    assert acme == {
        "key": "acme-corporation",
        "annual_revenue": "1100040000.00",
        "employees": 2822,
        "year_established": 1996,
        "children": 4,
    }
    before = snapshot()
    assert counts(imported("crm_sales", tmp_path, files).files[0]) == {"read": 85, "unchanged": 85}
    assert snapshot() == before


RAVENSTACK = {
    "accounts": "ravenstack/ravenstack_accounts.csv",
    "subscriptions": "ravenstack/ravenstack_subscriptions.csv",
    "tickets": "ravenstack/ravenstack_support_tickets.csv",
    "churn": "ravenstack/ravenstack_churn_events.csv",
    "usage": "ravenstack/ravenstack_feature_usage.csv",
}
DAYS = (date(2023, 1, 1), date(2023, 6, 30), date(2024, 2, 29), date(2024, 4, 12), date(2024, 12, 31))


def facts() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the commercial and support facts, without bookkeeping."""
    found = {}
    for model in (Product, SubscriptionLine, Ticket, ChurnRecord):
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in BOOKKEEPING]
        found[model.__name__] = list(model._default_manager.order_by("pk").values_list(*names))
    return found


def in_force(on: date, *, is_inclusive: bool = False) -> dict[str, Any]:
    """What `firstwin revenue` should say of a day, from nothing but the file. Amounts of trials are 0 in it."""
    with (DATA / RAVENSTACK["subscriptions"]).open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))

    def day(said: str) -> date:
        return datetime.strptime(said, "%d-%m-%Y").date()

    def holds(row: dict[str, str]) -> bool:
        if not row["end_date"]:
            return day(row["start_date"]) <= on
        last = day(row["end_date"]) - timedelta(days=0 if is_inclusive else 1)
        return day(row["start_date"]) <= on <= last

    held = [row for row in rows if holds(row)]
    return {
        "on": on.isoformat(),
        "accounts": len({row["account_id"] for row in held}),
        "lines": len(held),
        "mrr": sum(int(row["mrr_amount"]) for row in held),
        "arr": sum(int(row["arr_amount"]) for row in held),
        "currency": "USD",
    }


def used() -> dict[tuple[str, int], int]:
    """(name of the feature, day) → how often, by the lake."""
    with reading(day_from=0, day_to=100_000, tables=["feature_days"]) as connection:
        found = connection.execute("select feature, day, sum(count)::bigint from feature_days group by all").fetchall()
    names = dict(EventName.objects.values_list("pk", "name"))
    return {(names[feature], day): count for feature, day, count in found}


def used_by_the_file() -> dict[tuple[str, int], int]:
    found: Counter[tuple[str, int]] = Counter()
    with (DATA / RAVENSTACK["usage"]).open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            day = datetime.strptime(row["usage_date"], "%d-%m-%Y").date()
            found[row["feature_name"], number_of(day)] += int(row["usage_count"])
    return {key: count for key, count in found.items() if count}


def stored(on: date) -> dict[str, Any]:
    out = StringIO()
    call_command("revenue", on=on.isoformat(), json=True, stdout=out)
    return dict(json.loads(out.getvalue()))


def test_ravenstack(tmp_path: Path) -> None:
    accounts, lines, tickets, churn, usage = imported("ravenstack", tmp_path, RAVENSTACK).files
    assert counts(accounts) == {"read": 500, "new": 500}
    assert len(asked("stated_churned = true")) == 110
    assert len(asked("plan = Enterprise")) == 154
    (first,) = asked("name = 'Company_0'", "signed_up", "stated_seats")
    assert (first["signed_up"], first["stated_seats"]) == ("2024-10-16", 9)

    assert counts(lines) == {"read": 5_000, "new": 5_000}
    assert lines.warnings == {"It starts and ends on the same day, so it is never in force.": 13}
    assert SubscriptionLine.objects.filter(is_trial=True, arr_minor=0).count() == 778
    assert set(Product.objects.values_list("name", flat=True)) == {"Basic", "Pro", "Enterprise"}
    assert [stored(day) for day in DAYS] == [in_force(day) for day in DAYS]

    assert counts(tickets) == {"read": 2_000, "new": 2_000}
    last_words = Ticket.objects.standing().filter(valid_to__isnull=True)
    assert last_words.count() == 2_000
    assert last_words.filter(csat__isnull=True).count() == 825
    assert counts(churn) == {"read": 600, "new": 600}
    assert ChurnRecord.objects.standing().filter(is_reactivation=True).count() == 61

    # Two rows say that nothing was used. Of 21 ids that stand twice both uses count, each told with its lines.
    assert counts(usage) == {"read": 25_000, "new": 24_998, "skipped": 2}
    assert sum(" its key stands on line " in says for says in usage.warnings) == 21
    assert usage.warnings[OUTSIDE] == 19_434
    assert bring_in(run=ImportRun.objects.latest("pk").pk, now=clock.now())
    assert used() == used_by_the_file()

    before = facts()
    again = imported("ravenstack", tmp_path, RAVENSTACK)
    assert [counts(file) for file in again.files[:4]] == [
        {"read": rows, "unchanged": rows} for rows in (500, 5_000, 2_000, 600)
    ]
    assert counts(again.files[4]) == {"read": 25_000, "unchanged": 24_998, "skipped": 2}
    assert not Inbox.objects.exists()
    assert facts() == before


def test_ravenstack_with_ends_that_are_last_days(tmp_path: Path) -> None:
    """Zero-day lines become lines of a day, and every line is in force a day longer."""
    lines = imported("ravenstack", tmp_path, RAVENSTACK, ends="inclusive").files[1]
    assert not lines.warnings
    assert [stored(day) for day in DAYS] == [in_force(day, is_inclusive=True) for day in DAYS]
    assert stored(DAYS[3]) != in_force(DAYS[3])


SALESFORCE = {
    "warehouse_accounts": "salesforce/sf_account_data.csv",
    "accounts": "salesforce/SALESFORCE_EXPORT_account_constructed.csv",
    "contacts": "salesforce/sf_contact_data.csv",
    "tasks": "salesforce/sf_task_data.csv",
}


def test_salesforce(tmp_path: Path) -> None:
    warehouse, export, contacts, tasks = imported("salesforce", tmp_path, SALESFORCE).files
    assert counts(warehouse) == {"read": 10, "new": 1, "skipped": 9}
    assert counts(export) == {"read": 3, "new": 1, "changed": 1, "skipped": 1, "linked": 1}
    assert counts(contacts) == {"read": 4, "rejected": 4}
    assert counts(tasks) == {"read": 10, "rejected": 10}
    # One contact is blank; the others work at accounts that are in neither account file.
    assert faults(contacts)[0] == (2, "name", "A person needs a name or a mail address.")
    assert [(line, column) for line, column, _ in faults(contacts)[1:]] == [(n, "account_id") for n in (3, 4, 5)]
    # Tasks likewise; the one of a lead has no account at all.
    assert [(line, column) for line, column, _ in faults(tasks)] == [(n, "account_id") for n in range(2, 12)]
    assert faults(tasks)[3][2] == "A touch needs an account, or a person who works at one."
    assert not Person.objects.exists() and not Touch.objects.exists()
    (acme,) = asked("children = 1", "name", "annual_revenue", "employees", "city", "country")
    assert acme["name"] == 'Acme "West", Inc.'
    assert (acme["annual_revenue"], acme["employees"]) == ("139000000.00", 1000)
    assert (acme["city"], acme["country"]) == ("São Paulo", "Brazil")
    assert Account.objects.count() == 2
    before = snapshot()
    again = imported("salesforce", tmp_path, SALESFORCE)
    assert [counts(file) for file in again.files[:2]] == [
        {"read": 10, "unchanged": 1, "skipped": 9},
        {"read": 3, "unchanged": 2, "skipped": 1},
    ]
    assert snapshot() == before
