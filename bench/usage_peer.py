"""The peer: the same metrics in one plain statement on PostgreSQL, over an indexed table of events."""

import io
import os
import time
from typing import Any


def against_postgresql(events: int, accounts: int) -> None:
    from tests import postgres

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    import django

    django.setup()
    import psycopg

    from bench.usage_lake_made import LAST_ON, Company
    from bench.usage_plain import plain_sql
    from firstwin.usage.lake.days import number_of

    company = Company(accounts)
    with postgres.cluster() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set timezone = 'UTC'")
        began = time.monotonic()
        _fill(connection, company, events, number_of(LAST_ON))
        print(f"{'PostgreSQL, loading and index':34}{time.monotonic() - began:8.1f} s   {events:,} events")
        sql = plain_sql(number_of(LAST_ON), moment="ts")
        for label in ("all metrics, cold plan", "all metrics, again"):
            began = time.monotonic()
            rows = connection.execute(sql).fetchall()
            print(f"{'PostgreSQL, ' + label:34}{time.monotonic() - began:8.1f} s   {len(rows):,} accounts")
        one = sql.replace("where e.day", "where w.account = 41 and e.day")
        began = time.monotonic()
        connection.execute(one).fetchall()
        print(f"{'PostgreSQL, one account':34}{(time.monotonic() - began) * 1_000:8.0f} ms")


def _fill(connection: Any, company: Any, events: int, last: int) -> None:
    import pyarrow.csv as csv

    from bench.usage_lake_made import DAYS

    names = ("place", "actor", "feature", "what", "ts", "day", "known_on", "count")
    connection.execute(
        "create unlogged table events (place bigint, actor bigint, feature int, what smallint, ts bigint, day int, "
        "known_on int, count bigint)"
    )
    connection.execute("create unlogged table whose (place bigint primary key, account bigint)")
    connection.execute("create unlogged table humans (actor bigint primary key, human bigint)")
    with connection.cursor() as cursor:
        with cursor.copy("copy whose from stdin") as copy:
            for n in range(company.n):
                copy.write_row((n + 1, n + 1))
                if company.second[n]:
                    copy.write_row((int(company.second[n]), n + 1))
        for table in company.tables(last - DAYS + 1, last, events):
            import pyarrow as pa

            plain = table.select(list(names))
            plain = plain.set_column(4, "ts", plain.column("ts").cast(pa.int64()))
            text = io.BytesIO()
            csv.write_csv(plain, text, csv.WriteOptions(include_header=False))
            with cursor.copy("copy events from stdin (format csv)") as copy:
                copy.write(text.getvalue())
    connection.execute("create index on events (place, day)")
    connection.execute("vacuum analyze")
