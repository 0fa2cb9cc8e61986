-- When a person was last active at these places before a block.
-- Reads: actor_blocks, asked_places (place).  Params: before (block), known_on (null: whatever is known).
-- One row per place.
select
    cast(place as uinteger) as place,
    max(last_ts) as last_ts
from actor_blocks
where
    block < $before
    and place in (select place from asked_places)
    and ($known_on is null or known_on <= $known_on)
group by place
