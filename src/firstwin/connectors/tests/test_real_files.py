"""The examples, on the real files they were written for. These files are not part of the project."""

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from firstwin.accounts.models import Account, Person, Touch
from firstwin.connectors.actions.run_import import plan_import, run_import
from firstwin.connectors.report import Report
from firstwin.connectors.tests.files import counts, faults, snapshot
from firstwin.core import clock

EXAMPLES = Path(__file__).parents[4] / "examples"
DATA = Path(os.environ.get("FIRSTWIN_TEST_DATA") or "/nonexistent")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason="FIRSTWIN_TEST_DATA does not name the folder of real files"),
]


def imported(name: str, tmp_path: Path, **files: str) -> Report:
    paths = {key: DATA / path for key, path in files.items()}
    plan = plan_import(mapping=EXAMPLES / f"{name}.yaml", paths=paths)
    return run_import(plan=plan, by=None, now=clock.now(), rejects=tmp_path)


def asked(where: str, *columns: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("accounts", where=where, columns=",".join(columns), format="json", stdout=out)
    return list(json.loads(out.getvalue()))


def test_crm_sales(tmp_path: Path) -> None:
    files = {"accounts": "crm_sales/accounts.csv"}
    (file,) = imported("crm_sales", tmp_path, **files).files
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
    assert counts(imported("crm_sales", tmp_path, **files).files[0]) == {"read": 85, "unchanged": 85}
    assert snapshot() == before


def test_ravenstack_accounts(tmp_path: Path) -> None:
    (file,) = imported("ravenstack_accounts", tmp_path, accounts="ravenstack/ravenstack_accounts.csv").files
    assert counts(file) == {"read": 500, "new": 500}
    assert len(asked("churned = true")) == 110
    assert len(asked("on_trial = true")) == 97
    assert len(asked("plan = Enterprise")) == 154
    assert len(asked("country = 'United Kingdom' and industry = 'DevTools'")) > 0
    (first,) = asked("name = 'Company_0'", "customer_since", "seats")
    assert (first["customer_since"], first["seats"]) == ("2024-10-16", 9)


SALESFORCE = {
    "warehouse_accounts": "salesforce/sf_account_data.csv",
    "accounts": "salesforce/SALESFORCE_EXPORT_account_constructed.csv",
    "contacts": "salesforce/sf_contact_data.csv",
    "tasks": "salesforce/sf_task_data.csv",
}


def test_salesforce(tmp_path: Path) -> None:
    warehouse, export, contacts, tasks = imported("salesforce", tmp_path, **SALESFORCE).files
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
    again = imported("salesforce", tmp_path, **SALESFORCE)
    assert [counts(file) for file in again.files[:2]] == [
        {"read": 10, "unchanged": 1, "skipped": 9},
        {"read": 3, "unchanged": 2, "skipped": 1},
    ]
    assert snapshot() == before
