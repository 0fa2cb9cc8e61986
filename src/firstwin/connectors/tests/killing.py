"""Kill an import, or its undoing, at every failpoint and every pass of it; go on, or undo; tell what each left behind.

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
from tests.template import copy_migrated, migrated_database

POINTS = (
    "stage.copied",
    "stage.moved",
    "import.opened",
    "import.defined",
    "receive.accounts.opened",
    "receive.accounts.stated",
    "receive.people.added",
    "receive.memberships.stated",
    "receive.touches.logged",
    "receive.parents.linked",
    "receive.lines.stored",
    "import.slice.before_commit",
    "import.slice.after_commit",
    "import.finish.before_commit",
    "import.finish.after_commit",
)
UNDO_POINTS = (
    "undo.opened",
    "undo.slice.before_commit",
    "undo.slice.after_commit",
    "undo.finish.before_commit",
    "undo.finish.after_commit",
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
LINES = (
    MAPPING
    + """
  - name: lines
    kind: lines
    path: lines.csv
    key: id
    fields: {account: account, product: product, starts_on: start, ends_on: end, quantity: seats,
             amount: {column: amount, per: month}, currency: {constant: USD}}
"""
)
ROWS = 6
SLICE = 3


def write_files(folder: Path) -> None:
    at = "2024-05-0{}T10:00:00Z"
    accounts = [f"A{n},Company {n},p{n % 3},t{n % 2},{f'A{n // 2}' if n else ''},{at.format(1)}" for n in range(ROWS)]
    people = [f"P{n},Person {n},p{n}@x.example,A{n % 5},sponsor,{at.format(2)}" for n in range(ROWS)]
    touches = [f"T{n},A{n % 4},P{n},{at.format(1 + n % 9)}" for n in range(ROWS)]
    lines = [f"L{n},A{n % 4},Core {n % 2},2024-01-0{1 + n},2025-01-01,{n},10{n}" for n in range(ROWS)]
    for name, head, rows in (
        ("accounts", "id,name,plan,tag,parent,at", accounts),
        ("people", "id,name,email,account,role,at", people),
        ("touches", "id,account,with,at", touches),
        ("lines", "id,account,product,start,end,seats,amount", lines),
    ):
        (folder / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n")
    (folder / "mapping.yaml").write_text(LINES)


def small_slices() -> None:
    from firstwin.core import pace

    pace.SMALLEST = pace.LARGEST = pace.MOST_RECORDS = pace.START = SLICE


def run_here(folder: Path) -> None:
    from firstwin.connectors.actions.run_import import plan_import, run_import
    from firstwin.core import clock

    small_slices()
    plan = plan_import(mapping=folder / "mapping.yaml", paths={})
    run_import(plan=plan, by=None, now=clock.now(), rejects=folder / "rejects")


def go_on(folder: Path) -> None:
    """Bring what was cut off to its end: the run from its stage; where it never came to be, the import once more."""
    from firstwin.connectors.actions.run_import import run_staged
    from firstwin.connectors.models import ImportRun, State
    from firstwin.core import clock

    small_slices()
    run = ImportRun.objects.last()
    if run is None:
        run_here(folder)
    elif run.state != State.FINISHED:
        run_staged(run.pk, now=clock.now())


def undo_here(folder: Path) -> None:
    from firstwin.connectors.actions.undo_import import run_undo, undo_import
    from firstwin.connectors.models import ImportRun, State
    from firstwin.core import clock

    small_slices()
    run = ImportRun.objects.last()
    if run is None or run.state == State.UNDONE:
        return
    if run.state != State.UNDOING:
        undo_import(by=None, run=run, now=clock.now(), is_enqueued=False)
    run_undo(run.pk, now=clock.now())


def problems() -> list[str]:
    """What `firstwin verify` finds."""
    from firstwin.core import clock
    from firstwin.core.invariants import verify

    return [text for finding in verify(now=clock.now()) for text in finding.problems]


LEFT_OUT = {
    "id", "recorded_at", "seen_at", "stated_at", "refreshed_at", "subject", "known_until", "known_at", "revision",
    "origin_run",
}  # fmt: skip
"""Moments of the run itself, and random keys."""


def content() -> list[str]:
    """Every fact and list row, with names in the place of numbers."""
    from django.apps import apps

    from firstwin.accounts.models import Account, Attribute, Person, Tag, Touch
    from firstwin.revenue.models import Product

    names: dict[str, dict[Any, Any]] = {
        "account_id": dict(Account.objects.values_list("pk", "key")),
        "person_id": dict(Person.objects.values_list("pk", "email")),
        "attribute_id": dict(Attribute.objects.values_list("pk", "key")),
        "tag_id": dict(Tag.objects.values_list("pk", "name")),
        "product_id": dict(Product.objects.values_list("pk", "name")),
        "touch_id": dict(Touch.objects.values_list("pk", "external_id")),
    }
    names["parent_id"] = names["account_id"]
    found = []
    rooms = [apps.get_app_config(room) for room in ("accounts", "revenue")]
    for model in (model for room in rooms for model in room.get_models()):
        label = model._meta.model_name
        left_out = LEFT_OUT | ({"key"} if label in {"person", "touch"} else set())
        fields = [f.attname for f in model._meta.concrete_fields if f.attname not in left_out]
        for row in model._default_manager.values(*fields):
            told = {name: names[name].get(value) if name in names else value for name, value in row.items()}
            found.append(f"{label} {sorted((name, repr(value)) for name, value in told.items())}")
    return sorted(found)


def started(work: Callable[[], Any]) -> Callable[[], tuple[int, Any]]:
    """Begin `work` in a process of its own. What is returned waits for it: (wait status, what `work` returned)."""
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

    def ended() -> tuple[int, Any]:
        with os.fdopen(reader, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(pid, 0)
        return status, json.loads(said) if said else None

    return ended


def forked(work: Callable[[], Any]) -> tuple[int, Any]:
    """(wait status, what `work` returned), done in a process of its own."""
    return started(work)()


def digest() -> str:
    import hashlib

    return hashlib.sha256("\n".join(content()).encode()).hexdigest()


class Base:
    """A migrated, empty database to start from, again and again."""

    def __init__(self, folder: Path) -> None:
        from django.conf import settings

        self._settings = settings.DATABASES["default"]
        self._is_sqlite = "sqlite" in self._settings["ENGINE"]
        self._folder = folder
        self._name = self._settings["NAME"]
        if not self._is_sqlite:
            self._settings["NAME"] = self._name = f"{self._name}_killing_{os.getpid()}"
            self._admin(f'create database "{self._name}" template "{migrated_database()}"')
        else:
            copy_migrated(Path(self._name).parent)
        forked(self._prepare)
        self._keep("empty")

    def keep_full(self) -> None:
        """What stands now is what `reset(is_full=True)` brings back."""
        self._keep("full")

    def reset(self, *, is_full: bool = False) -> None:
        from django.conf import settings

        kept = "full" if is_full else "empty"
        if self._is_sqlite:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._name}{suffix}").unlink(missing_ok=True)
            shutil.copy(self._folder / f"{kept}.sqlite3", self._name)
        else:
            self._admin(
                f'drop database if exists "{self._name}" with (force)',
                f'create database "{self._name}" template "{self._name}_{kept}"',
            )
        if not is_full:
            shutil.rmtree(settings.ENV.home / "imports", ignore_errors=True)

    def _keep(self, kept: str) -> None:
        if self._is_sqlite:
            forked(self._checkpoint)
            shutil.copy(self._name, self._folder / f"{kept}.sqlite3")
        else:
            self._admin(
                f'drop database if exists "{self._name}_{kept}"',
                f'create database "{self._name}_{kept}" template "{self._name}"',
            )

    def _checkpoint(self) -> None:
        """Bring all of it into the one file that is copied."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("pragma wal_checkpoint(truncate)")
        connection.close()

    def _prepare(self) -> None:
        """Add what is to be there from the start."""

    def _admin(self, *statements: str) -> None:
        import psycopg

        url = os.environ["FIRSTWIN_DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


def _and_tell(work: Callable[[Path], None], folder: Path) -> dict[str, Any]:
    work(folder)
    return {"digest": digest(), "problems": problems()}


def kills(folder: Path, base: Base, *, only_first: bool) -> Iterator[dict[str, Any]]:
    for points, cut, ends in (
        (POINTS, run_here, {"goes on": go_on, "is undone": undo_here}),
        (UNDO_POINTS, undo_here, {"is undone": undo_here}),
    ):
        for point in points:
            for how, end in ends.items():
                yield from _kills_at(point, how, cut, end, folder, base, only_first=only_first)


def _kills_at(
    point: str,
    how: str,
    cut: Callable[[Path], None],
    end: Callable[[Path], None],
    folder: Path,
    base: Base,
    *,
    only_first: bool,
) -> Iterator[dict[str, Any]]:
    k, is_hit = 0, True
    while is_hit and not (only_first and k):
        k += 1
        base.reset(is_full=cut is undo_here)
        os.environ["FAILPOINT"] = f"{point}:{k}"
        status, _ = forked(lambda: cut(folder))
        del os.environ["FAILPOINT"]
        is_hit = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        again, said = forked(lambda: _and_tell(end, folder))
        yield {"point": point, "k": k, "how": how, "is_hit": is_hit, "status": status, "again": again, **(said or {})}


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
    empty = forked(digest)[1]
    status, whole = forked(lambda: _and_tell(run_here, folder))
    base.keep_full()
    sys.stdout.write(_line({"status": status, "empty": empty, **(whole or {})}))
    for kill in kills(folder, base, only_first=sys.argv[2:] == ["first"]):
        sys.stdout.write(_line(kill))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
