"""The adoption metrics in plain SQL over raw events, in words that DuckDB and PostgreSQL share."""

from collections.abc import Sequence
from datetime import date
from typing import Any

SPANS = 13
CORE, ACTIVATION, FIRST_WIN, IGNORED = tuple(range(3, 15)), 20, 21, (39, 40)


def plain_sql(day: int, *, moment: str) -> str:
    """Reads events, whose (place, account), humans (actor, human).  moment: microseconds of `ts`, as an expression."""
    spans = ",\n".join(
        f"    coalesce(sum(count) filter (where day > {day - 28 * n - 28} and day <= {day - 28 * n}), 0) as span_{n}"
        for n in range(SPANS)
    )
    core = ", ".join(map(str, CORE))
    return f"""
with used as (
    select w.account, coalesce(h.human, e.actor) as human, e.feature, e.day, e.ts, e.what, e.count
    from events e
    join whose w on w.place = e.place
    left join humans h on h.actor = e.actor
    where e.day <= {day} and e.what in (0, 1, 2, 6) and e.feature not in {IGNORED}
)
select
    account,
    count(distinct human) filter (where day = {day} and what <> 6) as active_1,
    count(distinct human) filter (where day > {day - 7} and what <> 6) as active_7,
    count(distinct human) filter (where day > {day - 28} and what <> 6) as active_28,
    count(distinct human) filter (where what <> 6) as people_ever,
    count(distinct human * 100000 + day) filter (where day > {day - 28} and what <> 6) as person_days_28,
    count(distinct day) filter (where day > {day - 14}) as days_14,
    coalesce(sum(count) filter (where day > {day - 7}), 0) as events_7,
    count(distinct ({day} - day) - ({day} - day) % 7) filter (where day > {day - 84}) as habit_weeks,
    count(distinct feature) filter (where day > {day - 28} and feature in ({core})) as core_used,
    min(day) filter (where feature = {ACTIVATION}) as activated,
    min(day) filter (where feature = {FIRST_WIN}) as first_win,
    max({moment}) filter (where what <> 6) as last_seen,
{spans}
from used
group by account
order by account
"""


def plain_answers(accounts: Sequence[int], on: date) -> dict[int, dict[str, Any]]:
    """Of these accounts, from the files of events alone."""
    import duckdb
    import pyarrow as pa

    from firstwin.usage.lake import home
    from firstwin.usage.lake.days import number_of
    from firstwin.usage.store.models import Actor, Place

    whose = list(Place.objects.filter(account__in=accounts).values_list("pk", "account"))
    humans = list(Actor.objects.filter(same_as__isnull=False).values_list("pk", "same_as"))
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
    for name, rows, columns in (("whose", whose, ("place", "account")), ("humans", humans, ("actor", "human"))):
        told = pa.table({column: pa.array([row[n] for row in rows], pa.int64()) for n, column in enumerate(columns)})
        connection.register(name, told)
    connection.execute(f"create view events as from read_parquet('{home.folder()}/events/*.parquet')")
    found = connection.execute(plain_sql(number_of(on), moment="epoch_us(ts)"))
    names = [column[0] for column in found.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


def difference_of(columns: Any, plain: dict[int, dict[str, Any]]) -> list[str]:
    """One sentence per value that differs."""
    from firstwin.usage.metrics.asking import NEVER

    place = {account: at for at, account in enumerate(columns.accounts.tolist())}
    found = []
    for account, said in plain.items():
        at = place[account]
        for name, value in said.items():
            if name == "account":
                continue
            ours = columns.windows[at, int(name[5:])] if name.startswith("span_") else getattr(columns, name)[at]
            if int(ours) != (NEVER if value is None else int(value)):
                found.append(f"account {account}, {name} on {columns.on}: {int(ours)} instead of {value}")
    return found
