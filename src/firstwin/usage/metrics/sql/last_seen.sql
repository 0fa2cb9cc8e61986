-- When a person was last active, by place. A block that reaches beyond the day may hide an earlier moment: then is_cut
-- says that the events have to be asked.
-- Reads: actor_blocks.  Params: first, last (blocks), until (the first moment after the day), upto (mask of the days of
-- the last block that count), known_on (null: whatever is known).
-- One row per place.
select
    cast(place as uinteger) as place,
    max(last_ts) filter (where last_ts < $until) as last_ts,
    bool_or(last_ts >= $until and (mask & $upto) <> 0) as is_cut
from actor_blocks
where block between $first and $last and ($known_on is null or known_on <= $known_on)
group by place
