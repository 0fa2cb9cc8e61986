"""Whole installations backed up and brought back, into the same database and into the other one."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.template import made_once

from firstwin import __version__
from firstwin.core.tests.installations import (
    ODDITIES,
    ROOT,
    Installation,
    is_on_postgresql,
    on_postgresql,
    on_sqlite,
)
from firstwin.outreach.tests.postbox import postbox

New = Callable[[Path, str], Installation]

KEY = {"FIRSTWIN_SECRET_KEY": "of the installation that was backed up"}


def _sqlite(home: Path, name: str) -> Installation:
    return on_sqlite(home)


def _here(home: Path, name: str, *, is_migrated: bool = False) -> Installation:
    """On the database the tests run on."""
    if is_on_postgresql():
        return on_postgresql(home, name, is_migrated=is_migrated)
    return on_sqlite(home, is_migrated=is_migrated)


def _backed_up(folder: Path) -> None:
    made = on_sqlite(folder / "home", is_migrated=True)
    made.must("demo", "--accounts", "30", **KEY)
    made.python(ODDITIES, FIRSTWIN_MAIL_URL="smtp://127.0.0.1:1", **KEY)
    path = folder / "backup"
    said = json.loads(made.must("backup", str(path), "--with-secret-key", "--json", **KEY))
    assert (said["missed"], said["left_out"]) == ([], [])
    assert [kept.name for kept in (path / "files").rglob("*") if kept.is_file()] == ["odd.txt"]
    (folder / "content.json").write_text(json.dumps(made.content()))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A small made-up company with odd values, on SQLite."""
    home = tmp_path_factory.mktemp("company") / "home"
    shutil.copytree(made_once("backed_up", _backed_up) / "home", home)
    return on_sqlite(home)


@pytest.fixture(scope="module")
def backup() -> Path:
    """Of the company. Only to be read."""
    return made_once("backed_up", _backed_up) / "backup"


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    """What the company held when it was backed up."""
    found: dict[str, Any] = json.loads((made_once("backed_up", _backed_up) / "content.json").read_text())
    return found


@pytest.mark.once
def test_every_value_survives_on_every_way(
    company: Installation, content: dict[str, Any], backup: Path, tmp_path: Path
) -> None:
    """SQLite → SQLite; with PostgreSQL: SQLite → PostgreSQL → PostgreSQL → SQLite."""
    path = backup
    ways: list[New] = [_sqlite] if not is_on_postgresql() else [on_postgresql, on_postgresql, _sqlite]
    for turn, new in enumerate(ways):
        there = new(tmp_path / f"home{turn}", f"firstwin_turn{turn}")
        said = json.loads(there.must("restore", str(path), "--json"))
        assert (said["problems"], said["rounded"]) == ([], [])
        assert there.content() == content
        assert [p.read_bytes() for p in (there.home / "files").rglob("*.txt")] == [b"odd"]
        assert (there.home / "secret_key").read_text() == KEY["FIRSTWIN_SECRET_KEY"]
        path = tmp_path / f"backup{turn}"
        there.must("backup", str(path), "--with-secret-key")
    _works(there, company.home)
    _numbers_go_on(there, company)


def _works(there: Installation, home: Path) -> None:
    """People sign in and find their accounts, and find them by a word."""
    email, password = (home / "demo_sign_in").read_text().split("\n")[0].removeprefix("Sign in as ").split(" / ")
    said = there.python(
        "from django.conf import settings\n"
        "settings.STORAGES['staticfiles']['BACKEND'] = 'django.contrib.staticfiles.storage.StaticFilesStorage'\n"
        "from django.test import Client\n"
        "from firstwin.accounts.models import Account\n"
        "browser = Client(HTTP_HOST='localhost')\n"
        f"browser.post('/sign-in/', {{'login': {email!r}, 'password': {password!r}}})\n"
        "name = Account.objects.filter(removed_at=None).order_by('pk').first().name\n"
        "page = browser.get('/accounts/')\n"
        "found = browser.get('/accounts/', {'q': name})\n"
        "said = [page.status_code, page.content.decode().count('<tr'), found.status_code]\n"
        "from html import escape\n"
        "said.append(escape(name) in found.content.decode())"
    )
    assert (said[0], said[1] > 10, said[2], said[3]) == (200, True, 200, True)


def _numbers_go_on(there: Installation, company: Installation) -> None:
    """A number that was given once is not given again, even where its row is gone."""
    code = (
        "from firstwin.accounts.actions.open_account import open_account\nfrom firstwin.core import clock\n"
        "said = open_account(by=None, name='Next', now=clock.now()).pk"
    )
    assert there.python(code) == company.python(code, **KEY)


