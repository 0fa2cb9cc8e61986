"""Every family of the frame keeps its contract: its columns, its grain, and nothing where nothing is known."""

import re
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from firstwin.core.frames import At, FactTable, SqlFamily, frame_families
from firstwin.signals.frame.asked import Asked
from firstwin.signals.frame.engine import engine
from firstwin.signals.frame.facts import TYPES

FAMILIES = sorted((one for one in frame_families().values() if isinstance(one, SqlFamily)), key=lambda one: one.key)
AT = At.of(datetime(2026, 3, 16, 9, tzinfo=UTC))

pytestmark = pytest.mark.django_db


def empty(table: FactTable) -> pa.Table:
    return pa.schema([(name, TYPES[kind]) for name, (_, kind) in table.columns.items()]).empty_table()


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: str(one.key))
def test_over_nothing_it_answers_with_its_columns(family: SqlFamily) -> None:
    with engine() as duck:
        asked = Asked(np.array([3, 8], np.int64), is_all=False)
        asked.use(duck, {table.name: empty(table) for table in family.tables})
        answer = asked.ask(family, AT)
    expected = {"account_id", *family.columns} | ({family.by} if family.by else set())
    assert set(answer.table.column_names) == expected
    assert len(answer.places) in (0, 2) and len(answer.places) == answer.table.num_rows


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: str(one.key))
def test_its_file_says_what_it_is(family: SqlFamily) -> None:
    text = family.sql.read_text()
    head = "\n".join(line for line in text.splitlines() if line.startswith("--"))
    assert re.match(r"-- Purpose: .+\n-- Reads: .+", text)
    assert "Grain: " in head and "Columns: " in head
    for table in family.tables:
        assert table.name in head, table.name
    for column in family.columns:
        assert re.search(rf"\b{column}\b", head.partition("Columns: ")[2]), column
    for param in set(re.findall(r"\$(\w+)", text)) & {"on", "moment", "known_by"}:
        assert re.search(rf"\b{param}\b", head), param


def test_a_table_is_one_thing_wherever_it_is_read() -> None:
    seen: dict[str, FactTable] = {}
    for family in FAMILIES:
        for table in family.tables:
            assert seen.setdefault(table.name, table) is table
