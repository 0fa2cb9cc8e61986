"""`firstwin demo` at the prompt."""

import json
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from firstwin.accounts.models import Account
from firstwin.demo import sign_in
from firstwin.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sign-in lands in a folder of its own."""
    place = tmp_path / sign_in.FILE
    monkeypatch.setattr(sign_in, "kept_at", lambda: place)
    monkeypatch.delenv("FIRSTWIN_DEMO_PASSWORD", raising=False)
    return place


def run(*words: str) -> str:
    out = StringIO()
    call_command("demo", *words, stdout=out)
    return out.getvalue()


def test_it_says_how_to_sign_in_and_keeps_that_for_the_owner_alone(kept: Path) -> None:
    said = run("--accounts", "20")
    line = next(line for line in said.splitlines() if line.startswith("Sign in as"))
    email, _, password = line.removeprefix("Sign in as ").partition(" / ")
    assert User.objects.get(email=email).check_password(password)
    assert kept.read_text().startswith(line)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_the_password_may_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTWIN_DEMO_PASSWORD", "chosen by me 1")
    assert json.loads(run("--accounts", "20", "--json"))["accounts"] == 20
    assert User.objects.get(email="ada@fernhill.example").check_password("chosen by me 1")


def test_a_house_with_accounts_is_left_alone() -> None:
    run("--accounts", "20")
    with pytest.raises(CommandError, match="accounts here already"):
        run("--accounts", "20")
    assert run("--accounts", "20", "--if-empty") == ""
    run("--accounts", "20", "--add")
    assert Account.objects.count() == 40


@pytest.mark.parametrize("words", [("--accounts", "5"), ("--as-of", "2999-01-01")])
def test_what_makes_no_sense_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*words)
    assert not Account.objects.exists()
