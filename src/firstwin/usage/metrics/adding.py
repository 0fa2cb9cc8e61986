"""What is told of people, added up part after part: figures of accounts with more people than fit into memory."""

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np

from firstwin.accounts.bulk import among
from firstwin.core.clock import end_of
from firstwin.usage.lake.schema import BLOCK
from firstwin.usage.metrics import bits
from firstwin.usage.metrics.asking import Ints
from firstwin.usage.metrics.opening import Opened
from firstwin.usage.metrics.parts import Part
from firstwin.usage.metrics.whose import streamed
from firstwin.usage.metrics.windows import DAYS, People, nobody, people_in, together
from firstwin.usage.store.models import ActorTrait
from firstwin.usage.store.models.identity import TraitKind


def in_parts(lake: Opened) -> tuple[People, dict[str, Ints]]:
    """(who was active, without their names; by account the distinct teams and sites of its people)."""
    traits = _Traits(lake)
    found = nobody(len(lake.whose.accounts))
    for part in lake.people():
        people = people_in(part)
        traits.see(part, people)
        found = together(found, people)
    return found, traits.by_account()


class _Traits:
    """Distinct values by account and kind. They stand in a table of the engine: each of millions of people may tell
    another one."""

    def __init__(self, lake: Opened) -> None:
        self._lake = lake
        self._are_any = ActorTrait.objects.exists()
        lake.asker.run("create or replace temp table told_traits (account bigint, kind bigint, k1 bigint, k2 bigint)")

    def see(self, part: Opened, people: People) -> None:
        if self._are_any and len(people.human):
            for number, kind in enumerate(TraitKind.values):
                self._see(part, people, number, kind)

    def _see(self, part: Opened, people: People, number: int, kind: str) -> None:
        """Of each human the latest value that was told by then; an empty one is none."""
        codes: dict[str, int] = {"": 0}
        latest = np.zeros(int(people.human.max()) + 1, np.int64)
        for human, value in _told(part, kind, len(latest)):
            latest[human] = codes.setdefault(value, len(codes))
        values = latest[people.human]
        some = values > 0
        if not some.any():
            return
        keys = np.unique(people.account[some].astype(np.int64) * len(codes) + values[some])
        halves = np.array([_halves(value) for value in codes], np.int64)[keys % len(codes)]
        kinds = np.full(len(keys), number)
        self._lake.put("some_traits", account=keys // len(codes), kind=kinds, k1=halves[:, 0], k2=halves[:, 1])
        self._lake.asker.run("insert into told_traits from some_traits")

    def by_account(self) -> dict[str, Ints]:
        n = len(self._lake.whose.accounts)
        told = self._lake.asker.look(
            "select account, kind, count(*) as n "
            "from (select distinct account, kind, k1, k2 from told_traits) group by account, kind"
        )
        found = {kind: np.zeros(n, np.int64) for kind in TraitKind.values}
        for account, kind, many in zip(*(told[name].tolist() for name in ("account", "kind", "n")), strict=True):
            found[TraitKind.values[kind]][account] = many
        return found


def _told(part: Opened, kind: str, width: int) -> Iterator[tuple[int, str]]:
    """(human, numbered as in the part; value), in the order in which they came to hold."""
    its = part.part
    if its is None:
        raise ValueError("not a part")
    rows = ActorTrait.objects.filter(kind=kind, from_at__lt=end_of(part.on))
    if part.known_by is not None:
        rows = rows.filter(known_at__lte=part.known_by)
    human_of: dict[int, int] | None = None
    if its.is_linked:
        human_of = _active_names(part, its)
        rows = among(rows, "actor", sorted(human_of))
    else:
        rows = rows.filter(actor__gte=its.first, actor__lte=its.last)
    for actor, value in streamed(rows.order_by("from_at", "pk").values_list("actor", "value")):
        human = human_of[actor] if human_of is not None else actor - its.base
        if human < width:
            yield human, value


def _active_names(part: Opened, its: Part) -> dict[int, int]:
    """Actor → human, of all names under which people of the part were active in the blocks of the window."""
    known = "" if part.known_on is None else f" and known_on <= {part.known_on}"
    asked = part.asker.look(
        f"select distinct place, actor, human - {its.base} as human, block, mask "  # noqa: S608 - our own numbers
        f"from actor_blocks join linked using (actor) where human between {its.first} and {its.last} and place <> 0 "
        f"and block between {(part.day - DAYS + 1) // BLOCK} and {part.day // BLOCK}{known}"
    )
    mask = bits.cut(asked["block"], asked["mask"], last=part.day)
    here = (part.whose.of_places(asked["place"]) >= 0) & (mask != 0)
    return dict(zip(asked["actor"][here].tolist(), asked["human"][here].tolist(), strict=True))


def _halves(value: str) -> tuple[int, int]:
    digest = blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return int.from_bytes(digest[:8], signed=True), int.from_bytes(digest[8:], signed=True)
