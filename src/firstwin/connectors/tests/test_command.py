"""`firstwin import` as people run it: exit codes, the report, the folder of rejected rows."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from firstwin.connectors.tests.files import ACCOUNTS, Desk

HEAD = "id,name,country,employees,tags\n"


def run(desk: Desk, *options: str) -> tuple[int, str]:
    """(exit code, what it printed)."""
    (desk.folder / "mapping.yaml").write_text(ACCOUNTS)
    out = StringIO()
    try:
        call_command("import", str(desk.folder / "mapping.yaml"), *options, stdout=out)
    except CommandError as problem:
        return problem.returncode, str(problem)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_all_good(desk: Desk) -> None:
    desk.put(accounts=HEAD + "1,Acme,DE,12,\n")
    code, said = run(desk)
    assert code == 0
    assert said.startswith("accounts (accounts.csv): 1 row: 1 new.\n")


def test_some_rejected(desk: Desk) -> None:
    desk.put(accounts=HEAD + "1,Acme,DE,twelve,\n")
    rejects = desk.folder / "back"
    code, said = run(desk, "--rejects", str(rejects))
    assert code == 1
    assert "line 2, employees: 'twelve': 'twelve' is not a number such as 1234.5 or 1,234.5." in said
    assert (rejects / "accounts.csv").exists()


def test_unusable(desk: Desk) -> None:
    code, said = run(desk)
    assert (code, said) == (2, "mapping.yaml: accounts.csv cannot be read: No such file or directory.")
    desk.put(accounts=HEAD)
    assert run(desk, "--file", "nonsense") == (2, "mapping.yaml: --file takes NAME=PATH, not 'nonsense'.")
    code, said = run(desk, "--file", f"acounts={desk.folder / 'accounts.csv'}")
    assert (code, said) == (2, "mapping.yaml: The mapping has no file called 'acounts'.")


def test_as_json(desk: Desk) -> None:
    desk.put(accounts=HEAD + "1,Acme,DE,twelve,\n")
    code, said = run(desk, "--json", "--dry-run", "--source", "other")
    report: dict[str, Any] = json.loads(said)
    assert (code, report["dry_run"], report["source"]) == (1, True, "other")
    assert report["files"][0]["faults"] == [
        {
            "line": 2,
            "column": "employees",
            "value": "twelve",
            "reason": "'twelve' is not a number such as 1234.5 or 1,234.5.",
        }
    ]


def answer(command: str, *options: str) -> str:
    out = StringIO()
    call_command(command, *options, stdout=out)
    return out.getvalue()


def test_questions_are_answered_on_what_came_in(desk: Desk) -> None:
    desk.put(accounts=HEAD + '1,Acme,DE,12,vip\n2,=Zen,FR,3,\n3,"O, Ltd",DE,,\n')
    run(desk)
    csv = answer("accounts", "--where", "country = DE", "--columns", "name,employees", "--format", "csv")
    assert csv == 'key,name,employees\nacme,Acme,12\no-ltd,"O, Ltd",\n'.replace("\n", "\r\n")
    assert "'=Zen" in answer("accounts", "--format", "csv", "--columns", "name")
    by_size = json.loads(answer("accounts", "--sort=-employees", "--format", "json", "--limit", "1"))
    assert [row["key"] for row in by_size] == ["acme"]
    assert json.loads(answer("accounts", "--where", "country = XX", "--format", "json")) == []
    assert answer("accounts", "--where", "tags has vip").endswith("1 account\n")
    with pytest.raises(CommandError, match="Did you mean country"):
        answer("accounts", "--where", "contry = DE")
    with pytest.raises(CommandError, match="no field 'nme'"):
        answer("accounts", "--columns", "nme")


def test_one_account_in_full(desk: Desk) -> None:
    desk.put(accounts=HEAD + "1,Acme,DE,12,vip\n")
    run(desk)
    found = json.loads(answer("account", "acme", "--json"))
    assert (found["tags"], found["attributes"]["country"]["value"]) == (["vip"], "DE")
    assert found["external_ids"][0]["id"] == "1"
    assert {"finding": "Nobody owns this account", "remedy": "Assign an owner"} in found["quality"]
    past = json.loads(answer("account", "acme", "--json", "--as-of", "2020-01-01"))
    assert past["attributes"] == {} and "quality" not in past
    with pytest.raises(CommandError, match="no such account"):
        answer("account", "nobody")
    with pytest.raises(CommandError, match="is not a day"):
        answer("account", "acme", "--as-of", "soon")