@pytest.mark.once
def test_nothing_is_sent_from_a_restored_installation_until_it_is_released(backup: Path, tmp_path: Path) -> None:
    there = _here(tmp_path / "home", "firstwin_held")
    with postbox() as (box, port):
        mail = {"FIRSTWIN_MAIL_URL": f"smtp://127.0.0.1:{port}"}
        assert "until `firstwin release`" in there.must("restore", str(backup))
        there.python(
            "from firstwin.core import clock\nfrom firstwin.outreach.actions.messages import post_message\n"
            "said = post_message(kind='test', to='after@example.com', subject='After', text='T', key='after', "
            "now=clock.now()).pk",
            **mail,
        )
        there.must("worker", "--once", **mail)
        assert box.letters == []
        assert "1 message will be sent, 1 message to decide about" in there.must("release", **mail)
        assert there.run("release").returncode == 1
        there.python(
            "from datetime import timedelta\nfrom firstwin.core import clock\n"
            "from firstwin.outreach.actions.messages import pick_up_waiting\n"
            "said = pick_up_waiting(now=clock.now() + timedelta(minutes=5))"
        )
        there.must("worker", "--once", **mail)
        assert [letter.rcpt_tos for letter in box.letters] == [["after@example.com"]]


@pytest.mark.once
def test_a_backup_goes_only_into_an_empty_installation(company: Installation, backup: Path, tmp_path: Path) -> None:
    before = company.content()
    refused = company.run("restore", str(backup), **KEY)
    assert (refused.returncode, "an installation here already" in refused.stderr) == (1, True)
    assert company.content() == before
    there = on_sqlite(tmp_path / "home")
    (there.home / "files").mkdir(parents=True)
    (there.home / "files/theirs.txt").write_text("theirs")
    refused = there.run("restore", str(backup))
    assert (refused.returncode, "is not empty" in refused.stderr) == (1, True)
    assert (there.home / "files/theirs.txt").read_text() == "theirs"


@pytest.mark.once
def test_a_backup_that_does_not_fit_is_refused_with_both_sides_named(backup: Path, tmp_path: Path) -> None:
    there = on_sqlite(tmp_path / "home")
    refused = there.run("restore", str(backup), FIRSTWIN_CURRENCY="EUR")
    assert (refused.returncode, "FIRSTWIN_CURRENCY=USD, and here it is EUR" in refused.stderr) == (1, True)
    newer = tmp_path / "newer"
    shutil.copytree(backup, newer)
    there.python(
        "from dataclasses import replace\nfrom pathlib import Path\n"
        "from firstwin.core.backup.manifest import read_manifest, write_manifest\n"
        f"at = Path({str(newer)!r})\nmade = read_manifest(at)\n"
        "more = (*made.migrations, ('core', '9999_later'))\n"
        "write_manifest(replace(made, migrations=more, version='7.1'), at)\nsaid = 1"
    )
    refused = there.run("restore", str(newer))
    assert refused.returncode == 1
    assert "made by 7.1 and has core.9999_later" in refused.stderr
    assert f"this is {__version__}" in refused.stderr
    assert json.loads(there.must("restore", str(backup), "--check", "--json"))["is_whole"]
    assert there.python("from django.db import connection\nsaid = connection.introspection.table_names()") == []


WRITE = """
import itertools, os, sys, time
import django; django.setup()
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.set_parent import set_parent
from firstwin.core import clock
last = None
for number in itertools.count():
    account = open_account(by=None, name=f"Written {number}", now=clock.now(), parent=last, tags=["new"])
    last = account if number % 5 else None
    print(number, flush=True)
"""


def test_a_backup_made_while_people_write_shows_one_moment(company: Installation, tmp_path: Path) -> None:
    there = _here(tmp_path / "busy", "firstwin_busy", is_migrated=True)
    shutil.copytree(company.home, there.home, dirs_exist_ok=True)
    environ = {"FIRSTWIN_HOME": str(there.home), "FIRSTWIN_DATABASE_URL": there.database}
    log = tmp_path / "written"
    with log.open("w") as out:
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITE],
            env={**_environ(), **environ},
            cwd=ROOT,
            stdout=out,
        )
        try:
            _until(lambda: _written(log) > 5)
            before = _written(log)
            there.must("backup", str(tmp_path / "backup"))
            during = _written(log) - before
        finally:
            writer.kill()
            writer.wait()
    assert during > 5  # nobody waited for the backup
    after = on_sqlite(tmp_path / "after")
    said = json.loads(after.must("restore", str(tmp_path / "backup"), "--json"))
    assert said["problems"] == []
    opened = after.python(
        "from firstwin.accounts.models import Account, AccountNow\n"
        "ours = Account.objects.filter(name__startswith='Written ')\n"
        "rows = AccountNow.objects.filter(account__in=ours).count()\n"
        "said = [ours.count(), rows, sorted(int(account.name[8:]) for account in ours)]"
    )
    assert before < opened[0] == opened[1] <= before + during + 1
    assert opened[2] == list(range(opened[0]))


