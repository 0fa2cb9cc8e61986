"""Jobs that tests enqueue."""

import time

from django_tasks import task

ran: list[str] = []


@task()
def note(word: str = "ran") -> str:
    ran.append(word)
    return word


@task()
def slow(seconds: float) -> str:
    time.sleep(seconds)
    return "slept"


@task()
def broken() -> None:
    raise RuntimeError("no such luck")
