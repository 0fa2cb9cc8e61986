"""Kill an import at every failpoint and at every pass of it, run it again, and tell what each left behind.

    python -m firstwin.connectors.tests.killing FOLDER [first]     first: only at the first pass of each point

Runs outside of pytest: every import is a process of its own, forked from one that has never opened the database, so
that `kill -9` is what it says. Prints one JSON object per kill.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django

POINTS = (
    "import.opened",
    "import.defined",
    "receive.accounts.opened",
    "receive.accounts.stated",
    "receive.people.added",
    "receive.memberships.stated",
    "receive.touches.logged",
    "receive.parents.linked",
    "import.slice.before_commit",
    "import.slice.after_commit",
    "import.finish.before_commit",
    "import.finish.after_commit",
)

MAPPING = """
source: crm
attributes: [{key: plan, label: Plan, kind: text}]
files:
  - name: accounts
    kind: accounts
    path: accounts.csv
    key: id
    known_at: at
    fields: {name: name, plan: plan, tags: tag, parent: parent}
  - name: people
    kind: people
    path: people.csv
    key: id
    known_at: at
    fields: {name: name, email: email, account: account, roles: role}
  - name: touches
    kind: touches
    path: touches.csv
    key: id
    known_at: at
    fields: {account: account, attendees: {column: with, by: external_id}, occurred_at: at, kind: {constant: call},
             direction: {constant: both}, summary: {constant: Call}}
"""
ROWS = 6
SLICE = 3


def write_files(folder: Path) -> None:
    at = "2024-05-0{}T10:00:00Z"
    accounts = [f"A{n},Company {n},p{n % 3},t{n % 2},{f'A{n // 2}' if n else ''},{at.format(1)}" for n in range(ROWS)]
    people = [f"P{n},Person {n},p{n}@x.example,A{n % 5},sponsor,{at.format(2)}" for n in range(ROWS)]
    touches = [f"T{n},A{n % 4},P{n},{at.format(1 + n % 9)}" for n in range(ROWS)]
    for name, head, rows in (
        ("accounts", "id,name,plan,tag,parent,at", accounts),
        ("people", "id,name,email,account,role,at", people),
        ("touches", "id,account,with,at", touches),
    ):
        (folder / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n")
    (folder / "mapping.yaml").write_text(MAPPING)


def run_here(folder: Path) -> None:
    from firstwin.connectors import pace
    from firstwin.connectors.actions.run_import import plan_import, run_import
    from firstwin.core import clock

    pace.SMALLEST = pace.LARGEST = pace.MOST_RECORDS = pace.START = SLICE
    plan = plan_import(mapping=folder / "mapping.yaml", paths={})
    run_import(plan=plan, by=None, now=clock.now(), rejects=folder / "rejects")


LEFT_OUT = {"id", "recorded_at", "seen_at", "stated_at", "refreshed_at", "subject", "known_until"}
"""Moments of the run itself, and random keys."""


def content() -> list[str]:
    """Every fact and list row, with names in the place of numbers."""
    from django.apps import apps

    from firstwin.accounts.models import Account, Attribute, Person, Tag, Touch

    names: dict[str, dict[Any, Any]] = {
        "account_id": dict(Account.objects.values_list("pk", "key")),
        "person_id": dict(Person.objects.values_list("pk", "email")),
        "attribute_id": dict(Attribute.objects.values_list("pk", "key")),
        "tag_id": dict(Tag.objects.values_list("pk", "name")),
        "touch_id": dict(Touch.objects.values_list("pk", "external_id")),
    }
    names["parent_id"] = names["account_id"]
    found = []
    for model in apps.get_app_config("accounts").get_models():
        label = model._meta.model_name
        left_out = LEFT_OUT | ({"key"} if label in {"person", "touch"} else set())
        fields = [f.attname for f in model._meta.concrete_fields if f.attname not in left_out]
        for row in model._default_manager.values(*fields):
            told = {name: names[name].get(value) if name in names else value for name, value in row.items()}
            found.append(f"{label} {sorted((name, repr(value)) for name, value in told.items())}")
    return sorted(found)


def forked(work: Callable[[], Any]) -> tuple[int, Any]:
    """(wait status, what `work` returned), done in a process of its own."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        code = 1
        try:
            os.write(writer, json.dumps(work()).encode()[: 1 << 16])
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    return status, json.loads(said) if said else None


def digest() -> str:
    import hashlib

    return hashlib.sha256("\n".join(content()).encode()).hexdigest()


class Base:
    """A migrated, empty database to start from, again and again."""

    def __init__(self, folder: Path) -> None:
        from django.conf import settings

        self._settings = settings.DATABASES["default"]
        self._is_sqlite = "sqlite" in self._settings["ENGINE"]
        self._empty = folder / "empty.sqlite3"
        self._name = self._settings["NAME"]
        if not self._is_sqlite:
            self._settings["NAME"] = self._name = f"{self._name}_killing"
            self._admin(f'drop database if exists "{self._name}"', f'create database "{self._name}"')
        forked(self._migrate)
        if self._is_sqlite:
            shutil.copy(self._name, self._empty)
        else:
            self._admin(
                f'drop database if exists "{self._name}_empty"',
                f'create database "{self._name}_empty" template "{self._name}"',
            )

    def reset(self) -> None:
        if self._is_sqlite:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._name}{suffix}").unlink(missing_ok=True)
            shutil.copy(self._empty, self._name)
        else:
            self._admin(
                f'drop database if exists "{self._name}" with (force)',
                f'create database "{self._name}" template "{self._name}_empty"',
            )

    def _migrate(self) -> None:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from django.db import connection

        connection.close()

    def _admin(self, *statements: str) -> None:
        import psycopg

        url = os.environ["FIRSTWIN_DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


def _run_and_tell(folder: Path) -> str:
    run_here(folder)
    return digest()


def kills(folder: Path, base: Base, *, only_first: bool) -> Iterator[dict[str, Any]]:
    for point in POINTS:
        k = 0
        is_hit = True
        while is_hit and not (only_first and k):
            k += 1
            base.reset()
            os.environ["FAILPOINT"] = f"{point}:{k}"
            status, _ = forked(lambda: run_here(folder))
            del os.environ["FAILPOINT"]
            is_hit = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            again, said = forked(lambda: _run_and_tell(folder))
            yield {"point": point, "k": k, "is_hit": is_hit, "again": again, "digest": said, "status": status}


def _line(said: dict[str, Any]) -> str:
    return json.dumps(said) + "\n"


def main() -> None:
    folder = Path(sys.argv[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    django.setup()
    import firstwin.connectors.actions.run_import  # noqa: F401 - once here, not in every fork

    write_files(folder)
    base = Base(folder)
    base.reset()
    sys.stdout.write(_line({"status": forked(lambda: run_here(folder))[0], "digest": forked(digest)[1]}))
    for kill in kills(folder, base, only_first=sys.argv[2:] == ["first"]):
        sys.stdout.write(_line(kill))


if __name__ == "__main__":
    main()
