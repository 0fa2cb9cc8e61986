"""What stands in the files of the lake: one Arrow schema per table. Types are declared, never guessed.

Days are whole days since 1970-01-01 in the installation's time zone. Moments are UTC without a zone, in microseconds.
Numbers of places, actors and features are those of the store's rows (`usage.store.models`); 0 means none.

The files of a roll-up may hold a row in parts, one from each fold: whoever reads puts them together by key, with OR of
the masks, sums of counts and values, the smallest first_ts, the largest last_ts and people.

Every table has `known_on`: 0 where an event was known on its day or the day after (and for history whose own time of
knowledge nobody kept), else the day on which it arrived. Leaving out rows known after a day gives what was known then.
"""

from enum import IntEnum

import pyarrow as pa

BLOCK = 64
"""Days in a block: the bits of a mask. Block b holds the days 64 b … 64 b + 63; bit n stands for day 64 b + n."""

MOMENT = pa.timestamp("us")


class What(IntEnum):
    """What kind of row an event is."""

    TRACK = 0
    PAGE = 1
    SCREEN = 2
    IDENTIFY = 3
    GROUP = 4
    ALIAS = 5
    AGGREGATE = 6  # a count that somebody else made: it names no person


IS_USE = (What.TRACK, What.PAGE, What.SCREEN, What.AGGREGATE)
"""Rows that are use of the product. The others say who somebody is."""

EVENTS = pa.schema(
    [
        ("place", pa.int64()),  # whom the event itself names, or its actor's place at that moment; 0: not known
        ("actor", pa.int64()),  # 0: nobody in particular (aggregates)
        ("feature", pa.int64()),  # EventName; 0 for rows that are no use
        ("what", pa.int8()),  # What
        ("source", pa.int64()),
        ("ts", MOMENT),  # when it happened, corrected by the client's clock
        ("day", pa.int32()),
        ("known_on", pa.int32()),
        ("received", MOMENT),
        ("k1", pa.uint64()),  # the two halves of the key that names the event for ever
        ("k2", pa.uint64()),
        ("count", pa.int64()),  # 1 but for aggregates
        ("people", pa.int64()),  # aggregates only: the distinct people somebody counted; null: not told
        ("value_micro", pa.int64()),  # millionths of the value the event carries; null: none
        ("run", pa.int64()),  # the import it came from; 0: none
        ("line", pa.int64()),  # the line of its file
        ("props", pa.string()),  # its properties as JSON; null: none
    ]
)
"""Sorted by (place, ts)."""

KEYS = pa.schema([("k1", pa.uint64()), ("k2", pa.uint64())])
"""Sorted. Those of all segments are known for ever, also of events whose retention is over. The files are no Parquet
but the two columns one after the other (`lake.keys`): they are searched through memory maps."""

ACTOR_BLOCKS = pa.schema(
    [
        ("place", pa.int64()),
        ("actor", pa.int64()),
        ("product", pa.int64()),  # of the features used, by the catalogue; 0: none
        ("block", pa.int32()),
        ("known_on", pa.int32()),
        ("mask", pa.uint64()),
        ("first_ts", MOMENT),
        ("last_ts", MOMENT),
    ]
)
"""On which days people were active. Ignored features make nobody active; aggregates have no people."""

FEATURE_BLOCKS = pa.schema(
    [
        ("place", pa.int64()),
        ("feature", pa.int64()),
        ("block", pa.int32()),
        ("known_on", pa.int32()),
        ("mask", pa.uint64()),
        ("count", pa.int64()),
        ("first_ts", MOMENT),
        ("last_ts", MOMENT),
        ("is_aggregate", pa.bool_()),
    ]
)
"""On which days features were used, ignored ones too (readers leave those out)."""

PLACE_DAYS = pa.schema(
    [
        ("place", pa.int64()),
        ("day", pa.int32()),
        ("known_on", pa.int32()),
        ("is_aggregate", pa.bool_()),
        ("count", pa.int64()),
    ]
)
"""Events a day, without ignored features."""

FEATURE_DAYS = pa.schema(
    [
        ("place", pa.int64()),
        ("feature", pa.int64()),
        ("day", pa.int32()),
        ("known_on", pa.int32()),
        ("is_aggregate", pa.bool_()),
        ("count", pa.int64()),
        ("people", pa.int64()),  # aggregates only: the largest number told for that day
        ("value_micro", pa.int64()),
    ]
)

SCHEMAS = {
    "events": EVENTS,
    "keys": KEYS,
    "actor_blocks": ACTOR_BLOCKS,
    "feature_blocks": FEATURE_BLOCKS,
    "place_days": PLACE_DAYS,
    "feature_days": FEATURE_DAYS,
}
ROLLUPS = ("actor_blocks", "feature_blocks", "place_days", "feature_days")
