"""Kill the sender at every point: nobody is mailed twice, and nobody is forgotten in silence."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.template import copy_migrated

from firstwin.outreach.tests.postbox import Postbox, postbox

POINTS = [
    "mail.before_claim",
    "mail.claimed",
    "mail.before_effect",
    "mail.after_effect",
    "mail.before_settle",
    "mail.settled",
]

# What a worker does after a restart, an hour later, with every task of the message run again.
SEND = """
import django; django.setup()
from datetime import timedelta
from firstwin.core import clock
from firstwin.outreach.actions import messages
from firstwin.outreach.models import OutboxMessage
now = clock.now()
message = messages.post_message(
    kind="test", to="grace@example.com", subject="Hello", text="Text", key="k", now=now)
{sweep}
messages.send_message(message_id=message.pk, now=now)
message.refresh_from_db()
print(message.state)
"""
SWEEP = "now += timedelta(hours=1); messages.report_lost(now=now); messages.pick_up_waiting(now=now)"


@pytest.fixture
def post() -> Iterator[tuple[Postbox, int]]:
    with postbox() as running:
        yield running


def _run(home: Path, port: int, code: str, failpoint: str = "") -> "subprocess.CompletedProcess[str]":
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "firstwin.settings",
        "FIRSTWIN_HOME": str(home),
        "FIRSTWIN_DATABASE_URL": f"sqlite:///{home}/main.sqlite3",
        "FIRSTWIN_MAIL_URL": f"smtp://127.0.0.1:{port}",
        "FAILPOINT": failpoint,
    }
    return subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    copy_migrated(tmp_path)
    return tmp_path


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_sender_mails_nobody_twice(point: str, home: Path, post: tuple[Postbox, int]) -> None:
    server, port = post
    killed = _run(home, port, SEND.format(sweep=""), failpoint=f"{point}:1")
    assert killed.returncode == -9, killed.stderr  # it died in the middle of the work
    again = _run(home, port, SEND.format(sweep=SWEEP) + SEND.format(sweep=SWEEP))
    assert again.returncode == 0, again.stderr
    time.sleep(0.05)
    sent = 1 if point not in {"mail.claimed", "mail.before_effect"} else 0
    assert len(server.letters) == sent
    last = again.stdout.split()[-1]
    expected = {"mail.before_claim": "done", "mail.settled": "done"}.get(point, "unknown")
    assert last == expected


def test_and_the_claim_is_what_prevents_it(home: Path, post: tuple[Postbox, int]) -> None:
    """The same crash with the claim taken back mails twice: the test above can fail."""
    server, port = post
    _run(home, port, SEND.format(sweep=""), failpoint="mail.after_effect:1")
    forget = SWEEP + "\nOutboxMessage.objects.update(state='pending', not_before=None)"
    _run(home, port, SEND.format(sweep=forget))
    assert len(server.letters) == 2
