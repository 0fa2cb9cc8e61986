"""Work beside the jobs: those of one thread take turns, and what fails keeps nobody else waiting."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from firstwin.core import companions
from firstwin.core.companions import Companion


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[list[Companion]], None]]:
    """Runs these until the test ends."""
    monkeypatch.setattr(companions, "_companions", {})
    monkeypatch.setattr(companions, "close_old_connections", lambda: None)
    stopping, threads = threading.Event(), []

    def start(some: list[Companion]) -> None:
        for one in some:
            companions.register_companion(one)
        threads.extend(companions.start_all(stopping, prompt=False))

    yield start
    stopping.set()
    for thread in threads:
        thread.join(timeout=10)
        assert not thread.is_alive()


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_those_of_one_thread_take_turns(beside: Callable[[list[Companion]], None]) -> None:
    ran: list[str] = []

    def always(name: str) -> Callable[[], bool]:
        def once() -> bool:
            ran.append(name)
            time.sleep(0.001)
            return True

        return once

    beside([Companion(name, always(name), thread="both") for name in ("first", "second")])
    wait_until(lambda: len(ran) >= 8)
    assert ran[:8] == ["first", "second"] * 4


def test_what_fails_is_tried_again_later_and_its_neighbour_goes_on(
    beside: Callable[[list[Companion]], None], caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    def fails() -> bool:
        ran.append("fails")
        raise RuntimeError("no such luck")

    def goes_on() -> bool:
        ran.append("goes on")
        return False

    beside([
        Companion("failing", fails, rest_seconds=0.05, thread="both"),
        Companion("other", goes_on, rest_seconds=0.01, thread="both"),
    ])  # fmt: skip
    wait_until(lambda: ran.count("fails") >= 3 and ran.count("goes on") >= 10)
    assert ran.count("goes on") > 2 * ran.count("fails")
    assert "failing failed" in caplog.text


def test_only_those_people_wait_for_run_where_they_are_asked_for(beside: Callable[[list[Companion]], None]) -> None:
    ran: list[str] = []

    def once(name: str) -> Callable[[], bool]:
        def noted() -> bool:
            ran.append(name)
            return False

        return noted

    beside([Companion("prompt", once("prompt"), 0.01, is_prompt=True), Companion("history", once("history"), 0.01)])
    wait_until(lambda: len(ran) >= 3)
    assert set(ran) == {"history"}
