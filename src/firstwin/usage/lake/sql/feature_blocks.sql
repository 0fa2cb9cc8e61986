-- On which days features were used, and how often; noise too.
-- Reads: events (schema EVENTS).
-- One row per place, feature, block, known_on and whether it is an aggregate.
select
    place,
    feature,
    block_of(day) as block,
    known_on,
    bit_or(bit_of(day)) as mask,
    whole(sum(count)) as count,
    min(ts) as first_ts,
    max(ts) as last_ts,
    what = 6 as is_aggregate
from events
where what in (0, 1, 2, 6)
group by place, feature, block_of(day), known_on, what = 6