OLDER = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
graph = executor.loader.graph
whole = ("people", "sessions", "django_tasks_database", "account", "mfa", "core")
executor.migrate([*(leaf for app in whole for leaf in graph.leaf_nodes(app)), ("accounts", "0003_bulk_edits")])
with connection.cursor() as cursor:
    cursor.execute("insert into accounts_account (key, name, revision, edition, recorded_at, source) "
                   "values ('old', 'Old', 1, 1, '2026-01-01 00:00:00', 'staff')")
said = 1
"""


@pytest.mark.once
def test_a_backup_of_an_older_state_is_brought_up_to_date(tmp_path: Path) -> None:
    old = _here(tmp_path / "old", "firstwin_old")
    old.python(OLDER)
    made = json.loads(old.must("backup", str(tmp_path / "backup"), "--json"))
    assert made["left_out"] == []
    new = _here(tmp_path / "new", "firstwin_new")
    restored = new.run("restore", str(tmp_path / "backup"), "--json")
    assert json.loads(restored.stdout)["problems"] == ["accounts.now: account old: no list row"]  # as we made it
    new.must("migrate", "--check")
    assert new.python("from firstwin.accounts.models import Account\nsaid = Account.objects.get().name") == "Old"


@pytest.mark.once
def test_a_file_that_is_gone_is_named(company: Installation, tmp_path: Path) -> None:
    there = on_sqlite(tmp_path / "home")
    shutil.copytree(company.home, there.home)
    (lost,) = (there.home / "files").rglob("*.txt")
    lost.unlink()
    said = json.loads(there.must("backup", str(tmp_path / "backup"), "--json"))
    assert said["missed"] == [lost.relative_to(there.home).as_posix()]


BACKUP_POINTS = ("snapshot:1", "files:1", "table:5", "manifest:1", "before_rename:1", "after_rename:1", "removing:1")
RESTORE_POINTS = (
    "marked:1",
    "migrated:1",
    "table:1",
    "table:30",
    "before_load_commit:1",
    "loaded:1",
    "folder:1",
    "files:1",
    "migrated_forward:1",
    "before_commit:1",
    "wiped:1",
)


def test_a_killed_backup_leaves_nothing_that_looks_like_one(company: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    (folder / "2020-01-01T000000Z").mkdir(parents=True)
    (folder / "2020-01-01T000000Z/manifest.json").write_text("{}")
    for point in BACKUP_POINTS:
        path = folder / point.partition(":")[0]
        wanted = ["--keep", "1"] if point.startswith("removing") else []
        name = "2021-01-01T000000Z" if wanted else path.name
        killed = company.run("backup", str(folder / name), *wanted, FAILPOINT=f"backup.{point}", **KEY)
        assert killed.returncode == -9, (point, killed.stderr)
        whole = point.startswith(("after_rename", "removing"))
        assert (folder / name).exists() == whole
        assert not whole or company.run("restore", str(folder / name), "--check", **KEY).returncode == 0
    company.must("backup", str(folder / "again"), **KEY)
    left = sorted(path.name for path in folder.iterdir())
    assert left == [".lock", "2021-01-01T000000Z", "after_rename", "again"]


@pytest.mark.parametrize(
    "points",
    [("before_commit:1", "wiped:1"), pytest.param(RESTORE_POINTS, marks=pytest.mark.slow)],
)
def test_a_killed_restore_says_so_and_can_be_begun_again(
    points: tuple[str, ...], content: dict[str, Any], backup: Path, tmp_path: Path
) -> None:
    """Each begins where the one before was killed."""
    there = _here(tmp_path / "home", "firstwin_killed")
    for point in points:
        killed = there.run("restore", str(backup), FAILPOINT=f"restore.{point}")
        assert killed.returncode == -9, (point, killed.stderr)
        for command in [["worker", "--once"], ["serve"], ["backup"]][: 3 if point == points[0] else 1]:
            refused = there.run(*command)
            assert refused.returncode == 1, (point, command)
            # Wiped, an installation on SQLite is not half there: it is empty.
            assert point.startswith("wiped") or "is only half there" in refused.stderr, (point, command)
    last = there.run("restore", str(backup), FAILPOINT="restore.after_commit:1")
    assert last.returncode == -9  # whole by now
    there.must("verify")
    assert there.content() == content


def _environ() -> dict[str, str]:
    import os

    return {**os.environ, "DJANGO_SETTINGS_MODULE": "firstwin.settings"}


def _written(log: Path) -> int:
    return len(log.read_text().splitlines())


def _until(is_so: Callable[[], Any]) -> None:
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen within a minute")
