"""Jobs that tests enqueue."""

import time
from pathlib import Path

from django_tasks import task

ran: list[str] = []


@task()
def note(word: str = "ran") -> str:
    ran.append(word)
    return word


@task()
def wait_for_file(path: str) -> str:
    while not Path(path).exists():
        time.sleep(0.05)
    return "found"


@task()
def broken() -> None:
    raise RuntimeError("no such luck")
