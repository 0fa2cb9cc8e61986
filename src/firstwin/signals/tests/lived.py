"""A simulated life of a few accounts: random writes day by day, some told late, use of the product, judgements, a merge
and its undoing. Signals follow bit by bit, with a pass over everybody some nights."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings

from firstwin.accounts.actions.merging.accounts import merge_accounts, unmerge_accounts
from firstwin.accounts.models import Account, Merge
from firstwin.core.clock import day_of
from firstwin.core.errors import FirstwinError
from firstwin.people.models import User
from firstwin.people.roles import Role
from firstwin.people.tests.factories import make_user
from firstwin.revenue.tests.facts import say_line
from firstwin.signals.actions.dismiss import dismiss
from firstwin.signals.actions.override import override
from firstwin.signals.actions.pause_stage import go_on, pause
from firstwin.signals.actions.pulse import give_pulse
from firstwin.signals.models import Episode, Mood, Pass
from firstwin.signals.refresh.again import fold_again_some, hear_some
from firstwin.signals.refresh.back import look_back_some
from firstwin.signals.refresh.full import full_pass
from firstwin.signals.refresh.once import refresh_some
from firstwin.signals.tests.frame_deeds import DEEDS, World
from firstwin.usage.compact.refresh import refresh_touched
from firstwin.usage.lake.days import number_of
from firstwin.usage.store.models import EventName, Place, Touched
from firstwin.usage.tests.raw import Raw, put

PASS_EVERY, LOOK_BACK_EVERY, WEEKS = 3, 3, 3


@dataclass
class Life:
    """passes: over everybody, at night."""

    world: World
    boss: User
    passes: list[Pass] = field(default_factory=list)

    @classmethod
    def begun(cls) -> "Life":
        life = cls(World.begun(), make_user("Nora Falk", role=Role.OPERATIONS))
        today = day_of(life.world.now)
        for n, account in enumerate(life.world.accounts[:2]):
            begins = today - timedelta(days=20 + 30 * n)
            say_line(account, f"base{n}", life.world.now, starts_on=begins, ends_on=today + timedelta(days=300))
        return life

    def do(self, dice: Random) -> None:
        """One deed that time allows. What cannot be done is left."""
        n, *abc = dice.randrange(len(DEEDS) + len(OURS)), dice.randrange(12), dice.randrange(12), dice.randrange(12)
        if n < len(DEEDS):
            self.world.do(n, *abc)
            return
        self.own(n - len(DEEDS), *abc)

    def own(self, n: int, a: int, b: int, c: int) -> None:
        """One of the deeds of this module."""
        with suppress(FirstwinError):
            OURS[n](self, a, b, c)

    def follow(self) -> None:
        """Until nothing lags behind."""
        self.world.now += timedelta(minutes=1)
        while refresh_some(self.world.now):
            pass

    def look_back(self) -> None:
        """At what was never told, and at what reads otherwise since."""
        self.world.now += timedelta(minutes=1)
        look_back_some(self.world.now, weeks=WEEKS)
        while hear_some(self.world.now) or fold_again_some(self.world.now):
            pass

    def night(self) -> Pass:
        self.world.now += timedelta(minutes=1)
        self.passes.append(full_pass(self.world.now))
        return self.passes[-1]

    def sleep(self) -> None:
        self.world.now = self.world.now.replace(hour=7, minute=0) + timedelta(days=1)

    def merge(self) -> None:
        self.world.now += timedelta(minutes=1)
        with suppress(FirstwinError):  # one of them may be removed
            merge_accounts(
                by=self.boss, absorbed=self.world.accounts[2], survivor=self.world.accounts[3], now=self.world.now
            )

    def part(self) -> None:
        self.world.now += timedelta(minutes=1)
        for merge in Merge.objects.open():
            unmerge_accounts(by=self.boss, merge=merge, now=self.world.now)


def lived(days: int, *, seed: int = 7, a_day: int = 5) -> Life:
    """Two accounts become one half way, and two again after three quarters."""
    dice, life = Random(seed), Life.begun()
    for day in range(days):
        for _ in range(a_day):
            life.world.now += timedelta(minutes=dice.randint(1, 90))
            life.do(dice)
            if dice.random() < 0.5:
                refresh_some(life.world.now)
        if day == days // 2:
            life.merge()
        if day == days * 3 // 4:
            life.part()
        life.follow()
        if day % LOOK_BACK_EVERY == 1:
            life.look_back()
            life.follow()
        if day % PASS_EVERY == PASS_EVERY - 1:
            life.night()
        life.sleep()
    return life


def _use(life: Life, a: int, b: int, c: int) -> None:
    """Some people come. What happened days ago was kept back by a device."""
    now, account = life.world.now, life.world.account(a)
    place, _ = Place.objects.get_or_create(
        source=1, key=account.key, defaults={"account": account.pk, "first_at": now, "last_at": now}
    )
    event, _ = EventName.objects.get_or_create(
        kind="track", name=f"Did {b % 3}", defaults={"first_at": now, "last_at": now}
    )
    at = now - timedelta(days=(0, 0, 2, 9)[c % 4], hours=b % 5)
    is_late = day_of(now) - day_of(at) > timedelta(days=1)
    known_on = number_of(day_of(now)) if is_late else 0
    put([Raw(place.pk, actor, event.pk, at, known_on=known_on) for actor in range(1, 2 + b % 4)], now=now)
    Touched.objects.update_or_create(account=account.pk, defaults={"at": now})
    refresh_touched(now)


def _pulse(life: Life, a: int, b: int, c: int) -> None:
    give_pulse(by=life.boss, account=life.world.account(a), mood=list(Mood)[b % len(Mood)], now=life.world.now)


def _override(life: Life, a: int, b: int, c: int) -> None:
    override(
        by=life.boss, account=life.world.account(a), scorecard="pooled", level="overall", points=10 * (b % 11),
        reason="They said so", expires_on=day_of(life.world.now) + timedelta(days=1 + c % 4), now=life.world.now,
    )  # fmt: skip


def _pause(life: Life, a: int, b: int, c: int) -> None:
    if b % 2:
        go_on(by=life.boss, account=life.world.account(a), now=life.world.now)
    else:
        pause(by=life.boss, account=life.world.account(a), reason="They moved house", now=life.world.now)


def _dismiss(life: Life, a: int, b: int, c: int) -> None:
    found = Episode.objects.filter(cleared_on=None, account=life.world.account(a)).order_by("pk").first()
    if found is not None:
        until = day_of(life.world.now) + timedelta(days=3) if c % 2 else None
        dismiss(
            by=life.boss, finding=found, is_false_alarm=bool(b % 2), reason="Known", until_on=until, now=life.world.now
        )  # fmt: skip


OURS: tuple[Callable[[Life, int, int, int], None], ...] = (_use, _use, _use, _use, _pulse, _override, _pause, _dismiss)


@contextmanager
def own_lake(folder: Path) -> Iterator[None]:
    """Within, the files of events lie in a folder of their own."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(settings, "ENV", replace(settings.ENV, home=folder))
        yield


def ids_there() -> list[int]:
    """Of every account, removed ones too."""
    return list(Account.objects.order_by("pk").values_list("pk", flat=True))


def shown(rows: Any) -> list[Any]:
    """Few enough for the message of a test that failed."""
    return list(rows)[:5]
