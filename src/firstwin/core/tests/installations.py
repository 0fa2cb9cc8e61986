"""Whole installations in folders of their own, run by the `firstwin` command as their operators run it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.template import copy_migrated, migrated_database

ROOT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True)
class Installation:
    home: Path
    database: str

    def run(self, *words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return self._start([sys.executable, "-m", "firstwin.cli", *words], environ)

    def must(self, *words: str, **environ: str) -> str:
        done = self.run(*words, **environ)
        assert done.returncode == 0, (words, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout

    def python(self, code: str, **environ: str) -> Any:
        """What `code` left in `said`, run inside the installation."""
        begin = "import json, django; django.setup()\n"
        end = "\nprint('SAID' + json.dumps(said))"
        done = self._start([sys.executable, "-c", begin + code + end], environ)
        assert "SAID" in done.stdout, done.stderr[-3000:]
        return json.loads(done.stdout.split("SAID", 1)[1])

    def content(self) -> dict[str, Any]:
        """Every row of every model as Django reads it, but for those that a restore adds or clears on purpose."""
        found: dict[str, Any] = self.python(CONTENT)
        return found

    def _start(self, command: list[str], environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        kept = {k: v for k, v in os.environ.items() if not k.startswith("FIRSTWIN_") and k != "FAILPOINT"}
        ours = {
            "DJANGO_SETTINGS_MODULE": "firstwin.settings",
            "FIRSTWIN_HOME": str(self.home),
            "FIRSTWIN_DATABASE_URL": self.database,
            **environ,
        }
        return subprocess.run(
            command, env={**kept, **ours}, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900
        )


def on_sqlite(home: Path, *, is_migrated: bool = False) -> Installation:
    if is_migrated:
        copy_migrated(home)
    return Installation(home, f"sqlite:///{home}/main.sqlite3")


def on_postgresql(home: Path, name: str, *, is_migrated: bool = False) -> Installation:
    """In a new database beside the one the tests run on."""
    import psycopg

    url = os.environ["FIRSTWIN_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)'.encode())
        like = f' template "{migrated_database()}"' if is_migrated else ""
        connection.execute(f'create database "{name}"{like}'.encode())
    return Installation(home, f"{url.rpartition('/')[0]}/{name}")


def is_on_postgresql() -> bool:
    return os.environ.get("FIRSTWIN_DATABASE_URL", "").startswith("postgres")


CONTENT = """
import hashlib
from decimal import Decimal
from django.apps import apps
from firstwin.people.models import AuditRow
added = set(AuditRow.objects.filter(did__in=["installation.restored", "outbox.released"]).values_list("pk", flat=True))
ours = {"people.auditrow": "pk__in", "people.auditdetail": "pk__in", "people.auditseal": "row_id__in"}
def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float):  # in JSON a number is its digits, with or without an exponent
        return int(Decimal(repr(value))) if value.is_integer() and abs(value) >= 1e16 else value + 0.0
    return value if value is None or isinstance(value, (bool, int, str, float)) else repr(value)
said = {}
for model in apps.get_models(include_auto_created=True):
    label = model._meta.label_lower
    if label in {"core.schedule", "core.lease", "outreach.hold"}:
        continue
    rows = model._base_manager.all()
    if label in ours:
        rows = rows.exclude(**{ours[label]: added})
    summed = hashlib.sha256()
    count = 0
    for row in rows.order_by("pk" if label != "sessions.session" else "expire_date").values_list().iterator():
        summed.update(json.dumps(plain(row), sort_keys=True).encode())
        count += 1
    said[label] = [count, summed.hexdigest()]
"""

ODDITIES = """
from datetime import UTC, date, datetime
from decimal import Decimal
from django.core.files.base import ContentFile
from firstwin.accounts.models import Account, File
from firstwin.core import clock
from firstwin.core.models import Rate
from firstwin.outreach.actions.messages import post_message
from firstwin.people.audit import record
from firstwin.people.models import Undo, User
from firstwin.people.sealing import seal
user = User.objects.order_by("pk").first()
now = datetime(2026, 3, 1, 12, 30, 15, 1, tzinfo=UTC)
strange = "\\U0001f9ff e\\u0301 \\x01\\x1f\\x7f\\u2028 \\u202e tab\\tline\\r\\n"
strange += "back\\\\slash \\\\N \\\\. \\"quoted\\" 'single'"
numbers = [0.1, 0.30000000000000004, 1e16, 1.5e300, 5e-324, -0.0, 1e-7, 2**63 - 1, -(2**63), 2**70, 12345678901234567]
payload = {"z": numbers, "a": {"b": None, "\\u00e4": [True, False, ""]}, "text": strange}
for at in (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), now):
    Undo.objects.create(user=user, verb="odd", payload=payload, says=strange[:40], made_at=at, expires_at=at)
for empty in (None, [], {}, "", 0):
    Undo.objects.create(user=user, verb="odd", payload={"is": empty}, says="", made_at=now, expires_at=now)
Rate.objects.create(on=date(1900, 2, 28), base="XAU", quote="JPY", rate=Decimal("345.123456789"), source="odd")
Rate.objects.create(on=date(9999, 12, 31), base="KWD", quote="USD", rate=Decimal("0.000000000001"), source="odd")
record(by=user, did="odd.done", on=user, now=now, before={"is": strange}, after=payload)
account = Account.objects.order_by("pk").first()
file = File(account=account, name="odd.txt", content_type="text/plain", size=3, sha256="x", uploaded_at=now)
file.content.save("odd.txt", ContentFile(b"odd"), save=True)
gone = Account.objects.create(key="gone", name="Gone", recorded_at=now)
said = gone.pk
gone.delete()
seal(now=clock.now())
post_message(kind="test", to="before@example.com", subject="Before", text="T", key="before", now=now)
"""
