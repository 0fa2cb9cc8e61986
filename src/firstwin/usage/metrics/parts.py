"""People part after part, where there are more than fit into memory at a time.

A part is a span of the numbers that stand for humans, with all rows of each of them, so whatever counts people is the
sum of what it says of the parts. Most actors stand for themselves: their parts read some groups of a file. Those with
other names are looked up in a table of the engine, which goes to disk where it grows large.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Max

from firstwin.usage.metrics.asking import Asker, Ints
from firstwin.usage.metrics.whose import numbers_of, streamed
from firstwin.usage.store.models import Actor

MOST = 1_000_000
"""Rows of people (one for each person, block of days, product and place) up to which those of some accounts are read at
once."""

MOST_OF_ALL = 3_000_000
"""The same of all accounts; and as many actors as there may be before anybody looks."""

AT_ONCE = 1_000_000
"""Rows of a part."""

WIDEST = 1 << 22
"""Numbers that a part spans at most: tables by number are made of it."""

_STEP = 12
"""Bits of the numbers that are counted together when parts are made."""

_LINKS = 500_000
"""Links that pass through memory at a time."""

_CHAIN = 7
"""Rounds in which a chain of links is followed to its end, as in `whose.Humans`."""


@dataclass(frozen=True, slots=True)
class Part:
    """Humans from `first` to `last`, both included: those with several names, or those with one."""

    first: int
    last: int
    is_linked: bool

    @property
    def base(self) -> int:
        """What humans of the part are numbered from: 0 is nobody."""
        return self.first - 1


def parts_of(asker: Asker, *, is_few: bool) -> list[Part]:
    """None: all people are read at once."""
    if not is_few and (Actor.objects.aggregate(most=Max("pk"))["most"] or 0) <= MOST_OF_ALL:
        return []
    rows = int(asker.look("select count(*) as n from actor_blocks where place <> 0")["n"][0])
    if rows <= (MOST if is_few else MOST_OF_ALL):
        return []
    has_links = _put_links(asker)
    alone = "select actor from actor_blocks where place <> 0"
    if not has_links:
        return [*_spans(asker, alone, is_linked=False)]
    linked = "select human as actor from actor_blocks join linked using (actor) where place <> 0"
    return [*_spans(asker, alone, is_linked=False), *_spans(asker, linked, is_linked=True)]


VIEWS = {"people_blocks": "actor_blocks", "people_acts": "events"}
"""What is asked about people, and what it shows."""

ASKED = ("people", "people_before", "people_events", "people_seen", "recent_people")
"""The questions that are answered of a part."""


def choose(asker: Asker, part: Part, *, among: Sequence[Part]) -> None:
    """Questions about `people_blocks` and `people_acts` are answered of this part. Its actors are humans, numbered
    from its base on."""
    for view, table in VIEWS.items():
        asker.run(f"create or replace temp view {view} as {_rows(table, part, among)}")


def _rows(table: str, part: Part, among: Sequence[Part]) -> str:
    if part.is_linked:
        return (
            f"select t.* exclude (human) replace (human - {part.base} as actor) "  # noqa: S608 - our own numbers
            f"from (select * from {table} join (from linked where human between {part.first} and {part.last}) "
            f"using (actor)) t where place <> 0"
        )
    near = f"select actor from linked where actor between {part.first} and {part.last}"  # noqa: S608
    others = f" and actor not in ({near})" if any(one.is_linked for one in among) else ""
    return (
        f"select * replace (actor - {part.base} as actor) from {table} "  # noqa: S608
        f"where actor between {part.first} and {part.last} and place <> 0{others}"
    )


def _put_links(asker: Asker) -> bool:
    """`linked`: actor and human of everybody who has several names. Whether there are any."""
    asker.run("create or replace temp table linked (actor bigint, human bigint)")
    links = streamed(Actor.objects.filter(same_as__isnull=False).order_by().values_list("pk", "same_as"))
    has_any = False
    for some in _some(links):
        has_any = True
        asker.put("some_links", actor=some[:, 0], human=some[:, 1])
        asker.run("insert into linked from some_links")
    for _ in range(_CHAIN if has_any else 0):
        further = asker.look(
            "select count(*) as n from linked a join linked b on b.actor = a.human and b.human <> a.human"
        )
        if not further["n"][0]:
            break
        asker.run(
            "create or replace temp table linked as select a.actor, coalesce(b.human, a.human) as human "
            "from linked a left join linked b on b.actor = a.human"
        )
    if has_any:
        asker.run(
            "insert into linked select distinct human, human from linked where human not in (select actor from linked)"
        )
    return has_any


def _some(links: Iterator[tuple[Any, ...]]) -> Iterator[Ints]:
    while rows := list(islice(links, _LINKS)):
        yield numbers_of(rows, 2)


def _spans(asker: Asker, rows: str, *, is_linked: bool) -> Iterator[Part]:
    """Neighbouring numbers that have so many rows together, and lie so close."""
    told = asker.look(f"select actor >> {_STEP} as step, count(*) as n from ({rows}) group by 1 order by 1")  # noqa: S608
    first, last, held = -1, -1, 0
    for step, n in zip(told["step"].tolist(), told["n"].tolist(), strict=True):
        begins, ends = step << _STEP, ((step + 1) << _STEP) - 1
        if first >= 0 and (held + n > AT_ONCE or ends - first >= WIDEST):
            yield Part(first, last, is_linked)
            first, held = -1, 0
        first, last, held = begins if first < 0 else first, ends, held + n
    if first >= 0:
        yield Part(first, last, is_linked)
